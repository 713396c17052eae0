"""不计入期限的期间, as they are kept with a case: the clock of a case can be worked out from its own row. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from .periods import Suspension


def to_plain(stops: Iterable[Suspension]) -> list[dict[str, Any]]:
    """JSON-able dicts of the suspensions, in the order given."""
    return [
        {
            "start": stop.start.isoformat(),
            "end": stop.end.isoformat() if stop.end else None,
            "article": stop.article,
            "reference": stop.reference,
            "label": stop.label,
            "statutory": stop.excluded_from_statutory,
            "promised": stop.excluded_from_promised,
        }
        for stop in stops
    ]


def from_plain(plain: Iterable[dict[str, Any]]) -> tuple[Suspension, ...]:
    """The suspensions that ``to_plain`` wrote down."""
    return tuple(
        Suspension(
            start=date.fromisoformat(stop["start"]),
            end=date.fromisoformat(stop["end"]) if stop["end"] else None,
            article=stop["article"],
            reference=stop["reference"],
            label=stop["label"],
            excluded_from_statutory=stop["statutory"],
            excluded_from_promised=stop["promised"],
        )
        for stop in plain
    )
