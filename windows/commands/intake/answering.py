"""One of the outcomes of Article 32: for an application that is just taken in, or for a case that was received and kept."""

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.numbering import Series, allot_each
from matters.models import Edition

from ... import queries
from ...documents import DocumentKind
from ...domain.intake import Outcome
from ...models import Case, Letter
from ..acting import begin_act, finish_act
from ..letters import series_of, write_with_letters
from .acceptance import accept, gives_receipt_later, order_series
from .commitment import take_commitment
from .correction import ToldOnceOnly, give_correction
from .correction_terms import record_refused_correction
from .declining import not_accept, not_required
from .deferral import accept_deferred
from .inputs import Answer, OutcomeInput
from .judging import judge_case, keep_override, require_reason_to_differ

#: What each outcome does, the papers it gives, and the act of the permission table it is.
_WAYS: dict[Outcome, tuple[Callable[[Answer], list[Letter]], tuple[DocumentKind, ...], str]] = {
    Outcome.ACCEPT: (accept, (DocumentKind.D06,), "accept"),
    Outcome.DEFER: (accept_deferred, (DocumentKind.D06, DocumentKind.D07), "accept_deferred"),
    Outcome.COMMIT: (take_commitment, (DocumentKind.D08,), "take_commitment"),
    Outcome.CORRECT: (give_correction, (DocumentKind.D04,), "give_correction"),
    Outcome.NOT_ACCEPT: (not_accept, (DocumentKind.D03,), "not_accept"),
    Outcome.NOT_REQUIRED: (not_required, (DocumentKind.D02,), "not_required"),
}


def series_for(
    outcome: Outcome, edition: Edition, department: Department, on: date, case: Case | None = None
) -> list[Series]:
    """Every series from which this outcome takes a number; ``case`` is the one it answers, once it is written."""
    if outcome is Outcome.KEEP:
        return []
    kinds = () if outcome is Outcome.ACCEPT and gives_receipt_later(edition, case) else _WAYS[outcome][1]
    wanted = [series_of(kind, department, on) for kind in kinds]
    return [*wanted, order_series(department)] if outcome in {Outcome.ACCEPT, Outcome.DEFER} else wanted


def answer(act: Answer) -> list[Letter]:
    """Afterwards the case (in memory) has the chosen outcome; returns its letters. Raises what the outcome raises."""
    keep_override(act)
    return _WAYS[act.chosen.outcome][0](act)


def decide_intake(
    number: str, *, chosen: OutcomeInput, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the received case has the chosen outcome of Article 32 and its letter. Raises as ``take_in`` does.

    A second notice with a new item is refused, and the try stands on record although nothing else of the act does.
    """
    try:
        return _decide(number, chosen=chosen, actor=actor, at=at, expected_version=expected_version)
    except ToldOnceOnly as refusal:  # what was refused is rolled back; the alert needs a transaction of its own
        record_refused_correction(number, material_ids=refusal.material_ids, actor=actor, at=at)
        raise


@transaction.atomic
def _decide(number: str, *, chosen: OutcomeInput, actor: User, at: datetime, expected_version: int | None) -> Case:
    if chosen.outcome not in _WAYS:
        raise InvalidInput("请选择处理结果。", fields={"outcome": "请选择处理结果。"})
    action = _WAYS[chosen.outcome][2]
    case, writer = begin_act(number, action=action, actor=actor, at=at, expected_version=expected_version)
    today, materials = local_date(at), queries.material_rows(case)
    judgement = judge_case(case, materials, on=today, licence_required=chosen.outcome is not Outcome.NOT_REQUIRED)
    if chosen.outcome is not Outcome.NOT_REQUIRED:
        require_reason_to_differ(chosen, judgement)
    numbers = allot_each(series_for(chosen.outcome, case.edition, case.handling_department, today, case))
    act = Answer(case, writer, materials, chosen, judgement, actor=actor, at=at, numbers=numbers)
    letters = answer(act)
    write_with_letters([], letters, at=at, after=act.rows)
    finish_act(case, writer)
    return case
