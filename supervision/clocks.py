"""审管互动的期限: every term in working days, by the one clock of the portal and the rule of the day."""

from datetime import date

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.rules import rule_int
from windows.domain.clock import Limit, Unit, run_clock


def due_after(rule: str, from_on: date) -> date | None:
    """The last day of the term that ``rule`` gives from the day after ``from_on``; None while its calendar is not published."""
    return run_clock(from_on, Limit(rule_int(rule, from_on), Unit.WORKDAY), current_calendar()).due
