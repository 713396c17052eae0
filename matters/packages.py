"""一链办理主题页: the steps of a package with their matters as they stand today, and one list of materials."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from . import queries
from .domain.packages import Asked, Merged, merge_materials
from .guides import Row, rows_on
from .models import Chain, ChainMatter, Requirement


@dataclass(frozen=True)
class Item:
    """One matter of a step."""

    item: ChainMatter
    row: Row


@dataclass(frozen=True)
class Step:
    """One step: its matters in parallel, one of them, or one after another."""

    number: int
    mode: str
    items: list[Item]


@dataclass(frozen=True)
class Package:
    """Everything one package page shows."""

    chain: Chain
    steps: list[Step]
    materials: list[Merged]
    closed: list[Item]

    @property
    def required_count(self) -> int:
        return sum(1 for step in self.steps for item in step.items if item.item.requirement == Requirement.REQUIRED)


def package_on(code: str, on: date) -> Package:
    """The package with its matters as they stand on ``on``; raises NotFound. Constant queries."""
    chain = queries.chain_by_code(code)
    items = list(chain.items.all())
    matters = queries.matters_with_editions(on, with_materials=True).filter(pk__in=[item.matter_id for item in items])
    rows = {row.matter.pk: row for row in rows_on(list(matters), on)}
    joined = [Item(item, rows[item.matter_id]) for item in items]
    asked = [
        Asked(
            one.row.matter.code,
            one.item.requirement == Requirement.REQUIRED,
            material.name,
            material.original_count,
            material.copy_count,
            material.deferrable,
        )
        for one in joined
        if one.row.edition is not None and not one.row.standing.is_closed
        for material in one.row.edition.materials.all()
    ]
    produced = {
        shared.name: tuple(matter.code for matter in shared.produced_by.all())
        for shared in chain.shared_materials.all()
    }
    return Package(
        chain=chain,
        steps=[
            Step(number, group[0].item.get_mode_display(), group)
            for number, found in groupby(joined, key=lambda one: one.item.step)
            for group in [list(found)]
        ],
        materials=merge_materials(asked, produced),
        closed=[one for one in joined if one.row.standing.is_closed],
    )
