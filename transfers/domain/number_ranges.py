"""号段: blank certificates are handed over by number range; a number that is not there must be accounted for. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from laiyang_approval.kernel.errors import InvalidInput

_NUMBER = re.compile(r"(.*?)(\d{1,12})\Z", re.DOTALL)
_ONE = re.compile(r"(\d{1,12})(?:\s*[-—–~～至]\s*(\d{1,12}))?\Z")
#: Longer ranges are typing errors, not stacks of paper.
LONGEST = 1_000_000


@dataclass(frozen=True, order=True)
class NumberRange:
    """号段: certificates ``prefix`` + first … last, both included, written with ``width`` digits."""

    prefix: str
    width: int
    first: int
    last: int

    @property
    def count(self) -> int:
        return self.last - self.first + 1

    def written(self, number: int) -> str:
        return f"{self.prefix}{number:0{self.width}d}"

    def __contains__(self, number: int) -> bool:
        return self.first <= number <= self.last


def range_of(first: str, last: str) -> NumberRange:
    """The range between two numbers as written; raises InvalidInput when they do not belong together."""
    begin, end = _NUMBER.match(first.strip()), _NUMBER.match(last.strip())
    if not begin or not end:
        raise InvalidInput("证书号须以数字结尾，如“莱卫证000101”。", fields={"number_from": "须以数字结尾。"})
    if begin[1] != end[1] or len(begin[2]) != len(end[2]):
        raise InvalidInput(
            f"起号“{first}”和止号“{last}”的字头或者位数不同，不是一个号段；请分行登记。",
            fields={"number_to": "字头和位数须与起号相同。"},
        )
    found = NumberRange(begin[1], len(begin[2]), int(begin[2]), int(end[2]))
    if found.last < found.first:
        raise InvalidInput("止号小于起号，请改正。", fields={"number_to": "止号不能小于起号。"})
    if found.count > LONGEST:
        raise InvalidInput("一个号段超过一百万号，请核对起止号。", fields={"number_to": "请核对止号。"})
    return found


def missing_of(within: NumberRange, text: str) -> tuple[int, ...]:
    """The missing numbers as typed (“15、20-22”), in order; raises InvalidInput for one that is not of the range."""
    found: set[int] = set()
    plain = text.replace(within.prefix, "") if within.prefix else text
    for part in re.split(r"[、，,;；\s]+", plain.strip()):
        if not part:
            continue
        match = _ONE.match(part)
        if not match:
            raise InvalidInput(
                f"缺号“{part}”写法不对；请写作“000015、000020-000022”。", fields={"missing_numbers": "写法不对。"}
            )
        first = int(match[1])
        last = int(match[2] or match[1])
        if first not in within or last not in within or last < first:
            raise InvalidInput(f"缺号“{part}”不在本行的号段内；请核对。", fields={"missing_numbers": "不在号段内。"})
        found.update(range(first, last + 1))
    return tuple(sorted(found))


def as_text(within: NumberRange, numbers: Iterable[int]) -> str:
    """Numbers as people write them: neighbours drawn together."""
    parts: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if parts and parts[-1][1] == number - 1:
            parts[-1] = (parts[-1][0], number)
        else:
            parts.append((number, number))
    return "、".join(
        within.written(first) if first == last else f"{within.written(first)}至{within.written(last)}"
        for first, last in parts
    )


@dataclass(frozen=True)
class Seam:
    """Where two ranges of one kind of certificate do not follow each other: a gap, or numbers counted twice."""

    kind: str
    text: str


def seams(ranges: Iterable[NumberRange]) -> list[Seam]:
    """Every gap and overlap between ranges that bear the same prefix and width."""
    found: list[Seam] = []
    before: NumberRange | None = None
    for one in sorted(ranges):
        if before is not None and (one.prefix, one.width) == (before.prefix, before.width):
            if one.first <= before.last:
                found.append(Seam("overlap", as_text(one, range(one.first, min(one.last, before.last) + 1))))
            elif one.first > before.last + 1:
                first, last = one.written(before.last + 1), one.written(one.first - 1)
                found.append(Seam("gap", first if first == last else f"{first}至{last}"))
            if one.last < before.last:
                continue
        before = one
    return found
