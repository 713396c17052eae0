"""指标登记: sources and measures, in the order in which their groups are shown; other modules bring theirs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from .periods import Period

#: By whom or what figures are broken down, in the order of the tabs.
DIMENSIONS = {
    "department": "机关",
    "matter": "事项",
    "window": "窗口",
    "clerk": "收件人员",
    "reviewer": "审查人员",
}
#: In the order of the page.
GROUPS = ("办件量", "时限", "服务", "审管互动", "公开", "评价")


def keys_of_case(prefix: str = "") -> dict[str, str]:
    """Where a record's dimensions stand, its case being at ``prefix``."""
    return {
        "department": f"{prefix}handling_department_id",
        "matter": f"{prefix}matter_id",
        "window": f"{prefix}received_by__window_label",
        "clerk": f"{prefix}received_by_id",
        "reviewer": f"{prefix}reviewer_id",
    }


def yes_if(condition: Q) -> Case:
    """The condition as an annotation that is yes or no and never unknown: a record is on one side of a figure or on the other."""
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


@dataclass(frozen=True)
class Source:
    """统计口径: the records of a period, with every condition of its measures as an annotation.

    ``case`` leads from a record to its case; None where the records are matters. ``note`` is a field shown beside the case.
    ``keys`` are the dimensions it can be broken down by.
    """

    key: str
    label: str
    records: Callable[[Period], QuerySet]
    case: str | None = ""
    note: str = ""
    keys: Mapping[str, str] = field(default_factory=keys_of_case)


@dataclass(frozen=True)
class Measure:
    """指标: how many of the records that meet ``of`` ("" for all) also meet ``hit`` ("" where the number itself is the figure).

    ``saved`` names two amounts on each record instead: the figure is what the first falls short of the second by, as a share.
    ``is_main`` measures stand in the table of groups on the page; reports have all.
    An amount that no database can sum is summed by ``total`` (a queryset and the group's key: group → both sums).
    """

    key: str
    group: str
    label: str
    basis: str
    source: Source
    of: str = ""
    hit: str = ""
    saved: tuple[str, str] | None = None
    total: Callable[[QuerySet, str], dict[object, tuple[int, int]]] | None = None
    hit_label: str = ""
    miss_label: str = ""
    is_share: bool = True
    is_main: bool = False

    @property
    def is_saving(self) -> bool:
        return self.saved is not None or self.total is not None


_brought: dict[str, Measure] = {}


def bring(measures: Sequence[Measure]) -> None:
    """Afterwards these stand among the measures; for an app's ``ready``."""
    for measure in measures:
        if measure.group not in GROUPS:
            raise ValueError(f"no group {measure.group} of measures")
        _brought[measure.key] = measure


def measures() -> list[Measure]:
    """All of them, by group."""
    return sorted(_brought.values(), key=lambda measure: GROUPS.index(measure.group))


def measure_by_key(key: str) -> Measure | None:
    return _brought.get(key)
