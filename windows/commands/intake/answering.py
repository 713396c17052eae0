"""One of the outcomes of Article 32 for a case that was received and kept."""

from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.models import User

from ...domain.intake import Outcome
from ...models import Case
from ..acting import begin_act, finish_act
from .acceptance import accept
from .correction import ToldOnceOnly, give_correction
from .correction_terms import record_refused_correction
from .declining import not_accept, not_required
from .inputs import OutcomeInput
from .judging import judge_case, keep_override, require_reason_to_differ


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
    action = {
        Outcome.ACCEPT: "accept",
        Outcome.CORRECT: "give_correction",
        Outcome.NOT_ACCEPT: "not_accept",
        Outcome.NOT_REQUIRED: "not_required",
    }.get(chosen.outcome)
    if action is None:
        raise InvalidInput("请选择处理结果。", fields={"outcome": "请选择处理结果。"})
    case, writer = begin_act(number, action=action, actor=actor, at=at, expected_version=expected_version)
    judgement = judge_case(case, on=local_date(at), licence_required=chosen.outcome is not Outcome.NOT_REQUIRED)
    if chosen.outcome is not Outcome.NOT_REQUIRED:
        require_reason_to_differ(chosen, judgement)
    keep_override(case, chosen, judgement, actor=actor, at=at)
    run = {
        Outcome.ACCEPT: accept,
        Outcome.CORRECT: give_correction,
        Outcome.NOT_ACCEPT: not_accept,
        Outcome.NOT_REQUIRED: not_required,
    }[chosen.outcome]
    run(case, writer, chosen, judgement, actor=actor, at=at)
    finish_act(case, writer)
    return case
