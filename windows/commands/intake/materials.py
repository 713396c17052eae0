"""材料登记: what came in of the edition's list, and the files attached to it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text
from matters.models import Edition

from ... import events, queries
from ...events import EventWriter
from ...models import Case, CaseFile, CaseMaterial
from ..acting import begin_act, finish_act
from .inputs import MaterialInput

#: What a checklist can say; 承诺代替 comes of a signed commitment only, never of a tick.
_STATUSES = frozenset(CaseMaterial.Status.values) - {CaseMaterial.Status.COMMITTED}


@transaction.atomic
def update_materials(
    number: str, *, materials: Sequence[MaterialInput], actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the checklist of a received case stands as given (what the clerk found while checking)."""
    case, writer = begin_act(number, action="upload_material", actor=actor, at=at, expected_version=expected_version)
    rows = {row.edition_material_id: row for row in queries.material_rows(case)}
    if any(given.material_id not in rows for given in materials):
        raise DomainError("材料不在本事项的材料清单内；请按清单登记。", article="行政许可法第三十一条")
    changed = [given for given in materials if not _stands_as_promised(rows[given.material_id], given)]
    for given in changed:
        fill_material(rows[given.material_id], given, at=at)
    store_materials([rows[given.material_id] for given in changed])
    CaseFile.objects.bulk_create(new_files(rows, materials, writer))
    events.record_materials(writer, material_ids=[given.material_id for given in materials])
    finish_act(case, writer)
    return case


def _stands_as_promised(row: CaseMaterial, given: MaterialInput) -> bool:
    """Whether a promise stands in for this material, and goes on to; raises DomainError for a tick against it."""
    if row.status != CaseMaterial.Status.COMMITTED:
        return False
    if given.status != row.status:
        raise DomainError(
            f"“{row.edition_material.name}”由申请人以承诺代替；申请人改为提交的，请先登记不再采用告知承诺。",
            article="国办发〔2020〕42号",
        )
    return True


def new_materials(
    case: Case, edition: Edition, materials: Sequence[MaterialInput], *, at: datetime
) -> list[CaseMaterial]:
    """A row for each material of the edition's list as it came in, not yet written."""
    given = {material.material_id: material for material in materials}
    rows = [CaseMaterial(case=case, edition_material=listed) for listed in edition.materials.all()]
    for row in rows:
        if row.edition_material_id in given:
            fill_material(row, given[row.edition_material_id], at=at)
    return rows


def fill_material(row: CaseMaterial, given: MaterialInput, *, at: datetime) -> None:
    """Afterwards ``row`` (in memory) stands as given; raises InvalidInput for what no checklist can say."""
    if given.status not in _STATUSES:
        raise InvalidInput("请为每项材料选择“齐、缺、不合格、本件不需要”之一。")
    if not (0 <= given.originals <= 999 and 0 <= given.copies <= 999):
        raise InvalidInput("材料份数须在0至999之间。")
    row.status = given.status
    row.originals, row.copies = given.originals, given.copies
    row.note = clean_text(given.note, max_length=300)
    if given.status in {CaseMaterial.Status.COMPLETE, CaseMaterial.Status.DEFECTIVE}:
        row.received_at = at


def store_materials(rows: Sequence[CaseMaterial]) -> None:
    """Afterwards these known rows are written as they stand in memory, in one statement."""
    CaseMaterial.objects.bulk_update(rows, ["status", "originals", "copies", "note", "received_at"])


def new_files(rows: dict[int, CaseMaterial], materials: Sequence[MaterialInput], writer: EventWriter) -> list[CaseFile]:
    """The files that came with these materials, each with its event, not yet written; ``rows`` by the edition's material."""
    files = []
    for given in materials:
        for stored in given.files:
            row = rows[given.material_id]
            files.append(
                CaseFile(case=writer.case, material=row, stored=stored, added_by=writer.actor, added_at=writer.at)
            )
            events.record_file(writer, stored_id=stored.pk, sha256=stored.sha256, material_id=row.edition_material_id)
    return files
