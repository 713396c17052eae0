"""重算: the clock of a case made again from its events alone, to compare with what the case's row says. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .periods import Suspension


@dataclass
class _Notice:
    """One served notice: from which day its time is left out, until which day at most, and when the procedure ended."""

    stop: Suspension
    told_until: date | None
    ended_on: date | None = None
    is_over: bool = False

    def suspension(self) -> Suspension:
        return bounded(self.stop, told_until=self.told_until, ended_on=self.ended_on, is_over=self.is_over)


def bounded(stop: Suspension, *, told_until: date | None, ended_on: date | None, is_over: bool) -> Suspension:
    """``stop`` with its end: the day the procedure ended, never later than told; None while it runs within what was told.

    ``is_over``: what was told has run out, or a further notice goes on from there.
    """
    ends = [day for day in (ended_on, told_until if ended_on is not None or is_over else None) if day is not None]
    end = max(min(ends), stop.start) if ends else None
    return Suspension(
        start=stop.start,
        end=end,
        article=stop.article,
        reference=stop.reference,
        label=stop.label,
        excluded_from_statutory=stop.excluded_from_statutory,
        excluded_from_promised=stop.excluded_from_promised,
    )


@dataclass
class ReplayedClock:
    """What the events say of the clock: from which day it runs, what is left out, by how much it is longer."""

    clock_from_on: date | None = None
    extension_value: int = 0
    is_joint: bool = False
    _notices: dict[int, _Notice] = field(default_factory=dict)

    @property
    def suspensions(self) -> tuple[Suspension, ...]:
        return tuple(notice.suspension() for notice in self._notices.values())

    def take(self, kind: str, detail: Mapping[str, Any]) -> None:
        """Afterwards this event has been heard; one that says nothing of the clock changes nothing."""
        if detail.get("clock_from_on"):
            self.clock_from_on = _day(detail["clock_from_on"])
        match kind:
            case "suspended":
                self._notices[detail["procedure"]] = _Notice(_stop(detail), _day(detail["told_until"]))
                if detail["continues"] is not None:
                    self._notices[detail["continues"]].is_over = True
            case "told_time_over":
                self._notices[detail["procedure"]].is_over = True
            case "told_time_moved":
                for pk, day in detail["told_until"].items():
                    self._notices[int(pk)].told_until = _day(day)
            case "procedure_ended":
                for pk in detail["procedures"]:
                    self._notices[pk].ended_on = _day(detail["ended_on"])
            case "extended":
                self.extension_value = detail["value"]
            case "joint_declared":
                self.is_joint = True


def replay(events: Iterable[tuple[str, Mapping[str, Any]]]) -> ReplayedClock:
    """The clock that a case's events, in order, have led to."""
    clock = ReplayedClock()
    for kind, detail in events:
        clock.take(kind, detail)
    return clock


def _stop(detail: Mapping[str, Any]) -> Suspension:
    return Suspension(
        start=_day(detail["start"]),
        end=None,
        article=detail["article"],
        reference=detail["reference"],
        label=detail["label"],
        excluded_from_statutory=detail["statutory"],
        excluded_from_promised=detail["promised"],
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
