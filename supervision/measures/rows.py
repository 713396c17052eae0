"""数字背后的清单: the rows of a list of cases, pushes or matters; plain values, one statement a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from windows.domain.states import State, state_label

from .registry import Source

ROWS_A_PAGE = 50

_OF_CASE = (
    "number",
    "edition__name",
    "party__name",
    "state",
    "purpose",
    "origin",
    "accepted_on",
    "promised_due_on",
    "statutory_due_on",
    "decided_at",
    "received_by__display_name",
)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """清单中的一件办件"""

    pk: int
    number: str
    matter_name: str
    party_name: str
    state: str
    purpose: str
    origin: str
    accepted_on: date | None
    promised_due_on: date | None
    statutory_due_on: date | None
    decided_at: datetime | None
    clerk: str | None
    note: str = ""

    @property
    def state_label(self) -> str:
        return state_label(State(self.state), purpose=self.purpose, origin=self.origin)


@dataclass(frozen=True, slots=True)
class MatterRow:
    """清单中的一个事项"""

    pk: int
    code: str
    matter_name: str
    promised_value: int
    promised_unit: str
    statutory_value: int
    statutory_unit: str


def rows_of(source: Source, records: QuerySet) -> Sequence[CaseRow | MatterRow]:
    """The records as rows, in their order."""
    if source.case is None:
        columns = ("pk", "matter__code", "name", "promised_value", "promised_unit", "statutory_value", "statutory_unit")
        return [MatterRow(*values) for values in records.values_list(*columns)]
    columns = ("pk", *(f"{source.case}{name}" for name in _OF_CASE), *([source.note] if source.note else []))
    return [CaseRow(*values) for values in records.values_list(*columns)]
