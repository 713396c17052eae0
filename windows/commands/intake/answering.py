"""One of the outcomes of Article 32 for a case that was received and kept."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.models import User

from ...domain.intake import Outcome
from ...models import Case, Letter
from ..acting import begin_act, finish_act
from .acceptance import accept
from .commitment import take_commitment
from .correction import give_correction
from .declining import not_accept, not_required
from .deferral import accept_deferred
from .inputs import OutcomeInput
from .judging import judge_case, keep_override, require_reason_to_differ

#: The act of each outcome; it gives back the letters it sealed. KEEP leaves the case as it was received.
ACTS: dict[Outcome, Callable[..., list[Letter]]] = {
    Outcome.ACCEPT: accept,
    Outcome.DEFER: accept_deferred,
    Outcome.COMMIT: take_commitment,
    Outcome.CORRECT: give_correction,
    Outcome.NOT_ACCEPT: not_accept,
    Outcome.NOT_REQUIRED: not_required,
}
#: The action of the permission table behind it, for a case that was received and kept.
ACTIONS = {
    Outcome.ACCEPT: "accept",
    Outcome.DEFER: "accept_deferred",
    Outcome.COMMIT: "take_commitment",
    Outcome.CORRECT: "give_correction",
    Outcome.NOT_ACCEPT: "not_accept",
    Outcome.NOT_REQUIRED: "not_required",
}


@transaction.atomic
def decide_intake(
    number: str, *, chosen: OutcomeInput, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the received case has the chosen outcome of Article 32 and its letter. Raises as ``take_in`` does."""
    action = ACTIONS.get(chosen.outcome)
    if action is None:
        raise InvalidInput("请选择处理结果。", fields={"outcome": "请选择处理结果。"})
    case, writer = begin_act(number, action=action, actor=actor, at=at, expected_version=expected_version)
    judgement = judge_case(case, on=local_date(at), licence_required=chosen.outcome is not Outcome.NOT_REQUIRED)
    if chosen.outcome is not Outcome.NOT_REQUIRED:
        require_reason_to_differ(chosen, judgement)
    keep_override(case, chosen, judgement, actor=actor, at=at)
    ACTS[chosen.outcome](case, writer, chosen, judgement, actor=actor, at=at)
    finish_act(case, writer)
    return case
