"""谁有权: who may accept, decide and seal a matter on any day, for the page and for machines."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from laiyang_approval.kernel.errors import InvalidInput

from . import queries
from .domain.content import UNKNOWN
from .models import Authority, LaterChange, Matter, Power, StatutoryDecider

UPPER_LEVEL = "上级机关（名称待核实）"


@dataclass(frozen=True)
class Holder:
    """一项职权, as it is told: the power, the body that exercises it that day, since when and by which instrument."""

    power: Power
    body_name: str
    authority: Authority | None

    @property
    def is_known(self) -> bool:
        return self.authority is not None


@dataclass(frozen=True)
class CompetenceDay:
    """一天的职权: of one matter; ``closing`` what has stopped applications by then."""

    matter: Matter
    on: date
    holders: list[Holder]
    closing: LaterChange | None

    @property
    def is_one_body(self) -> bool:
        """Whether one body holds all three powers, so that one sentence tells it."""
        return all(one.is_known for one in self.holders) and len({one.body_name for one in self.holders}) == 1


def day_from(text: str, fallback: date) -> date:
    """The day as typed, or ``fallback`` for none; raises InvalidInput for what is no day."""
    if not text.strip():
        return fallback
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(
            "日期应写作2018-12-26的形式；请改正后再查。", fields={"on": "日期应写作2018-12-26的形式。"}
        ) from None


def competence_day(matter: Matter, on: date) -> CompetenceDay:
    """Who may accept, decide and seal ``matter`` on ``on``, past or future; two queries."""
    holders = []
    for held in queries.powers_on(matter, on):
        name = held.holder.name if held.holder else UNKNOWN
        if (
            held.holder is None
            and held.power != Power.ACCEPT
            and matter.statutory_decider == StatutoryDecider.UPPER_LEVEL
        ):
            name = UPPER_LEVEL
        holders.append(Holder(held.power, name, held.authority))
    return CompetenceDay(matter, on, holders, queries.closing_change(matter, on))


@dataclass(frozen=True)
class Tenure:
    """任职一段: the powers one body holds over one period by one instrument."""

    row: Authority
    powers: list[str]


def tenures(matter: Matter) -> list[Tenure]:
    """The whole history of competence, oldest first, powers that go together in one row; one query."""
    found: dict[tuple, Tenure] = {}
    for row in queries.authorities_over_time(matter):
        key = (row.valid_from, row.valid_to, row.department_id, row.instrument)
        found.setdefault(key, Tenure(row, [])).powers.append(row.get_power_display())
    return list(found.values())


def as_data(day: CompetenceDay) -> dict[str, Any]:
    """The same for a machine: names and codes as registered, dates as 2018-12-26, null for what no row says."""
    matter, closing = day.matter, day.closing
    return {
        "matter": {"code": matter.code, "name": matter.name, "kind": matter.kind},
        "on": day.on.isoformat(),
        "powers": [_power_data(one) for one in day.holders],
        "closed": None
        if closing is None
        else {"since": closing.effective_on.isoformat(), "kind": closing.kind, "text": closing.new_value},
    }


def _power_data(one: Holder) -> dict[str, Any]:
    row = one.authority
    data: dict[str, Any] = {"power": one.power.value, "label": one.power.label, "body": one.body_name}
    if row is None:
        return data | {"registered_body": None, "valid_from": None, "valid_to": None, "instrument": None}
    return data | {
        "registered_body": {"code": row.department.code, "name": row.department.name},
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "instrument": row.instrument,
    }
