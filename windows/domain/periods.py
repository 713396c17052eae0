"""Periods: limits, suspensions and the day on which they end, by rules K1–K11 of the domain reference. Pure.

The only place in the product that adds days to a date.
"""

import calendar as month_lengths
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from laiyang_approval.kernel.working_days import WorkCalendar

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


#: Days excluded, as (start, end) with start < d <= end; united and in order.
Stops = tuple[tuple[date, date], ...]


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
        return after_workdays(trigger, value, calendar, stops)
    if unit is Unit.CALDAY:
        return calendar.next_workday(after_caldays(trigger, value, stops))
    if unit is Unit.MONTH:
        return calendar.next_workday(after_caldays(trigger, (add_months(trigger, value) - trigger).days, stops))
    if unit is Unit.YEAR_FIXED:
        return add_months(trigger, 12 * value)
    if unit is Unit.WORKDAY_BEFORE:
        return calendar.workdays_before(trigger, value)
    return trigger - timedelta(value)


def after_workdays(trigger: date, value: int, calendar: WorkCalendar, stops: Stops) -> date:
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


def after_caldays(trigger: date, value: int, stops: Stops) -> date:
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
