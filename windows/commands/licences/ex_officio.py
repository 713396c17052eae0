"""依职权处理: a licence is withdrawn, revoked or struck off without an application (行政许可法第八条、第六十九条、第七十条).

Its holder is told and heard first (第七条); whoever opened the case does not decide it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text
from laiyang_approval.kernel.rules import rule_int

from ... import licence_acts, licences, post_checks
from ...documents import DocumentKind
from ...domain.clock import Limit, Unit, run_clock
from ...domain.licences import BROKEN_PROMISE, GROUNDS, cancel_reasons_for
from ...domain.states import Event
from ...events import licences as events
from ...models import Case, ExOfficioAct, Licence, Opinion
from ..acting import begin_act, finish_act, take_event
from ..letters import seal_letter
from ..serving import Service, record_service
from .changing import write_down_the_day
from .opening import edition_for, open_case

#: Which act on the licence page opens a case of which 办理项.
OPENING = {
    Case.Purpose.WITHDRAWAL: "open_withdrawal",
    Case.Purpose.REVOCATION: "open_revocation",
    Case.Purpose.CANCELLATION: "open_cancellation",
}


@dataclass(frozen=True)
class Cause:
    """立案的事由: the ground by its key, the facts and the evidence, and where they came from."""

    ground: str
    facts: str
    source: str = ""


@transaction.atomic
def open_ex_officio(licence_id: int, *, cause: Cause, actor: User, at: datetime) -> Case:
    """Afterwards a case of the office's own motion is under review by ``actor``; its ground says what for.

    Raises InvalidInput for a ground or facts that are missing, StaleState or NotPermitted as the licence page says, DomainError
    while another such case is open.
    """
    rule = GROUNDS.get(cause.ground)
    if rule is None:
        raise InvalidInput("请选择事由。", fields={"ground": "请选择依据哪一条哪一项。"})
    facts = clean_text(cause.facts, max_length=4000, multiline=True)
    if not facts:
        raise InvalidInput("请写明事实和证据。", fields={"facts": "请写明事实和证据。"})
    on = local_date(at)
    licence = licences.lock_licence(licence_id)
    licence_acts.require(actor, OPENING[rule.purpose], licence, on)
    write_down_the_day(licence, on=on, at=at)
    _require_possible(licence, cause.ground)
    handling, deciding = licences.bodies_on(licence, on)
    case, writer = open_case(
        Event.OPEN_EX_OFFICIO,
        origin=Case.Origin.EX_OFFICIO,
        purpose=rule.purpose,
        matter=licence.matter,
        edition=edition_for(licence.matter, on, licence.case.edition),
        party=licence.holder,
        handling=handling,
        deciding=deciding,
        subject=licence,
        premises=licence.premises,
        actor=actor,
        at=at,
    )
    ExOfficioAct.objects.create(
        case=case, ground=cause.ground, facts=facts, source=clean_text(cause.source, max_length=200)
    )
    events.record_opening(writer, licence_id=licence.pk, purpose=case.purpose, ground=cause.ground)
    finish_act(case, writer)
    return case


def _require_possible(licence: Licence, ground: str) -> None:
    rule = GROUNDS[ground]
    if rule.cancel_reason is not None and rule.cancel_reason not in cancel_reasons_for(licence.current_state):
        sentence = f"证照目前为“{licence.current_state.label}”，不能以“{rule.label}”注销；请核对第七十条的项。"
        raise InvalidInput(sentence, article=rule.article, fields={"ground": sentence})
    if rule.cancel_reason == 2 and not licence.holder.is_natural:
        sentence = "持证人不是自然人；法人或者其他组织终止的，请选择第三项。"
        raise InvalidInput(sentence, article=rule.article, fields={"ground": sentence})
    if rule.cancel_reason == 3 and licence.holder.is_natural:
        sentence = "持证人是自然人；死亡或者丧失行为能力的，请选择第二项。"
        raise InvalidInput(sentence, article=rule.article, fields={"ground": sentence})
    if ground == BROKEN_PROMISE and post_checks.broken_promise_of(licence) is None:
        sentence = "没有复查认定该许可的承诺不实、逾期未改，不能以此撤销；请先办理承诺核查，责令限期整改，期满后复查。"
        raise InvalidInput(sentence, article=rule.article, fields={"ground": sentence})
    open_case_number = (
        ExOfficioAct.objects.filter(case__subject_licence=licence, decided_at__isnull=True, case__ended_at__isnull=True)
        .values_list("case__number", flat=True)
        .first()
    )
    if open_case_number is not None:
        raise DomainError(f"该证照已有依职权办理的件（{open_case_number}），不能重复立案；请在该件中办理。")


@transaction.atomic
def tell_holder(number: str, *, actor: User, at: datetime, expected_version: int | None = None) -> Case:
    """Afterwards the paper that tells the holder of the intended act and of the right to state and defend is sealed (N02)."""
    case, writer = begin_act(number, action="tell_holder", actor=actor, at=at, expected_version=expected_version)
    act = lock_act(case)
    if case.purpose == Case.Purpose.CANCELLATION:
        raise DomainError(
            "注销不增加持证人的义务，不需要告知陈述申辩；请直接提交处理意见。", article="行政许可法第七十条"
        )
    if act.told_letter_id is not None:
        raise DomainError("已经出具过陈述申辩权利告知书；请登记送达。", article="行政许可法第七条")
    act.told_letter = seal_letter(
        case, DocumentKind.N02, department=case.deciding_department, actor=actor, at=at, act=act
    )
    act.save(update_fields=["told_letter"])
    finish_act(case, writer)
    return case


@transaction.atomic
def serve_holder(
    number: str, *, service: Service, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the notice is served and the term for a statement runs from the day after. Raises as record_service does."""
    case, writer = begin_act(number, action="serve_holder", actor=actor, at=at, expected_version=expected_version)
    act = lock_act(case)
    if act.told_letter is None:
        raise DomainError("还没有出具陈述申辩权利告知书；请先出具。", article="行政许可法第七条")
    if act.told_on is not None:
        raise DomainError(f"告知书已于{act.told_on.isoformat()}送达，不能重复登记。", article="行政许可法第七条")
    record = record_service(case, act.told_letter, service, actor=actor, at=at)
    act.told_on = local_date(record.served_at)
    days = rule_int("holder_statement_days", act.told_on)
    act.statement_due_on = run_clock(act.told_on, Limit(days, Unit.WORKDAY), current_calendar()).due
    act.save(update_fields=["told_on", "statement_due_on"])
    events.record_told(
        writer, letter=act.told_letter.number, service_id=record.pk, statement_due_on=act.statement_due_on
    )
    finish_act(case, writer)
    return case


@transaction.atomic
def record_holder_statement(
    number: str,
    *,
    statement: str,
    waived: bool = False,
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> Case:
    """Afterwards what the holder said, or that the holder wants to say nothing, is on record; once."""
    text = clean_text(statement, max_length=4000, multiline=True)
    if not text and not waived:
        raise InvalidInput("请填写陈述申辩的内容，或者勾选放弃。", fields={"statement": "请填写陈述申辩的内容。"})
    if text and waived:
        raise InvalidInput(
            "填写了陈述申辩的内容，就不能同时登记为放弃。", fields={"waived": "请去掉勾选或者清空内容。"}
        )
    case, writer = begin_act(
        number, action="record_holder_statement", actor=actor, at=at, expected_version=expected_version
    )
    act = lock_act(case)
    if act.told_on is None:
        raise DomainError("告知书还没有送达；请先登记送达，再登记陈述申辩。", article="行政许可法第七条")
    if act.statement_at is not None:
        raise DomainError("陈述申辩已经登记过；补充内容请写入处理意见。", article="行政许可法第七条")
    act.statement, act.statement_waived, act.statement_at, act.statement_by = text, waived, at, actor
    act.save(update_fields=["statement", "statement_waived", "statement_at", "statement_by"])
    events.record_statement(writer, waived=waived)
    finish_act(case, writer)
    return case


@transaction.atomic
def propose_ex_officio(
    number: str, *, proposal: str, text: str, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the reviewer's proposal stands and the case waits for the decider.

    Raises DomainError before the holder has been heard.
    """
    if proposal not in {Opinion.Kind.ACT, Opinion.Kind.NO_ACT}:
        raise InvalidInput("请选择建议作出处理决定或不作处理。", fields={"proposal": "请选择建议。"})
    cleaned = clean_text(text, max_length=4000, multiline=True)
    if not cleaned:
        raise InvalidInput("请填写处理意见。", fields={"text": "请写明事实、依据和理由。"})
    case, writer = begin_act(number, action="propose_ex_officio", actor=actor, at=at, expected_version=expected_version)
    require_heard(lock_act(case), case, on=local_date(at))
    take_event(case, Event.SUBMIT_OPINION)
    opinion = Opinion.objects.create(case=case, kind=proposal, text=cleaned, author=actor, at=at)
    events.record_proposal(writer, opinion_id=opinion.pk, proposal=proposal)
    finish_act(case, writer)
    return case


def lock_act(case: Case) -> ExOfficioAct:
    """What the case is about, locked; the case is locked already."""
    return ExOfficioAct.objects.select_for_update(of=("self",)).select_related("told_letter").get(case=case)


def require_heard(act: ExOfficioAct, case: Case, *, on: date) -> None:
    """Returns when the holder was told and heard, or let the term go by; a cancellation needs none of it."""
    if case.purpose == Case.Purpose.CANCELLATION or act.statement_at is not None:
        return
    if act.told_on is None:
        raise DomainError("还没有告知持证人陈述申辩的权利；请先出具告知书并登记送达。", article="行政许可法第七条")
    if act.statement_due_on is None or on <= act.statement_due_on:
        until = act.statement_due_on.isoformat() if act.statement_due_on else "放假安排公布后确定的日期"
        raise DomainError(
            f"持证人陈述申辩的期限至{until}，尚未届满；期满，或者登记了陈述申辩（放弃）后再办。",
            article="行政许可法第七条",
        )
