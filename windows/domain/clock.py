"""The clock: from trigger day, limit, calendar, suspensions and extension to a due date and its ledger. Pure.

Rules K1–K11 of the domain reference. The only place in the product that adds days to a date.
"""

import calendar as month_lengths
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

from laiyang_approval.kernel.errors import CalendarMissing
from laiyang_approval.kernel.working_days import DayKind, WorkCalendar

ART_42 = "行政许可法第四十二条"
ART_45 = "行政许可法第四十五条"
ART_82 = "行政许可法第八十二条"
CIVIL_201 = "民法典第二百零一条"
CIVIL_202 = "民法典第二百零二条"
CIVIL_203 = "民法典第二百零三条"


class Unit(StrEnum):
    """期限单位"""

    WORKDAY = "workday"
    CALDAY = "calday"
    MONTH = "month"
    YEAR_FIXED = "year_fixed"
    WORKDAY_BEFORE = "workday_before"
    CALDAY_BEFORE = "calday_before"


#: Units that run forward day by day; only these can be suspended (K6, K11).
SUSPENDABLE = frozenset({Unit.WORKDAY, Unit.CALDAY, Unit.MONTH})
_BACKWARD = frozenset({Unit.WORKDAY_BEFORE, Unit.CALDAY_BEFORE})
_WORKS = frozenset({DayKind.WORKDAY, DayKind.MAKEUP})


class Status(StrEnum):
    """计算结果"""

    DUE = "DUE"
    OPEN = "OPEN"
    CALENDAR_MISSING = "CALENDAR_MISSING"


class LedgerKind(StrEnum):
    """台账中一天的性质: the kinds of a calendar day, and what only a running period knows."""

    TRIGGER = "trigger"
    WORKDAY = "workday"
    MAKEUP = "makeup"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    EXCLUDED = "excluded"
    ROLLED = "rolled"
    UNPUBLISHED = "unpublished"
    DUE = "due"
    EVENT = "event"


@dataclass(frozen=True)
class Limit:
    """期限: a number of working days, calendar days, months or years."""

    value: int
    unit: Unit = Unit.WORKDAY

    def __post_init__(self) -> None:
        if self.value < 0:
            raise ValueError("a limit is not negative")


@dataclass(frozen=True)
class Suspension:
    """不计入的期间 (K6): days d with start < d <= end are excluded; ``end`` None: still suspended.

    ``label`` says what for (专家评审), ``article`` by which provision, ``reference`` by which notice to the applicant. The
    two flags say which limit it stops; a provision may stop the promised limit alone.
    """

    start: date
    end: date | None
    article: str = ART_45
    reference: str = ""
    label: str = ""
    excluded_from_statutory: bool = True
    excluded_from_promised: bool = True

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError("a suspension ends before it starts")

    def covers(self, day: date) -> bool:
        return self.start < day and (self.end is None or day <= self.end)

    def note(self) -> str:
        """专家评审（告知书文号）"""
        return f"{self.label}（{self.reference}）" if self.label and self.reference else self.label or self.reference


@dataclass(frozen=True)
class LedgerDay:
    """台账中的一天: ``counted`` is its ordinal within the limit, None where it does not count."""

    date: date
    kind: str
    counted: int | None
    article: str
    note: str = ""


#: Days excluded, as (start, end) with start < d <= end; united and in order.
Stops = tuple[tuple[date, date], ...]


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

    @cached_property
    def ledger(self) -> tuple[LedgerDay, ...]:
        """One row a day from the trigger to the due date; a backward limit from the event back to it.

        Without a due date: to the start of the open suspension, or as far as the calendar is published. A limit in years
        (year_fixed) has its two ends alone, for nothing between them matters.
        """
        return tuple(_ledger(self, _last_known_day(self)))

    def ledger_until(self, until: date) -> tuple[LedgerDay, ...]:
        """The ledger's rows up to ``until``: shorter, or past the open end of a suspension, as a picture needs them."""
        if self.due is not None:
            return tuple(day for day in self.ledger if day.date <= until)
        return tuple(_ledger(self, until))

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
    """When the period that ``trigger`` sets off ends. ``extension`` is in the limit's own unit (K11).

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


def due_date(
    trigger: date,
    limit: Limit,
    calendar: WorkCalendar,
    suspensions: Sequence[Suspension] = (),
    extension: int = 0,
) -> date | None:
    """The due date alone, None while suspended without an end: what run_clock finds, for many dates at once.

    Raises CalendarMissing where a day of an unpublished year would have to be judged.
    """
    if not suspensions:
        if limit.unit is Unit.WORKDAY:
            return calendar.add_workdays(trigger, limit.value + extension)
        return _due(trigger, limit, calendar, (), extension)
    if limit.unit not in SUSPENDABLE:
        raise ValueError("only limits in working days, calendar days or months can be suspended")
    if any(one.end is None for one in suspensions):
        return None
    return _due(trigger, limit, calendar, unite((one.start, one.end) for one in suspensions), extension)


def in_order(suspensions: Iterable[Suspension]) -> tuple[Suspension, ...]:
    """By start, the longest first: so the order in which they were written never matters, nor one inside another."""
    return tuple(
        sorted(
            suspensions,
            key=lambda one: (one.start, -(one.end or date.max).toordinal(), one.article, one.label, one.reference),
        )
    )


def unite(intervals: Iterable[tuple[date, date]]) -> Stops:
    """The intervals with overlaps united, not added, in order (K6); those that exclude nothing are left out."""
    united: list[tuple[date, date]] = []
    for start, end in sorted(intervals):
        if start == end:
            continue
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(united[-1][1], end))
        else:
            united.append((start, end))
    return tuple(united)


def _due(trigger: date, limit: Limit, calendar: WorkCalendar, stops: Stops, extension: int) -> date:
    value, unit = limit.value + extension, limit.unit
    if value == 0:
        return trigger  # K11: limit 0 falls on the trigger day
    if unit is Unit.WORKDAY:
        return _after_workdays(trigger, value, calendar, stops)
    if unit is Unit.CALDAY:
        return calendar.next_workday(_after_caldays(trigger, value, stops))
    if unit is Unit.MONTH:
        return calendar.next_workday(_after_caldays(trigger, (add_months(trigger, value) - trigger).days, stops))
    if unit is Unit.YEAR_FIXED:
        return add_months(trigger, 12 * value)
    if unit is Unit.WORKDAY_BEFORE:
        return calendar.workdays_before(trigger, value)
    return trigger - timedelta(value)


def _after_workdays(trigger: date, value: int, calendar: WorkCalendar, stops: Stops) -> date:
    due = calendar.add_workdays(trigger, value)
    excluded = 0
    for start, end in stops:
        if end <= trigger:
            continue
        if start >= due:
            break
        # The period is still running when this one begins, so every working day in it pushes the end.
        excluded += calendar.workdays_between(max(start, trigger), end)
        due = calendar.add_workdays(trigger, value + excluded)
    return due


def _after_caldays(trigger: date, value: int, stops: Stops) -> date:
    due = trigger + timedelta(value)
    for start, end in stops:
        if end <= trigger:
            continue
        if start >= due:
            break
        due += end - max(start, trigger)
    return due


def add_months(start: date, months: int) -> date:
    """The corresponding date ``months`` later, or the month's last day where there is none (民法典第二百零二条)."""
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    if year > date.max.year:
        raise OverflowError("no such date")
    return date(year, month + 1, min(start.day, month_lengths.monthrange(year, month + 1)[1]))


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
    return None if unit not in SUSPENDABLE else _total_days(result) - elapsed(result, today)


def _signed_workdays(calendar: WorkCalendar, today: date, due: date) -> int | None:
    try:
        return calendar.workdays_between(today, due) - calendar.workdays_between(due, today)
    except CalendarMissing:
        return None


def _before(suspensions: Iterable[Suspension], end: date) -> Iterable[Suspension]:
    """Those that begin before ``end``: one that begins when the period is over changes nothing."""
    return (one for one in suspensions if one.start < end)


def _total_days(result: ClockResult) -> int:
    if result.limit.unit is Unit.MONTH:
        return (add_months(result.trigger, result.total) - result.trigger).days
    return result.total


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
            return _after_workdays(trigger, used, calendar, stops) if used > 0 else trigger
        total = _total_days(result)
        by_share = _after_caldays(trigger, total - total * share_percent // 100, stops)
        if result.due is None:
            return None
        return max(min(by_share, calendar.workdays_before(result.due, min_days)), trigger)
    except CalendarMissing:
        return None


def _day_after(day: date | None) -> date | None:
    return None if day is None else day + timedelta(1)


# The ledger


def _last_known_day(result: ClockResult) -> date:
    if result.due is not None:
        return result.due
    if result.status is Status.OPEN:
        return max(result.trigger, min(one.start for one in result.suspensions if one.end is None))
    return date(result.calendar.last_year, 12, 31)


def _ledger(result: ClockResult, until: date) -> Iterable[LedgerDay]:
    if result.limit.unit in _BACKWARD:
        yield from _backward_ledger(result)
        return
    yield LedgerDay(result.trigger, LedgerKind.TRIGGER.value, None, CIVIL_201, "触发日不计入")
    if result.limit.unit is Unit.YEAR_FIXED:
        yield LedgerDay(result.due, LedgerKind.DUE.value, result.total, CIVIL_202)
        return
    judge = _workday_row if result.limit.unit is Unit.WORKDAY else _calday_row
    unrolled = _unrolled_end(result)
    counted = 0
    for offset in range(1, (until - result.trigger).days + 1):
        day = result.trigger + timedelta(offset)
        if result.limit.unit is Unit.WORKDAY and not result.calendar.is_published(day.year):
            return
        stop = next((one for one in result.suspensions if one.covers(day)), None)
        row = judge(result, day, counted + 1, stop, unrolled)
        counted = row.counted or counted
        yield row


def _excluded_row(day: date, stop: Suspension) -> LedgerDay:
    return LedgerDay(day, LedgerKind.EXCLUDED.value, None, stop.article, stop.note())


def _workday_row(
    result: ClockResult, day: date, ordinal: int, stop: Suspension | None, _unrolled: date | None
) -> LedgerDay:
    kind, name = result.calendar.day_kind(day), result.calendar.day_name(day)
    if kind not in _WORKS:
        return LedgerDay(day, kind.value, None, ART_82, name)
    if stop is not None:
        return _excluded_row(day, stop)
    # Days beyond the limit itself are those of the extension.
    return LedgerDay(day, kind.value, ordinal, ART_42 if ordinal > result.limit.value else ART_82, name)


def _calday_row(
    result: ClockResult, day: date, ordinal: int, stop: Suspension | None, unrolled: date | None
) -> LedgerDay:
    if unrolled is not None and day > unrolled:
        return LedgerDay(day, LedgerKind.ROLLED.value, None, CIVIL_203, "末日为休息日，顺延")
    if stop is not None:
        return _excluded_row(day, stop)
    article = CIVIL_202 if result.limit.unit is Unit.MONTH else CIVIL_201
    return LedgerDay(day, _kind_of(result.calendar, day), ordinal, article, result.calendar.day_name(day))


def _kind_of(calendar: WorkCalendar, day: date) -> str:
    """The kind of a day that need not be judged to be counted: a calendar day counts in any year."""
    return (calendar.day_kind(day) if calendar.is_published(day.year) else LedgerKind.UNPUBLISHED).value


def _unrolled_end(result: ClockResult) -> date | None:
    """Where a limit in calendar days or months ends before it rolls to a working day (K4)."""
    if result.due is None or result.limit.unit is Unit.WORKDAY:
        return None
    return _after_caldays(
        result.trigger, _total_days(result), unite((one.start, one.end) for one in result.suspensions)
    )


def _backward_ledger(result: ClockResult) -> Iterable[LedgerDay]:
    yield LedgerDay(result.trigger, LedgerKind.EVENT.value, None, CIVIL_201, "事件当日不计入")
    if result.due is None:
        return
    counted = 0
    by_workdays = result.limit.unit is Unit.WORKDAY_BEFORE
    for offset in range(1, (result.trigger - result.due).days + 1):
        day = result.trigger - timedelta(offset)
        kind = _kind_of(result.calendar, day)
        counts = not by_workdays or kind in _WORKS
        counted += counts
        yield LedgerDay(
            day,
            kind,
            counted if counts else None,
            ART_82 if by_workdays else CIVIL_201,
            result.calendar.day_name(day),
        )
