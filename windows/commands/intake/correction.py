"""补正: told once, everything; then what the notice listed comes in (行政许可法第三十二条第一款第四、五项)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text
from laiyang_approval.kernel.rules import rule_int

from ... import events, queries
from ...documents import DocumentKind
from ...domain.clock import Limit, Unit, run_clock
from ...domain.intake import Judgement
from ...domain.states import Event
from ...events import EventWriter
from ...models import Case, CaseMaterial, CorrectionItem, CorrectionNotice, Letter
from ..acting import begin_act, finish_act, take_event
from ..clocking import start_intake_clock, stop_clock
from ..letters import seal_letter
from .inputs import MaterialInput, OutcomeInput
from .materials import attach_files, store_material


@transaction.atomic
def resubmit_materials(
    number: str,
    *,
    materials: Sequence[MaterialInput],
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> Case:
    """Afterwards the listed items stand as received now, receipt D01 is given again and five new working days run (row 5).

    Only items of the standing notice can come in here; raises DomainError while one of them is still missing.
    """
    case, writer = begin_act(number, action="resubmit", actor=actor, at=at, expected_version=expected_version)
    take_event(case, Event.RESUBMIT)
    notice = case.correction_notices.order_by("-sequence").first()
    items = {
        item.material.edition_material_id: item for item in notice.items.select_related("material__edition_material")
    }
    strangers = [given for given in materials if given.material_id not in items]
    if strangers:
        raise DomainError(
            "收到的材料不在补正告知所列范围内；补正只接收告知书所列材料。", article="行政许可法第三十二条第一款第四项"
        )
    absent = [
        items[material_id].material.edition_material.name
        for material_id in items
        if not any(
            given.material_id == material_id and given.status != CaseMaterial.Status.MISSING for given in materials
        )
    ]
    if absent:
        raise DomainError(
            f"补正告知所列材料尚未全部收到（缺：{'、'.join(absent)}）；请收齐后一并登记。",
            article="行政许可法第三十二条第一款第五项",
        )
    for given in materials:
        item = items[given.material_id]
        store_material(item.material, given, at=at)
        if item.material.status in {CaseMaterial.Status.COMPLETE, CaseMaterial.Status.NOT_NEEDED}:
            item.met_at = at
            item.save(update_fields=["met_at"])
        attach_files(case, item.material, given.files, writer, actor=actor, at=at)
    case.materials_on = local_date(at)
    case.correction_deadline_on = None
    start_intake_clock(case, from_on=case.materials_on, calendar=current_calendar(), today=local_date(at))
    events.record_resubmission(
        writer, material_ids=[given.material_id for given in materials], intake_due_on=case.intake_due_on
    )
    seal_letter(
        case,
        DocumentKind.D01,
        department=case.handling_department,
        actor=actor,
        at=at,
        materials=queries.material_rows(case),
        is_correction=True,
        intake_due_on=case.intake_due_on,
    )
    finish_act(case, writer)
    return case


def give_correction(
    case: Case, writer: EventWriter, chosen: OutcomeInput, judgement: Judgement, *, actor: User, at: datetime
) -> list[Letter]:
    """Told once: the first notice lists everything; a later one may only repeat what of the first is still unmet."""
    if not chosen.corrections:
        raise InvalidInput("请列出全部需要补正的材料。", fields={"corrections": "至少列出一项需要补正的材料。"})
    rows = {row.edition_material_id: row for row in queries.material_rows(case)}
    listed = {given.material_id for given in chosen.corrections}
    if listed - set(rows):
        raise InvalidInput("补正内容须对应材料清单中的材料。")
    earlier = case.correction_notices.order_by("sequence").first()
    if earlier is not None:
        told = {item.material.edition_material_id for item in earlier.items.select_related("material")}
        new = [rows[material_id].edition_material.name for material_id in listed - told]
        if new:
            raise DomainError(
                f"补正内容须一次告知：{'、'.join(new)}不在第一次告知书中，不能再要求补正；所列材料到齐即应受理。",
                article="行政许可法第三十二条第一款第四项",
            )
    untold = [row.name for row in judgement.unmet if row.material_id not in listed]
    if untold and earlier is None:
        raise DomainError(
            f"补正内容须一次告知：{'、'.join(untold)}登记为不齐或不合格，也要列入告知书。",
            article="行政许可法第三十二条第一款第四项",
        )
    take_event(case, Event.GIVE_CORRECTION)
    today = local_date(at)
    deadline = run_clock(
        today, Limit(rule_int("correction_deadline_days", today), Unit.WORKDAY), current_calendar()
    ).due
    notice = CorrectionNotice.objects.create(
        case=case,
        sequence=1 if earlier is None else case.correction_notices.count() + 1,
        given_at=at,
        given_by=actor,
        deadline_on=deadline,
    )
    items = CorrectionItem.objects.bulk_create(
        CorrectionItem(
            notice=notice,
            material=rows[given.material_id],
            reason=_filled(given.reason, "请写明每项材料存在的问题。"),
            remedy=_filled(given.remedy, "请写明每项材料如何补正。"),
            basis=clean_text(given.basis, max_length=200),
        )
        for given in chosen.corrections
    )
    for material_id in listed:
        # A paper the clerk ticked as complete and now sends back is not complete.
        if rows[material_id].status == CaseMaterial.Status.COMPLETE:
            rows[material_id].status = CaseMaterial.Status.DEFECTIVE
            rows[material_id].save(update_fields=["status"])
    stop_clock(case)
    case.correction_deadline_on = deadline
    letter = seal_letter(
        case,
        DocumentKind.D04,
        department=case.handling_department,
        actor=actor,
        at=at,
        items=items,
        deadline_on=deadline,
        deadline_days=rule_int("correction_deadline_days", today),
        sequence=notice.sequence,
    )
    events.record_correction(
        writer,
        notice_sequence=notice.sequence,
        material_ids=sorted(listed),
        deadline_on=deadline,
        letter_id=letter.pk,
        overridden=not judgement.allows(chosen.outcome),
    )
    return [letter]


def _filled(text: str, sentence: str) -> str:
    cleaned = clean_text(text, max_length=300)
    if not cleaned:
        raise InvalidInput(sentence, fields={"corrections": sentence})
    return cleaned
