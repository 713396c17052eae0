"""A year's working calendar as twelve small pictures: what is off, what is made up, at one look.

Drawn by one function (365 days by a template loop are slow); every text passes through ``escape``. Looks are SVG attributes.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .calendars import DayRow
from .models import CalendarDay

CELL, HEAD = 30, 42
_INK, _INK_2, _OFF, _WORK, _MOVED = "#1f2a37", "#4b5768", "#17663f", "#0f4c9a", "#a61b1b"


def draw_year(year: int, days: Iterable[DayRow], *, compared_with: Iterable[DayRow] = ()) -> SafeString:
    """Twelve months of ``year`` with the days an arrangement names; days another version had otherwise are ringed."""
    named = {day.date: day for day in days}
    former = {day.date: day for day in compared_with}
    # Against nothing there is nothing to compare: a first version rings no day.
    moved = (
        {day for day in named.keys() | former.keys() if _kind(named, day) != _kind(former, day)} if former else set()
    )
    return mark_safe("".join(_month(year, month, named, moved) for month in range(1, 13)))  # noqa: S308  escaped in _month


def _kind(named: dict[date, DayRow], day: date) -> str:
    return named[day].kind if day in named else ""


def _month(year: int, month: int, named: dict[date, DayRow], moved: set[date]) -> str:
    first = date(year, month, 1)
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(1)
    rows = (first.weekday() + last.day + 6) // 7
    body = [f'<text x="2" y="16" font-size="15" font-weight="600" fill="{_INK}">{month}月</text>']
    for place, name in enumerate("一二三四五六日"):
        body.append(_text(place * CELL + CELL / 2, 36, 12, _INK_2, name))
    off, work = [], []
    for number in range(1, last.day + 1):
        day = date(year, month, number)
        row = named.get(day)
        if row is not None:
            (work if row.kind == CalendarDay.Kind.WORK else off).append(number)
        place = first.weekday() + number - 1
        body.append(_day(day, row, place % 7 * CELL, HEAD + place // 7 * CELL, is_moved=day in moved))
    told = f"{year}年{month}月"
    told += f"，放假{_list(off)}" if off else ""
    told += f"，调休上班{_list(work)}" if work else ""
    height = HEAD + rows * CELL + 2
    return (
        f'<svg class="year-month" width="{7 * CELL}" height="{height}" viewBox="0 0 {7 * CELL} {height}" role="img" '
        f'aria-label="{escape(told)}">{"".join(body)}</svg>'
    )


def _list(numbers: list[int]) -> str:
    return "、".join(f"{number}日" for number in numbers)


def _day(day: date, row: DayRow | None, x: int, y: int, *, is_moved: bool) -> str:
    parts = ["<g>"]
    colour, weight, label = (_INK_2 if day.weekday() >= 5 else _INK), 400, str(day.day)
    if row is not None:
        works = row.kind == CalendarDay.Kind.WORK
        colour, weight = (_WORK if works else _OFF), 600
        fill = "#e8f0fb" if works else "#e6f5ec"
        parts.append(f"<title>{escape(f'{day.month}月{day.day}日　{row.name}')}</title>")
        parts.append(f'<rect x="{x + 1}" y="{y + 1}" width="{CELL - 2}" height="{CELL - 2}" rx="3" fill="{fill}"/>')
        # A word beside the colour: 班 and 休 read in black and white too.
        parts.append(_text(x + CELL - 8, y + 12, 11, colour, "班" if works else "休"))
    if is_moved:
        parts.append(
            f'<rect x="{x + 1.5}" y="{y + 1.5}" width="{CELL - 3}" height="{CELL - 3}" rx="3" fill="none" '
            f'stroke="{_MOVED}" stroke-width="2"/>'
        )
    parts.append(_text(x + (CELL / 2 if row is None else 11), y + 22, 15, colour, label, weight))
    parts.append("</g>")
    return "".join(parts)


def _text(x: float, y: float, size: int, colour: str, text: str, weight: int = 400) -> str:
    return (
        f'<text x="{x:g}" y="{y}" font-size="{size}" text-anchor="middle" fill="{colour}" font-weight="{weight}">'
        f"{escape(text)}</text>"
    )
