"""The working-day calendar of the active notices, read from the database and kept until somebody publishes another."""

from collections.abc import Callable
from datetime import date
from time import monotonic

from .errors import CalendarMissing
from .models import CalendarDay, CalendarNotice
from .working_days import WorkCalendar, YearNotice

#: Another process may show the old calendar for this many seconds after a publication; commands of that process read afresh.
STAMP_SECONDS = 5

_cached: tuple[tuple, WorkCalendar] | None = None
_looked_at = 0.0


def current_calendar() -> WorkCalendar:
    """The calendar of all active notices. Raises CalendarMissing when none is loaded."""
    global _cached, _looked_at
    if _cached is not None and monotonic() - _looked_at < STAMP_SECONDS:
        return _cached[1]
    active = tuple(
        CalendarNotice.objects.filter(is_active=True).order_by("year").values_list("id", "year", "notice_no")
    )
    if _cached is None or _cached[0] != active:
        if not active:
            raise CalendarMissing(date.min.year)
        _cached = (active, calendar_of([pk for pk, _, _ in active]))
    _looked_at = monotonic()
    return _cached[1]


def calendar_of(notice_ids: list[int], *further: YearNotice) -> WorkCalendar:
    """The calendar these notices make, with years not yet stored; two queries."""
    notices = {
        pk: YearNotice(year, {}, {}, number)
        for pk, year, number in CalendarNotice.objects.filter(pk__in=notice_ids).values_list("id", "year", "notice_no")
    }
    rows = CalendarDay.objects.filter(notice_id__in=notice_ids).values_list("notice_id", "date", "kind", "name")
    for pk, day, kind, name in rows:
        target = notices[pk].work if kind == CalendarDay.Kind.WORK else notices[pk].off
        target[day] = name
    return WorkCalendar([*notices.values(), *further])


def forget_cached_calendar() -> None:
    """Afterwards this process reads the calendar afresh."""
    global _cached
    _cached = None


def calendar_warning(today: date) -> str:
    """From 1 December while next year's notice is not loaded: what is missing and who does what; else ""."""
    calendar = current_calendar()
    missing = next((year for year in (today.year, today.year + 1) if not calendar.is_published(year)), None)
    if missing is None or (missing > today.year and today.month < 12):
        return ""
    return f"{missing}年放假安排尚未导入，届满日在{missing}年的办件显示“待公布”；请系统管理员按国务院办公厅通知导入。"


#: What must happen to other apps' rows when the calendar changes: (preview, apply), registered by those apps.
ChangePreview = Callable[[WorkCalendar], list]
ChangeApply = Callable[..., int]
_listeners: list[tuple[ChangePreview, ChangeApply]] = []


def on_calendar_change(preview: ChangePreview, apply: ChangeApply) -> None:
    """Afterwards ``preview(calendar)`` is asked before, and ``apply(calendar, notice, actor=, at=)`` within, a publication."""
    if (preview, apply) not in _listeners:
        _listeners.append((preview, apply))


def calendar_listeners() -> tuple[tuple[ChangePreview, ChangeApply], ...]:
    return tuple(_listeners)
