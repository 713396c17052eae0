"""Writes onto a case the days its clock leaves out, from the rows of its special procedures."""

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from laiyang_approval.kernel.errors import CalendarMissing
from laiyang_approval.kernel.working_days import WorkCalendar

from ..domain.clock import ART_45, Suspension
from ..domain.replay import bounded
from ..domain.stops import to_plain
from ..models import Case, SpecialProcedure
from .clocking import recount_decision_clock


def rewrite_stops(case: Case, *, calendar: WorkCalendar, today: date) -> None:
    """Afterwards the stops, due dates and lights of ``case`` (in memory) are those its special procedures give.

    Overlapping time is left out once: the clock unites what stands here (rule K6).
    """
    case.clock_stops = plain_stops(list(served_notices().filter(case=case)))
    recount_decision_clock(case, calendar=calendar, today=today)


def served_notices() -> QuerySet[SpecialProcedure]:
    """Special procedures whose notice has been served, in order, with the notice's number (not its inputs)."""
    return (
        SpecialProcedure.objects.select_related("letter")
        .defer("letter__snapshot")
        .filter(started_on__isnull=False)
        .order_by("id")
    )


def tell_again(case: Case, rows: Sequence[SpecialProcedure], calendar: WorkCalendar) -> None:
    """Afterwards (in memory) the notices of procedures under way last as long as ``calendar`` says, and so the case's stops.

    The applicant was told a number of working days; which day is the last of them, the calendar decides.
    """
    by_pk = {row.pk: row for row in rows}
    for row in rows:  # a further notice stands after the one it goes on from
        if row.ended_on is not None:
            continue
        before = by_pk.get(row.continues_id)
        row.told_until_on = last_day_told(row, row.started_on, before, calendar)
    case.clock_stops = plain_stops(rows)


def plain_stops(rows: Sequence[SpecialProcedure]) -> list[dict]:
    """What a case keeps of its served notices: each stop, until when the applicant was told it would last, and if it has ended."""
    continued = {row.continues_id for row in rows}
    stops = to_plain(stop_of(row, is_continued=row.pk in continued) for row in rows)
    for stop, row in zip(stops, rows, strict=True):
        stop["told_until"] = row.told_until_on.isoformat() if row.told_until_on else None
        stop["ended"] = row.ended_on is not None
    return stops


def stop_of(row: SpecialProcedure, *, is_continued: bool = False) -> Suspension:
    """The days one served notice leaves out."""
    open_stop = Suspension(
        start=row.started_on,
        end=None,
        article=row.legal_basis if row.kind == SpecialProcedure.Kind.OTHER else ART_45,
        reference=row.letter.number,
        label=row.label,
        excluded_from_statutory=row.excluded_from_statutory,
        excluded_from_promised=row.excluded_from_promised,
    )
    is_over = is_continued or row.overrun_at is not None
    return bounded(open_stop, told_until=row.told_until_on, ended_on=row.ended_on, is_over=is_over)


def last_day_told(
    row: SpecialProcedure, served_on: date, before: SpecialProcedure | None, calendar: WorkCalendar
) -> date | None:
    """The last of the working days named in the notice: counted from its service, or from the end of what was told before.

    None while the calendar of that year is not published.
    """
    told = before.told_until_on if before is not None else None
    try:
        return calendar.add_workdays(max(served_on, told or served_on), row.needed_days)
    except CalendarMissing:
        return None
