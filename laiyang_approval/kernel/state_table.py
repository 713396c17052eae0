"""A state machine as a readable table: (state, event) -> next state, or why not. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from .errors import StaleState

S = TypeVar("S")
E = TypeVar("E")


@dataclass(frozen=True)
class Row(Generic[S, E]):
    """One transition: ``event`` takes any of ``sources`` to ``target``, or leaves the state as it is (``target`` None).

    ``article`` and ``number`` say where the law has it, ``actor`` who acts, ``guard`` what must hold besides the state.
    """

    number: str
    sources: tuple[S, ...]
    event: E
    target: S | None
    article: str
    document: str = ""
    clock_effect: str = ""
    actor: str = ""
    guard: str = ""


class StateTable(Generic[S, E]):
    """All transitions of one procedure, and for every other pair of state and event a sentence that refuses it.

    Refuses at definition time two rows for the same (state, event).
    """

    def __init__(self, rows: Iterable[Row[S, E]], *, refusal: Callable[[S, E], tuple[str, str]] | None = None):
        self.rows = tuple(rows)
        self._refusal = refusal or _plain_refusal
        self._next: dict[tuple[S, E], Row[S, E]] = {}
        for row in self.rows:
            for source in row.sources:
                if (source, row.event) in self._next:
                    raise ValueError(f"two rows for {source}, {row.event}")
                self._next[source, row.event] = row

    def row_for(self, state: S, event: E) -> Row[S, E] | None:
        return self._next.get((state, event))

    def refusal(self, state: S, event: E) -> tuple[str, str]:
        """Why ``event`` does not belong to ``state``: one sentence, and the article behind it ("" where there is none)."""
        return self._refusal(state, event)

    def events_from(self, state: S) -> Mapping[E, Row[S, E]]:
        return {event: row for (source, event), row in self._next.items() if source == state}


def _plain_refusal(state: S, event: E) -> tuple[str, str]:
    state_label = getattr(state, "label", state)
    event_label = getattr(event, "label", event)
    return f"办件目前为“{state_label}”，不能{event_label}；请刷新页面查看最新状态。", ""


def next_state(table: StateTable[S, E], state: S, event: E) -> S:
    """The state after ``event``; raises StaleState, with the table's reason, when it has no such row."""
    row = table.row_for(state, event)
    if row is None:
        sentence, article = table.refusal(state, event)
        raise StaleState(sentence, article=article)
    return state if row.target is None else row.target
