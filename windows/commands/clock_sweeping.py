"""The sweeps of the clock procedures: told time that has run out, extensions not told in time, corrections that never came.

Each asks "what should be so by now and is not?", so a missed run loses nothing and a second one changes nothing.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import CalendarMissing, DomainError, StaleState
from laiyang_approval.kernel.rules import rule_int, rule_is_on

from ..domain.states import HANDLING_STATES, State
from ..events import clock as events
from ..models import Case, CorrectionNotice, Extension, Reminder, SpecialProcedure
from .acting import begin_act, finish_act
from .intake import lapse_case
from .stopping import rewrite_stops

OnFailure = Callable[[str, Exception], None]


def run_out_told_time(*, at: datetime, on_failure: OnFailure, limit: int = 500) -> dict[str, int]:
    """Afterwards the clock runs again in every case whose told time is over without a second notice (rule K6, Article 45).

    Due dates and lights are set again and a reminder stands; the procedure itself goes on until its result is recorded.
    """
    rows = SpecialProcedure.objects.filter(
        started_on__isnull=False,
        ended_on__isnull=True,
        overrun_at__isnull=True,
        told_until_on__lt=local_date(at),
        case__state=State.SUSPENDED,
    ).order_by("told_until_on", "id")
    pairs = list(rows.values_list("case__number", "pk")[:limit])
    return {"told_time_over": _each(pairs, lambda number, pk: _run_out(number, pk, at=at), on_failure)}


@transaction.atomic
def _run_out(number: str, procedure_id: int, *, at: datetime) -> None:
    case, writer = begin_act(number, action="told_time_over", actor=None, at=at)
    row = SpecialProcedure.objects.select_related("letter").defer("letter__snapshot").get(pk=procedure_id)
    today = local_date(at)
    if row.ended_on is not None or row.overrun_at is not None or today <= row.told_until_on:
        raise StaleState("特别程序已经结束，或者告知的时间还没有用完。")
    row.overrun_at = at
    row.save(update_fields=["overrun_at"])
    if SpecialProcedure.objects.filter(continues=row, started_on__isnull=False).exists():
        return  # a second notice goes on from there: nothing has run out
    rewrite_stops(case, calendar=current_calendar(), today=today)
    events.record_told_time_over(
        writer,
        procedure_id=row.pk,
        told_until_on=row.told_until_on,
        promised_due_on=case.promised_due_on,
        statutory_due_on=case.statutory_due_on,
    )
    _remind(case, Reminder.Kind.PROCEDURE_OVER, row.told_until_on + timedelta(1), at)
    finish_act(case, writer)


def void_untold_extensions(*, at: datetime, on_failure: OnFailure, limit: int = 500) -> dict[str, int]:
    """Afterwards a reminder stands for every extension whose notice had not been served on the due date: it is void (K7)."""
    reminded = Reminder.objects.filter(
        case=OuterRef("case"), kind=Reminder.Kind.EXTENSION_VOID, reached_on__gt=OuterRef("case__statutory_due_on")
    )
    rows = Extension.objects.filter(
        ~Exists(reminded),
        approved_at__isnull=False,
        served_on__isnull=True,
        case__statutory_due_on__lt=local_date(at),
        case__state__in=[state.value for state in HANDLING_STATES],
    ).order_by("id")
    pairs = list(rows.values_list("case__number", "pk")[:limit])
    return {"extensions_void": _each(pairs, lambda number, pk: _void(number, pk, at=at), on_failure)}


@transaction.atomic
def _void(number: str, extension_id: int, *, at: datetime) -> None:
    case, writer = begin_act(number, action="extension_void", actor=None, at=at)
    row = Extension.objects.get(pk=extension_id)
    if row.served_on is not None or case.statutory_due_on is None or local_date(at) <= case.statutory_due_on:
        raise StaleState("延长告知已经送达，或者期限还没有届满。")
    _remind(case, Reminder.Kind.EXTENSION_VOID, case.statutory_due_on + timedelta(1), at)
    events.record_extension_void(writer, extension_id=row.pk, due_on=case.statutory_due_on)
    finish_act(case, writer)


def remind_of_corrections(*, at: datetime) -> dict[str, int]:
    """Afterwards every application that waits for its correction has a reminder once the end of its term is near.

    Nothing lapses before the applicant was told so; the status page says it too.
    """
    today = local_date(at)
    days, calendar = rule_int("correction_remind_days", today), current_calendar()
    try:
        horizon = calendar.add_workdays(today, days)
    except CalendarMissing:
        horizon = date.max  # every date that is known lies before the end of the published calendar
    newest = CorrectionNotice.objects.filter(case=OuterRef("pk")).order_by("-sequence").values("given_at")[:1]
    reminded = Reminder.objects.filter(
        case=OuterRef("pk"), kind=Reminder.Kind.CORRECTION_DUE, created_at__gte=OuterRef("newest_notice_at")
    )
    waiting = Case.objects.annotate(newest_notice_at=newest).filter(
        ~Exists(reminded), state=State.CORRECTION_PENDING, correction_deadline_on__lte=horizon
    )
    rows = [
        Reminder(
            case_id=pk,
            kind=Reminder.Kind.CORRECTION_DUE,
            reached_on=calendar.workdays_before(deadline, days),
            created_at=at,
        )
        for pk, deadline in waiting.values_list("pk", "correction_deadline_on")
    ]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    return {"corrections_reminded": len(rows)}


def lapse_corrections(*, at: datetime, on_failure: OnFailure, limit: int = 500) -> dict[str, int]:
    """Afterwards applications whose correction never came have ended with D05, each in its own transaction (row 6).

    The law sets no such term: with the rule ``correction_lapse`` off, nothing lapses.
    """
    today = local_date(at)
    if not rule_is_on("correction_lapse", today):
        return {"lapsed": 0}
    rows = Case.objects.filter(
        state=State.CORRECTION_PENDING,
        correction_deadline_on__lt=today,
        correction_notices__served_on__isnull=False,
        reminders__kind=Reminder.Kind.CORRECTION_DUE,
    ).distinct()
    pairs = [(number, pk) for pk, number in rows.order_by("id").values_list("pk", "number")[:limit]]
    return {"lapsed": _each(pairs, lambda number, _: lapse_case(number, at=at), on_failure)}


def _each(pairs: Iterable[tuple[str, int]], act: Callable[[str, int], object], on_failure: OnFailure) -> int:
    """Each in its own transaction; one that fails is reported and the rest go on. Returns how many were done."""
    done = 0
    for number, pk in pairs:
        try:
            act(number, pk)
            done += 1
        except StaleState:
            continue  # somebody acted between the look and the lock
        except DomainError as error:
            on_failure(number, error)
    return done


def _remind(case: Case, kind: Reminder.Kind, reached_on: date, at: datetime) -> None:
    Reminder.objects.get_or_create(case=case, kind=kind, reached_on=reached_on, defaults={"created_at": at})
