"""实际提速: the working days decisions really took, counted by the clock of the case and by no other function."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from laiyang_approval.kernel.calendars import current_calendar
from matters.models import LimitUnit
from windows.clocks import clocks_of
from windows.domain.clock import Unit, elapsed

#: Statutory limits in working days: the joint one always is (行政许可法第四十二条第二款).
IN_WORKDAYS = Q(clock_from_on__isnull=False) & (Q(is_joint=True) | Q(edition__statutory_unit=LimitUnit.WORKDAY))

_COLUMNS = (
    "decision_day",
    "clock_from_on",
    "clock_stops",
    "extension_value",
    "is_joint",
    "edition__promised_value",
    "edition__promised_unit",
    "edition__statutory_value",
    "edition__statutory_unit",
)


@dataclass(frozen=True)
class Course:
    """一种经过: what a case's clock is worked out from; cases that share it took equally long."""

    decision_day: date
    clock_from_on: date
    clock_stops: list[dict[str, Any]]
    extension_value: int
    is_joint: bool
    promised_value: int
    promised_unit: str
    statutory_value: int
    statutory_unit: str


def days_used(cases: QuerySet, group: str) -> dict[object, tuple[int, int]]:
    """Working days used and allowed by law, summed by group; one statement, and the clock asked once for each course.

    The law's own limit is the measure, without an extension. A case whose days nobody has arranged yet counts on neither side.
    """
    calendar = current_calendar()
    found = cases.order_by().values_list(*([group] if group else []), *_COLUMNS).annotate(count=Count("pk"))
    sums: dict[object, tuple[int, int]] = {}
    for row in found:
        key, values, count = (row[0] or None) if group else None, row[-len(_COLUMNS) - 1 : -1], row[-1]
        course = Course(*values)
        statutory = clocks_of(course, course, calendar).statutory
        used = elapsed(statutory, course.decision_day)
        if used is None or statutory.limit.unit is not Unit.WORKDAY:
            continue
        before = sums.get(key, (0, 0))
        sums[key] = (before[0] + used * count, before[1] + statutory.limit.value * count)
    return sums
