"""对账: decisions on one side, pushes on the other; every decision has its push, every push its decision, no number is missing. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Decided:
    """一件决定: its event, and the regulators it had to be told to (by code)."""

    event: int
    regulators: frozenset[str]


@dataclass(frozen=True)
class Told:
    """一条推送, as it is stored. ``is_assigned``: the coordinator sent it on. ``waited``: working days since delivery, unclaimed."""

    event: int
    regulator: str
    number: str
    is_delivered: bool
    is_claimed: bool
    is_moved: bool = False
    is_assigned: bool = False
    is_whole: bool = True
    waited: int = 0


@dataclass(frozen=True)
class Figures:
    """对账结果: what adds up, and each thing that does not, in words."""

    decisions: int
    expected: int
    pushed: int
    delivered: int
    claimed: int
    moved: int
    open: int
    oldest: int
    problems: tuple[str, ...] = field(default=())

    @property
    def adds_up(self) -> bool:
        return not self.problems

    def as_stored(self) -> dict[str, Any]:
        return asdict(self) | {"problems": list(self.problems)}


def reconcile(decisions: Sequence[Decided], pushes: Sequence[Told], holes: Iterable[str] = ()) -> Figures:
    """The two sides of a day or a month. ``holes``: numbers missing in a regulator's sequence.

    ``open`` is what nobody answers for yet: claimed + moved + open = pushed, always.
    """
    wanted = {(one.event, code) for one in decisions for code in one.regulators}
    there = {(one.event, one.regulator) for one in pushes}
    assigned = {(one.event, one.regulator) for one in pushes if one.is_assigned}
    known = {one.event for one in decisions}
    problems = [f"决定{one.event}当日没有有效的监管部门，没有推送" for one in decisions if not one.regulators]
    problems += [f"决定{event}没有推送{code}" for event, code in sorted(wanted - there)]
    surplus = {pair for pair in there - wanted if pair not in assigned or pair[0] not in known}
    problems += [f"推送给{code}的决定{event}没有依据" for event, code in sorted(surplus)]
    problems += [f"推送{one.number}的报文与哈希不符" for one in pushes if not one.is_whole]
    problems += [f"推送序号缺{hole}" for hole in holes]
    claimed = sum(one.is_claimed for one in pushes)
    moved = sum(one.is_moved for one in pushes)
    waiting = [one for one in pushes if not one.is_claimed and not one.is_moved]
    return Figures(
        decisions=len(decisions),
        expected=len(wanted | (assigned & there)),
        pushed=len(pushes),
        delivered=sum(one.is_delivered for one in pushes),
        claimed=claimed,
        moved=moved,
        open=len(waiting),
        oldest=max((one.waited for one in waiting), default=0),
        problems=tuple(problems),
    )


def missing_numbers(sequences: Iterable[int], *, last: int) -> list[int]:
    """The numbers between 1 and ``last`` that no push has."""
    there = set(sequences)
    return [number for number in range(1, last + 1) if number not in there]
