"""对账: what the opinion announced beside what the batches hold. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from matters.domain.reconciliation import DEFERRED, DEFERRED_NAMES, LICENCES, RELATED, TRANSFERRED_TOTAL, Line

from .states import OPINION, ItemState


@dataclass(frozen=True)
class Standing:
    """One item as the board counts it: what it is, whether its batch waits for a condition, where it stands that day."""

    kind: str
    is_conditional: bool
    department: str
    state: ItemState


def reconcile(items: Iterable[Standing], *, is_due: bool) -> list[Line]:
    """Every figure of the opinion beside the batches' own: 133 = 103 + 30, the 30 by department, and 19 apart.

    A deferred matter that has since been activated still counts among the 30: the figure is what was decided in 2018.
    ``is_due``: whether the month for handing over is past, so that all of the first batch must be in effect.
    """
    items = list(items)
    licences = [item for item in items if item.kind == "licence"]
    related = [item for item in items if item.kind == "related"]
    deferred = [item for item in licences if item.is_conditional]
    first = [item for item in licences if not item.is_conditional]
    return [
        Line("划转行政许可事项合计", TRANSFERRED_TOTAL, len(licences), OPINION),
        Line("其中：首批", LICENCES, len(first), OPINION),
        *([Line("首批已划转", LICENCES, _gone(first), OPINION)] if is_due else []),
        Line("其中：暂缓", sum(DEFERRED.values()), len(deferred), OPINION),
        *[
            Line(
                f"暂缓：{DEFERRED_NAMES[code]}",
                number,
                sum(item.department == code for item in deferred),
                OPINION,
            )
            for code, number in DEFERRED.items()
        ],
        Line("关联事项", RELATED, len(related), OPINION),
        *([Line("关联事项已划转", RELATED, _gone(related), OPINION)] if is_due else []),
    ]


def _gone(items: list[Standing]) -> int:
    """How many went to the bureau; one given back since went too."""
    return sum(item.state in (ItemState.EFFECTIVE, ItemState.RETURNED) for item in items)
