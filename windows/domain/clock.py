"""The clock: from trigger day, limit, calendar, suspensions and extension to a due date and its ledger. Pure.

Rules K1–K11 of the domain reference. The only function in the product that adds days to a date.
"""

import calendar as month_lengths
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

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


class Status(StrEnum):
    """计算结果"""

    DUE = "DUE"
    OPEN = "OPEN"
    CALENDAR_MISSING = "CALENDAR_MISSING"


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

    ``article`` and ``reference`` say by which provision and which notice. The two flags say which limit it stops.
    """

    start: date
    end: date | None
    article: str = ART_45
    reference: str = ""
    excluded_from_statutory: bool = True
    excluded_from_promised: bool = True

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError("a suspension ends before it starts")

    def covers(self, day: date) -> bool:
        return self.start < day and (self.end is None or day <= self.end)


@dataclass(frozen=True)
class LedgerDay:
    """台账中的一天: ``counted`` is its ordinal within the limit, None where it does not count."""

    date: date
    kind: str
    counted: int | None
    article: str
    note: str = ""


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
    def ledger(self) -> tuple[LedgerDay, ...]:
        """One row a day from the trigger to the due date (or as far as the calendar is known); backwards limits: to the event."""
        return tuple(_ledger(self))

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
    """When a period that ``trigger`` sets off ends. ``extension`` is in the limit's own unit (K11).

    OPEN while a suspension has no end, CALENDAR_MISSING where a day of an unpublished year would have to be judged.
    """
    united = unite(suspensions)
    common = {"trigger": trigger, "limit": limit, "extension": extension, "suspensions": united, "calendar": calendar}
    if any(suspension.end is None for suspension in united):
        return ClockResult(status=Status.OPEN, due=None, missing_year=None, **common)
    try:
        due = _due(trigger, limit, calendar, united, extension)
    except CalendarMissing as missing:
        return ClockResult(status=Status.CALENDAR_MISSING, due=None, missing_year=missing.year, **common)
    return ClockResult(status=Status.DUE, due=due, missing_year=None, **common)


def unite(suspensions: Iterable[Suspension]) -> tuple[Suspension, ...]:
    """The suspensions with overlaps united, in order; an open one swallows what follows (K6)."""
    united: list[Suspension] = []
    for one in sorted(suspensions, key=lambda one: (one.start, one.end or date.max)):
        last = united[-1] if united else None
        if last is not None and (last.end is None or one.start <= last.end):
            end = None if last.end is None or one.end is None else max(last.end, one.end)
            united[-1] = Suspension(last.start, end, last.article, last.reference)
        else:
            united.append(one)
    return tuple(united)


def _due(
    trigger: date, limit: Limit, calendar: WorkCalendar, suspensions: Sequence[Suspension], extension: int
) -> date:
    value = limit.value + extension
    if limit.unit is Unit.WORKDAY:
        return _workdays(trigger, value, calendar, suspensions)
    if limit.unit is Unit.CALDAY:
        return trigger if value == 0 else calendar.next_workday(_caldays(trigger, value, suspensions))
    if limit.unit is Unit.MONTH:
        if value == 0:
            return trigger
        end = add_months(trigger, value)
        return calendar.next_workday(_caldays(trigger, (end - trigger).days, suspensions))
    if limit.unit is Unit.YEAR_FIXED:
        return add_months(trigger, 12 * value)
    if limit.unit is Unit.WORKDAY_BEFORE:
        return calendar.workdays_before(trigger, value)
    return trigger - timedelta(value)


def _workdays(trigger: date, value: int, calendar: WorkCalendar, suspensions: Sequence[Suspension]) -> date:
    due = calendar.add_workdays(trigger, value)
    excluded = 0
    for one in suspensions:
        # United and in order: each pushes the end by the working days it takes out before that end.
        if one.start >= due or one.end <= trigger:
            continue
        excluded += calendar.workdays_between(max(one.start, trigger), one.end)
        due = calendar.add_workdays(trigger, value + excluded)
    return due


def _caldays(trigger: date, value: int, suspensions: Sequence[Suspension]) -> date:
    due = trigger + timedelta(value)
    for one in suspensions:
        if one.start >= due or one.end <= trigger:
            continue
        due += one.end - max(one.start, trigger)
    return due


def add_months(start: date, months: int) -> date:
    """The corresponding date ``months`` later, or the month's last day where there is none (民法典第二百零二条)."""
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(start.day, month_lengths.monthrange(year, month + 1)[1]))


def elapsed(result: ClockResult, today: date) -> int:
    """How many days of the limit's unit have been counted up to and including ``today``."""
    if result.limit.unit is Unit.WORKDAY:
        used = result.calendar.workdays_between(result.trigger, today)
        for one in result.suspensions:
            until = today if one.end is None else min(one.end, today)
            used -= result.calendar.workdays_between(max(one.start, result.trigger), until)
        return used
    used = (today - result.trigger).days
    for one in result.suspensions:
        until = today if one.end is None else min(one.end, today)
        used -= max(0, (until - max(one.start, result.trigger)).days)
    return max(used, 0)


def remaining(result: ClockResult, today: date) -> int | None:
    """Days of the limit's unit from ``today`` to the due date, negative once it is past; None without a due date."""
    if result.due is None:
        return None
    if result.limit.unit is Unit.WORKDAY:
        if today <= result.due:
            return result.calendar.workdays_between(today, result.due)
        return -result.calendar.workdays_between(result.due, today)
    return (result.due - today).days


def is_overdue(result: ClockResult, today: date) -> bool:
    """Whether the period has ended before ``today`` (it runs until 24:00 of its due date, K3)."""
    return result.due is not None and today > result.due


@dataclass(frozen=True)
class Thresholds:
    """变灯日: the first day of each light, None where the calendar does not reach it."""

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
    """Yellow while no more than max(minimum, share of the limit) working days remain before the promised end; orange and
    red from the day after each end."""
    by_law = run_clock(trigger, statutory, calendar, suspensions=suspensions, extension=extension).due
    by_promise = run_clock(trigger, promised, calendar, suspensions=suspensions, extension=extension).due
    end = min((day for day in (by_promise, by_law) if day is not None), default=None)
    yellow = None
    if end is not None:
        warn = max(yellow_min_days, promised.value * yellow_share_percent // 100)
        yellow = max(calendar.workdays_before(end, warn), trigger)
    return Thresholds(
        yellow_from=yellow,
        orange_from=end + timedelta(1) if end is not None else None,
        red_from=by_law + timedelta(1) if by_law is not None else None,
    )


def _ledger(result: ClockResult) -> Iterable[LedgerDay]:
    if result.limit.unit in {Unit.WORKDAY_BEFORE, Unit.CALDAY_BEFORE}:
        yield from _backward_ledger(result)
        return
    calendar = result.calendar
    last = result.due or date(calendar.last_year, 12, 31)
    if result.limit.unit is Unit.YEAR_FIXED:
        yield LedgerDay(result.trigger, "trigger", None, CIVIL_201)
        yield LedgerDay(last, "due", result.limit.value, CIVIL_202)
        return
    total = None if result.due is None else result.limit.value + result.extension
    yield LedgerDay(result.trigger, "trigger", None, CIVIL_201, "触发日不计入")
    counted = 0
    ends = _unrolled_end(result)
    for offset in range(1, (last - result.trigger).days + 1):
        day = result.trigger + timedelta(offset)
        if not calendar.is_published(day.year):
            break
        kind = calendar.day_kind(day)
        stop = next((one for one in result.suspensions if one.covers(day)), None)
        works = kind in {DayKind.WORKDAY, DayKind.MAKEUP}
        if result.limit.unit is Unit.WORKDAY:
            if not works:
                yield LedgerDay(day, kind.value, None, ART_82, calendar.day_name(day))
            elif stop is not None:
                yield LedgerDay(day, "excluded", None, stop.article, stop.reference)
            else:
                counted += 1
                article = ART_42 if total is not None and counted > result.limit.value else ART_82
                yield LedgerDay(day, kind.value, counted, article, calendar.day_name(day))
        elif stop is not None:
            yield LedgerDay(day, "excluded", None, stop.article, stop.reference)
        elif ends is not None and day > ends:
            yield LedgerDay(day, "rolled", None, CIVIL_203, "末日为休息日，顺延")
        else:
            counted += 1
            yield LedgerDay(day, kind.value, counted, CIVIL_201 if result.limit.unit is Unit.CALDAY else CIVIL_202)


def _unrolled_end(result: ClockResult) -> date | None:
    """Where a calendar-day or month limit ends before it rolls to a working day (K4)."""
    value = result.limit.value + result.extension
    if result.due is None or result.limit.unit is Unit.WORKDAY:
        return None
    days = value if result.limit.unit is Unit.CALDAY else (add_months(result.trigger, value) - result.trigger).days
    return _caldays(result.trigger, days, result.suspensions)


def _backward_ledger(result: ClockResult) -> Iterable[LedgerDay]:
    yield LedgerDay(result.trigger, "event", None, CIVIL_201, "事件当日不计入")
    if result.due is None:
        return
    counted = 0
    for offset in range(1, (result.trigger - result.due).days + 1):
        day = result.trigger - timedelta(offset)
        kind = result.calendar.day_kind(day)
        counts = result.limit.unit is Unit.CALDAY_BEFORE or kind in {DayKind.WORKDAY, DayKind.MAKEUP}
        counted += counts
        yield LedgerDay(
            day,
            kind.value,
            counted if counts else None,
            ART_82 if result.limit.unit is Unit.WORKDAY_BEFORE else CIVIL_201,
        )
