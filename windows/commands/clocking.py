"""Writes what the clock function says onto a case: due dates and the days at which its light turns."""

from datetime import date

from laiyang_approval.kernel.rules import rule_int
from laiyang_approval.kernel.working_days import WorkCalendar

from ..clocks import clocks_of, limits_of
from ..domain.clock import Limit, Status, Unit, lights_thresholds, run_clock
from ..domain.lights import light_on, next_turn
from ..domain.stops import from_plain
from ..models import Case


def start_intake_clock(case: Case, *, from_on: date, calendar: WorkCalendar, today: date) -> None:
    """Afterwards the five working days of Article 32(4) run on ``case`` from the day after ``from_on``."""
    days = rule_int("correction_notice_days", from_on)
    warn = rule_int("intake_yellow_after_days", from_on)
    result = run_clock(from_on, Limit(days, Unit.WORKDAY), calendar)
    case.intake_due_on = result.due
    case.next_due_on = result.due or date.max
    case.calendar_missing_year = result.missing_year
    yellow = run_clock(from_on, Limit(warn, Unit.WORKDAY), calendar).due
    _set_lights(case, yellow=yellow, orange=None, red=_day_after(result.due), today=today)


def start_decision_clock(case: Case, *, from_on: date, calendar: WorkCalendar, today: date) -> None:
    """Afterwards both limits of the case run from the day after ``from_on`` (promised and statutory, K11; 行政许可法第四十二条)."""
    case.clock_from_on = from_on
    case.intake_due_on = None
    recount_decision_clock(case, calendar=calendar, today=today)


def recount_decision_clock(case: Case, *, calendar: WorkCalendar, today: date) -> None:
    """Afterwards the due dates and lights are those its stops, its extension and ``calendar`` give.

    While a suspension has no end there is no due date (K6), and no light.
    """
    promised, statutory = limits_of(case, case.edition)
    clocks = clocks_of(case, case.edition, calendar)
    case.statutory_due_on = clocks.statutory.due
    case.promised_due_on = clocks.promised_due
    # A renewal must also be decided before the licence runs out (行政许可法第五十条第二款).
    dues = (case.promised_due_on or case.statutory_due_on, case.decide_before_on)
    case.next_due_on = min((due for due in dues if due is not None), default=date.max)
    both = (clocks.statutory, clocks.promised)
    case.calendar_missing_year = next((r.missing_year for r in both if r.status is Status.CALENDAR_MISSING), None)
    thresholds = lights_thresholds(
        case.clock_from_on,
        promised=promised,
        statutory=statutory,
        calendar=calendar,
        yellow_share_percent=rule_int("yellow_share_percent", today),
        yellow_min_days=rule_int("yellow_min_days", today),
        suspensions=from_plain(case.clock_stops),
        extension=case.extension_value,
    )
    _set_lights(
        case, yellow=thresholds.yellow_from, orange=thresholds.orange_from, red=thresholds.red_from, today=today
    )
    if all(result.status is Status.OPEN for result in both):
        case.light = Case.Light.NONE


def start_delivery_clock(case: Case, *, from_on: date, calendar: WorkCalendar, today: date) -> None:
    """Afterwards the ten working days of Article 44 run from the day after the decision."""
    result = run_clock(from_on, Limit(rule_int("delivery_days", from_on), Unit.WORKDAY), calendar)
    yellow = run_clock(from_on, Limit(rule_int("delivery_yellow_after_days", from_on), Unit.WORKDAY), calendar).due
    case.delivery_due_on = result.due
    case.next_due_on = result.due or date.max
    case.calendar_missing_year = result.missing_year
    _set_lights(case, yellow=yellow, orange=None, red=_day_after(result.due), today=today)


def stop_clock(case: Case) -> None:
    """Afterwards no clock runs on the case; the dates it had stay readable."""
    case.intake_due_on = None
    case.next_due_on = date.max
    case.calendar_missing_year = None
    case.yellow_from_on = case.orange_from_on = case.red_from_on = case.light_turns_on = None
    case.light = Case.Light.NONE


def _set_lights(case: Case, *, yellow: date | None, orange: date | None, red: date | None, today: date) -> None:
    case.yellow_from_on, case.orange_from_on, case.red_from_on = yellow, orange, red
    case.light = light_on(today, yellow=yellow, orange=orange, red=red)
    case.light_turns_on = next_turn(today, yellow=yellow, orange=orange, red=red)


def _day_after(day: date | None) -> date | None:
    return None if day is None else date.fromordinal(day.toordinal() + 1)
