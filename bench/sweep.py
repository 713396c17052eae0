"""W4 the sweep of lights, beside one UPDATE that recomputes every open case; reminders in the same transaction.

*first*: after an import, when a fifth of the rows change; *day*: the next day; *again*: when nothing is due. Every case of the
database is open for it: what a bureau has done costs a sweep nothing, so that only open ones say what it costs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from statistics import median

from django.db import connection, transaction

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.clock import local_date
from windows.commands.sweeping import turn_lights

from .harness import Meter, Row

ROUNDS = 3
STEPS = (("first", 1.5, 1.5), ("day", 1.2, 0.5), ("again", 1.2, 0.05))

_SINGLE = """
UPDATE windows_case SET light = CASE
    WHEN red_from_on <= %s THEN 'red' WHEN orange_from_on <= %s THEN 'orange' WHEN yellow_from_on <= %s THEN 'yellow' ELSE 'green' END
WHERE state IN ('received', 'accepted', 'in_review', 'pending_decision', 'granted', 'refused', 'issued')
"""
_SINGLE_REMIND = """
INSERT INTO windows_reminder (case_id, kind, reached_on, created_at)
SELECT id, light, CASE light WHEN 'yellow' THEN yellow_from_on WHEN 'orange' THEN orange_from_on ELSE red_from_on END, %s
FROM windows_case WHERE light IN ('yellow', 'orange', 'red')
ON CONFLICT (case_id, kind, reached_on) DO NOTHING
"""


#: Thresholds spread over a quarter: a good fifth of the rows change at first, one in ninety of each threshold a day.
_SPREAD, _PAST = 92, 20
_ALL_OPEN = """
UPDATE windows_case SET light = 'green', state = CASE WHEN ended_at IS NULL THEN state ELSE 'in_review' END,
    yellow_from_on = {yellow}, orange_from_on = {orange}, red_from_on = {red}, light_turns_on = {yellow}
"""
_KEPT = "state, light, yellow_from_on, orange_from_on, red_from_on, light_turns_on"


class _Undo(Exception):
    pass


def sweep(label: str) -> list[Row]:
    """The three steps, every case open, each way from the same beginning; afterwards the cases are as before."""
    now = clock.now()
    with _all_open(now):
        rounds = [(_steps(_ours, now), _steps(_single, now)) for _ in range(ROUNDS)]
    rows = []
    for at, (step, good, moonshot) in enumerate(STEPS):
        pairs = [(ours[at], bare[at]) for ours, bare in rounds]
        mine, single = median(mine for mine, _ in pairs), median(single for _, single in pairs)
        ratio = median(mine / single for mine, single in pairs)
        rows.append(Row(f"W4 扫描 {step}（{label}在办）", mine * 1000, single * 1000, ratio, good, moonshot))
    return rows


@contextmanager
def _all_open(now: datetime) -> Iterator[None]:
    """Within, every case is green and open, as after an import, in a table without dead rows; reminders are gone."""
    first = local_date(now) - timedelta(days=_PAST)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM windows_reminder")
        cursor.execute(f"CREATE TABLE bench_before AS SELECT id, {_KEPT} FROM windows_case")
        days = {name: _day_of(first, after) for name, after in (("yellow", 0), ("orange", 4), ("red", 9))}
        cursor.execute(_ALL_OPEN.format(**days))
        _tidy(cursor)
        try:
            yield
        finally:
            back = ", ".join(f"{name} = kept.{name}" for name in _KEPT.split(", "))
            cursor.execute(f"UPDATE windows_case SET {back} FROM bench_before kept WHERE kept.id = windows_case.id")
            cursor.execute("DROP TABLE bench_before")
            _tidy(cursor)


def _day_of(first: date, after: int) -> str:
    """SQL for the day on which the case with this id reaches a threshold."""
    if connection.vendor == "postgresql":
        return f"DATE '{first}' + (id % {_SPREAD})::int + {after}"
    return f"date('{first}', '+' || (id % {_SPREAD} + {after}) || ' days')"


def _tidy(cursor) -> None:
    cursor.execute("VACUUM ANALYZE windows_case" if connection.vendor == "postgresql" else "ANALYZE windows_case")


def _steps(run, now: datetime) -> list[float]:
    """CPU seconds of the three steps; what they wrote is rolled back, and swept up before the next."""
    meter, used = Meter(), []
    try:
        with transaction.atomic():
            for moment in (now, now + timedelta(days=1), now + timedelta(days=1)):
                began = meter.read()
                run(moment)
                used.append(meter.read() - began)
            raise _Undo
    except _Undo:
        with connection.cursor() as cursor:
            _tidy(cursor)
        return used


def _ours(moment: datetime) -> None:
    turn_lights(at=moment)


def _single(moment: datetime) -> None:
    today = local_date(moment)
    with connection.cursor() as cursor:
        cursor.execute(_SINGLE, [today, today, today])
        cursor.execute(_SINGLE_REMIND, [connection.ops.adapt_datetimefield_value(moment)])
