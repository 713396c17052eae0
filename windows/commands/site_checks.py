"""现场核查: two different people are sent, go, and write down what they found (行政许可法第三十四条第三款)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted
from laiyang_approval.kernel.models import StoredFile, User
from laiyang_approval.kernel.names import clean_person_name, clean_text

from ..documents import DocumentKind
from ..events import examination as events
from ..events import record_file
from ..examination import ART_34, asked_of, possible_inspectors
from ..models import Case, CaseFile, SiteCheck, SiteCheckPhoto
from ..permissions import NO_SUCH_CASE
from .acting import begin_act, finish_act
from .letters import seal_letter

BY_TWO = "现场核查须指派两名以上工作人员，同一人不能算两名；请另选一名核查人员。"


@dataclass(frozen=True)
class CheckPlan:
    """核查安排: who goes where and when, what for, and their certificate numbers."""

    first_inspector_id: int | None
    first_certificate: str
    second_inspector_id: int | None
    second_certificate: str
    planned_at: datetime
    place: str
    subject: str


@transaction.atomic
def assign_site_check(
    number: str, *, plan: CheckPlan, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards two different people are sent to look; the clock runs on (Article 45 does not list site checks).

    Raises DomainError for one person or the same person twice, InvalidInput for who may not be sent.
    """
    place, subject = clean_text(plan.place, max_length=200), clean_text(plan.subject, max_length=500)
    certificates = [clean_text(text, max_length=40) for text in (plan.first_certificate, plan.second_certificate)]
    if not place or not subject:
        raise InvalidInput(
            "请填写核查地点和核查内容。",
            fields={name: "请填写。" for name, text in (("place", place), ("subject", subject)) if not text},
        )
    case, writer = begin_act(number, action="assign_site_check", actor=actor, at=at, expected_version=expected_version)
    first, second = _two_inspectors(case, plan)
    if not all(certificates):
        raise InvalidInput(
            "请填写两名核查人员的证件号；核查时应出示证件。",
            fields={
                name: "请填写证件号。"
                for name, text in zip(("first_certificate", "second_certificate"), certificates, strict=True)
                if not text
            },
        )
    if local_date(plan.planned_at) < local_date(at):
        raise InvalidInput("约定的核查时间已过，请改正。", fields={"planned_at": "约定时间不能早于今天。"})
    check = SiteCheck.objects.create(
        case=case,
        subject=subject,
        planned_at=plan.planned_at,
        place=place,
        first_inspector=first,
        first_certificate=certificates[0],
        second_inspector=second,
        second_certificate=certificates[1],
        assigned_by=actor,
        assigned_at=at,
    )
    case.asked = asked_of(case)
    events.record_site_check_assigned(writer, check_id=check.pk, inspectors=check.inspector_ids)
    finish_act(case, writer)
    return case


def _two_inspectors(case: Case, plan: CheckPlan) -> tuple[User, User]:
    if plan.first_inspector_id is None or plan.second_inspector_id is None:
        raise DomainError(BY_TWO, article=ART_34)
    if plan.first_inspector_id == plan.second_inspector_id:
        raise DomainError(BY_TWO, article=ART_34)
    able = {user.pk: user for user in possible_inspectors(case)}
    for name in ("first_inspector_id", "second_inspector_id"):
        if getattr(plan, name) not in able:
            raise InvalidInput(
                f"核查人员须是{case.handling_department.name}的现场核查人员或者部门工作人员；请重新选择。",
                fields={name: "请重新选择核查人员。"},
            )
    return able[plan.first_inspector_id], able[plan.second_inspector_id]


@dataclass(frozen=True)
class Finding:
    """核查结果: when it was, what was found, and how the party signed; refused or absent needs a witness."""

    checked_at: datetime
    findings: str
    conclusion: str
    party_signature: str
    party_name: str = ""
    witness: str = ""
    photos: Sequence[StoredFile] = ()


@transaction.atomic
def record_site_check(check_id: int, *, finding: Finding, actor: User, at: datetime) -> Case:
    """Afterwards the check stands as found, with its record D25 and its photos; only one of the two may write it down.

    Raises NotFound for a check of a case this person may not see, NotPermitted for a third person, InvalidInput for what
    is missing.
    """
    found = SiteCheck.objects.filter(pk=check_id).values_list("case__number", flat=True).first()
    if found is None:
        raise NotFound(NO_SUCH_CASE)
    case, writer = begin_act(found, action="record_site_check", actor=actor, at=at)
    check = SiteCheck.objects.select_related("first_inspector", "second_inspector").get(pk=check_id)
    if actor.pk not in check.inspector_ids:
        raise NotPermitted(
            f"不能由本人登记现场核查：须由指派的核查人员{check.first_inspector.display_name}、"
            f"{check.second_inspector.display_name}之一登记。"
        )
    if check.recorded_at is not None:
        raise DomainError("本次核查已经登记，记录不再改动；情况有变的，请另行指派核查。", article=ART_34)
    _write(check, finding, case, actor=actor, at=at)
    check.letter = seal_letter(
        case,
        DocumentKind.D25,
        department=case.handling_department,
        actor=actor,
        at=at,
        check=check,
        photos=len(finding.photos),
    )
    check.save()
    _keep_photos(case, writer, check, finding.photos, actor=actor, at=at)
    case.asked = asked_of(case)
    events.record_site_checked(
        writer,
        check_id=check.pk,
        conclusion=check.conclusion,
        letter_id=check.letter_id,
        photos=len(finding.photos),
    )
    finish_act(case, writer)
    return case


def _write(check: SiteCheck, finding: Finding, case: Case, *, actor: User, at: datetime) -> None:
    text = clean_text(finding.findings, max_length=4000, multiline=True)
    if not text:
        raise InvalidInput("请填写核查情况。", fields={"findings": "请写明现场看到的情况。"})
    if finding.conclusion not in SiteCheck.Conclusion.values:
        raise InvalidInput("请选择核查结论。", fields={"conclusion": "请选择核查结论。"})
    if finding.checked_at > at:
        raise InvalidInput("核查时间不能晚于现在。", fields={"checked_at": "核查时间不能晚于现在。"})
    if local_date(finding.checked_at) < local_date(check.assigned_at):
        raise InvalidInput("核查时间早于指派，请核对。", fields={"checked_at": "核查时间不能早于指派的日期。"})
    name, witness = finding.party_name.strip(), finding.witness.strip()
    if finding.party_signature not in SiteCheck.Signature.values:
        raise InvalidInput("请选择当事人签字情况。", fields={"party_signature": "请选择当事人签字情况。"})
    if finding.party_signature == SiteCheck.Signature.SIGNED and not name:
        raise InvalidInput("请填写签字的当事人姓名。", fields={"party_name": "请填写签字的当事人姓名。"})
    if finding.party_signature != SiteCheck.Signature.SIGNED and not witness:
        raise InvalidInput("当事人拒绝签字或者不在场的，须有见证人。", fields={"witness": "请填写见证人姓名。"})
    check.checked_at, check.findings, check.conclusion = finding.checked_at, text, finding.conclusion
    check.party_signature = finding.party_signature
    check.party_name = clean_person_name(name) if name else ""
    check.witness = clean_person_name(witness) if witness else ""
    check.recorded_by, check.recorded_at = actor, at


def _keep_photos(case: Case, writer, check: SiteCheck, photos: Sequence[StoredFile], *, actor: User, at: datetime):
    for stored in photos:
        file = CaseFile.objects.create(case=case, stored=stored, label="现场核查照片", added_by=actor, added_at=at)
        SiteCheckPhoto.objects.create(check_made=check, file=file)
        record_file(writer, stored_id=stored.pk, sha256=stored.sha256, material_id=None)
