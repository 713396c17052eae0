"""W7, due dates: the portal's clock beside the bare look-up in two lists, and beside stepping day by day with chinesecalendar;
a million dates, one by one, beside numpy.busday_offset, which gets them all at once.
"""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from statistics import median
from time import process_time

import numpy as np
from chinese_calendar import is_workday

from laiyang_approval.kernel.calendars import shipped_calendar
from laiyang_approval.kernel.errors import CalendarMissing
from laiyang_approval.kernel.working_days import WorkCalendar
from windows.domain.clock import Limit, Suspension, Unit, due_date, run_clock

from .harness import Row

ROUNDS = 7
DATES = 50_000
MILLION = 1_000_000
#: A million take a quarter of a second and vary little.
MILLION_ROUNDS = 3
#: chinesecalendar needs some milliseconds a date; a few hundred are enough to know how many.
STEPPED = 150
FIRST = date(2018, 1, 1)
LAST_START = date(2026, 6, 30)


def run() -> list[Row]:
    """One line a way of asking; ``ours`` and ``bare`` in milliseconds of CPU a date, ``ratio`` of ours to bare."""
    calendar = shipped_calendar()
    random = Random(20181226)
    span = (LAST_START - FIRST).days
    asked = [(FIRST + timedelta(random.randrange(span)), random.randint(1, 60)) for _ in range(DATES)]
    limits = {days: Limit(days, Unit.WORKDAY) for days in range(1, 61)}
    cases = [(start, limits[days]) for start, days in asked]
    upto, workdays, origin = _two_lists()
    _agree(calendar, cases, (upto, workdays, origin))

    def bare() -> None:
        for start, days in asked:
            date.fromordinal(workdays[upto[start.toordinal() - origin] + days - 1])

    def table() -> None:
        for start, days in asked:
            calendar.add_workdays(start, days)

    def clock() -> None:
        for start, limit in cases:
            due_date(start, limit, calendar)

    paused = [
        (
            start,
            limit,
            (
                Suspension(start + timedelta(2), start + timedelta(9)),
                Suspension(start + timedelta(30), start + timedelta(40)),
            ),
        )
        for start, limit in cases[: DATES // 10]
    ]

    def suspended() -> None:
        for start, limit, suspensions in paused:
            due_date(start, limit, calendar, suspensions)

    def with_ledger() -> None:
        for start, limit in cases[: DATES // 50]:
            len(run_clock(start, limit, calendar).ledger)

    def stepped() -> None:
        for start, days in asked[:STEPPED]:
            _step(start, days)

    return [
        _beside("W7 日历加工作日 / 两张表", table, DATES, bare, DATES, good=3.7, moonshot=2.0),
        _beside("W7 届满日（时钟）/ 两张表", clock, DATES, bare, DATES, good=3.7, moonshot=2.0),
        # The two next have no target of their own; the floors keep them from growing unseen.
        _beside("W7 届满日，两次暂停 / 两张表", suspended, len(paused), bare, DATES, good=60.0, moonshot=30.0),
        _beside("W7 逐日台账 / 两张表", with_ledger, DATES // 50, bare, DATES, good=1000.0, moonshot=500.0),
        # ≥ 500 times as fast is good, ≥ 1,500 times the aim.
        _beside("W7 届满日（时钟）/ chinesecalendar", clock, DATES, stepped, STEPPED, good=1 / 500, moonshot=1 / 1500),
        _a_million(calendar, asked),
    ]


def _a_million(calendar: WorkCalendar, asked: list[tuple[date, int]]) -> Row:
    """The same dates over and over; numpy has its arrays and its calendar (make-up days counted) ready."""
    asked = asked * (MILLION // len(asked))
    span = (date(2026, 12, 31) - FIRST).days + 1
    free = [day for day in (FIRST + timedelta(offset) for offset in range(span)) if not is_workday(day)]
    with_swaps = np.busdaycalendar(weekmask="1111111", holidays=np.array(free, "datetime64[D]"))
    starts = np.array([start for start, _ in asked], "datetime64[D]")
    days = np.array([days for _, days in asked])

    def ours() -> list[date]:
        return [calendar.add_workdays(start, days) for start, days in asked]

    def at_once() -> np.ndarray:
        return np.busday_offset(starts, days, roll="backward", busdaycal=with_swaps)

    if ours() != at_once().tolist():
        raise AssertionError("numpy.busday_offset gives other dates")
    name = "W7 一百万个日期 / numpy.busday_offset"
    return _beside(name, ours, MILLION, at_once, MILLION, good=1.0, moonshot=0.1, rounds=MILLION_ROUNDS)


def _beside(
    name: str,
    ours: Callable[[], object],
    ours_count: int,
    bare: Callable[[], object],
    bare_count: int,
    *,
    good: float,
    moonshot: float,
    rounds: int = ROUNDS,
) -> Row:
    """Both by turns, after one turn that is not counted; the ratio is the median of the rounds' ratios."""
    _cpu(ours), _cpu(bare)
    pairs = [(_cpu(ours) / ours_count, _cpu(bare) / bare_count) for _ in range(rounds)]
    return Row(
        name,
        median(pair[0] for pair in pairs) * 1000,
        median(pair[1] for pair in pairs) * 1000,
        median(pair[0] / pair[1] for pair in pairs),
        good,
        moonshot,
    )


def _cpu(act: Callable[[], object]) -> float:
    began = process_time()
    act()
    return process_time() - began


def _two_lists() -> tuple[list[int], list[int], int]:
    """The bare limit's own tables, made from chinesecalendar: working days up to each day, and their ordinals."""
    origin = FIRST.toordinal()
    upto, workdays = [], []
    for ordinal in range(origin, date(2026, 12, 31).toordinal() + 1):
        if is_workday(date.fromordinal(ordinal)):
            workdays.append(ordinal)
        upto.append(len(workdays))
    return upto, workdays, origin


def _step(start: date, days: int) -> date:
    day = start
    while days:
        day += timedelta(1)
        days -= is_workday(day)
    return day


def _agree(calendar, cases: list[tuple[date, Limit]], tables: tuple[list[int], list[int], int]) -> None:
    """A fast wrong answer is worth nothing: all ways give the same date. Raises AssertionError."""
    upto, workdays, origin = tables
    for start, limit in cases[:2000]:
        ours = due_date(start, limit, calendar)
        if ours.toordinal() != workdays[upto[start.toordinal() - origin] + limit.value - 1]:
            raise AssertionError(f"{start} + {limit.value}")
    for start, limit in cases[:20]:
        if due_date(start, limit, calendar) != _step(start, limit.value):
            raise AssertionError(f"{start} + {limit.value}")
    try:
        due_date(date(2026, 12, 21), Limit(20), calendar)
    except CalendarMissing:
        return
    raise AssertionError("a date past the published calendar")
