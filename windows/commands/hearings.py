"""听证: the right to it, the request within five days, the hearing within twenty, told seven before (第四十六条至第四十八条)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text
from laiyang_approval.kernel.roles import Role

from ..domain.hearings import (
    ART_46,
    ART_47,
    ART_48_HOST,
    ART_48_NOTICE,
    ART_48_OPEN,
    require_hearing_day,
)
from ..domain.states import Event
from ..events import examination as events
from ..examination import asked_of
from ..hearings import answer_of, hold_by_on, live_hearing, notices_of, term_end, terms_on, those_who_handle, untold
from ..models import Case, Hearing, HearingAnswer, HostChallenge, InterestedParty, ProcedureNotice
from .acting import begin_act, finish_act, take_event
from .noticing import seal_notice

Kind = ProcedureNotice.Kind
Answer = HearingAnswer.Answer


@transaction.atomic
def tell_hearing_right(number: str, *, actor: User, at: datetime, expected_version: int | None = None) -> Case:
    """Afterwards D12 is sealed for the applicant and every interested party not told yet (第四十七条).

    Raises DomainError when everybody was told already.
    """
    case, writer = begin_act(number, action="tell_hearing_right", actor=actor, at=at, expected_version=expected_version)
    take_event(case, Event.TELL_HEARING_RIGHT)
    people = untold(case)
    if not people:
        raise DomainError("申请人和利害关系人都已告知听证权利；请登记送达，或者登记其申请、放弃。", article=ART_47)
    notices = [seal_notice(case, Kind.HEARING_RIGHT, to=one, actor=actor, at=at) for one in people]
    events.record_hearing_right_told(writer, letter_ids=[notice.letter_id for notice in notices])
    finish_act(case, writer)
    return case


@dataclass(frozen=True)
class RightAnswered:
    """对听证权利的答复: to which notice, what, on which day; what came in earlier than today needs its proof."""

    notice_id: int
    answer: str
    answered_on: date
    proof: str = ""


@transaction.atomic
def answer_hearing_right(
    number: str, *, answered: RightAnswered, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards a hearing asked for in time is to be held within twenty working days; or the right is waived.

    Raises DomainError for a request after the fifth working day, or for what was answered already.
    """
    today, on = local_date(at), answered.answered_on
    if answered.answer not in Answer.values:
        raise InvalidInput("请选择要求听证、放弃或者撤回。", fields={"answer": "请选择。"})
    proof = clean_text(answered.proof, max_length=300)
    if on > today:
        raise InvalidInput("提出日期不能晚于今天。", fields={"answered_on": "提出日期不能晚于今天。"})
    if on < today and not proof:
        raise InvalidInput(
            "提出日期早于今天的，请写明凭证（如邮戳、收件登记）。", fields={"proof": "请写明以什么为凭。"}
        )
    case, writer = begin_act(
        number, action="answer_hearing_right", actor=actor, at=at, expected_version=expected_version
    )
    notice = _answerable(case, answered)
    row = HearingAnswer.objects.create(
        notice=notice, answer=answered.answer, answered_on=on, proof=proof, recorded_by=actor, recorded_at=at
    )
    events.record_hearing_answer(writer, answer=row.answer, answer_id=row.pk, answered_on=on)
    if row.answer == Answer.REQUESTED:
        _open_on_request(case, on, actor=actor, at=at)
    elif row.answer == Answer.WITHDRAWN:
        _cancel_if_nobody_asks(case, writer, at=at)
    case.asked = asked_of(case)
    finish_act(case, writer)
    return case


def _answerable(case: Case, answered: RightAnswered) -> ProcedureNotice:
    """The notice, if this answer to it still counts."""
    notice = next((n for n in notices_of(case) if n.pk == answered.notice_id and n.kind == Kind.HEARING_RIGHT), None)
    if notice is None:
        raise InvalidInput("没有这份听证告知书；请刷新页面后再登记。", fields={"notice_id": "请重新选择。"})
    if notice.served_on is None:
        raise DomainError("听证告知书尚未送达；请先登记送达，期限自送达次日起算。", article=ART_47)
    if answered.answered_on < notice.served_on:
        raise InvalidInput(
            f"提出日期早于告知书送达日（{notice.served_on.isoformat()}），请核对。",
            fields={"answered_on": "不能早于告知书送达日。"},
        )
    before = answer_of(notice)
    if answered.answer == Answer.WITHDRAWN:
        hearing = live_hearing(case)
        if before is None or before.answer != Answer.REQUESTED or hearing is None or hasattr(hearing, "record"):
            raise DomainError("没有可以撤回的听证申请；已经举行的听证不能撤回。", article=ART_47)
        return notice
    if before is not None:
        raise DomainError(
            f"已登记其{before.get_answer_display()}（{before.answered_on.isoformat()}），不能再次登记。", article=ART_47
        )
    until = term_end(notice)
    if until is not None and answered.answered_on > until:
        raise DomainError(
            f"申请听证的期限已于{until.isoformat()}届满，不能再{Answer(answered.answer).label}；"
            "确有必要听证的，可以依职权举行听证。",
            article=ART_47,
        )
    return notice


def _open_on_request(case: Case, on: date, *, actor: User, at: datetime) -> None:
    hearing = live_hearing(case)
    if hearing is None:
        hearing = Hearing(case=case, origin=Hearing.Origin.REQUEST, ordered_by=actor, ordered_at=at)
    if hearing.requested_on is None:
        hearing.requested_on = on
        hearing.hold_by_on = hold_by_on(on)
        hearing.save()


def _cancel_if_nobody_asks(case: Case, writer, *, at: datetime) -> None:
    """A hearing asked for is off once the last request is taken back; one of the office's own motion is not."""
    answers = [answer_of(one) for one in notices_of(case) if one.kind == Kind.HEARING_RIGHT]
    if any(one is not None and one.answer == Answer.REQUESTED for one in answers):
        return
    hearing = live_hearing(case)
    if hearing.origin == Hearing.Origin.REQUEST:
        hearing.cancelled_at = at
        events.record_hearing_cancelled(writer, hearing_id=hearing.pk)
    else:
        hearing.requested_on = hearing.hold_by_on = None
    hearing.save()


@transaction.atomic
def order_hearing(number: str, *, basis: str, actor: User, at: datetime, expected_version: int | None = None) -> Case:
    """Afterwards a hearing of the office's own motion is to be announced and held (第四十六条).

    Raises DomainError when a hearing stands already, InvalidInput without the provision or the public interest named.
    """
    reason = clean_text(basis, max_length=500)
    if not reason:
        raise InvalidInput(
            "请写明规定应当听证的条款，或者涉及的重大公共利益。",
            article=ART_46,
            fields={"basis": "请写明依据或者理由。"},
        )
    case, writer = begin_act(number, action="order_hearing", actor=actor, at=at, expected_version=expected_version)
    if live_hearing(case) is not None:
        raise DomainError("本件已有听证；同一申请只举行一次听证。", article=ART_46)
    hearing = Hearing.objects.create(
        case=case, origin=Hearing.Origin.OWN_MOTION, basis=reason, ordered_by=actor, ordered_at=at
    )
    case.asked = asked_of(case)
    events.record_hearing_ordered(writer, hearing_id=hearing.pk)
    finish_act(case, writer)
    return case


@dataclass(frozen=True)
class HearingCall:
    """听证通知: who hosts, when and where, why not in public (""), and whether it is announced."""

    host_id: int
    held_at: datetime
    place: str
    closed: str = ""
    announce: bool = False


@transaction.atomic
def call_hearing(
    number: str, *, call: HearingCall, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards D13 is sealed for the applicant and each interested party, and the announcement where there is to be one.

    Called again before it is held, the hearing is moved and everybody told anew. Raises DomainError for a day off, a day
    that leaves less than seven working days' notice or lies beyond the twenty, and for a host who handles the case.
    """
    place = clean_text(call.place, max_length=200)
    if not place:
        raise InvalidInput("请填写听证地点。", article=ART_48_NOTICE, fields={"place": "请填写听证地点。"})
    if call.closed and call.closed not in Hearing.Closed.values:
        raise InvalidInput(
            "听证应当公开举行，不公开的只能因国家秘密、商业秘密或者个人隐私；请重新选择。",
            article=ART_48_OPEN,
            fields={"closed": "请重新选择。"},
        )
    case, writer = begin_act(number, action="call_hearing", actor=actor, at=at, expected_version=expected_version)
    hearing = _to_be_held(case)
    host = _impartial_host(case, hearing, call.host_id)
    if hearing.requested_on is not None and hearing.hold_by_on is None:
        hearing.hold_by_on = hold_by_on(hearing.requested_on)
    today = local_date(at)
    require_hearing_day(
        local_date(call.held_at),
        today=today,
        hold_by_on=hearing.hold_by_on,
        terms=terms_on(today),
        calendar=current_calendar(),
    )
    take_event(case, Event.CALL_HEARING)
    hearing.host, hearing.held_at, hearing.place, hearing.closed = host, call.held_at, place, call.closed
    hearing.called_by, hearing.called_at = actor, at
    hearing.save()
    people: list[InterestedParty | None] = [None, *InterestedParty.objects.filter(case=case)]
    notices = [seal_notice(case, Kind.HEARING, to=one, actor=actor, at=at, hearing=hearing) for one in people]
    if hearing.origin == Hearing.Origin.OWN_MOTION or call.announce:
        notices.append(seal_notice(case, Kind.ANNOUNCEMENT, to=None, actor=actor, at=at, hearing=hearing))
    case.asked = asked_of(case)
    events.record_hearing_called(
        writer,
        hearing_id=hearing.pk,
        host_id=host.pk,
        held_on=local_date(call.held_at),
        letter_ids=[notice.letter_id for notice in notices],
    )
    finish_act(case, writer)
    return case


def _to_be_held(case: Case) -> Hearing:
    hearing = live_hearing(case)
    if hearing is None:
        raise DomainError("本件没有要举行的听证；请先登记听证申请，或者决定依职权听证。", article=ART_47)
    if hasattr(hearing, "record"):
        raise DomainError("听证已经举行并有笔录，不能再通知。", article=ART_48_NOTICE)
    return hearing


def _impartial_host(case: Case, hearing: Hearing, host_id: int) -> User:
    """Somebody who hosts hearings in this body, and has had no part in the case (第四十八条第一款第三项)."""
    host = User.objects.select_related("department").filter(pk=host_id, is_active=True).first()
    if host is None or not host.has_role(Role.HEARING_HOST) or host.department_id != case.handling_department_id:
        raise InvalidInput(
            f"主持人须是{case.handling_department.name}的听证主持人；请重新选择。",
            article=ART_48_HOST,
            fields={"host_id": "请重新选择主持人。"},
        )
    if host.pk in those_who_handle(case) or host.has_role(Role.DECIDER, Role.HEAD_OF_GOVERNMENT):
        raise DomainError(
            f"{host.display_name}是本件的审查、受理、核查或者决定人员，不能主持本件听证；请指定其他人员。",
            article=ART_48_HOST,
        )
    if HostChallenge.objects.filter(hearing=hearing, host=host, upheld=True).exists():
        raise DomainError(f"{host.display_name}已被准予回避，不能主持本次听证；请指定其他人员。", article=ART_48_HOST)
    return host
