"""What must hold before an opinion goes to the decider, and before a decision: every procedure's condition, asked in order.

A gate is a function ``(case, on) -> (sentence, article) | None``: None lets the act pass. A new procedure adds its gates here;
the commands ask ``require_open`` and know no procedure by name.
"""

from collections.abc import Callable, Sequence
from datetime import date

from laiyang_approval.kernel.errors import DomainError

from .. import examination, hearings, intake_modes, licences, preconditions
from ..models import Case

Gate = Callable[[Case, date], tuple[str, str] | None]

#: Before the reviewer's opinion goes to the decider.
OPINION: tuple[Gate, ...] = (
    preconditions.credit_gate,
    preconditions.fee_gate,
    # ---- site check, experts, other departments, hearing
    examination.site_check_gate,
    examination.panel_gate,
    examination.consultation_gate,
    hearings.hearing_gate,
    # ---- 容缺受理
    intake_modes.deferral_gate,
)
#: Before any decision, granting or refusing.
DECISION: tuple[Gate, ...] = (
    licences.deemed_renewal_gate,
    preconditions.credit_gate,
    preconditions.fee_gate,
    preconditions.upward_gate,
    # ---- interested parties and hearing
    hearings.interested_gate,
    hearings.hearing_right_gate,
    hearings.hearing_gate,
    # ---- 容缺受理
    intake_modes.deferral_gate,
)
#: Before a decision that grants, besides those of every decision.
GRANT: tuple[Gate, ...] = (preconditions.quota_gate, intake_modes.deferral_grant_gate)


#: The gates of an act, for a page that shows it grey while one is shut.
BY_ACTION: dict[str, tuple[Gate, ...]] = {
    "submit_opinion": OPINION,
    "grant": (*DECISION, *GRANT),
    "refuse": DECISION,
}


def shut(gates: Sequence[Gate], case: Case, on: date) -> DomainError | None:
    """What the first shut gate says, or None when all let the act pass."""
    for gate in gates:
        refused = gate(case, on)
        if refused is not None:
            sentence, article = refused
            return DomainError(sentence, article=article)
    return None


def require_open(gates: Sequence[Gate], case: Case, on: date) -> None:
    """Returns when every gate lets the act pass; raises DomainError with the first one's sentence and article."""
    refused = shut(gates, case, on)
    if refused is not None:
        raise refused
