"""The two clocks of a case, from its own row and its edition: the one place that knows which limits a case has."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

from laiyang_approval.kernel.working_days import WorkCalendar
from matters.models import Edition

from .domain.clock import BothClocks, Limit, Suspension, Unit, run_both
from .domain.stops import from_plain

#: 统一办理、联合办理、集中办理: 45 working days instead of the matter's own limit (行政许可法第四十二条第二款).
JOINT_LIMIT = Limit(45, Unit.WORKDAY)


class Clocked(Protocol):
    """What a clock needs of a case: a Case, or a row read for a page."""

    clock_from_on: date | None
    clock_stops: list[dict[str, Any]]
    extension_value: int
    is_joint: bool


def limits_of(case: Clocked, edition: Edition) -> tuple[Limit, Limit]:
    """承诺时限 and 法定时限 of the case, before any extension."""
    promised = Limit(edition.promised_value, Unit(edition.promised_unit))
    statutory = Limit(edition.statutory_value, Unit(edition.statutory_unit))
    return promised, JOINT_LIMIT if case.is_joint else statutory


def clocks_of(
    case: Clocked,
    edition: Edition,
    calendar: WorkCalendar,
    *,
    further: Sequence[Suspension] = (),
    extension: int | None = None,
) -> BothClocks | None:
    """Both clocks with their suspensions and extension; None before the decision clock has started.

    ``further`` stops and another ``extension`` show where the clock would stand with them.
    """
    if case.clock_from_on is None:
        return None
    promised, statutory = limits_of(case, edition)
    return run_both(
        case.clock_from_on,
        promised=promised,
        statutory=statutory,
        calendar=calendar,
        suspensions=(*from_plain(case.clock_stops), *further),
        extension=case.extension_value if extension is None else extension,
    )
