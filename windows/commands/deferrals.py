"""容缺材料: promised papers come in, or their term passes and what was told in D07 follows."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import StoredFile, User

from .. import events, queries
from ..documents import DocumentKind
from ..domain.intake import OUTCOME_ARTICLES, Outcome
from ..domain.intake_modes import Consequence
from ..domain.states import Event
from ..events import EventWriter
from ..events import intake_modes as own_events
from ..intake_modes import open_deferral, open_items
from ..models import Case, CaseFile, CaseMaterial, Deferral, DeferredItem, Letter
from .acting import begin_act, finish_act, take_event
from .clocking import stop_clock
from .intake import MaterialInput
from .intake.materials import fill_material, store_materials
from .letters import seal_letter

ARTICLE = OUTCOME_ARTICLES[Outcome.DEFER]


@transaction.atomic
def supply_deferred(
    number: str,
    *,
    material_ids: Sequence[int],
    files: Sequence[StoredFile] = (),
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> Case:
    """Afterwards the promised materials named are in, with a receipt; the last one opens the way to opinion and decision.

    Late is still in, as long as nobody has acted on the lateness. Raises InvalidInput when nothing is named, DomainError for
    what was not promised.
    """
    case, writer = begin_act(number, action="supply_deferred", actor=actor, at=at, expected_version=expected_version)
    deferral = _require_open(case)
    waiting = {item.material.edition_material_id: item for item in open_items(deferral)}
    if not material_ids:
        raise InvalidInput("请选择本次收到的容缺材料。", fields={"material_ids": "请选择收到了哪些材料。"})
    if set(material_ids) - set(waiting):
        raise DomainError("收到的材料不在承诺书所列、尚未补齐的材料范围内；请按承诺书核对。", article=ARTICLE)
    given = [waiting[material_id] for material_id in dict.fromkeys(material_ids)]
    _supply(given, actor=actor, at=at)
    _attach(case, given, files, writer)
    letter = seal_letter(
        case,
        DocumentKind.D01,
        department=case.handling_department,
        actor=actor,
        at=at,
        materials=[item.material for item in given],
        still_open=[item.material.edition_material.name for item in open_items(deferral)],
        is_correction=True,
        is_deferred=True,
        received_by=actor.display_name,
        due_on=deferral.due_on,
    )
    is_late = deferral.due_on is not None and deferral.due_on < local_date(at)
    own_events.record_supply(writer, material_ids=sorted(set(material_ids)), letter=letter.number, is_late=is_late)
    if len(given) == len(waiting):
        deferral.settled_at = at
        deferral.save(update_fields=["settled_at"])
        own_events.record_deferral_settled(writer)
    finish_act(case, writer)
    return case


def _supply(given: Sequence[DeferredItem], *, actor: User, at: datetime) -> None:
    for item in given:
        row, listed = item.material, item.material.edition_material
        complete = MaterialInput(
            listed.pk, CaseMaterial.Status.COMPLETE.value, listed.original_count, listed.copy_count, row.note
        )
        fill_material(row, complete, at=at)
        item.supplied_at, item.supplied_to = at, actor
    store_materials([item.material for item in given])
    DeferredItem.objects.bulk_update(given, ["supplied_at", "supplied_to"])


def _attach(case: Case, given: Sequence[DeferredItem], files: Sequence[StoredFile], writer: EventWriter) -> None:
    """The scans go to the one material that came in; with several, to the case."""
    row = given[0].material if len(given) == 1 else None
    CaseFile.objects.bulk_create(
        CaseFile(
            case=case,
            material=row,
            stored=stored,
            label="" if row else "容缺材料",
            added_by=writer.actor,
            added_at=writer.at,
        )
        for stored in files
    )
    for stored in files:
        material_id = row.edition_material_id if row else None
        events.record_file(writer, stored_id=stored.pk, sha256=stored.sha256, material_id=material_id)


@transaction.atomic
def end_deferral(
    number: str, *, note: str = "", actor: User | None, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards what the applicant was told has followed: handling is ended (D17), or the application counts as withdrawn.

    Raises DomainError before the term is over, and where the applicant was told of a refusal: that is for the decider to make.
    """
    case, writer = begin_act(number, action="end_deferral", actor=actor, at=at, expected_version=expected_version)
    deferral = _require_open(case)
    if deferral.due_on is None or local_date(at) <= deferral.due_on:
        until = f"至{deferral.due_on.isoformat()}止，尚未届满" if deferral.due_on else "待公布"
        raise DomainError(f"容缺材料的补齐期限{until}，不能按逾期处理。", article=ARTICLE)
    if deferral.known_consequence is Consequence.REFUSE:
        raise DomainError(
            "承诺书写明逾期不补的不予许可；请提交审查意见，由决定人作出不予许可决定并说明理由。",
            article="行政许可法第三十八条第二款",
        )
    items = open_items(deferral)
    reason = _reason(deferral, items, note)
    case.ended_at = at
    stop_clock(case)
    deferral.ended_at = at
    deferral.save(update_fields=["ended_at"])
    own_events.record_deferral_end(
        writer,
        consequence=deferral.consequence,
        due_on=deferral.due_on,
        material_ids=[item.material.edition_material_id for item in items],
    )
    if deferral.known_consequence is Consequence.WITHDRAWN:
        take_event(case, Event.WITHDRAW)
        letter = _ending_letter(case, reason, actor=actor, at=at, is_promised_withdrawal=True)
        events.record_withdrawal(writer, letter=letter.number)
    else:
        take_event(case, Event.TERMINATE)
        letter = _ending_letter(
            case,
            reason,
            actor=actor,
            at=at,
            is_termination=True,
            remedy_route=queries.remedy_route_on(case.handling_department, local_date(at)),
        )
        own_events.record_termination(writer, letter=letter.number)
    finish_act(case, writer)
    return case


def _ending_letter(case: Case, reason: str, *, actor: User | None, at: datetime, **facts) -> Letter:
    return seal_letter(
        case, DocumentKind.D17, department=case.handling_department, actor=actor, at=at, reason=reason, **facts
    )


def _reason(deferral: Deferral, items: Sequence[DeferredItem], note: str) -> str:
    names = "、".join(item.material.edition_material.name for item in items)
    day = deferral.due_on
    reason = (
        f"申请人在{deferral.letter.number}中承诺于{day.year}年{day.month}月{day.day}日前补齐容缺材料，"
        f"期满仍未补齐：{names}。"
    )
    return f"{reason}{note.strip()}" if note.strip() else reason


def _require_open(case: Case) -> Deferral:
    deferral = open_deferral(case)
    if deferral is None:
        raise DomainError("本件没有尚待补齐的容缺材料。", article=ARTICLE)
    return deferral
