"""案卷抽取: which files of a stated population are drawn, by SHA-256 of the seed and the case number. Pure.

Anyone may redraw: the population is a text (``population_text``) whose hash is published before the seed is known; the order of its
lines does not matter; within each stratum the files with the smallest ``rank`` are drawn.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

HEADING = "case_number,stratum"


@dataclass(frozen=True, order=True)
class Entry:
    """总体中的一件: a case by its number, and the stratum it belongs to."""

    number: str
    stratum: str


@dataclass(frozen=True)
class Drawn:
    """抽中的一件, with the hash that drew it."""

    entry: Entry
    rank: str


def rank(seed: str, number: str) -> str:
    """SHA-256 of “seed:number” in UTF-8, hexadecimal; ``printf %s 'seed:number' | sha256sum`` says the same."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def quota(size: int, *, percent: int, least: int) -> int:
    """How many of a stratum of ``size`` are drawn: ``percent`` of it, rounded up, at least ``least``, never more than there are."""
    return min(size, max(least, -(-size * percent // 100)))


def draw(population: Iterable[Entry], *, seed: str, percent: int, least: int) -> list[Drawn]:
    """The drawn files, stratum by stratum, each in the order of its ranks. Raises ValueError when a case stands twice."""
    strata: dict[str, list[Drawn]] = {}
    seen: set[str] = set()
    for entry in population:
        if entry.number in seen:
            raise ValueError(entry.number)
        seen.add(entry.number)
        strata.setdefault(entry.stratum, []).append(Drawn(entry, rank(seed, entry.number)))
    drawn: list[Drawn] = []
    for _, members in sorted(strata.items()):
        members.sort(key=lambda one: (one.rank, one.entry.number))
        drawn += members[: quota(len(members), percent=percent, least=least)]
    return drawn


def population_text(population: Iterable[Entry]) -> str:
    """The population as it is published: a heading, then one line a case in the order of the numbers."""
    return "\n".join([HEADING, *(f"{entry.number},{entry.stratum}" for entry in sorted(population))]) + "\n"


def population_sha256(population: Iterable[Entry]) -> str:
    """The hash that is published before the seed is known: of ``population_text`` in UTF-8."""
    return hashlib.sha256(population_text(population).encode()).hexdigest()


def read_population(text: str) -> list[Entry]:
    """The population that ``text`` states. Raises ValueError with the line that is none."""
    heading, *lines = text.removeprefix("\ufeff").splitlines() or [""]
    if heading.strip() != HEADING:
        raise ValueError(heading)
    entries = []
    for line in lines:
        number, comma, stratum = line.strip().partition(",")
        if not (number and comma and stratum):
            raise ValueError(line)
        entries.append(Entry(number, stratum))
    return entries
