"""四交接: what must be on the four lists of a matter, who signs each line, and what still stands in the way. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from .number_ranges import NumberRange, as_text, seams


class Inventory(StrEnum):
    """交接清单: the four hand-overs (编随事走、人随编走)."""

    MATTERS = "matters"
    PEOPLE = "people"
    ARCHIVES = "archives"
    ASSETS = "assets"

    @property
    def label(self) -> str:
        return {
            Inventory.MATTERS: "事项和在办件",
            Inventory.PEOPLE: "人员和编制",
            Inventory.ARCHIVES: "档案和文件资料",
            Inventory.ASSETS: "印章、空白证书和资产",
        }[self]


class Party(StrEnum):
    """签字方"""

    GIVER = "giver"
    RECEIVER = "receiver"
    SUPERVISOR = "supervisor"

    @property
    def label(self) -> str:
        return {Party.GIVER: "移交方", Party.RECEIVER: "接收方", Party.SUPERVISOR: "监交方"}[self]


@dataclass(frozen=True)
class Line:
    """一行清单, as far as it can stand in the way: ``numbers`` and ``missing`` for blank certificates, ``explained`` how
    missing ones were accounted for, ``disputed`` why a party does not sign."""

    seq: int
    inventory: Inventory
    description: str
    quantity: int
    signed: frozenset[Party] = frozenset()
    numbers: NumberRange | None = None
    missing: tuple[int, ...] = ()
    explained: str = ""
    disputed: str = ""


@dataclass(frozen=True)
class Blocker:
    """阻碍: which list and which line (None: all of them), and one sentence."""

    inventory: Inventory | None
    seq: int | None
    sentence: str


def blockers(lines: Sequence[Line]) -> list[Blocker]:
    """Everything that keeps the matter from being handed over, in the order of the lists; [] when nothing does."""
    found: list[Blocker] = []
    for inventory in Inventory:
        own = [line for line in lines if line.inventory is inventory]
        if not own:
            found.append(Blocker(inventory, None, f"“{inventory.label}”清单还没有内容；没有可移交的，请登记为“无”。"))
            continue
        for line in own:
            found += _of_line(line)
        found += _of_numbers(inventory, own)
    return found + _of_signatures(lines)


def _of_line(line: Line) -> list[Blocker]:
    found = []
    if line.disputed:
        found.append(
            Blocker(
                line.inventory, line.seq, f"第{line.seq}行“{line.description}”有异议：{line.disputed}。请移交方改正。"
            )
        )
    if line.numbers is None:
        return found
    if line.missing and not line.explained:
        found.append(
            Blocker(
                line.inventory,
                line.seq,
                f"第{line.seq}行“{line.description}”缺号{as_text(line.numbers, line.missing)}，没有说明去向。",
            )
        )
    there = line.numbers.count - len(line.missing)
    if line.quantity != there:
        found.append(
            Blocker(
                line.inventory,
                line.seq,
                f"第{line.seq}行“{line.description}”写明{line.quantity}份，按号段扣除缺号应为{there}份。",
            )
        )
    return found


def _of_numbers(inventory: Inventory, lines: Sequence[Line]) -> list[Blocker]:
    words = {
        "gap": "号段之间缺{}，请补登记，或者作为缺号说明去向。",
        "overlap": "{}登记了两次，请核对号段。",
    }
    found = seams(line.numbers for line in lines if line.numbers is not None)
    return [Blocker(inventory, None, words[seam.kind].format(seam.text)) for seam in found]


def _of_signatures(lines: Sequence[Line]) -> list[Blocker]:
    """One sentence a party: what it has not signed, whole lists by name, else the lines."""
    found = []
    for party in Party:
        wanting = []
        for inventory in Inventory:
            own = [line for line in lines if line.inventory is inventory]
            unsigned = [line.seq for line in own if party not in line.signed]
            if unsigned:
                rows = "" if len(unsigned) == len(own) else f"第{'、'.join(str(seq) for seq in unsigned)}行"
                wanting.append(f"{inventory.label}{rows}")
        if wanting:
            found.append(Blocker(None, None, f"{party.label}还没有签字：{'；'.join(wanting)}。"))
    return found
