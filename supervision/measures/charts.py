"""考核图: the trend of a period as a picture made on the server, the same on a page and on paper; never colour alone."""

from collections.abc import Callable, Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .trend import Step

WIDTH, HEIGHT = 720, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 8, 30, 24
_INK_2, _LINE, _BRAND, _SOFT = "#4b5768", "#dce3eb", "#0f4c9a", "#e8f0fb"
_FONTS = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Source Han Sans SC, sans-serif"
#: How many lines of the scale there are at most.
_LINES = 4


def draw_trend(steps: Sequence[Step], link: Callable[[Step, str], str] | None = None) -> SafeString:
    """Two columns a part of the period: accepted hollow, concluded solid. ``link`` gives the list behind a column."""
    most = max((max(step.accepted, step.concluded) for step in steps), default=0)
    scale = _scale(most)
    high = HEIGHT - _TOP - _BOTTOM
    part = (WIDTH - _LEFT - _RIGHT) / max(len(steps), 1)
    column = min(18.0, part * 0.36)
    body = [*_legend(), *_lines(scale, high)]
    for place, step in enumerate(steps):
        middle = _LEFT + part * (place + 0.5)
        for name, label, number, x in (
            ("accepted", "受理", step.accepted, middle - column),
            ("concluded", "办结", step.concluded, middle),
        ):
            if number:
                body.append(_column(step, label, number, x, column, high * number / scale[-1], name, link))
        if _is_named(place, len(steps)):
            body.append(_text(middle, HEIGHT - 7, _short(step), anchor="middle"))
    told = f"受理{sum(step.accepted for step in steps)}件，办结{sum(step.concluded for step in steps)}件"
    return mark_safe(  # noqa: S308  numbers and constants; each text is escaped where it is put in
        f'<svg class="trend" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="{"group" if link else "img"}" aria-label="{escape(told)}" font-family="{_FONTS}">{"".join(body)}</svg>'
    )


def _scale(most: int) -> list[int]:
    """Round numbers from 0 to at least ``most``."""
    step = 1
    while step * _LINES < most:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return [step * place for place in range(max(1, -(-most // step)) + 1)]


def _lines(scale: Sequence[int], high: int) -> list[str]:
    drawn = []
    for value in scale:
        y = _TOP + high - high * value / scale[-1]
        drawn.append(f'<path d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}" stroke="{_LINE if value else _INK_2}"/>')
        drawn.append(_text(_LEFT - 6, y + 4, str(value), anchor="end"))
    return drawn


def _legend() -> list[str]:
    return [
        f'<rect x="{_LEFT}" y="6" width="12" height="12" fill="{_SOFT}" stroke="{_BRAND}"/>',
        _text(_LEFT + 18, 17, "受理"),
        f'<rect x="{_LEFT + 64}" y="6" width="12" height="12" fill="{_BRAND}" stroke="{_BRAND}"/>',
        _text(_LEFT + 82, 17, "办结"),
    ]


def _column(
    step: Step,
    label: str,
    number: int,
    x: float,
    width: float,
    height: float,
    name: str,
    link: Callable[[Step, str], str] | None,
) -> str:
    fill = _SOFT if name == "accepted" else _BRAND
    told = f"{step.period.label}{label}{number}件"
    drawn = (
        f"<title>{told}</title>"
        f'<rect x="{x:.1f}" y="{HEIGHT - _BOTTOM - height:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'fill="{fill}" stroke="{_BRAND}"/>'
    )
    if link is None:
        return f"<g>{drawn}</g>"
    return f'<a href="{escape(link(step, name))}" aria-label="{told}">{drawn}</a>'


def _short(step: Step) -> str:
    first = step.period.first
    if step.period.unit == "month":
        return f"{first.month}月"
    return f"{first.month}/{first.day}" if first.day == 1 else str(first.day)


def _is_named(place: int, count: int) -> bool:
    """Every part of a short row, every third of a long one."""
    return count <= 16 or place % 3 == 0


def _text(x: float, y: float, text: str, *, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" fill="{_INK_2}" text-anchor="{anchor}">{escape(text)}</text>'
