"""补正期限: the notice is served, the term ends, and what must stand on record of both (行政许可法第三十二条第一款第四项)."""

from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import CalendarMissing, StaleState
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.rules import rule_int

from ...documents import DocumentKind
from ...domain.clock import Limit, Unit, run_clock
from ...domain.states import Event
from ...events import clock as events
from ...models import Case, CorrectionNotice, Reminder
from ..acting import begin_act, finish_act, take_event
from ..clocking import stop_clock
from ..letters import seal_letter
from ..serving import Service, record_service


@transaction.atomic
def serve_correction(
    number: str, *, service: Service, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards it stands that the applicant has the notice, and the term runs from that day; it never gets shorter."""
    case, writer = begin_act(number, action="serve_correction", actor=actor, at=at, expected_version=expected_version)
    notice = _standing_notice(case)
    if notice.served_on is not None:
        raise StaleState("补正材料告知书已登记送达，不能重复登记。")
    record = record_service(case, notice.letter, service, actor=actor, at=at)
    notice.served_on = local_date(record.served_at)
    days = rule_int("correction_deadline_days", local_date(notice.given_at))
    term = run_clock(notice.served_on, Limit(days, Unit.WORKDAY), current_calendar()).due
    known = [day for day in (case.correction_deadline_on, term) if day is not None]
    case.correction_deadline_on = notice.deadline_on = max(known, default=None)
    notice.save(update_fields=["served_on", "deadline_on"])
    events.record_correction_service(
        writer,
        notice_sequence=notice.sequence,
        service_id=record.pk,
        served_on=notice.served_on,
        deadline_on=case.correction_deadline_on,
    )
    finish_act(case, writer)
    return case


@transaction.atomic
def lapse_case(number: str, *, at: datetime) -> Case:
    """Afterwards an application whose correction never came has ended with D05 (row 6); it may be made again any day.

    Raises StaleState while the term runs, before the notice was served, and before the applicant was told that the end is
    near.
    """
    case, writer = begin_act(number, action="lapse", actor=None, at=at)
    today = local_date(at)
    if not may_lapse(case, today):
        raise StaleState("补正期限尚未届满，或者告知书没有送达、事先没有提醒，不能终止办理。")
    take_event(case, Event.LAPSE)
    notice = _standing_notice(case)
    case.ended_at = at
    stop_clock(case)
    letter = seal_letter(
        case,
        DocumentKind.D05,
        department=case.handling_department,
        actor=None,
        at=at,
        notice=notice,
        items=list(notice.items.select_related("material__edition_material")),
    )
    events.record_lapse(
        writer, notice_sequence=notice.sequence, letter_id=letter.pk, deadline_on=case.correction_deadline_on
    )
    finish_act(case, writer)
    return case


def may_lapse(case: Case, today: date) -> bool:
    """Whether the term is over, the notice was served, and the applicant was told the bureau's number of days before."""
    if case.correction_deadline_on is None or today <= case.correction_deadline_on:
        return False
    notice = _standing_notice(case)
    if notice is None or notice.served_on is None:
        return False
    told = Reminder.objects.filter(
        case=case, kind=Reminder.Kind.CORRECTION_DUE, created_at__gte=notice.given_at
    ).first()
    if told is None:
        return False
    told_on = local_date(told.created_at)
    try:
        return today > current_calendar().add_workdays(told_on, rule_int("correction_remind_days", told_on))
    except CalendarMissing:
        return False


@transaction.atomic
def record_refused_correction(number: str, *, material_ids: list[int], actor: User, at: datetime) -> None:
    """Afterwards it stands on record who tried to ask for something new, and an alert is out (行政许可法第七十二条第四项).

    The case itself is not touched: its page does not become stale.
    """
    case, writer = begin_act(number, action="give_correction", actor=None, at=at)
    writer.actor = actor
    events.record_correction_refusal(writer, material_ids=material_ids)
    writer.flush()
    case.save(update_fields=["event_count", "last_event_hash"])
    Reminder.objects.get_or_create(
        case=case, kind=Reminder.Kind.NEW_CORRECTION, reached_on=local_date(at), defaults={"created_at": at}
    )


def _standing_notice(case: Case) -> CorrectionNotice | None:
    return case.correction_notices.select_related("letter").order_by("-sequence").first()
