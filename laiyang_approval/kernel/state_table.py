"""A state machine as a readable table: (state, event) -> next state. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from .errors import StaleState

S = TypeVar("S")
E = TypeVar("E")


@dataclass(frozen=True)
class Row(Generic[S, E]):
    """One transition: ``event`` takes any of ``sources`` to ``target``; ``article`` and ``number`` say where the law has it."""

    number: str
    sources: tuple[S, ...]
    event: E
    target: S
    article: str
    document: str = ""
    clock_effect: str = ""


class StateTable(Generic[S, E]):
    """All transitions of one procedure; refuses at definition time two rows for the same (state, event)."""

    def __init__(self, rows: Iterable[Row[S, E]]):
        self.rows = tuple(rows)
        self._next: dict[tuple[S, E], Row[S, E]] = {}
        for row in self.rows:
            for source in row.sources:
                if (source, row.event) in self._next:
                    raise ValueError(f"two rows for {source}, {row.event}")
                self._next[source, row.event] = row

    def row_for(self, state: S, event: E) -> Row[S, E] | None:
        return self._next.get((state, event))

    def events_from(self, state: S) -> Mapping[E, Row[S, E]]:
        return {event: row for (source, event), row in self._next.items() if source == state}


def next_state(table: StateTable[S, E], state: S, event: E) -> S:
    """The state after ``event``; raises StaleState when the table has no such row."""
    row = table.row_for(state, event)
    if row is None:
        state_label = getattr(state, "label", state)
        event_label = getattr(event, "label", event)
        raise StaleState(f"办件目前为“{state_label}”，不能{event_label}；请刷新页面查看最新状态。")
    return row.target
