"""一链办理的材料: what the matters of a package ask for, each thing once. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Asked:
    """One material that one matter asks for."""

    matter_code: str
    is_required: bool
    name: str
    original_count: int
    copy_count: int
    deferrable: bool


@dataclass
class Merged:
    """合并后的材料: handed in once for all the matters that ask for it, in the largest number any of them asks for."""

    name: str
    original_count: int = 0
    copy_count: int = 0
    matter_codes: list[str] = field(default_factory=list)
    #: Only matters that are done on condition ask for it.
    is_conditional: bool = True
    #: Every matter that asks for it lets it come later.
    deferrable: bool = True
    #: Codes of the package's own matters that produce it: nothing to bring.
    produced_by: tuple[str, ...] = ()

    @property
    def copies_text(self) -> str:
        parts = [f"原件{self.original_count}份"] if self.original_count else []
        parts += [f"复印件{self.copy_count}份"] if self.copy_count else []
        return "、".join(parts) or "电子件"


def merge_materials(asked: Iterable[Asked], produced: Mapping[str, tuple[str, ...]]) -> list[Merged]:
    """Each material once, in order of first appearance; those of matters always done come first."""
    merged: dict[str, Merged] = {}
    for one in asked:
        row = merged.setdefault(one.name, Merged(one.name, produced_by=produced.get(one.name, ())))
        row.original_count = max(row.original_count, one.original_count)
        row.copy_count = max(row.copy_count, one.copy_count)
        row.deferrable = row.deferrable and one.deferrable
        row.is_conditional = row.is_conditional and not one.is_required
        if one.matter_code not in row.matter_codes:
            row.matter_codes.append(one.matter_code)
    return sorted(merged.values(), key=lambda row: row.is_conditional)
