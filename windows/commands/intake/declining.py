"""不予受理、不受理、撤回: the ends of an application that is not accepted."""

from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text
from matters import queries as catalogue

from ... import events, queries
from ...documents import DocumentKind
from ...domain.intake import Outcome
from ...domain.states import Event
from ...models import Case, Letter
from ..acting import begin_act, finish_act, take_event
from ..clocking import stop_clock
from ..letters import seal_letter
from .inputs import Answer


def not_accept(act: Answer) -> list[Letter]:
    """Article 32(2): decided at once, the competent organ named, never without one; or a ban of Article 78 or 79 with its end."""
    case, judgement = act.case, act.judgement
    status = catalogue.intake_status(case.matter, act.today, case.handling_department)
    if status.is_open and not judgement.ban_article:
        raise DomainError(
            "本事项属于本机关职权范围，不能以不属职权为由不予受理；材料不齐的请一次性告知补正。",
            article="行政许可法第三十二条第一款第二项",
        )
    take_event(case, Event.NOT_ACCEPT)
    case.ended_at = act.at
    stop_clock(case)
    letter = act.letter(
        DocumentKind.D03,
        # A ban speaks for itself: its period is the law's, not the clerk's.
        reason=(not judgement.ban_article and clean_text(act.chosen.reason, max_length=300)) or judgement.sentence,
        competent_name="" if judgement.ban_article else status.competent_name,
        ban_article=judgement.ban_article,
        remedy_route=queries.remedy_route_on(case.handling_department, act.today),
    )
    events.record_not_accepted(
        act.writer,
        letter=letter.number,
        competent_department_id=status.competent.pk if status.competent else None,
        overridden=act.is_overridden,
    )
    return [letter]


def not_required(act: Answer) -> list[Letter]:
    """Article 32(1): told at once, with the reason; raises InvalidInput without one."""
    case, judgement = act.case, act.judgement
    reason = clean_text(act.chosen.reason, max_length=300)
    if not reason and judgement.outcome is Outcome.NOT_REQUIRED and judgement.explained:
        reason = judgement.sentence
    if not reason:
        raise InvalidInput("请写明为什么不需要取得行政许可。", fields={"reason": "请写明不需要许可的理由。"})
    take_event(case, Event.DECLARE_NOT_REQUIRED)
    case.ended_at = act.at
    stop_clock(case)
    letter = act.letter(DocumentKind.D02, reason=reason)
    events.record_not_required(act.writer, letter=letter.number, overridden=act.is_overridden)
    return [letter]


@transaction.atomic
def withdraw_case(number: str, *, reason: str, actor: User, at: datetime, expected_version: int | None = None) -> Case:
    """Afterwards the application is withdrawn at the applicant's written request and D17 confirms it (row 19)."""
    if not reason.strip():
        raise InvalidInput("请填写申请人撤回申请的书面理由。", fields={"reason": "请填写撤回理由。"})
    case, writer = begin_act(number, action="withdraw", actor=actor, at=at, expected_version=expected_version)
    take_event(case, Event.WITHDRAW)
    case.ended_at = at
    stop_clock(case)
    letter = seal_letter(
        case,
        DocumentKind.D17,
        department=case.handling_department,
        actor=actor,
        at=at,
        reason=clean_text(reason, max_length=300),
    )
    events.record_withdrawal(writer, letter=letter.number)
    finish_act(case, writer)
    return case
