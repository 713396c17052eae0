"""容缺受理、告知承诺: when they are open for an application, and until when the deferred materials must come in. Pure."""

from collections.abc import Sequence
from datetime import date

from laiyang_approval.kernel.working_days import WorkCalendar

from .vocabulary import Labelled


class Consequence(Labelled):
    """容缺材料逾期未补的后果, as told to the applicant in D07"""

    TERMINATE = "terminate", "终止办理"
    REFUSE = "refuse", "不予行政许可"
    WITHDRAWN = "withdrawn", "视为撤回申请"


def deferral_due(accepted_on: date, promised_due: date | None, days: int, calendar: WorkCalendar) -> date:
    """The last day for the deferred materials: ``days`` working days after acceptance, but a working day before the promised
    due date at the latest, so that somebody can still decide.

    Not after ``accepted_on`` means there is no room to defer. Raises CalendarMissing.
    """
    by_rule = calendar.add_workdays(accepted_on, days)
    if promised_due is None:
        return by_rule
    return min(by_rule, calendar.workdays_before(promised_due, 1))


def deferral_refusal(standings: Sequence, unmet: Sequence, bar: str) -> str | None:
    """Why these materials cannot be deferred: "" when they can, None where the matter has no material that ever could."""
    if not any(one.deferrable for one in standings):
        return None
    if not unmet:
        return "材料已全部登记为齐，不需要容缺。"
    if bar:
        return bar
    firm = [one.name for one in unmet if not one.deferrable]
    if firm:
        return f"{'、'.join(firm)}不可容缺，须先补齐；主件和不可容缺的材料都齐全的才能容缺受理。"
    return ""


def commitment_refusal(standings: Sequence, unmet: Sequence, bar: str) -> str | None:
    """Why a promise cannot stand in for these materials: "" when it can, None where the matter has none it ever could."""
    if not any(one.committable for one in standings):
        return None
    if bar:
        return bar
    if not unmet:
        return "材料已全部登记为齐，不需要以承诺代替。"
    firm = [one.name for one in unmet if not one.committable]
    if firm:
        return f"{'、'.join(firm)}不能以承诺代替，须先补齐。"
    return ""
