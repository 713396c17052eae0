"""收件与受理: the five outcomes of Article 32, re-submission, deemed acceptance and the applicant's withdrawal."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.crypto import new_query_code, new_token, query_code_hmac, token_digest
from laiyang_approval.kernel.errors import DomainError, InvalidInput, StaleState
from laiyang_approval.kernel.id_codes import IdKind, check_id
from laiyang_approval.kernel.models import Department, StoredFile, User
from laiyang_approval.kernel.names import clean_person_name, clean_phone, clean_text
from laiyang_approval.kernel.numbering import allot_number
from laiyang_approval.kernel.rules import rule_int
from matters import queries as catalogue
from matters.models import ClockStart, Edition, Matter

from .. import events, permissions, queries
from ..documents import DocumentKind
from ..domain.case_numbers import case_number
from ..domain.clock import Limit, Unit, run_clock
from ..domain.intake import Judgement, MaterialStanding, Outcome, judge
from ..domain.states import Event
from ..events import EventWriter
from ..models import (
    Case,
    CaseFile,
    CaseMaterial,
    CorrectionItem,
    CorrectionNotice,
    IntakeDraft,
    Letter,
    Opinion,
    Party,
    Reminder,
)
from .acting import begin_act, finish_act, take_event
from .clocking import start_decision_clock, start_intake_clock, stop_clock
from .letters import seal_letter
from .parties import PartyData, register_party


@dataclass(frozen=True)
class MaterialInput:
    """材料登记: how one material of the edition's list came in; ``files`` have passed the upload gate."""

    material_id: int
    status: str
    originals: int = 0
    copies: int = 0
    note: str = ""
    files: tuple[StoredFile, ...] = ()


@dataclass(frozen=True)
class Application:
    """一份申请: what the counter, or another channel, hands over."""

    matter: Matter
    party: PartyData
    materials: Sequence[MaterialInput]
    channel: str = Case.Channel.WINDOW.value
    agent_name: str = ""
    agent_id_kind: str = ""
    agent_id_number: str = ""
    contact_phone: str = ""
    premises: str = ""
    request: str = ""
    electronic_service: bool = False
    licence_required: bool = True


@dataclass(frozen=True)
class CorrectionInput:
    """补正事项: what is wrong with one material and how to put it right; ``material_id`` is the edition's material."""

    material_id: int
    reason: str
    remedy: str
    basis: str = ""


@dataclass(frozen=True)
class OutcomeInput:
    """处理结果: the outcome the clerk chose, and what its document needs."""

    outcome: Outcome
    override_reason: str = ""
    reason: str = ""
    corrections: Sequence[CorrectionInput] = ()


@dataclass(frozen=True)
class TakenIn:
    """收件结果: the case, its letters, and the query code, which is shown once and kept only as an HMAC."""

    case: Case
    query_code: str
    judgement: Judgement
    letters: list[Letter] = field(default_factory=list)


@transaction.atomic
def take_in(application: Application, *, chosen: OutcomeInput, actor: User, at: datetime) -> TakenIn:
    """Afterwards the application is received, with receipt D01, and the chosen outcome of Article 32 has taken effect.

    Raises InvalidInput for what was typed, NotPermitted when ``actor`` may not take in for the body, DomainError when the
    outcome is not lawful (incomplete materials, no power that day, an overriding choice without a reason).
    """
    today = local_date(at)
    edition, handling, deciding, judgement = judge_application(application, actor=actor, on=today)
    permissions.require_intake(actor, handling)
    _require_reason_to_differ(chosen, judgement)
    party = register_party(application.party, at=at)
    case, writer, code, receipt = _receive(
        application, edition=edition, party=party, handling=handling, deciding=deciding, actor=actor, at=at
    )
    letters = [receipt]
    _keep_override(case, chosen, judgement, actor=actor, at=at)
    match chosen.outcome:
        case Outcome.ACCEPT:
            letters.append(_accept(case, writer, chosen, judgement, actor=actor, at=at))
        case Outcome.CORRECT:
            letters.append(_give_correction(case, writer, chosen, judgement, actor=actor, at=at))
        case Outcome.NOT_ACCEPT:
            letters.append(_not_accept(case, writer, chosen, judgement, actor=actor, at=at))
        case Outcome.NOT_REQUIRED:
            letters.append(_not_required(case, writer, chosen, judgement, actor=actor, at=at))
        case Outcome.KEEP:
            pass
    finish_act(case, writer)
    IntakeDraft.objects.filter(clerk=actor).delete()
    return TakenIn(case, code, judgement, letters)


@transaction.atomic
def decide_intake(
    number: str, *, chosen: OutcomeInput, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the received case has the chosen outcome of Article 32 and its letter. Raises as ``take_in`` does."""
    action = {
        Outcome.ACCEPT: "accept",
        Outcome.CORRECT: "give_correction",
        Outcome.NOT_ACCEPT: "not_accept",
        Outcome.NOT_REQUIRED: "not_required",
    }.get(chosen.outcome)
    if action is None:
        raise InvalidInput("请选择处理结果。", fields={"outcome": "请选择处理结果。"})
    case, writer = begin_act(number, action=action, actor=actor, at=at, expected_version=expected_version)
    judgement = judge_case(case, on=local_date(at), licence_required=chosen.outcome is not Outcome.NOT_REQUIRED)
    if chosen.outcome is not Outcome.NOT_REQUIRED:
        _require_reason_to_differ(chosen, judgement)
    _keep_override(case, chosen, judgement, actor=actor, at=at)
    run = {
        Outcome.ACCEPT: _accept,
        Outcome.CORRECT: _give_correction,
        Outcome.NOT_ACCEPT: _not_accept,
        Outcome.NOT_REQUIRED: _not_required,
    }[chosen.outcome]
    run(case, writer, chosen, judgement, actor=actor, at=at)
    finish_act(case, writer)
    return case


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
        _store_material(item.material, given, at=at)
        if item.material.status in {CaseMaterial.Status.COMPLETE, CaseMaterial.Status.NOT_NEEDED}:
            item.met_at = at
            item.save(update_fields=["met_at"])
        _attach_files(case, item.material, given.files, writer, actor=actor, at=at)
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
        _store_material(row, given, at=at)
        _attach_files(case, row, given.files, writer, actor=actor, at=at)
    events.record_materials(writer, material_ids=[given.material_id for given in materials])
    finish_act(case, writer)
    return case


@transaction.atomic
def withdraw_case(number: str, *, reason: str, actor: User, at: datetime, expected_version: int | None = None) -> Case:
    """Afterwards the application is withdrawn at the applicant's written request and D17 confirms it (row 19)."""
    if not reason.strip():
        raise InvalidInput("请填写申请人撤回申请的书面理由。", fields={"reason": "请填写撤回理由。"})
    case, writer = begin_act(number, action="withdraw", actor=actor, at=at, expected_version=expected_version)
    take_event(case, Event.WITHDRAW)
    case.ended_at = at
    stop_clock(case)
    letter = seal_letter(
        case,
        DocumentKind.D17,
        department=case.handling_department,
        actor=actor,
        at=at,
        reason=clean_text(reason, max_length=300),
    )
    events.record_withdrawal(writer, letter_id=letter.pk)
    finish_act(case, writer)
    return case


@transaction.atomic
def deem_accepted(number: str, *, at: datetime) -> Case:
    """Afterwards a case nobody answered within five working days counts as accepted on the day its materials came in.

    Article 32(4): D06 is dated at receipt, the decision clock is back-dated and a red reminder stands. Raises StaleState
    when the term is not over or somebody acted first.
    """
    case, writer = begin_act(number, action="deem_accepted", actor=None, at=at)
    today = local_date(at)
    if case.intake_due_on is None or today <= case.intake_due_on:
        raise StaleState("一次性告知的期限尚未届满，不能视为受理。")
    take_event(case, Event.DEEM_ACCEPTED)
    case.deemed_accepted = True
    _start_handling(case, accepted_on=case.materials_on, accepted_by=None, at=at)
    letter = _acceptance_letter(case, actor=None, at=at, sealed_on=case.materials_on)
    _record_acceptance(case, writer, letter_id=letter.pk, overridden=False)
    Reminder.objects.get_or_create(
        case=case, kind=Reminder.Kind.DEEMED_ACCEPTED, reached_on=today, defaults={"created_at": at}
    )
    finish_act(case, writer)
    return case


def judge_application(
    application: Application, *, actor: User, on: date
) -> tuple[Edition, Department, Department, Judgement]:
    """The edition to pin, the body that handles, the body that decides, and the system's judgement of the outcome.

    Raises DomainError when the catalogue is not complete enough to take anything in that day, InvalidInput when a
    material is not on the edition's list.
    """
    handling, deciding, status = _competence(application.matter, actor=actor, on=on)
    if status.outcome == "blocked" or status.edition is None:
        raise DomainError(status.reason, article=status.article)
    edition = catalogue.edition_with_materials(status.edition.pk)
    given = {material.material_id: material.status for material in application.materials}
    rows = list(edition.materials.all())
    if set(given) - {row.pk for row in rows}:
        raise InvalidInput("材料清单已更新，请重新选择事项后再登记。")
    judgement = judge(
        licence_required=application.licence_required and status.outcome != "not_required",
        not_required_reason=status.reason if status.outcome == "not_required" else "",
        in_power=status.is_open,
        power_reason=status.reason,
        competent_name=status.competent_name,
        standings=[
            MaterialStanding(row.pk, row.name, given.get(row.pk, CaseMaterial.Status.MISSING.value)) for row in rows
        ],
    )
    return edition, handling, deciding, judgement


def judge_case(case: Case, *, on: date, licence_required: bool = True) -> Judgement:
    """The system's judgement of a received case as its materials stand on ``on``."""
    status = catalogue.intake_status(case.matter, on, case.handling_department)
    return judge(
        licence_required=licence_required and status.outcome != "not_required",
        not_required_reason=status.reason if status.outcome == "not_required" else "",
        in_power=status.is_open,
        power_reason=status.reason,
        competent_name=status.competent_name,
        standings=queries.standings(queries.material_rows(case)),
    )


def _competence(matter: Matter, *, actor: User, on: date) -> tuple[Department, Department, catalogue.IntakeStatus]:
    """Who takes the application in: the competent body if ``actor`` serves it at the window, else the actor's own."""
    known = catalogue.competence_on(matter, on)
    accept = known.accept
    serves = permissions.departments_for(actor, "intake_for_department")
    receiving = accept.department if accept and accept.department_id in serves else actor.department
    if receiving is None:
        raise DomainError("您的账号没有登记所在单位，不能收件；请安全管理员补登。")
    decide = known.decide
    deciding = decide.department if decide and accept and receiving == accept.department else receiving
    return receiving, deciding, catalogue.intake_status(matter, on, receiving)


def _require_reason_to_differ(chosen: OutcomeInput, judgement: Judgement) -> None:
    """The clerk may differ from the system's judgement, but says why, and never accepts what cannot be accepted."""
    if chosen.outcome in {judgement.outcome, Outcome.KEEP}:
        return
    if chosen.outcome is Outcome.ACCEPT:
        raise DomainError(f"不能受理：{judgement.sentence}", article=judgement.article)
    if not chosen.override_reason.strip():
        raise InvalidInput(
            f"系统判断为“{judgement.outcome.label}”，您选择了“{chosen.outcome.label}”，请填写理由。",
            fields={"override_reason": "请填写与系统判断不同的理由。"},
        )


def _keep_override(case: Case, chosen: OutcomeInput, judgement: Judgement, *, actor: User, at: datetime) -> None:
    """Why the clerk differed from the system's judgement stays with the case, for whoever reviews it."""
    reason = clean_text(chosen.override_reason, max_length=4000, multiline=True)
    if reason and chosen.outcome not in {judgement.outcome, Outcome.KEEP}:
        Opinion.objects.create(case=case, kind=Opinion.Kind.OVERRIDE, text=reason, author=actor, at=at)


def _receive(
    application: Application,
    *,
    edition: Edition,
    party: Party,
    handling: Department,
    deciding: Department,
    actor: User,
    at: datetime,
) -> tuple[Case, EventWriter, str, Letter]:
    today = local_date(at)
    code, token = new_query_code(), new_token()
    serial = allot_number("办件", period=f"{today:%Y%m%d}")
    case = Case(
        number=case_number(today, serial),
        matter=application.matter,
        edition=edition,
        party=party,
        channel=application.channel,
        handling_department=handling,
        deciding_department=deciding,
        **_agent(application, today=today),
        premises=clean_text(application.premises, max_length=200),
        request=clean_text(application.request, max_length=2000, multiline=True),
        electronic_service=application.electronic_service,
        received_at=at,
        received_by=actor,
        materials_on=today,
        query_code_hmac=query_code_hmac(code),
        query_token_hash=token_digest(token),
    )
    take_event(case, Event.SUBMIT)
    start_intake_clock(case, from_on=today, calendar=current_calendar(), today=today)
    case.save(force_insert=True)
    writer = EventWriter(case=case, at=at, recorded_at=clock.now(), actor=actor)
    events.record_receipt(writer, channel=case.channel, edition_id=edition.pk, intake_due_on=case.intake_due_on)
    rows = _create_materials(case, edition, application.materials, writer, actor=actor, at=at)
    letter = seal_letter(
        case,
        DocumentKind.D01,
        department=handling,
        actor=actor,
        at=at,
        materials=rows,
        is_correction=False,
        query_code=code,
        query_token=token,
        intake_due_on=case.intake_due_on,
    )
    return case, writer, code, letter


def _agent(application: Application, *, today: date) -> dict[str, str]:
    """The cleaned particulars of whoever brings the application."""
    name, number, kind = application.agent_name.strip(), application.agent_id_number.strip(), application.agent_id_kind
    phone = application.contact_phone.strip()
    return {
        "agent_name": clean_person_name(name) if name else "",
        "agent_id_kind": kind if number else "",
        "agent_id_number": check_id(IdKind(kind), number, today=today) if number else "",
        "contact_phone": clean_phone(phone) if phone else "",
    }


def _create_materials(
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
            _attach_files(case, row, by_id[row.edition_material_id].files, writer, actor=actor, at=at)
    return rows


def _fill_material(row: CaseMaterial, given: MaterialInput, *, at: datetime) -> None:
    if given.status not in CaseMaterial.Status.values:
        raise InvalidInput("请为每项材料选择“齐、缺、不合格、本件不需要”之一。")
    if not (0 <= given.originals <= 999 and 0 <= given.copies <= 999):
        raise InvalidInput("材料份数须在0至999之间。")
    row.status = given.status
    row.originals, row.copies = given.originals, given.copies
    row.note = clean_text(given.note, max_length=300)
    if given.status in {CaseMaterial.Status.COMPLETE, CaseMaterial.Status.DEFECTIVE}:
        row.received_at = at


def _store_material(row: CaseMaterial, given: MaterialInput, *, at: datetime) -> None:
    _fill_material(row, given, at=at)
    row.save()


def _attach_files(
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


def _accept(
    case: Case, writer: EventWriter, chosen: OutcomeInput, judgement: Judgement, *, actor: User, at: datetime
) -> Letter:
    if judgement.outcome is not Outcome.ACCEPT:
        raise DomainError(f"不能受理：{judgement.sentence}", article=judgement.article)
    take_event(case, Event.ACCEPT)
    _start_handling(case, accepted_on=local_date(at), accepted_by=actor, at=at)
    letter = _acceptance_letter(case, actor=actor, at=at, sealed_on=None)
    _record_acceptance(case, writer, letter_id=letter.pk, overridden=False)
    return letter


def _start_handling(case: Case, *, accepted_on: date, accepted_by: User | None, at: datetime) -> None:
    """The decision clock starts where the edition says: acceptance, receipt, or the day all materials were in."""
    case.accepted_on, case.accepted_at, case.accepted_by = accepted_on, at, accepted_by
    case.acceptance_order = allot_number(f"受理次序-{case.handling_department.code}", period="all")
    start = {
        ClockStart.ACCEPTED: accepted_on,
        ClockStart.RECEIVED: local_date(case.received_at),
        ClockStart.COMPLETE_DOCS: case.materials_on,
    }[ClockStart(case.edition.clock_start)]
    start_decision_clock(case, from_on=start, calendar=current_calendar(), today=local_date(at))


def _acceptance_letter(case: Case, *, actor: User | None, at: datetime, sealed_on: date | None) -> Letter:
    return seal_letter(
        case,
        DocumentKind.D06,
        department=case.handling_department,
        actor=actor,
        at=at,
        sealed_on=sealed_on,
    )


def _record_acceptance(case: Case, writer: EventWriter, *, letter_id: int, overridden: bool) -> None:
    events.record_acceptance(
        writer,
        deemed=case.deemed_accepted,
        accepted_on=case.accepted_on,
        clock_from_on=case.clock_from_on,
        promised_due_on=case.promised_due_on,
        statutory_due_on=case.statutory_due_on,
        calendar_missing_year=case.calendar_missing_year,
        order=case.acceptance_order,
        letter_id=letter_id,
        overridden=overridden,
    )


def _give_correction(
    case: Case, writer: EventWriter, chosen: OutcomeInput, judgement: Judgement, *, actor: User, at: datetime
) -> Letter:
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
        overridden=chosen.outcome is not judgement.outcome,
    )
    return letter


def _filled(text: str, sentence: str) -> str:
    cleaned = clean_text(text, max_length=300)
    if not cleaned:
        raise InvalidInput(sentence, fields={"corrections": sentence})
    return cleaned


def _not_accept(
    case: Case, writer: EventWriter, chosen: OutcomeInput, judgement: Judgement, *, actor: User, at: datetime
) -> Letter:
    """Article 32(2): decided at once, the competent organ named; never without one."""
    today = local_date(at)
    status = catalogue.intake_status(case.matter, today, case.handling_department)
    if status.is_open:
        raise DomainError(
            "本事项属于本机关职权范围，不能以不属职权为由不予受理；材料不齐的请一次性告知补正。",
            article="行政许可法第三十二条第一款第二项",
        )
    take_event(case, Event.NOT_ACCEPT)
    case.ended_at = at
    stop_clock(case)
    letter = seal_letter(
        case,
        DocumentKind.D03,
        department=case.handling_department,
        actor=actor,
        at=at,
        reason=clean_text(chosen.reason, max_length=300) or judgement.sentence,
        competent_name=status.competent_name,
        remedy_route=queries.remedy_route_on(case.handling_department, today),
    )
    events.record_not_accepted(
        writer,
        letter_id=letter.pk,
        competent_department_id=status.competent.pk if status.competent else None,
        overridden=chosen.outcome is not judgement.outcome,
    )
    return letter


def _not_required(
    case: Case, writer: EventWriter, chosen: OutcomeInput, judgement: Judgement, *, actor: User, at: datetime
) -> Letter:
    reason = clean_text(chosen.reason, max_length=300)
    if not reason and judgement.outcome is Outcome.NOT_REQUIRED and judgement.explained:
        reason = judgement.sentence
    if not reason:
        raise InvalidInput("请写明为什么不需要取得行政许可。", fields={"reason": "请写明不需要许可的理由。"})
    take_event(case, Event.DECLARE_NOT_REQUIRED)
    case.ended_at = at
    stop_clock(case)
    letter = seal_letter(case, DocumentKind.D02, department=case.handling_department, actor=actor, at=at, reason=reason)
    events.record_not_required(writer, letter_id=letter.pk, overridden=chosen.outcome is not judgement.outcome)
    return letter
