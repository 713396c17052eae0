"""更正收件登记: what was taken down wrongly is put right before a decision, with a corrected receipt; the first one is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.id_codes import IdKind, check_id
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_person_name, clean_phone, clean_text

from .. import queries
from ..documents import DocumentKind
from ..domain.states import State
from ..events import people as events
from ..models import Case, CaseMaterial, IntakeCorrection, Letter
from .acting import begin_act, finish_act
from .intake.materials import store_materials
from .letters import seal_letter
from .licences.applying import find_licence, subject_of
from .parties import PartyData, register_party

#: Who applies, and for which of the matter's 办理项, is settled once the case is accepted.
_UNSETTLED = frozenset({State.RECEIVED, State.CORRECTION_PENDING})
#: What came in, as opposed to what did not: only of that can the count be wrong.
RECEIVED_MATERIAL = frozenset({CaseMaterial.Status.COMPLETE, CaseMaterial.Status.DEFECTIVE})


@dataclass(frozen=True)
class MaterialEntry:
    """材料登记: how many originals and copies of a material came in, and the note beside it."""

    originals: int
    copies: int
    note: str = ""


@dataclass(frozen=True)
class IntakeEntries:
    """收件登记的内容, as it should have been taken down. Blank numbers, phones and address stay as they are.

    ``materials`` by the edition's material; one that is not named stays as it is.
    """

    kind: str
    name: str
    legal_representative: str = ""
    address: str = ""
    id_kind: str = ""
    id_number: str = ""
    phone: str = ""
    agent_name: str = ""
    agent_id_kind: str = ""
    agent_id_number: str = ""
    contact_phone: str = ""
    premises: str = ""
    request: str = ""
    electronic_service: bool = False
    purpose: str = Case.Purpose.NEW.value
    licence_number: str = ""
    materials: Mapping[int, MaterialEntry] = field(default_factory=dict)


#: What may be corrected and what it is called on the receipt, in this order.
LABELS = {
    "kind": "申请人类别",
    "name": "申请人姓名或名称",
    "id_kind": "申请人证件类型",
    "id_number": "申请人证件号码",
    "legal_representative": "法定代表人（负责人）",
    "address": "申请人住所",
    "phone": "申请人电话",
    "agent_name": "经办人",
    "agent_id_kind": "经办人证件类型",
    "agent_id_number": "经办人证件号码",
    "contact_phone": "经办人电话",
    "premises": "经营场所（项目地址）",
    "request": "申请内容",
    "electronic_service": "是否同意电子送达",
    "purpose": "办理项",
    "licence": "所涉证照",
}
_OF_THE_PARTY = ("kind", "name", "id_kind", "id_number", "legal_representative", "address", "phone")


@transaction.atomic
def correct_intake(
    number: str,
    *,
    entries: IntakeEntries,
    reason: str,
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> IntakeCorrection:
    """Afterwards the case says what should have been taken down, and a corrected, numbered receipt (D01) names the first one.

    No clock and no state changes. Raises InvalidInput for what cannot be taken down and where nothing differs; DomainError when
    somebody else would apply, or for something else, after the case was accepted.
    """
    stated = clean_text(reason, max_length=300)
    if not stated:
        raise InvalidInput("请填写更正的理由。", fields={"reason": "请写明登记错在哪里、怎样发现。"})
    case, writer = begin_act(number, action="correct_intake", actor=actor, at=at, expected_version=expected_version)
    on = local_date(at)
    before = _taken_down(case)
    identity_changed = _correct_party(case, entries, at=at)
    _correct_case(case, entries, on=on)
    _correct_subject(case, entries, identity_changed=identity_changed)
    materials = queries.material_rows(case)
    changes = _differences(before, _taken_down(case)) + _correct_materials(materials, entries.materials)
    if not changes:
        raise InvalidInput("没有改动任何内容；请改正后再提交。")
    if identity_changed and case.current_state not in _UNSETTLED:
        raise DomainError(
            "受理后不能更换申请人：受理通知书已对原申请人作出。申请人确有错误的，请登记撤回后由正确的申请人重新申请。",
            article="行政许可法第三十二条",
        )
    original = Letter.objects.filter(case=case, kind=DocumentKind.D01.value).order_by("pk").first()
    receipt = seal_letter(
        case,
        DocumentKind.D01,
        department=case.handling_department,
        actor=actor,
        at=at,
        materials=materials,
        is_correction=False,
        intake_due_on=case.intake_due_on,
        corrects=original,
        corrected_entries=[change["label"] for change in changes],
        correction_reason=stated,
    )
    made = IntakeCorrection.objects.create(
        case=case,
        original=original,
        receipt=receipt,
        changes=changes,
        identity_changed=identity_changed,
        reason=stated,
        corrected_by=actor,
        corrected_at=at,
    )
    events.record_intake_correction(
        writer,
        letter=receipt.number,
        original=original.number,
        fields=[change["field"] for change in changes],
        identity_changed=identity_changed,
    )
    finish_act(case, writer)
    return made


def _taken_down(case: Case) -> dict[str, str]:
    """What stands on record now, in words."""
    found = {name: str(getattr(case.party, name)) for name in _OF_THE_PARTY}
    found["kind"] = case.party.get_kind_display()
    found["id_kind"] = IdKind(case.party.id_kind).label
    for name in ("agent_name", "agent_id_number", "contact_phone", "premises", "request"):
        found[name] = getattr(case, name)
    found["agent_id_kind"] = IdKind(case.agent_id_kind).label if case.agent_id_kind else ""
    found["electronic_service"] = "同意" if case.electronic_service else "不同意"
    found["purpose"] = case.get_purpose_display()
    found["licence"] = case.subject_licence.number if case.subject_licence else ""
    return found


def _differences(before: dict[str, str], after: dict[str, str]) -> list[dict[str, str]]:
    return [
        {"field": name, "label": label, "old": before[name], "new": after[name]}
        for name, label in LABELS.items()
        if before[name] != after[name]
    ]


def _correct_party(case: Case, entries: IntakeEntries, *, at: datetime) -> bool:
    """Afterwards the applicant is as it should be; True when that is somebody else than was taken down."""
    old = case.party
    case.party = register_party(
        PartyData(
            kind=entries.kind,
            name=entries.name,
            id_kind=entries.id_kind or old.id_kind,
            id_number=entries.id_number or old.id_number,
            phone=entries.phone,
            address=entries.address,
            legal_representative=entries.legal_representative,
        ),
        at=at,
    )
    return case.party.pk != old.pk


def _correct_case(case: Case, entries: IntakeEntries, *, on: date) -> None:
    name, phone = entries.agent_name.strip(), entries.contact_phone.strip()
    case.agent_name = clean_person_name(name) if name else ""
    if entries.agent_id_number.strip():
        kind = entries.agent_id_kind or case.agent_id_kind or IdKind.RESIDENT_ID.value
        case.agent_id_number = check_id(IdKind(kind), entries.agent_id_number.strip(), today=on)
        case.agent_id_kind = kind
    if phone:
        case.contact_phone = clean_phone(phone)
    case.premises = clean_text(entries.premises, max_length=200)
    case.request = clean_text(entries.request, max_length=2000, multiline=True)
    case.electronic_service = entries.electronic_service


def _correct_subject(case: Case, entries: IntakeEntries, *, identity_changed: bool) -> None:
    """Afterwards the case names the 办理项 and the licence it is about; both are settled once the case is accepted."""
    number = entries.licence_number.strip()
    known = case.subject_licence.number if case.subject_licence else ""
    is_new = entries.purpose == Case.Purpose.NEW
    changed = entries.purpose != case.purpose or (not is_new and number and number != known)
    if changed and case.current_state not in _UNSETTLED:
        raise DomainError(
            "受理后不能更改办理项和所涉证照：受理的就是这一项申请。确有错误的，请登记撤回后重新收件。",
            article="行政许可法第三十二条",
        )
    if not changed and not (identity_changed and case.subject_licence):
        return
    received_on = local_date(case.received_at)
    licence = case.subject_licence
    if changed:
        licence = find_licence(entries.purpose, number or known, matter=case.matter, on=received_on)
    subject = subject_of(licence, entries.purpose, party=case.party, on=received_on)
    case.purpose, case.subject_licence = subject.purpose, subject.licence
    case.decide_before_on, case.renewal_in_time = subject.decide_before_on, subject.renewal_in_time


def _correct_materials(rows: Sequence[CaseMaterial], entries: Mapping[int, MaterialEntry]) -> list[dict[str, str]]:
    """Afterwards the counts and notes of what came in are as they should be; whether it came in is not a correction."""
    changed, changes = [], []
    for row in rows:
        given = entries.get(row.edition_material_id)
        if given is None or row.status not in RECEIVED_MATERIAL:
            continue
        if not (0 <= given.originals <= 999 and 0 <= given.copies <= 999):
            raise InvalidInput("材料份数须在0至999之间。")
        old = _in_words(row)
        row.originals, row.copies = given.originals, given.copies
        row.note = clean_text(given.note, max_length=300)
        if _in_words(row) != old:
            changed.append(row)
            label = f"材料“{row.edition_material.name}”"
            changes.append(
                {"field": f"material_{row.edition_material_id}", "label": label, "old": old, "new": _in_words(row)}
            )
    store_materials(changed)
    return changes


def _in_words(row: CaseMaterial) -> str:
    return f"原件{row.originals}份、复印件{row.copies}份" + (f"；{row.note}" if row.note else "")
