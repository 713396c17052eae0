"""The clock strip as SVG, one small picture a week, so that weeks wrap on any width; and the rows of its ledger.

Drawn by one function, for a template loop over forty days costs more than the rest of a status page. Looks are SVG attributes,
not style sheets: the same on a page under a strict policy, and on paper. Every text passes through ``escape``.
"""

from collections.abc import Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .domain.clock import LedgerDay

CELL, TOP, MARK, FLAG = 26, 30, 28, 15
WIDTH = 7 * CELL
_INK, _INK_2, _LINE, _BRAND, _LATE, _STOP, _PAUSE = (
    "#1f2a37",
    "#4b5768",
    "#8593a5",
    "#0f4c9a",
    "#9a3b00",
    "#a61b1b",
    "#5b3a8c",
)
#: look: (fill, border, colour of the mark); "" draws none.
_LOOKS = {
    "trigger": ("#ffffff", "", _INK),
    "used": (_BRAND, _BRAND, "#ffffff"),
    "counted": ("#ffffff", _BRAND, _BRAND),
    "late": (_LATE, _LATE, "#ffffff"),
    "over": ("#fde8e8", _STOP, _STOP),
    "excluded": ("#f1eafb", _PAUSE, _PAUSE),
    "free": ("", "", _INK_2),
    "unknown": ("#ffffff", _LINE, _INK_2),
}
_FLAGS = {"today": _INK, "promised": _LATE, "statutory": _STOP, "guess": _INK_2}
_WEEKDAYS = "一二三四五六日"


def draw_strip(blocks: Sequence) -> SafeString:
    """The blocks of a strip (windows.clock_strip.Week, FoldedMonth) as a row of pictures."""
    drawn, month = [], None
    for block in blocks:
        if hasattr(block, "cells"):
            drawn.append(_week(block, month))
            month = block.cells[-1].date.month
        else:
            drawn.append(_folded(block))
            month = None
    return mark_safe("".join(drawn))  # noqa: S308  numbers and constants; each text is escaped where it is put in


def _picture(height: int, label: str, body: list[str], width: int = WIDTH) -> str:
    return (
        f'<svg class="clock-strip-week" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(label)}" font-family="PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Source Han Sans SC, '
        f'sans-serif">{"".join(body)}</svg>'
    )


def _text(x: float, y: float, size: int, colour: str, text: str, *, weight: int = 400, anchor: str = "middle") -> str:
    return (
        f'<text x="{x:g}" y="{y}" font-size="{size}" fill="{colour}" font-weight="{weight}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )


def _week(week, month: int | None) -> str:
    body: list[str] = []
    lines = 1
    for cell in week.cells:
        x = cell.date.weekday() * CELL
        if cell.date.month != month:
            month = cell.date.month
            named = f"{cell.date.year}年{month}月" if month == 1 else f"{month}月"
            at_end = cell.date.weekday() == 6 or (month == 1 and cell.date.weekday() > 4)
            body.append(
                _text(x + (CELL if at_end else 2), 12, 12, _INK, named, weight=600, anchor="end" if at_end else "start")
            )
        flags = ([("今天", "today")] if cell.is_today else []) + list(cell.flags)
        lines = max(lines, len(flags))
        body.append(_cell(cell, x))
        body.extend(
            _text(x + CELL / 2, TOP + MARK + 13 + FLAG * place, 12, _FLAGS[look], name, weight=600)
            for place, (name, look) in enumerate(flags)
        )
    return _picture(TOP + MARK + 3 + FLAG * lines, _told(week.cells), body)


def _cell(cell, x: int) -> str:
    fill, border, colour = _LOOKS[cell.look]
    middle = x + CELL / 2
    parts = ["<g>"]
    if cell.tip:
        parts.append(f"<title>{escape(cell.tip)}</title>")
    top = f"{cell.date.day}班" if cell.is_makeup else str(cell.date.day)
    parts.append(
        _text(middle, TOP - 5, 11, _BRAND if cell.is_makeup else _INK_2, top, weight=600 if cell.is_makeup else 400)
    )
    if fill:
        dashes = ' stroke-dasharray="3 3"' if cell.look == "unknown" else ""
        edge = f' stroke="{border}"{dashes}' if border else ""
        parts.append(
            f'<rect x="{x + 1.5:g}" y="{TOP + 0.5}" width="{CELL - 3}" height="{MARK - 1}" rx="3" fill="{fill}"{edge}/>'
        )
    if cell.look == "excluded":
        # Strokes and a pause sign, not a colour alone: on paper too it is seen that these days are taken out.
        strokes = "".join(f"M{x + 2 + step} {TOP + MARK - 2}l8 -{MARK - 4}" for step in (0, 7, 14))
        parts.append(f'<path d="{strokes}" stroke="{_PAUSE}" stroke-opacity=".25" fill="none"/>')
        parts.extend(
            f'<rect x="{middle + side:g}" y="{TOP + 7}" width="3" height="{MARK - 14}" fill="{_PAUSE}"/>'
            for side in (-5, 2)
        )
    if cell.is_today:
        parts.append(
            f'<rect x="{x + 0.5}" y="{TOP - 1}" width="{CELL - 1}" height="{MARK + 2}" rx="4" fill="none" '
            f'stroke="{_INK}" stroke-width="2"/>'
        )
    if cell.mark and cell.look != "excluded":
        weight = 400 if cell.look == "free" else 600
        size = 13 if cell.look == "free" or len(cell.mark) > 2 else 15
        parts.append(_text(middle, TOP + 19, size, colour, cell.mark, weight=weight))
    parts.append("</g>")
    return "".join(parts)


def _folded(month) -> str:
    width = 3 * CELL
    height = TOP + MARK + 3 + FLAG
    dashes = "" if month.is_published else ' stroke-dasharray="3 3"'
    said = f"计入{month.counted}日" if month.is_published else "待公布"
    body = [
        _text(2, 12, 12, _INK, f"{month.first.month}月", weight=600, anchor="start"),
        f'<rect x="1.5" y="{TOP + 0.5}" width="{width - 3}" height="{MARK - 1}" rx="3" fill="#ffffff" stroke="{_BRAND if month.is_published else _LINE}"{dashes}/>',
        f'<path d="M6 {TOP - 3}h{width - 12}" stroke="{_LINE}" stroke-dasharray="2 3"/>',
        _text(width / 2, TOP + 19, 13, _BRAND if month.is_published else _INK_2, said, weight=600),
    ]
    if month.excluded:
        body.append(_text(width / 2, TOP + MARK + 13, 12, _PAUSE, f"‖{month.excluded}日", weight=600))
        said += f"，不计{month.excluded}日"
    return _picture(height, f"{month.first.year}年{month.first.month}月整月{said}", body, width)


def _told(cells: Sequence) -> str:
    """What a screen reader says of a week; the sentence and the table below say the rest."""
    counted = [cell.mark for cell in cells if cell.look in {"used", "counted", "late"}]
    parts = [f"{cells[0].date.month}月{cells[0].date.day}日起的一周"]
    if counted:
        parts.append(f"计入第{counted[0]}至{counted[-1]}日" if len(counted) > 1 else f"计入第{counted[0]}日")
    excluded = sum(cell.look == "excluded" for cell in cells)
    if excluded:
        parts.append(f"不计入{excluded}日")
    for cell in cells:
        names = ["今天"] * cell.is_today + [
            {"承诺": "承诺届满", "法定": "法定届满", "暂定": "暂定届满"}[name] for name, _ in cell.flags
        ]
        parts.extend(f"{cell.date.day}日{name}" for name in names)
    return "，".join(parts)


_KINDS = {
    "trigger": "起算日",
    "workday": "计入",
    "makeup": "调休上班，计入",
    "weekend": "休息日",
    "holiday": "放假",
    "excluded": "不计入",
    "rolled": "顺延",
    "unpublished": "计入",
    "due": "届满",
    "event": "事件当日",
}


def ledger_rows(ledger: Sequence[LedgerDay]) -> SafeString:
    """The table rows of a ledger: date, ordinal, why, by which article."""
    return mark_safe("".join(_row(day) for day in ledger))  # noqa: S308  each text is escaped in _row


def _row(day: LedgerDay) -> str:
    kind = _KINDS[day.kind]
    if day.counted is not None and day.kind in {"weekend", "holiday"}:
        kind = f"计入（{'休息日' if day.kind == 'weekend' else '放假'}）"
    note = f"　{escape(day.note)}" if day.note and day.kind != "trigger" else ""
    counted = day.counted if day.counted is not None else "—"
    return (
        f'<tr><td class="number">{day.date.isoformat()} 周{_WEEKDAYS[day.date.weekday()]}</td>'
        f'<td class="number">{counted}</td><td>{kind}{note}</td><td>{escape(day.article)}</td></tr>'
    )
