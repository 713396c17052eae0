"""Seals (印章): which one may stand on a paper that day, and its picture, always marked 样章 (sample).

Nothing here imitates a seal of state: no emblem, no star; a ring, the body's name, and 样章 across the middle.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from time import monotonic
from typing import Protocol

from django.db.models import Q, QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .errors import DomainError
from .models import Department, Seal

#: What the seal register says may be this many seconds old in another process, as competence may (ADR 0060).
FRESH_SECONDS = 5

_RED = "#c8161d"
_SIZE, _CENTRE, _RADIUS = 200, 100, 94
#: Where the characters of the ring stand, and how much of the circle they may take (degrees).
_RING_RADIUS, _WIDEST_ARC = 80, 264


class SealFace(Protocol):
    """What is drawn: the words along the ring and the words below the middle."""

    ring_text: str
    centre_text: str


@dataclass(frozen=True)
class DrawnSeal:
    """The words of a seal, kept with a document so that it can be drawn again as it was."""

    ring_text: str
    centre_text: str = ""


def seal_on(department: Department, kind: str, on: date) -> Seal:
    """The seal of this kind that ``department`` may use on the day ``on``.

    Raises DomainError, naming the day, when there is none: not yet in use, out of use, or sealed up (封存). A seal is
    out of use from the day it was sealed up.
    """
    valid = _valid_seal(department.pk, kind, on, int(monotonic() // FRESH_SECONDS))
    if valid is not None:
        return valid
    label = Seal.Kind(kind).label
    last = _begun(department.pk, kind, on).first()
    if last is not None and last.sealed_up_on is not None and last.sealed_up_on <= on:
        raise DomainError(
            f"{department.name}的{label}已于{_day(last.sealed_up_on)}封存，{_day(on)}的文书不能使用；"
            "请由承接本事项的机关出具。",
            article="莱政发〔2018〕18号",
        )
    if last is not None and last.in_use_to is not None and last.in_use_to < on:
        raise DomainError(
            f"{department.name}的{label}已于{_day(last.in_use_to)}停用，{_day(on)}的文书不能使用；"
            "请系统管理员登记新印章，或由承接机关出具。",
            article=_article(kind),
        )
    raise DomainError(
        f"{department.name}在{_day(on)}没有启用的{label}，文书不能用印；请系统管理员先登记印章。",
        article=_article(kind),
    )


@lru_cache(maxsize=256)
def _valid_seal(department_id: int, kind: str, on: date, _slot: int) -> Seal | None:
    return (
        _begun(department_id, kind, on)
        .filter(Q(in_use_to__isnull=True) | Q(in_use_to__gte=on))
        .filter(Q(sealed_up_on__isnull=True) | Q(sealed_up_on__gt=on))
        .first()
    )


def _begun(department_id: int, kind: str, on: date) -> QuerySet[Seal]:
    seals = Seal.objects.filter(department=department_id, kind=kind, in_use_from__lte=on)
    return seals.order_by("-in_use_from", "-pk")


def forget_cached_seals() -> None:
    """Afterwards this process reads the seals afresh."""
    _valid_seal.cache_clear()


def _article(kind: str) -> str:
    return "行政许可法第三十二条第二款" if kind == Seal.Kind.INTAKE else "行政许可法第三十九条"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def seal_svg(seal: SealFace) -> SafeString:
    """The seal as inline SVG: a round red sample seal, its characters placed one by one."""
    ring = list(seal.ring_text)
    size, step = _ring_measures(len(ring))
    first = -step * (len(ring) - 1) / 2
    characters = format_html_join(
        "",
        '<text x="{}" y="{}" font-size="{}" text-anchor="middle" transform="rotate({} {} {})">{}</text>',
        (
            (
                _CENTRE,
                _CENTRE - _RING_RADIUS + round(size * 0.78),
                size,
                round(first + step * place, 2),
                _CENTRE,
                _CENTRE,
                character,
            )
            for place, character in enumerate(ring)
        ),
    )
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="seal" viewBox="0 0 {size} 222" role="img"'
        ' aria-label="{label}"><g fill="none" stroke="{red}"><circle cx="{c}" cy="{c}" r="{radius}"'
        ' stroke-width="5"/><circle cx="{c}" cy="{c}" r="{inner}" stroke-width="1"/></g>'
        '<g fill="{red}" font-family="Document Song, Noto Serif CJK SC, SimSun, serif">{ring}'
        '<text x="{c}" y="115" font-size="40" text-anchor="middle">样章</text>{centre}'
        '<text x="{c}" y="217" font-size="13" text-anchor="middle">样章　无法律效力</text></g></svg>',
        size=_SIZE,
        c=_CENTRE,
        radius=_RADIUS,
        inner=_RADIUS - 6,
        red=_RED,
        label=f"样章：{seal.ring_text}{seal.centre_text}",
        ring=characters,
        centre=_centre(seal.centre_text),
    )


def _ring_measures(count: int) -> tuple[int, float]:
    """Size of a ring character and the angle between two (degrees): long names are written smaller, never cut."""
    if count <= 1:
        return 27, 0.0
    step = min(27.0, _WIDEST_ARC / (count - 1))
    # At the baseline, which lies nearest to the centre, two neighbours must not touch.
    size = min(27, int(step / 180 * 3.14159 * (_RING_RADIUS - 18)))
    return size, step


def _centre(text: str) -> SafeString:
    if not text:
        return SafeString("")
    size = min(17, int(120 / len(text)))
    return format_html('<text x="{}" y="152" font-size="{}" text-anchor="middle">{}</text>', _CENTRE, size, text)
