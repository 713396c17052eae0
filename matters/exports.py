"""导出与读入: the catalogue as the two tables it is exchanged in; importing an export changes nothing, byte for byte."""

import hashlib
from collections.abc import Iterable

from laiyang_approval.kernel.spreadsheets import (
    Column,
    Sheet,
    TableRow,
    Uploaded,
    read_table,
    write_csv,
    write_xlsx,
)

from .content import content_of
from .domain.content import ROWS
from .domain.tables import (
    COLUMN_WORDS,
    FURTHER_MATERIAL_COLUMNS,
    FURTHER_MATTER_COLUMNS,
    MATERIAL_COLUMNS,
    MATTER_COLUMNS,
    write_material,
    write_matter,
)
from .models import CatalogueImport
from .queries import working_editions

MOST_ROWS = 5000


def _columns(required: Iterable[str], further: Iterable[str]) -> list[Column]:
    return [Column(key, COLUMN_WORDS[key]) for key in required] + [
        Column(key, COLUMN_WORDS[key], required=False) for key in further
    ]


COLUMNS = {
    CatalogueImport.Table.MATTERS: _columns(MATTER_COLUMNS, FURTHER_MATTER_COLUMNS),
    CatalogueImport.Table.MATERIALS: _columns(MATERIAL_COLUMNS, FURTHER_MATERIAL_COLUMNS),
}


def matter_rows() -> list[dict[str, str]]:
    """One row a matter: its draft where there is one, else its newest published edition."""
    rows = []
    for edition in working_editions():
        matter = edition.matter
        changes = list(matter.later_changes.all())
        cells = write_matter(
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
        rows.append(dict(zip(MATTER_COLUMNS + FURTHER_MATTER_COLUMNS, cells, strict=True)))
    return rows


def material_rows() -> list[dict[str, str]]:
    """One row a material, in the order of the matters and of their lists."""
    columns = ROWS["materials"][1]
    rows = []
    for edition in working_editions():
        for seq, material in enumerate(edition.materials.all(), start=1):
            cells = write_material(
                matter_code=edition.matter.code,
                seq=seq,
                values={name: getattr(material, name) for name in columns},
            )
            rows.append(dict(zip(MATERIAL_COLUMNS + FURTHER_MATERIAL_COLUMNS, cells, strict=True)))
    return rows


def export_table(table: str, file_format: str) -> bytes:
    """The table as csv or xlsx, the same bytes as long as the catalogue says the same."""
    kind = CatalogueImport.Table(table)
    rows = matter_rows() if kind == CatalogueImport.Table.MATTERS else material_rows()
    if file_format == "csv":
        return write_csv(rows, COLUMNS[kind])
    return write_xlsx([Sheet(kind.label, COLUMNS[kind], rows)])


def read_upload(table: str, uploaded: Uploaded) -> tuple[list[TableRow], str]:
    """The rows of an uploaded CSV or XLSX and the file's SHA-256; raises InvalidInput, InvalidTable with every fault."""
    uploaded.seek(0)
    sha256 = hashlib.sha256(uploaded.read()).hexdigest()
    return read_table(uploaded, COLUMNS[CatalogueImport.Table(table)], MOST_ROWS), sha256
