"""What the papers print that stop or lengthen the clock, or end a correction that did not come: D05, D09, D10."""

from datetime import date
from typing import Any

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.errors import CalendarMissing
from matters.models import Edition

from ...clocks import clocks_of
from ...domain.clock import BothClocks, ClockResult, Status, Suspension, Unit
from ...domain.sentences import days_text
from ...models import Case, Extension, SpecialProcedure
from .. import parts
from ..kinds import DocumentKind
from ..parts import date_text

#: What a case shows while another procedure has stopped its clock already.
_OPEN = "另有特别程序正在进行，恢复计时后确定"


def _special_procedure(case: Case, edition: Edition, *, procedure: SpecialProcedure, **facts: Any) -> dict[str, Any]:
    before = procedure.continues
    limits = [
        name
        for name, is_stopped in (
            ("法定办理时限", procedure.excluded_from_statutory),
            ("承诺办理时限", procedure.excluded_from_promised),
        )
        if is_stopped
    ]
    return {
        "accepted_on": date_text(case.accepted_on),
        "label": procedure.label,
        "own_law": procedure.legal_basis if procedure.kind == SpecialProcedure.Kind.OTHER else "",
        "basis": procedure.legal_basis,
        "reason": procedure.reason,
        "needed": f"{procedure.needed_days}个工作日",
        "limits": "、".join(limits),
        "effect": _effect(case, edition, procedure, facts["on"]),
        "continued": before.letter.number if before is not None else "",
        "continued_until": parts.due_text(before.told_until_on, None) if before is not None else "",
    }


def _effect(case: Case, edition: Edition, procedure: SpecialProcedure, on: date) -> list[str]:
    """Both due dates as they are, and as they would be if the notice is served today and the time used to the full."""
    calendar = current_calendar()
    now = clocks_of(case, edition, calendar)
    try:
        last = calendar.add_workdays(on, procedure.needed_days)
    except CalendarMissing as missing:
        return [f"届满日期待公布（{missing.year}年放假安排公布后另行告知）。"]
    stop = Suspension(
        on,
        last,
        excluded_from_statutory=procedure.excluded_from_statutory,
        excluded_from_promised=procedure.excluded_from_promised,
    )
    then = clocks_of(case, edition, calendar, further=(stop,))
    return [
        f"{name}届满日：现为{_due(old)}；本告知书于落款当日送达、所需时间用满的，为{_due(new)}。"
        for name, old, new in (
            ("法定", now.statutory, then.statutory),
            ("承诺", _kept(now), _kept(then)),
        )
        if old.status is not Status.OPEN
    ] or [f"届满日期：{_OPEN}。"]


def _kept(clocks: BothClocks) -> ClockResult:
    """The clock whose end is the promise: the earlier of the two (rule K11)."""
    return clocks.governing if clocks.promised.status is not Status.OPEN else clocks.promised


def _due(result: ClockResult) -> str:
    return _OPEN if result.status is Status.OPEN else parts.due_text(result.due, result.missing_year)


def _extension(case: Case, edition: Edition, *, extension: Extension, **facts: Any) -> dict[str, Any]:
    rule = facts["rule"]
    clocks = clocks_of(case, edition, current_calendar(), extension=extension.value)
    return {
        "accepted_on": date_text(case.accepted_on),
        "reason": extension.reason,
        "value": days_text(extension.value, rule.unit) if rule.unit is not Unit.MONTH else f"{extension.value}个月",
        "approver": f"{rule.approver}{extension.approved_by.display_name}",
        "basis": "" if case.is_joint else edition.statutory_basis,
        "old_due": parts.due_text(case.statutory_due_on, case.calendar_missing_year),
        "new_due": parts.due_text(clocks.statutory.due, clocks.statutory.missing_year),
        "is_joint": case.is_joint,
    }


def _lapse(case: Case, edition: Edition, **facts: Any) -> dict[str, Any]:
    notice = facts["notice"]
    return {
        "received_on": parts.local_date_text(case.received_at),
        "notice_number": notice.letter.number,
        "given_on": parts.local_date_text(notice.given_at),
        "served_on": date_text(notice.served_on) if notice.served_on else "",
        "deadline": date_text(case.correction_deadline_on),
        "items": [item.material.edition_material.name for item in facts["items"]],
    }


BUILDERS = {
    DocumentKind.D05: _lapse,
    DocumentKind.D09: _special_procedure,
    DocumentKind.D10: _extension,
}
