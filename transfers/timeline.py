"""改革时间表: the opinion's steps drawn as bars over their days, on the server."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .models import Milestone

WIDTH, LEFT, ROW, TOP = 880, 250, 34, 34
_BRAND, _OK, _WARN, _LINE, _INK = "#0f4c9a", "#17663f", "#7a4d00", "#dce3eb", "#1f2a37"


def standing_of(milestone: Milestone, today: date) -> tuple[str, str]:
    """Look and word of a step: done by evidence, to come, under way, or past without a word on record."""
    if milestone.done_on is not None:
        return "done", "已完成"
    if today < milestone.starts_on:
        return "queued", "未开始"
    return ("in_review", "进行中") if today <= milestone.ends_on else ("unknown", "待核实（没有登记完成依据）")


def picture(milestones: Sequence[Milestone], today: date) -> SafeString:
    """One picture: a bar a step from its first to its last day, a mark where it was done; shape and word besides colour."""
    if not milestones:
        return SafeString("")
    first = min(one.starts_on for one in milestones)
    last = max(max(one.ends_on, one.done_on or one.ends_on) for one in milestones) + timedelta(days=1)
    scale = (WIDTH - LEFT - 20) / (last - first).days
    height = TOP + ROW * len(milestones) + 8

    def x(day: date) -> float:
        return round(LEFT + (day - first).days * scale, 1)

    rows = format_html_join(
        "",
        '<text x="0" y="{}" font-size="14" fill="{}">{}</text>'
        '<rect x="{}" y="{}" width="{}" height="16" rx="3" fill="{}"/>{}',
        (
            (
                TOP + ROW * place + 20,
                _INK,
                one.title,
                x(one.starts_on),
                TOP + ROW * place + 8,
                round(x(one.ends_on + timedelta(days=1)) - x(one.starts_on), 1),
                _OK if one.done_on else _BRAND if today <= one.ends_on else _WARN,
                _done_mark(x(one.done_on), TOP + ROW * place + 21) if one.done_on else "",
            )
            for place, one in enumerate(milestones)
        ),
    )
    months = format_html_join(
        "",
        '<line x1="{0}" x2="{0}" y1="22" y2="{1}" stroke="{2}"/><text x="{0}" y="16" font-size="13" fill="{3}">{4}</text>',
        ((x(day), height, _LINE, "#4b5768", f"{day.year}年{day.month}月") for day in _months(first, last)),
    )
    said = "；".join(f"{one.title}{standing_of(one, today)[1]}" for one in milestones)
    return format_html(
        '<svg class="reform" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        WIDTH,
        height,
        said,
        months,
        rows,
    )


def _done_mark(at: float, y: int) -> SafeString:
    return format_html('<text x="{}" y="{}" font-size="14" fill="#fff">✓</text>', at + 2, y)


def _months(first: date, last: date) -> list[date]:
    found, day = [], date(first.year, first.month, 1)
    while day <= last:
        # The last one would be cut off at the edge.
        if first <= day <= last - timedelta(days=7):
            found.append(day)
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return found
