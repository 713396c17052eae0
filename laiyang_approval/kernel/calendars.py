"""The working-day calendar of the active notices, kept by each process and looked after every few seconds."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from time import monotonic

from django.conf import settings

from . import clock
from .errors import CalendarMissing
from .models import CalendarDay, CalendarNotice
from .working_days import WorkCalendar, YearNotice

FOLDER = settings.BASE_DIR / "fixtures" / "calendar"

#: Another process may count by the old calendar for this many seconds after a publication; open cases are therefore counted a
#: second time a minute later (kernel.commands.calendars, ADR 0010).
STAMP_SECONDS = 5

_cached: tuple[tuple, WorkCalendar] | None = None
_looked_at = 0.0


def current_calendar() -> WorkCalendar:
    """The calendar of all active notices; at most one small query, and none within seconds of the last look.

    Raises CalendarMissing when no year at all is published.
    """
    global _cached, _looked_at
    if _cached is not None and monotonic() - _looked_at < STAMP_SECONDS:
        return _cached[1]
    looked_at = monotonic()
    stamp = tuple(CalendarNotice.objects.filter(is_active=True).order_by("year").values_list("id", "year", "notice_no"))
    if _cached is None or _cached[0] != stamp:
        if not stamp:
            raise CalendarMissing(clock.today().year)
        _cached = (stamp, calendar_of([pk for pk, _, _ in stamp]))
    _looked_at = looked_at
    return _cached[1]


def forget_cached_calendar() -> None:
    """Afterwards this process reads the calendar afresh."""
    global _cached
    _cached = None


def calendar_of(notice_ids: Sequence[int], *further: YearNotice) -> WorkCalendar:
    """The calendar these notices make, with years not yet stored; two queries. Raises CalendarMissing when there are none."""
    notices = {
        pk: YearNotice(year, {}, {}, number)
        for pk, year, number in CalendarNotice.objects.filter(pk__in=notice_ids).values_list("id", "year", "notice_no")
    }
    rows = CalendarDay.objects.filter(notice_id__in=notice_ids).values_list("notice_id", "date", "kind", "name")
    for pk, day, kind, name in rows:
        target = notices[pk].work if kind == CalendarDay.Kind.WORK else notices[pk].off
        target[day] = name
    if not notices and not further:
        raise CalendarMissing(clock.today().year)
    return WorkCalendar([*notices.values(), *further])


def calendar_warning(today: date) -> str:
    """From 1 December while next year's notice is not loaded: what is missing and who does what; else ""."""
    calendar = current_calendar()
    missing = next((year for year in (today.year, today.year + 1) if not calendar.is_published(year)), None)
    if missing is None or (missing > today.year and today.month < 12):
        return ""
    return f"{missing}年放假安排尚未导入，届满日在{missing}年的办件显示“待公布”；请系统管理员按国务院办公厅通知导入。"


# The notices that come with the portal


@dataclass(frozen=True)
class DayRow:
    """一行放假或调休上班日"""

    date: date
    kind: str
    name: str


def shipped_notices() -> list[dict[str, str]]:
    """The rows of fixtures/calendar/notices.csv: every version of every year that comes with the portal."""
    return _rows_of("notices.csv")


def shipped_days(year: int, version: int) -> list[DayRow]:
    """The days a shipped notice names."""
    return [
        DayRow(date.fromisoformat(row["date"]), row["kind"], row["name"]) for row in _rows_of(f"{year}-v{version}.csv")
    ]


def shipped_calendar(**versions: int) -> WorkCalendar:
    """The calendar of the shipped files, without a database; ``y2019=1`` takes that version of a year instead of the active."""
    chosen = {int(row["year"]): int(row["version"]) for row in shipped_notices() if row["is_active"] == "yes"} | {
        int(name[1:]): version for name, version in versions.items()
    }
    numbers = {(int(row["year"]), int(row["version"])): row["notice_no"] for row in shipped_notices()}
    return WorkCalendar(
        as_notice(year, shipped_days(year, version), numbers[year, version]) for year, version in chosen.items()
    )


def as_notice(year: int, days: Iterable[DayRow], notice_no: str = "") -> YearNotice:
    """One year's rows as the calendar takes them."""
    off: dict[date, str] = {}
    work: dict[date, str] = {}
    for day in days:
        (work if day.kind == CalendarDay.Kind.WORK else off)[day.date] = day.name
    return YearNotice(year, off, work, notice_no)


def _rows_of(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


# What other apps do when the calendar changes

#: What must happen to other apps' rows: (preview, apply), registered by those apps in their AppConfig.
ChangePreview = Callable[[WorkCalendar], list]
ChangeApply = Callable[..., int]
_listeners: list[tuple[ChangePreview, ChangeApply]] = []


def on_calendar_change(preview: ChangePreview, apply: ChangeApply) -> None:
    """Afterwards ``preview(calendar)`` is asked before, and ``apply(calendar, notice, actor=, at=)`` within, a publication."""
    if (preview, apply) not in _listeners:
        _listeners.append((preview, apply))


def calendar_listeners() -> tuple[tuple[ChangePreview, ChangeApply], ...]:
    """What was registered, in order."""
    return tuple(_listeners)
