"""材料登记: what came in of the edition's list, and the files attached to it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import StoredFile, User
from laiyang_approval.kernel.names import clean_text
from matters.models import Edition

from ... import events, queries
from ...events import EventWriter
from ...models import Case, CaseFile, CaseMaterial
from ..acting import begin_act, finish_act
from .inputs import MaterialInput


@transaction.atomic
def update_materials(
    number: str, *, materials: Sequence[MaterialInput], actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the checklist of a received case stands as given (what the clerk found while checking)."""
    case, writer = begin_act(number, action="upload_material", actor=actor, at=at, expected_version=expected_version)
    rows = {row.edition_material_id: row for row in queries.material_rows(case)}
    for given in materials:
        row = rows.get(given.material_id)
        if row is None:
            raise DomainError("材料不在本事项的材料清单内；请按清单登记。", article="行政许可法第三十一条")
        if row.status == CaseMaterial.Status.COMMITTED:
            if given.status == row.status:
                continue
            raise DomainError(
                f"“{row.edition_material.name}”由申请人以承诺代替；申请人改为提交的，请先登记不再采用告知承诺。",
                article="国办发〔2020〕42号",
            )
        store_material(row, given, at=at)
        attach_files(case, row, given.files, writer, actor=actor, at=at)
    events.record_materials(writer, material_ids=[given.material_id for given in materials])
    finish_act(case, writer)
    return case


def create_materials(
    case: Case,
    edition: Edition,
    given: Sequence[MaterialInput],
    writer: EventWriter,
    *,
    actor: User,
    at: datetime,
) -> list[CaseMaterial]:
    by_id = {material.material_id: material for material in given}
    rows = []
    for listed in edition.materials.all():
        row = CaseMaterial(case=case, edition_material=listed)
        if listed.pk in by_id:
            _fill_material(row, by_id[listed.pk], at=at)
        rows.append(row)
    CaseMaterial.objects.bulk_create(rows)
    for row in rows:
        if row.edition_material_id in by_id:
            attach_files(case, row, by_id[row.edition_material_id].files, writer, actor=actor, at=at)
    return rows


def _fill_material(row: CaseMaterial, given: MaterialInput, *, at: datetime) -> None:
    # 承诺代替 comes of a signed commitment only, never of a tick.
    if given.status not in CaseMaterial.Status.values or given.status == CaseMaterial.Status.COMMITTED:
        raise InvalidInput("请为每项材料选择“齐、缺、不合格、本件不需要”之一。")
    if not (0 <= given.originals <= 999 and 0 <= given.copies <= 999):
        raise InvalidInput("材料份数须在0至999之间。")
    row.status = given.status
    row.originals, row.copies = given.originals, given.copies
    row.note = clean_text(given.note, max_length=300)
    if given.status in {CaseMaterial.Status.COMPLETE, CaseMaterial.Status.DEFECTIVE}:
        row.received_at = at


def store_material(row: CaseMaterial, given: MaterialInput, *, at: datetime) -> None:
    _fill_material(row, given, at=at)
    row.save()


def attach_files(
    case: Case,
    material: CaseMaterial | None,
    files: Sequence[StoredFile],
    writer: EventWriter,
    *,
    actor: User,
    at: datetime,
) -> None:
    if not files:
        return
    CaseFile.objects.bulk_create(
        CaseFile(case=case, material=material, stored=stored, added_by=actor, added_at=at) for stored in files
    )
    for stored in files:
        events.record_file(
            writer,
            stored_id=stored.pk,
            sha256=stored.sha256,
            material_id=material.edition_material_id if material else None,
        )
