"""程序告知: papers to the applicant and to interested parties, one each; what they trigger begins when they are served."""

from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import CalendarMissing, DomainError, InvalidInput
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.rules import rule_int

from ..documents import DocumentKind
from ..domain.hearings import ART_48_NOTICE, latest_notice_on, took_effect_on
from ..events import examination as events
from ..examination import asked_of
from ..hearings import TERM_RULES, is_superseded
from ..models import Case, DocumentService, Hearing, InterestedParty, ProcedureNotice
from .acting import begin_act, finish_act
from .letters import seal_letter
from .serving import Service, record_service

Kind = ProcedureNotice.Kind
PAPERS = {
    Kind.INTEREST: DocumentKind.D11,
    Kind.HEARING_RIGHT: DocumentKind.D12,
    Kind.HEARING: DocumentKind.D13,
    Kind.ANNOUNCEMENT: DocumentKind.D13G,
}


def seal_notice(
    case: Case,
    kind: Kind,
    *,
    to: InterestedParty | None,
    actor: User,
    at: datetime,
    hearing: Hearing | None = None,
) -> ProcedureNotice:
    """Afterwards the paper of this kind to this addressee (the applicant: None) is sealed; call inside the act."""
    facts = {} if kind is Kind.ANNOUNCEMENT else {"to": to}
    if hearing is not None:
        facts["hearing"] = hearing
    letter = seal_letter(case, PAPERS[kind], department=case.handling_department, actor=actor, at=at, **facts)
    return ProcedureNotice.objects.create(
        case=case,
        kind=kind,
        interested_party=to,
        hearing=hearing,
        letter=letter,
    )


@transaction.atomic
def serve_notice(
    number: str, *, notice_id: int, service: Service, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards it stands how the paper was served, and its term runs from the next day.

    Raises DomainError for the notice of a hearing that comes later than seven working days before it (第四十八条), for
    electronic service to somebody who did not agree, and as ``record_service`` does.
    """
    case, writer = begin_act(number, action="serve_notice", actor=actor, at=at, expected_version=expected_version)
    notice = (
        ProcedureNotice.objects.select_related("letter", "hearing", "interested_party")
        .filter(case=case, pk=notice_id)
        .first()
    )
    if notice is None:
        raise InvalidInput("没有这份告知文书；请刷新页面后再登记。", fields={"notice_id": "请重新选择文书。"})
    if notice.service_id is not None:
        raise DomainError(f"{notice.letter.title}（{notice.letter.number}）已经登记送达，不能重复登记。")
    if is_superseded(notice):
        raise DomainError("听证已经改期、更换主持人或者取消，这份通知不再有效；请送达新的通知。", article=ART_48_NOTICE)
    _require_way(notice, service)
    done = record_service(case, notice.letter, service, actor=actor, at=at)
    served_on = _effective_on(notice, done)
    if notice.hearing is not None:
        _require_in_time(notice, served_on)
    notice.service, notice.served_on = done, served_on
    notice.until_on = _until(notice, served_on)
    notice.save()
    case.asked = asked_of(case)
    events.record_notice_served(
        writer, notice_id=notice.pk, service_id=done.pk, served_on=served_on, until_on=notice.until_on
    )
    finish_act(case, writer)
    return case


def _require_way(notice: ProcedureNotice, service: Service) -> None:
    method = service.method
    if notice.kind == Kind.ANNOUNCEMENT and method != DocumentService.Method.PUBLIC_NOTICE:
        raise InvalidInput("听证公告须向社会公布；请登记公告刊登处和日期。", fields={"method": "请选择公告送达。"})
    if notice.interested_party_id is not None and method == DocumentService.Method.ELECTRONIC:
        raise DomainError("利害关系人没有同意电子送达，请改用其他方式送达。", article="民事诉讼法第九十条")


def _effective_on(notice: ProcedureNotice, done: DocumentService) -> date:
    """A public notice to one person takes its thirty days; an announcement to everybody is told once it is out."""
    on = local_date(done.served_at)
    alone = done.method == DocumentService.Method.PUBLIC_NOTICE and notice.kind != Kind.ANNOUNCEMENT
    return took_effect_on(on, by_public_notice=alone, public_service_days=rule_int("public_service_days", on))


def _require_in_time(notice: ProcedureNotice, served_on: date) -> None:
    held_on = local_date(notice.hearing.held_at)
    days = rule_int("hearing_notice_days", held_on)
    latest = latest_notice_on(held_on, days, current_calendar())
    if served_on > latest:
        raise DomainError(
            f"{held_on.isoformat()}的听证最迟应于{latest.isoformat()}送达通知，{served_on.isoformat()}送达已不足"
            f"{days}个工作日；请改期并重新通知。",
            article=ART_48_NOTICE,
        )


def _until(notice: ProcedureNotice, served_on: date) -> date | None:
    if notice.kind not in TERM_RULES:
        return None
    try:
        return current_calendar().add_workdays(served_on, rule_int(TERM_RULES[notice.kind], served_on))
    except CalendarMissing:
        return None
