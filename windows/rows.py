"""Rows of the case lists, written by one function: a template loop over fifty rows costs five times the query.

Every value passes through ``escape``; the pieces between are constants of this module.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from html import escape  # Django's, without asking each text whether it is lazy

from django.utils.safestring import SafeString, mark_safe

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.errors import CalendarMissing
from laiyang_approval.kernel.templatetags.ui import LIGHTS, STATE_LOOKS
from laiyang_approval.kernel.working_days import WorkCalendar

from .domain.states import State, state_label
from .inbox import Row
from .models import Case

#: 办理项 after the matter's name, where it is not a new undertaking.
_PURPOSES = {
    one.value: "" if one is Case.Purpose.NEW else f' <span class="tag tag-plain">{one.label}</span>'
    for one in Case.Purpose
}
_LIGHTS = {
    light: f'<span class="light light-{look}"><span aria-hidden="true">{shape}</span> {word}</span>'
    for light, (shape, word, look) in LIGHTS.items()
}
# For matters and reviewers, who stand in row after row.
_repeated = lru_cache(maxsize=2048)(escape)


def inbox_rows(rows: Sequence[Row], *, today: date) -> SafeString:
    """The table rows of a list page as HTML."""
    calendar = current_calendar()
    return mark_safe("".join(_row(row, today, calendar) for row in rows))  # noqa: S308  every value is escaped in _row


def _row(row: Row, today: date, calendar: WorkCalendar) -> str:
    number = escape(row.number)
    deemed = '<span class="tag tag-stop">视为受理</span>' if row.deemed_accepted else ""
    return (
        f'<tr class="case-row" data-href="/cases/{number}/">'
        f'<td data-label="灯">{_LIGHTS[row.light]}</td>'
        f'<td data-label="受理编号"><a class="case-row-number" href="/cases/{number}/">{number}</a></td>'
        f'<td data-label="事项">{_repeated(row.matter_name)}{_PURPOSES[row.purpose]}</td>'
        f'<td data-label="申请人">{escape(row.party_name)}</td>'
        f'<td data-label="状态">{_state_tag(row.state, row.purpose, row.origin)}{deemed}</td>'
        f'<td data-label="届满日">{_due_cell(row, today, calendar)}</td>'
        f'<td data-label="审查人" class="case-row-who">{_repeated(row.reviewer_name or "—")}</td>'
        "</tr>"
    )


@lru_cache(maxsize=256)
def _state_tag(state: str, purpose: str, origin: str) -> str:
    label = state_label(State(state), purpose=purpose, origin=origin)
    return f'<span class="tag tag-{STATE_LOOKS.get(state, "plain")}">{escape(label)}</span>'


def _due_cell(row: Row, today: date, calendar: WorkCalendar) -> str:
    """The limit that matters now: the promised one until it is over, then the statutory one."""
    if row.next_due_on == date.max and row.state == State.SUSPENDED:
        return "暂停计时"
    promise_is_over = row.promised_due_on is not None and row.promised_due_on == row.next_due_on < today
    if promise_is_over and row.statutory_due_on is not None:
        return f"法定 {due_text(row.statutory_due_on, None, today, calendar)}"
    return due_text(row.next_due_on, row.calendar_missing_year, today, calendar)


@lru_cache(maxsize=2048)
def due_text(due: date, missing_year: int | None, today: date, calendar: WorkCalendar) -> str:
    """The due date with what is left of it, or why there is none."""
    if due == date.max:
        return f"待公布<small>（{missing_year}年放假安排）</small>" if missing_year else "—"
    day = due.isoformat()
    return f'<time datetime="{day}">{day}</time> <small>{remaining_text(due, today, calendar)}</small>'


def remaining_text(due: date, today: date, calendar: WorkCalendar) -> str:
    """“剩4个工作日”, “今日届满” or “已超2个工作日”."""
    if due == today:
        return "今日届满"
    try:
        if due > today:
            return f"剩{calendar.workdays_between(today, due)}个工作日"
        return f"已超{calendar.workdays_between(due, today)}个工作日"
    except CalendarMissing as missing:
        return f"待{missing.year}年放假安排公布"
