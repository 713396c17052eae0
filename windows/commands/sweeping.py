"""The sweeps of windows: lights and reminders in two statements at any size, and deemed acceptance of Article 32.

Each asks "what should be so by now and is not?", so a missed run loses nothing and a second one changes nothing.
"""

from collections.abc import Callable
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Case as SqlCase
from django.db.models import F, Q, Value, When

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, StaleState
from laiyang_approval.kernel.rules import rule_is_on

from ..domain.states import State
from ..models import Case
from .intake import deem_accepted

#: A reminder for each threshold a due row has reached; natural key (case, kind, day), so a repeat inserts nothing.
_REMIND = """
INSERT INTO windows_reminder (case_id, kind, reached_on, created_at)
SELECT c.id, t.kind, CASE t.kind WHEN 'yellow' THEN c.yellow_from_on WHEN 'orange' THEN c.orange_from_on ELSE c.red_from_on END, %s
FROM windows_case c
CROSS JOIN (SELECT 'yellow' AS kind UNION ALL SELECT 'orange' UNION ALL SELECT 'red') t
WHERE c.light_turns_on IS NOT NULL AND c.light_turns_on <= %s
  AND CASE t.kind WHEN 'yellow' THEN c.yellow_from_on WHEN 'orange' THEN c.orange_from_on ELSE c.red_from_on END
      BETWEEN c.light_turns_on AND %s
ON CONFLICT (case_id, kind, reached_on) DO NOTHING
"""


def turn_lights(*, at: datetime) -> dict[str, int]:
    """Afterwards every case's light is the one its dates call for today, and each threshold reached has its reminder.

    Touches only rows whose ``light_turns_on`` has come (partial index); two statements in one transaction at any size.
    Returns the counts {"turned", "reminders"}.
    """
    today = local_date(at)
    due = Q(light_turns_on__isnull=False, light_turns_on__lte=today)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_REMIND, [connection.ops.adapt_datetimefield_value(at), today, today])
            reminders = cursor.rowcount
        turned = Case.objects.filter(due).update(light=_light_case(today), light_turns_on=_next_turn_case(today))
    return {"turned": turned, "reminders": max(reminders, 0)}


def _light_case(today: date):
    return SqlCase(
        When(red_from_on__lte=today, then=Value(Case.Light.RED.value)),
        When(orange_from_on__lte=today, then=Value(Case.Light.ORANGE.value)),
        When(yellow_from_on__lte=today, then=Value(Case.Light.YELLOW.value)),
        default=Value(Case.Light.GREEN.value),
    )


def _next_turn_case(today: date):
    """The same order as ``domain.lights.next_turn``: thresholds never stand in another order than yellow, orange, red."""
    return SqlCase(
        When(red_from_on__lte=today, then=Value(None)),
        When(yellow_from_on__gt=today, then=F("yellow_from_on")),
        When(orange_from_on__gt=today, then=F("orange_from_on")),
        When(red_from_on__gt=today, then=F("red_from_on")),
        default=Value(None),
    )


def deem_overdue_acceptances(
    *, at: datetime, on_failure: Callable[[str, Exception], None], limit: int = 500
) -> dict[str, int]:
    """Afterwards cases unanswered past the five days of Article 32(4) count as accepted, each in its own transaction.

    A row that fails is reported to ``on_failure`` and the rest go on. With the rule ``deemed_acceptance`` off nothing is
    recorded (the red light still warns).
    """
    today = local_date(at)
    if not rule_is_on("deemed_acceptance", today):
        return {"deemed": 0}
    numbers = list(
        Case.objects.filter(state=State.RECEIVED, intake_due_on__lt=today)
        .order_by("intake_due_on", "id")
        .values_list("number", flat=True)[:limit]
    )
    deemed = 0
    for number in numbers:
        try:
            deem_accepted(number, at=at)
            deemed += 1
        except StaleState:
            continue  # somebody answered between the look and the lock
        except DomainError as error:
            on_failure(number, error)
    return {"deemed": deemed, "due": len(numbers)}
