"""指标的数: each source asked once for everything that is counted in it, and the list behind every figure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from laiyang_approval.kernel.errors import InvalidInput

from .periods import Period
from .registry import DIMENSIONS, Measure, Source, measures
from .scope import Scope, names_of


@dataclass(frozen=True)
class Figure:
    """一个数: ``top`` of ``bottom`` records, or two sums that are compared; ``is_asked`` is False where the scope has no such figure."""

    measure: Measure
    top: int = 0
    bottom: int = 0
    is_asked: bool = True

    def __add__(self, other: "Figure") -> "Figure":
        return Figure(self.measure, self.top + other.top, self.bottom + other.bottom)

    @property
    def share(self) -> float | None:
        """The figure as a share; None where there is nothing to share, and for plain counts."""
        if not self.measure.is_share or not self.bottom or not self.is_asked:
            return None
        share = self.top / self.bottom
        return 1 - share if self.measure.is_saving else share

    @property
    def text(self) -> str:
        """15, 92.3% or —. A share that is not whole never reads as whole, nor one that is not nothing as nothing."""
        if not self.is_asked:
            return "—"
        if not self.measure.is_share:
            return str(self.top)
        if self.share is None:
            return "—"
        rounded = round(100 * self.share, 1)
        if not self.measure.is_saving and 0 < self.top < self.bottom:
            rounded = min(max(rounded, 0.1), 99.9)
        return f"{rounded:.1f}%"

    @property
    def worked_out(self) -> str:
        """How it comes about: 12÷13; "" where there is nothing to divide."""
        if not self.is_asked or not self.measure.is_share or not self.bottom:
            return ""
        return f"1－{self.top}÷{self.bottom}" if self.measure.is_saving else f"{self.top}÷{self.bottom}"

    @property
    def missed(self) -> int:
        """How many of the records did not meet it."""
        return self.bottom - self.top


@dataclass(frozen=True)
class Group:
    """一组: one body, matter, window or person, with its figures in the order of the measures."""

    key: object
    code: str
    name: str
    figures: Sequence[Figure]

    @property
    def is_idle(self) -> bool:
        """Whether none of its main figures has anything to count."""
        return not any(one.bottom for one in self.figures if one.measure.is_main)


@dataclass(frozen=True)
class Table:
    """考核表: the figures of the whole scope, and those of each group of one dimension."""

    period: Period
    dimension: str
    total: Sequence[Figure]
    groups: Sequence[Group]


def table(period: Period, scope: Scope, dimension: str) -> Table:
    """Every measure, in all and by ``dimension``; one statement a source, one more for names. Raises InvalidInput."""
    if dimension not in DIMENSIONS:
        raise InvalidInput("没有这种分组；请按机关、事项、窗口或者人员查看。")
    wanted = measures()
    found: dict[str, dict[object, tuple[int, int]]] = {}
    for source in {measure.source.key: measure.source for measure in wanted}.values():
        if scope.fits(source):
            found |= _tallied(period, scope, source, [one for one in wanted if one.source.key == source.key], dimension)
    total = [
        sum((Figure(one, *pair) for pair in found[one.key].values()), Figure(one))
        if one.key in found
        else Figure(one, is_asked=False)
        for one in wanted
    ]
    split = [one for one in wanted if one.key in found and dimension in one.source.keys]
    keys = {key for one in split for key in found[one.key]}
    names = names_of(dimension, keys)
    groups = [
        Group(
            key,
            *names[key],
            [
                Figure(one, *found[one.key].get(key, (0, 0))) if one in split else Figure(one, is_asked=False)
                for one in wanted
            ],
        )
        for key in keys
    ]
    return Table(period, dimension, total, sorted(groups, key=lambda group: (group.key is None, group.code)))


def _tallied(
    period: Period, scope: Scope, source: Source, wanted: Iterable[Measure], dimension: str
) -> dict[str, dict[object, tuple[int, int]]]:
    """Per measure and group both its numbers. A source that does not know the dimension has one group, None."""
    records = source.records(period).filter(scope.filter(source))
    group = source.keys.get(dimension, "")
    counted = [one for one in wanted if one.total is None]
    numbers = {}
    for one in counted:
        of = Q(**{one.of: True}) if one.of else Q()
        if one.saved is not None:
            top, bottom = (Sum(name, filter=of, default=0) for name in one.saved)
        else:
            top, bottom = Count("pk", filter=_hit(one)), Count("pk", filter=of)
        numbers |= {f"{one.key}_top": top, f"{one.key}_bottom": bottom}
    found: dict[str, dict[object, tuple[int, int]]] = {one.key: {} for one in counted}
    if counted:
        rows = records.order_by().values(group).annotate(**numbers) if group else [records.aggregate(**numbers)]
        for row in rows:
            key = (row[group] or None) if group else None
            for one in counted:
                top, bottom = found[one.key].get(key, (0, 0))
                found[one.key][key] = (top + row[f"{one.key}_top"], bottom + row[f"{one.key}_bottom"])
    for one in wanted:
        if one.total is not None:
            found[one.key] = one.total(records.filter(**{one.of: True}) if one.of else records, group)
    return found


def _hit(measure: Measure) -> Q:
    conditions = Q(**{measure.of: True}) if measure.of else Q()
    return conditions & Q(**{measure.hit: True}) if measure.hit else conditions


#: The lists behind a figure: all that is counted in it, those that meet it, those that do not.
PARTS = ("all", "hit", "miss")


def behind(measure: Measure, part: str, period: Period, scope: Scope) -> QuerySet:
    """The records behind a figure, newest first, by the very conditions it counts by. Raises InvalidInput."""
    if part not in PARTS or not scope.fits(measure.source) or (part != "all" and not measure.hit):
        raise InvalidInput("没有这张清单；请从考核评价页点开数字查看。")
    records = measure.source.records(period).filter(scope.filter(measure.source))
    if measure.of:
        records = records.filter(**{measure.of: True})
    if part != "all":
        records = records.filter(**{measure.hit: part == "hit"})
    return records.order_by("-pk")
