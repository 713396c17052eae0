"""导出: the catalogue as the two tables it is exchanged in; importing an export changes nothing, byte for byte."""

from .content import content_of
from .domain.content import ROWS
from .domain.tables import (
    FURTHER_MATERIAL_COLUMNS,
    FURTHER_MATTER_COLUMNS,
    MATERIAL_COLUMNS,
    MATTER_COLUMNS,
    write_material,
    write_matter,
)
from .queries import working_editions

Table = tuple[list[str], list[list[str]]]


def matters_table() -> Table:
    """Header and one row a matter: its draft where there is one, else its newest published edition."""
    rows = []
    for edition in working_editions():
        matter = edition.matter
        changes = list(matter.later_changes.all())
        rows.append(
            write_matter(
                code=matter.code,
                matter={
                    "kind": matter.kind,
                    "matter_type": matter.matter_type,
                    "name": matter.name,
                    "original_department_code": matter.original_department.code,
                    "original_department": matter.original_department.short_name,
                    "supervising_department": matter.supervising_department.short_name,
                    "domain": matter.domain,
                    "name_source": matter.name_source,
                    "confidence": matter.confidence,
                    "basis_check": matter.basis_check,
                    "statutory_decider": matter.statutory_decider,
                    "note": matter.note,
                    "aliases": matter.aliases,
                },
                related_to=matter.related_to.code if matter.related_to else "",
                later_change=changes[0].basis if changes else "",
                content=content_of(edition),
            )
        )
    return [*MATTER_COLUMNS, *FURTHER_MATTER_COLUMNS], rows


def materials_table() -> Table:
    """Header and one row a material, in the order of the matters and of their lists."""
    columns = ROWS["materials"][1]
    rows = [
        write_material(
            matter_code=edition.matter.code,
            seq=seq,
            values={name: getattr(material, name) for name in columns},
        )
        for edition in working_editions()
        for seq, material in enumerate(edition.materials.all(), start=1)
    ]
    return [*MATERIAL_COLUMNS, *FURTHER_MATERIAL_COLUMNS], rows
