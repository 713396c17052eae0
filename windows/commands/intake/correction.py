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
from ...domain.states import Event
from ...models import Case, CaseFile, CaseMaterial, CorrectionItem, CorrectionNotice, Letter
from ..acting import begin_act, finish_act, take_event
from ..clocking import start_intake_clock, stop_clock
from ..letters import seal_letter
from .inputs import Answer, MaterialInput
from .materials import fill_material, new_files, store_materials


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
    _require_all_of(items, materials)
    for given in materials:
        item = items[given.material_id]
        fill_material(item.material, given, at=at)
        if item.material.status in {CaseMaterial.Status.COMPLETE, CaseMaterial.Status.NOT_NEEDED}:
            item.met_at = at
    store_materials([items[given.material_id].material for given in materials])
    CorrectionItem.objects.bulk_update(items.values(), ["met_at"])
    rows = {material_id: item.material for material_id, item in items.items()}
    CaseFile.objects.bulk_create(new_files(rows, materials, writer))
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


class ToldOnceOnly(DomainError):
    """一次告知: a second notice would ask for something new. The try itself goes on record (行政许可法第七十二条第四项)."""

    def __init__(self, message: str, *, material_ids: list[int]):
        super().__init__(message, article="行政许可法第三十二条第一款第四项")
        self.material_ids = material_ids


def _require_all_of(items: dict[int, CorrectionItem], materials: Sequence[MaterialInput]) -> None:
    if any(given.material_id not in items for given in materials):
        raise DomainError(
            "收到的材料不在补正告知所列范围内；补正只接收告知书所列材料。", article="行政许可法第三十二条第一款第四项"
        )
    here = {given.material_id for given in materials if given.status != CaseMaterial.Status.MISSING}
    absent = [item.material.edition_material.name for material_id, item in items.items() if material_id not in here]
    if absent:
        raise DomainError(
            f"补正告知所列材料尚未全部收到（缺：{'、'.join(absent)}）；请收齐后一并登记。",
            article="行政许可法第三十二条第一款第五项",
        )


def give_correction(act: Answer) -> list[Letter]:
    """Told once: the first notice lists everything; a later one may only repeat what of the first is still unmet."""
    case, chosen, today = act.case, act.chosen, act.today
    rows = {row.edition_material_id: row for row in act.materials}
    earlier = list(case.correction_notices.order_by("sequence")) if case.pk else []
    listed = _listed_once(act, rows, earlier[0] if earlier else None)
    take_event(case, Event.GIVE_CORRECTION)
    days = rule_int("correction_deadline_days", today)
    deadline = run_clock(today, Limit(days, Unit.WORKDAY), current_calendar()).due
    notice = CorrectionNotice(
        case=case, sequence=len(earlier) + 1, given_at=act.at, given_by=act.actor, deadline_on=deadline
    )
    items = [
        CorrectionItem(
            notice=notice,
            material=rows[given.material_id],
            reason=_filled(given.reason, "请写明每项材料存在的问题。"),
            remedy=_filled(given.remedy, "请写明每项材料如何补正。"),
            basis=clean_text(given.basis, max_length=200),
        )
        for given in chosen.corrections
    ]
    act.rows += [notice, *items]
    _send_back([rows[material_id] for material_id in listed])
    stop_clock(case)
    case.correction_deadline_on = deadline
    letter = act.letter(
        DocumentKind.D04, items=items, deadline_on=deadline, deadline_days=days, sequence=notice.sequence
    )
    notice.letter = letter
    events.record_correction(
        act.writer,
        notice_sequence=notice.sequence,
        material_ids=sorted(listed),
        deadline_on=deadline,
        letter=letter.number,
        overridden=act.is_overridden,
    )
    return [letter]


def _listed_once(act: Answer, rows: dict[int, CaseMaterial], first: CorrectionNotice | None) -> set[int]:
    """The materials the clerk lists; raises when the notice would say too little, or anything new after the first one."""
    if not act.chosen.corrections:
        raise InvalidInput("请列出全部需要补正的材料。", fields={"corrections": "至少列出一项需要补正的材料。"})
    listed = {given.material_id for given in act.chosen.corrections}
    if listed - set(rows):
        raise InvalidInput("补正内容须对应材料清单中的材料。")
    if first is not None:
        told = {item.material.edition_material_id for item in first.items.select_related("material")}
        if new := sorted(listed - told):
            names = "、".join(rows[material_id].edition_material.name for material_id in new)
            raise ToldOnceOnly(
                f"补正内容须一次告知：{names}不在第一次告知书中，不能再要求补正；所列材料到齐即应受理，"
                f"受理日期为{act.case.materials_on.isoformat()}。本次操作已记入提醒。",
                material_ids=new,
            )
    untold = [row.name for row in act.judgement.unmet if row.material_id not in listed]
    if untold:
        raise DomainError(
            f"补正内容须一次告知：{'、'.join(untold)}登记为不齐或不合格，也要列入告知书。",
            article="行政许可法第三十二条第一款第四项",
        )
    return listed


def _send_back(rows: Sequence[CaseMaterial]) -> None:
    """A paper the clerk ticked as complete and now sends back is not complete; rows not yet written change in memory."""
    complete = [row for row in rows if row.status == CaseMaterial.Status.COMPLETE]
    for row in complete:
        row.status = CaseMaterial.Status.DEFECTIVE
    CaseMaterial.objects.filter(pk__in=[row.pk for row in complete if row.pk]).update(
        status=CaseMaterial.Status.DEFECTIVE
    )


def _filled(text: str, sentence: str) -> str:
    cleaned = clean_text(text, max_length=300)
    if not cleaned:
        raise InvalidInput(sentence, fields={"corrections": sentence})
    return cleaned
