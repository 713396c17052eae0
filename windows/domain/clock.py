"""The clock: from trigger day, limit, calendar, suspensions and extension to a due date and its ledger. Pure.

What everybody asks: a result with its ledger, both limits of a case, what is used and left, and when lights turn. How days are
added stands in ``periods``, how each day is explained in ``ledger``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

from laiyang_approval.kernel.errors import CalendarMissing
from laiyang_approval.kernel.working_days import WorkCalendar

from .ledger import LedgerDay, LedgerKind, ledger_days
from .periods import (
    ART_42,
    ART_45,
    ART_82,
    CIVIL_201,
    CIVIL_202,
    CIVIL_203,
    SUSPENDABLE,
    Limit,
    Suspension,
    Unit,
    add_months,
    after_caldays,
    after_workdays,
    due_date,
    in_order,
    unite,
)

__all__ = [
    "ART_42",
    "ART_45",
    "ART_82",
    "BothClocks",
    "CIVIL_201",
    "CIVIL_202",
    "CIVIL_203",
    "ClockResult",
    "LedgerDay",
    "LedgerKind",
    "Limit",
    "SUSPENDABLE",
    "Status",
    "Suspension",
    "Thresholds",
    "Unit",
    "add_months",
    "due_date",
    "elapsed",
    "in_order",
    "is_overdue",
    "lights_thresholds",
    "promised_due",
    "remaining",
    "run_both",
    "run_clock",
    "unite",
]


class Status(StrEnum):
    """计算结果"""

    DUE = "DUE"
    OPEN = "OPEN"
    CALENDAR_MISSING = "CALENDAR_MISSING"


@dataclass(frozen=True)
class ClockResult:
    """期限计算结果: the due date, or why there is none yet; ``ledger`` is worked out when first asked for."""

    trigger: date
    limit: Limit
    extension: int
    status: Status
    due: date | None
    missing_year: int | None
    suspensions: tuple[Suspension, ...] = field(repr=False, default=())
    calendar: WorkCalendar = field(repr=False, compare=False, default=None)

    @property
    def total(self) -> int:
        """The limit with its extension, in its own unit."""
        return self.limit.value + self.extension

    @property
    def total_days(self) -> int:
        """A limit in months or calendar days, as calendar days from its trigger."""
        if self.limit.unit is Unit.MONTH:
            return (add_months(self.trigger, self.total) - self.trigger).days
        return self.total

    @cached_property
    def ledger(self) -> tuple[LedgerDay, ...]:
        """One row a day from the trigger to the due date; a backward limit from the event back to it.

        Without a due date: to the start of the open suspension, or as far as the calendar is published. A limit in years
        (year_fixed) has its two ends alone, for nothing between them matters.
        """
        return tuple(ledger_days(self, _last_known_day(self)))

    def ledger_until(self, until: date) -> tuple[LedgerDay, ...]:
        """The ledger's rows up to ``until``: shorter, or past the open end of a suspension, as a picture needs them."""
        if self.due is not None:
            return tuple(day for day in self.ledger if day.date <= until)
        return tuple(ledger_days(self, until))

    def __str__(self) -> str:
        return self.due.isoformat() if self.due else self.status.value


def run_clock(
    trigger: date,
    limit: Limit,
    calendar: WorkCalendar,
    *,
    suspensions: Sequence[Suspension] = (),
    extension: int = 0,
) -> ClockResult:
    """When the period that ``trigger`` sets off ends, in working days where the law counts them (行政许可法第八十二条).

    ``extension`` is in the limit's own unit (K11).

    OPEN while a suspension has no end, CALENDAR_MISSING where a day of an unpublished year would have to be judged. Raises
    ValueError for a suspension of a period that cannot be suspended, OverflowError for a date past the year 9999.
    """
    ordered = in_order(suspensions)
    due, status, missing = None, Status.DUE, None
    try:
        due = due_date(trigger, limit, calendar, ordered, extension)
        if due is None:
            status = Status.OPEN
    except CalendarMissing as error:
        status, missing = Status.CALENDAR_MISSING, error.year
    return ClockResult(
        trigger=trigger,
        limit=limit,
        extension=extension,
        status=status,
        due=due,
        missing_year=missing,
        suspensions=ordered,
        calendar=calendar,
    )


def _last_known_day(result: ClockResult) -> date:
    if result.due is not None:
        return result.due
    if result.status is Status.OPEN:
        return max(result.trigger, min(one.start for one in result.suspensions if one.end is None))
    return date(result.calendar.last_year, 12, 31)


# Both limits of a case


@dataclass(frozen=True)
class BothClocks:
    """两个时限: the promised and the statutory limit of one case, run side by side (K11)."""

    promised: ClockResult
    statutory: ClockResult

    @property
    def promised_due(self) -> date | None:
        """承诺届满日: the earlier of promised and statutory; None while neither is known."""
        return promised_due(self.promised, self.statutory)

    @property
    def governing(self) -> ClockResult:
        """The clock whose end comes first: whose remaining days a reader wants to know."""
        first, second = self.promised.due, self.statutory.due
        if second is not None and (first is None or second < first):
            return self.statutory
        return self.promised


def run_both(
    trigger: date,
    *,
    promised: Limit,
    statutory: Limit,
    calendar: WorkCalendar,
    suspensions: Sequence[Suspension] = (),
    extension: int = 0,
) -> BothClocks:
    """Both limits from the same trigger; each is stopped by the suspensions whose flag says so. Raises as run_clock does."""
    return BothClocks(
        promised=run_clock(
            trigger,
            promised,
            calendar,
            suspensions=[one for one in suspensions if one.excluded_from_promised],
            extension=extension,
        ),
        statutory=run_clock(
            trigger,
            statutory,
            calendar,
            suspensions=[one for one in suspensions if one.excluded_from_statutory],
            extension=extension,
        ),
    )


def promised_due(promised: ClockResult, statutory: ClockResult) -> date | None:
    """The earlier of the two due dates (K11); None while neither is known."""
    return min((day for day in (promised.due, statutory.due) if day is not None), default=None)


# Used, left, over


def elapsed(result: ClockResult, today: date) -> int | None:
    """How many days of the period have been counted up to and including ``today``; None past the published calendar.

    In working days for a limit in working days, else in calendar days.
    """
    end = result.due or date.max
    stops = unite((one.start, min(one.end or today, today)) for one in _before(result.suspensions, min(end, today)))
    if result.limit.unit is not Unit.WORKDAY:
        used = (today - result.trigger).days
        used -= sum(max(0, (until - max(start, result.trigger)).days) for start, until in stops)
        return max(used, 0)
    try:
        used = result.calendar.workdays_between(result.trigger, today)
        for start, until in stops:
            used -= result.calendar.workdays_between(max(start, result.trigger), until)
    except CalendarMissing:
        return None
    return used


def remaining(result: ClockResult, today: date) -> int | None:
    """Days of the limit's unit that are left after ``today``, negative once the period is over; None where not known.

    Limit plus extension minus what has elapsed. Limits in months, years and calendar days are left in calendar days.
    """
    unit = result.limit.unit
    if unit is Unit.WORKDAY:
        used = elapsed(result, today)
        return None if used is None else result.total - used
    if result.due is not None and (unit not in SUSPENDABLE or today > result.due):
        if unit is Unit.WORKDAY_BEFORE:
            return _signed_workdays(result.calendar, today, result.due)
        return (result.due - today).days
    if result.due is not None:
        # To the due date, for a last day that rolls to a working day (K4) gives days beyond the limit.
        stops = unite((one.start, one.end) for one in _before(result.suspensions, result.due))
        excluded = sum(max(0, (min(end, result.due) - max(start, today)).days) for start, end in stops)
        return (result.due - max(today, result.trigger)).days - excluded
    return None if unit not in SUSPENDABLE else result.total_days - elapsed(result, today)


def _signed_workdays(calendar: WorkCalendar, today: date, due: date) -> int | None:
    try:
        return calendar.workdays_between(today, due) - calendar.workdays_between(due, today)
    except CalendarMissing:
        return None


def _before(suspensions: Iterable[Suspension], end: date) -> Iterable[Suspension]:
    """Those that begin before ``end``: one that begins when the period is over changes nothing."""
    return (one for one in suspensions if one.start < end)


def is_overdue(result: ClockResult, today: date) -> bool:
    """Whether the period has ended before ``today`` (it runs until 24:00 of its due date, K3)."""
    return result.due is not None and today > result.due


# Lights


@dataclass(frozen=True)
class Thresholds:
    """变灯日: the first day of each light, None where it is not known."""

    yellow_from: date | None
    orange_from: date | None
    red_from: date | None


def lights_thresholds(
    trigger: date,
    *,
    promised: Limit,
    statutory: Limit,
    calendar: WorkCalendar,
    yellow_share_percent: int,
    yellow_min_days: int,
    suspensions: Sequence[Suspension] = (),
    extension: int = 0,
) -> Thresholds:
    """The days on which the lights of a case turn.

    Yellow while no more than max(``yellow_min_days`` working days, ``yellow_share_percent`` of the limit) is left of the limit
    that ends first; orange from the day after the promised due date (K11), red from the day after the statutory one.
    """
    clocks = run_both(
        trigger,
        promised=promised,
        statutory=statutory,
        calendar=calendar,
        suspensions=suspensions,
        extension=extension,
    )
    return Thresholds(
        yellow_from=_yellow_from(clocks.governing, yellow_share_percent, yellow_min_days),
        orange_from=_day_after(clocks.promised_due),
        red_from=_day_after(clocks.statutory.due),
    )


def _yellow_from(result: ClockResult, share_percent: int, min_days: int) -> date | None:
    if result.status is Status.OPEN or result.limit.unit not in SUSPENDABLE:
        return None
    calendar, trigger = result.calendar, result.trigger
    stops = unite((one.start, one.end) for one in result.suspensions)
    try:
        if result.limit.unit is Unit.WORKDAY:
            # "No more than w days left" begins on the day on which all but w are used: known before the due date may be.
            used = result.total - max(min_days, result.total * share_percent // 100)
            return after_workdays(trigger, used, calendar, stops) if used > 0 else trigger
        total = result.total_days
        by_share = after_caldays(trigger, total - total * share_percent // 100, stops)
        if result.due is None:
            return None
        return max(min(by_share, calendar.workdays_before(result.due, min_days)), trigger)
    except CalendarMissing:
        return None


def _day_after(day: date | None) -> date | None:
    return None if day is None else day + timedelta(1)
