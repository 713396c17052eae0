"""The ledger: of each day of a period whether it counts, why, and by which article. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from laiyang_approval.kernel.working_days import DayKind, WorkCalendar

from .periods import (
    ART_42,
    ART_82,
    CIVIL_201,
    CIVIL_202,
    CIVIL_203,
    Limit,
    Suspension,
    Unit,
    after_caldays,
    unite,
)

_BACKWARD = frozenset({Unit.WORKDAY_BEFORE, Unit.CALDAY_BEFORE})
_WORKS = frozenset({DayKind.WORKDAY, DayKind.MAKEUP})


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
class LedgerDay:
    """台账中的一天: ``counted`` is its ordinal within the limit, None where it does not count."""

    date: date
    kind: str
    counted: int | None
    article: str
    note: str = ""


class Counted(Protocol):
    """What a ledger is made from: windows.domain.clock.ClockResult."""

    trigger: date
    limit: Limit
    due: date | None
    suspensions: tuple[Suspension, ...]
    calendar: WorkCalendar

    @property
    def total(self) -> int: ...

    @property
    def total_days(self) -> int: ...


def ledger_days(result: Counted, until: date) -> Iterable[LedgerDay]:
    """One row a day from the trigger up to ``until``; a backward limit from the event back to its date."""
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
    result: Counted, day: date, ordinal: int, stop: Suspension | None, _unrolled: date | None
) -> LedgerDay:
    kind, name = result.calendar.day_kind(day), result.calendar.day_name(day)
    if kind not in _WORKS:
        return LedgerDay(day, kind.value, None, ART_82, name)
    if stop is not None:
        return _excluded_row(day, stop)
    # Days beyond the limit itself are those of the extension.
    return LedgerDay(day, kind.value, ordinal, ART_42 if ordinal > result.limit.value else ART_82, name)


def _calday_row(result: Counted, day: date, ordinal: int, stop: Suspension | None, unrolled: date | None) -> LedgerDay:
    if unrolled is not None and day > unrolled:
        return LedgerDay(day, LedgerKind.ROLLED.value, None, CIVIL_203, "末日为休息日，顺延")
    if stop is not None:
        return _excluded_row(day, stop)
    article = CIVIL_202 if result.limit.unit is Unit.MONTH else CIVIL_201
    return LedgerDay(day, _kind_of(result.calendar, day), ordinal, article, result.calendar.day_name(day))


def _kind_of(calendar: WorkCalendar, day: date) -> str:
    """The kind of a day that need not be judged to be counted: a calendar day counts in any year."""
    return (calendar.day_kind(day) if calendar.is_published(day.year) else LedgerKind.UNPUBLISHED).value


def _unrolled_end(result: Counted) -> date | None:
    """Where a limit in calendar days or months ends before it rolls to a working day (K4)."""
    if result.due is None or result.limit.unit is Unit.WORKDAY:
        return None
    return after_caldays(result.trigger, result.total_days, unite((one.start, one.end) for one in result.suspensions))


def _backward_ledger(result: Counted) -> Iterable[LedgerDay]:
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
