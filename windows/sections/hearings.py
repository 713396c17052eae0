"""Interested parties, what everybody was told, and the hearing."""

from dataclasses import dataclass
from datetime import date

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import CalendarMissing
from laiyang_approval.kernel.models import User

from ..domain.hearings import latest_notice_on
from ..hearings import Answer, addressee_of, answer_of, is_superseded, live_hearing, notices_of, term_end, terms_on
from ..models import Case, Hearing, HearingRecord, HostChallenge, InterestedParty, ProcedureNotice, Statement

Kind = ProcedureNotice.Kind


@dataclass(frozen=True)
class NoticeRow:
    """一份告知文书: to whom, which paper, served when, until when, and how it stands."""

    notice: ProcedureNotice
    addressee: str
    until: str
    standing: str
    look: str


@dataclass(frozen=True)
class Heard:
    """利害关系人与听证"""

    parties: list[InterestedParty]
    statements: list[Statement]
    notices: list[NoticeRow]
    hearing: Hearing | None
    latest_notice_on: date | None
    challenges: list[HostChallenge]
    record: HearingRecord | None


def heard(case: Case, user: User, today: date) -> Heard | None:
    """Whoever was told or heard in the case, or None where nobody was."""
    notices, hearing = notices_of(case), live_hearing(case)
    statements = list(Statement.objects.select_related("interested_party").filter(case=case))
    if not (notices or hearing or statements):
        return None
    challenges = (
        list(hearing.challenges.select_related("host", "interested_party", "decided_by")) if hearing is not None else []
    )
    return Heard(
        parties=list(InterestedParty.objects.filter(case=case)),
        statements=statements,
        notices=[_row(notice, case, today) for notice in notices],
        hearing=hearing,
        latest_notice_on=_latest(hearing),
        challenges=challenges,
        record=getattr(hearing, "record", None),
    )


def _latest(hearing: Hearing | None) -> date | None:
    if hearing is None or hearing.held_at is None:
        return None
    held_on = local_date(hearing.held_at)
    return latest_notice_on(held_on, terms_on(held_on).notice_days, current_calendar())


def _row(notice: ProcedureNotice, case: Case, today: date) -> NoticeRow:
    try:
        until = term_end(notice)
        text = until.isoformat() if until else ""
    except CalendarMissing as missing:
        until, text = None, f"待{missing.year}年放假安排公布"
    return NoticeRow(notice, addressee_of(notice, case), text, *_standing(notice, case, until, today))


def _standing(notice: ProcedureNotice, case: Case, until: date | None, today: date) -> tuple[str, str]:
    if is_superseded(notice):
        return "已改期或者取消", "plain"
    if notice.served_on is None:
        return "待送达", "draft"
    if notice.kind == Kind.HEARING_RIGHT and (answer := answer_of(notice)) is not None:
        look = "in_review" if answer.answer == Answer.REQUESTED else "plain"
        return f"{answer.get_answer_display()}（{answer.answered_on.isoformat()}）", look
    if notice.kind in (Kind.HEARING, Kind.ANNOUNCEMENT):
        return "已送达" if notice.kind == Kind.HEARING else "已公告", "valid"
    if until is not None and today > until:
        return "期限已届满", "valid"
    return "期限内", "queued"
