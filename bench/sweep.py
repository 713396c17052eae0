"""W4 the sweep of lights, beside one UPDATE that recomputes every open case; reminders in the same transaction.

*first*: after an import, when a fifth of the rows change; *day*: the next day; *again*: when nothing is due.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.clock import local_date
from windows.commands.sweeping import turn_lights
from windows.models import Case, Reminder

from .harness import Meter, Row

STEPS = (("first", 1.5, 1.5), ("day", 1.2, 0.5), ("again", 1.2, 0.05))

_SINGLE = """
UPDATE windows_case SET light = CASE
    WHEN red_from_on <= %s THEN 'red' WHEN orange_from_on <= %s THEN 'orange' WHEN yellow_from_on <= %s THEN 'yellow' ELSE 'green' END
WHERE state IN ('received', 'accepted', 'in_review', 'pending_decision', 'granted', 'refused', 'issued')
"""
_SINGLE_REMIND = """
INSERT INTO windows_reminder (case_id, kind, reached_on, created_at)
SELECT id, light, %s, %s FROM windows_case WHERE light IN ('yellow', 'orange', 'red')
ON CONFLICT (case_id, kind, reached_on) DO NOTHING
"""


class _Undo(Exception):
    pass


def sweep(label: str) -> list[Row]:
    """The three steps, each way from the same beginning; what they wrote is rolled back."""
    now = clock.now()
    ours, bare = _steps(_ours, now), _steps(_single, now)
    return [
        Row(f"W4 扫描 {step}（{label}）", mine * 1000, single * 1000, mine / single, good, moonshot)
        for (step, good, moonshot), mine, single in zip(STEPS, ours, bare, strict=True)
    ]


def _steps(run, now: datetime) -> list[float]:
    meter, used = Meter(), []
    try:
        with transaction.atomic():
            _as_imported(now)
            for moment in (now, now + timedelta(days=1), now + timedelta(days=1)):
                began = meter.read()
                run(moment)
                used.append(meter.read() - began)
            raise _Undo
    except _Undo:
        return used


def _as_imported(now: datetime) -> None:
    """Every open case green, to be looked at for the first time."""
    Reminder.objects.all().delete()
    open_cases = Case.objects.filter(red_from_on__isnull=False)
    open_cases.update(light="green", light_turns_on=None)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE windows_case SET light_turns_on = yellow_from_on WHERE red_from_on IS NOT NULL")
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE windows_case")


def _ours(moment: datetime) -> None:
    turn_lights(at=moment)


def _single(moment: datetime) -> None:
    today = local_date(moment)
    with connection.cursor() as cursor:
        cursor.execute(_SINGLE, [today, today, today])
        cursor.execute(_SINGLE_REMIND, [today, connection.ops.adapt_datetimefield_value(moment)])
