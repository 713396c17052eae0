"""审查: a reviewer takes a case, says what should be decided; the decider may send it back with a reason."""

from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text

from .. import events
from ..domain.states import Event
from ..models import Case, Opinion
from . import gates
from .acting import begin_act, finish_act, require_staying, take_event


@transaction.atomic
def start_review(number: str, *, actor: User, at: datetime, expected_version: int | None = None) -> Case:
    """Afterwards the accepted case is under review by ``actor`` (行政许可法第三十四条第一款)."""
    case, writer = begin_act(number, action="start_review", actor=actor, at=at, expected_version=expected_version)
    take_event(case, Event.START_REVIEW)
    require_staying(actor.pk)
    case.reviewer = actor
    events.record_review_start(writer, reviewer_id=actor.pk)
    finish_act(case, writer)
    return case


@transaction.atomic
def submit_opinion(
    number: str, *, proposal: str, text: str, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the reviewer's proposal stands and the case waits for the decision.

    Raises InvalidInput when the proposal or its reasons are missing, DomainError when a gate of ``gates.OPINION`` is shut.
    """
    if proposal not in {Opinion.Kind.GRANT, Opinion.Kind.REFUSE}:
        raise InvalidInput("请选择建议准予或建议不予。", fields={"proposal": "请选择审查建议。"})
    cleaned = clean_text(text, max_length=4000, multiline=True)
    if not cleaned:
        raise InvalidInput("请填写审查意见。", fields={"text": "请写明审查情况和理由。"})
    case, writer = begin_act(number, action="submit_opinion", actor=actor, at=at, expected_version=expected_version)
    gates.require_open(gates.OPINION, case, local_date(at))
    take_event(case, Event.SUBMIT_OPINION)
    opinion = Opinion.objects.create(case=case, kind=proposal, text=cleaned, author=actor, at=at)
    case.reviewer = actor
    events.record_opinion(writer, opinion_id=opinion.pk, proposal=proposal)
    finish_act(case, writer)
    return case


@transaction.atomic
def return_to_review(
    number: str, *, reason: str, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the case is back in review with the decider's reason; the clock runs on (row 16a)."""
    cleaned = clean_text(reason, max_length=4000, multiline=True)
    if not cleaned:
        raise InvalidInput("请填写退回理由。", fields={"reason": "请写明退回重审的理由。"})
    case, writer = begin_act(number, action="return_to_review", actor=actor, at=at, expected_version=expected_version)
    take_event(case, Event.RETURN)
    opinion = Opinion.objects.create(case=case, kind=Opinion.Kind.RETURN, text=cleaned, author=actor, at=at)
    events.record_return(writer, opinion_id=opinion.pk)
    finish_act(case, writer)
    return case
