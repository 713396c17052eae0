"""咨询投诉: asked or complained of by anybody, answered by the body within its term, by nobody who handled the case."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db import IntegrityError, transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.crypto import new_query_code, query_code_hmac, token_digest
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.names import clean_person_name, clean_phone, clean_text
from laiyang_approval.kernel.numbering import allot_number
from laiyang_approval.kernel.rules import rule_int
from laiyang_approval.kernel.state_table import next_state
from windows.models import Case

from .. import rating_permissions as permissions
from ..clocks import due_after
from ..domain.complaints import COMPLAINT_TABLE, SECOND_SEAL_BASIS, TERM_RULES, ComplaintEvent, ComplaintKind, Finding
from ..models import Complaint, ComplaintStep

#: Who answers what is about no case: 莱阳市行政审批服务局.
BUREAU = "SP"


@dataclass(frozen=True)
class Words:
    """咨询投诉的内容, as typed; ``about``: the code of the body complained of."""

    kind: str
    text: str
    about: str = ""
    name: str = ""
    phone: str = ""


class TooMany(DomainError):
    """提交过于频繁"""

    status = 429


def lodge_complaint(
    words: Words, *, token: str, case_id: int | None, address: str, at: datetime
) -> tuple[Complaint, str]:
    """Afterwards the complaint is with the body that answers it, once per form; returns it and its query code, shown once.

    A second post of the same form gets the first one's complaint and no code. ``case_id``: only where the code was shown.
    Raises InvalidInput, TooMany.
    """
    first = Complaint.objects.filter(token=token).first()
    if first is not None:
        return first, ""
    kind, cleaned, about = _cleaned(words)
    _count(address, at)
    try:
        with transaction.atomic():
            return _lodged(kind, cleaned, about, token=token, case_id=case_id, at=at)
    except IntegrityError:
        first = Complaint.objects.filter(token=token).first()  # the same form, posted twice at once
        if first is None:
            raise
        return first, ""


def _lodged(
    kind: ComplaintKind, words: Words, about: Department | None, *, token: str, case_id: int | None, at: datetime
) -> tuple[Complaint, str]:
    today, code = local_date(at), new_query_code()
    case = Case.objects.select_related("handling_department").get(pk=case_id) if case_id is not None else None
    # A second seal is the bureau's to stop, whoever handles the case.
    own = case is not None and kind is not ComplaintKind.SECOND_SEAL
    complaint = Complaint.objects.create(
        number=f"ZX{today:%Y}{allot_number('咨询投诉', period=f'{today:%Y}'):06d}",
        token=token,
        query_code_hmac=query_code_hmac(code),
        kind=kind.value,
        case=case,
        about=about,
        text=words.text,
        name=words.name,
        phone=words.phone,
        made_at=at,
        department=case.handling_department if own else Department.objects.get(code=BUREAU),
        answer_by_on=due_after(TERM_RULES[kind], today),
    )
    _step(complaint, "lodged", actor=None, at=at)
    return complaint, code


@transaction.atomic
def pass_on_complaint(number: str, *, to: str, reason: str, actor: User, at: datetime) -> Complaint:
    """Afterwards another body (by code) has to answer, within the same term."""
    complaint = _begin(number, actor)
    _move(complaint, ComplaintEvent.PASS_ON)
    text = clean_text(reason, max_length=1000, multiline=True)
    if not text:
        raise InvalidInput("请写明转办理由。", fields={"reason": "请写明为什么由该单位答复。"})
    body = standing_bodies(local_date(at)).filter(code=to).exclude(pk=complaint.department_id).first()
    if body is None:
        raise InvalidInput("请选择承办单位。", fields={"to": "请从列表中选择另一个单位。"})
    complaint.department = body
    complaint.save(update_fields=["department"])
    _step(complaint, "pass_on", actor=actor, at=at, note=f"{body.short_name}：{text}"[:1000])
    return complaint


@transaction.atomic
def answer_complaint(number: str, *, finding: str, answer: str, actor: User, at: datetime) -> Complaint:
    """Afterwards it is answered; a complaint with what was found. The answer is read with number and query code."""
    complaint = _begin(number, actor)
    _move(complaint, ComplaintEvent.ANSWER)
    text = clean_text(answer, max_length=2000, multiline=True)
    if not text:
        raise InvalidInput("请写明答复。", fields={"answer": "请写明答复内容。"})
    is_question = complaint.kind == ComplaintKind.QUESTION.value
    if not is_question and finding not in {one.value for one in Finding}:
        raise InvalidInput("请选择查证结果。", fields={"finding": "请选择是否属实。"})
    complaint.finding = "" if is_question else finding
    complaint.answer, complaint.answered_at, complaint.answered_by = text, at, actor
    complaint.save()
    _step(complaint, "answer", actor=actor, at=at)
    return complaint


def standing_bodies(today):
    """The bodies a complaint may be about or passed on to: those that exist today."""
    return Department.objects.filter(valid_from__lte=today).exclude(valid_to__lt=today).order_by("code")


def _begin(number: str, actor: User) -> Complaint:
    complaint = (
        Complaint.objects.select_for_update(of=("self",))
        .select_related("department", "case")
        .filter(number=number)
        .first()
    )
    if complaint is None:
        raise NotFound(permissions.NO_SUCH_COMPLAINT)
    permissions.require_answering(actor, complaint)
    return complaint


def _move(complaint: Complaint, event: ComplaintEvent) -> None:
    complaint.state = next_state(COMPLAINT_TABLE, complaint.current_state, event).value


def _step(complaint: Complaint, kind: str, *, actor: User | None, at: datetime, note: str = "") -> None:
    ComplaintStep.objects.create(complaint=complaint, kind=kind, at=at, actor=actor, note=note)


def _cleaned(words: Words) -> tuple[ComplaintKind, Words, Department | None]:
    try:
        kind = ComplaintKind(words.kind)
    except ValueError:
        raise InvalidInput("请选择种类。", fields={"kind": "请选择咨询、投诉或者重复盖章。"}) from None
    text = clean_text(words.text, max_length=2000, multiline=True)
    if not text:
        raise InvalidInput("请写明要说的事。", fields={"text": "请写明时间、经过和您的要求。"})
    about = Department.objects.filter(code=words.about).first() if words.about else None
    if kind is ComplaintKind.SECOND_SEAL and about is None:
        raise InvalidInput(
            "请选择要求您再盖章的部门。",
            fields={"about": "请选择要求您再盖章的部门。"},
            article=SECOND_SEAL_BASIS,
        )
    name = clean_person_name(words.name) if words.name.strip() else ""
    phone = clean_phone(words.phone) if words.phone.strip() else ""
    return kind, Words(kind.value, text, words.about, name, phone), about


def _count(address: str, at: datetime) -> None:
    """A form open to everybody: so many an hour from one address."""
    key = f"complaints:{token_digest(address)[:24]}:{int(at.timestamp() // 3600)}"
    if cache.get(key, 0) >= rule_int("complaints_per_address", local_date(at)):
        raise TooMany("提交过于频繁，请一小时后再试；也可以拨打监督投诉电话。")
    if not cache.add(key, 1, timeout=3600):
        try:
            cache.incr(key)
        except ValueError:  # the key ended between the two calls
            cache.add(key, 1, timeout=3600)
