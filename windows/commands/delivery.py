"""颁发与送达: the certificate is made, the papers are served, and what proves it is kept (行政许可法第三十九条、第四十四条)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import StoredFile, User
from laiyang_approval.kernel.names import clean_person_name, clean_text

from .. import events, queries
from ..documents import DocumentKind, certificate_kind, has_certificate
from ..domain.states import Event, State
from ..models import Case, DocumentService, Licence
from .acting import begin_act, finish_act, take_event
from .clocking import stop_clock
from .letters import seal_letter


@dataclass(frozen=True)
class Service:
    """送达登记: how and to whom. Post needs its number, leaving needs a witness or evidence, direct service a signature."""

    method: str
    recipient: str = ""
    relation: str = ""
    place: str = ""
    tracking_number: str = ""
    witness: str = ""
    note: str = ""
    evidence: StoredFile | None = None


@transaction.atomic
def issue_certificate(number: str, *, actor: User, at: datetime, expected_version: int | None = None) -> Case:
    """Afterwards the certificate of a granted case is numbered, sealed and waits for the worker; the licence is valid."""
    case, writer = begin_act(number, action="issue", actor=actor, at=at, expected_version=expected_version)
    if not has_certificate(case.edition):
        raise DomainError("本事项没有证件，决定书即为办理结果；请直接登记送达。")
    take_event(case, Event.ISSUE)
    decision = case.decision
    kind = certificate_kind(case.edition)
    letter = seal_letter(case, kind, department=decision.department, actor=actor, at=at, decision=decision)
    licence = Licence.objects.create(
        case=case,
        number=letter.number,
        title=letter.title,
        matter=case.matter,
        holder=case.party,
        issued_by_department=decision.department,
        letter=letter,
        issued_on=local_date(at),
        valid_from=decision.valid_from,
        valid_to=decision.valid_to,
        content=decision.content,
        premises=case.premises,
    )
    case.issued_at = at
    events.record_issue(writer, licence_id=licence.pk, letter=letter.number)
    finish_act(case, writer)
    return case


@transaction.atomic
def deliver_case(
    number: str, *, service: Service, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the decision (and certificate) count as served, with D18 as the proof; the delivery clock has stopped.

    Raises InvalidInput when what proves this way of service is missing.
    """
    method = _proved(service)
    case, writer = begin_act(number, action="deliver", actor=actor, at=at, expected_version=expected_version)
    if case.current_state is State.GRANTED and has_certificate(case.edition):
        raise DomainError("本件准予后须先制发证件，再登记送达。", article="行政许可法第三十九条")
    if method is DocumentService.Method.ELECTRONIC and not case.electronic_service:
        raise DomainError("申请人没有同意电子送达，请改用其他方式送达。", article="民事诉讼法第九十条")
    take_event(case, Event.DELIVER)
    letters = list(queries.letters_of(case).filter(kind__in=_SERVED_KINDS))
    record = DocumentService.objects.create(
        case=case,
        letter=letters[-1],
        method=method,
        place=clean_text(service.place, max_length=200),
        served_at=at,
        recipient=clean_person_name(service.recipient) if service.recipient.strip() else "",
        relation=clean_text(service.relation, max_length=50),
        tracking_number=clean_text(service.tracking_number, max_length=40),
        witness=clean_person_name(service.witness) if service.witness.strip() else "",
        evidence=service.evidence,
        served_by=actor,
        note=clean_text(service.note, max_length=300),
    )
    case.delivered_at = case.ended_at = at
    stop_clock(case)
    seal_letter(
        case,
        DocumentKind.D18,
        department=case.deciding_department,
        actor=actor,
        at=at,
        service=record,
        letters=letters,
    )
    events.record_delivery(writer, service_id=record.pk, method=method.value)
    finish_act(case, writer)
    return case


_SERVED_KINDS = [kind.value for kind in (DocumentKind.D15, DocumentKind.D16, DocumentKind.C01, DocumentKind.C02)]


def _proved(service: Service) -> DocumentService.Method:
    if service.method not in DocumentService.Method.values:
        raise InvalidInput("请选择送达方式。", fields={"method": "请选择送达方式。"})
    method = DocumentService.Method(service.method)
    needs = {
        DocumentService.Method.DIRECT: ("recipient", "请填写签收人姓名。"),
        DocumentService.Method.POST: ("tracking_number", "请填写邮寄单号。"),
        DocumentService.Method.PUBLIC_NOTICE: ("note", "请在备注中写明公告刊登处和日期。"),
        DocumentService.Method.ELECTRONIC: ("note", "请在备注中写明送达地址和到达时间。"),
    }
    if method is DocumentService.Method.LEFT and not (service.witness.strip() or service.evidence):
        raise InvalidInput(
            "留置送达须有见证人或照片、录像为证。",
            article="民事诉讼法第八十九条",
            fields={"witness": "请填写见证人或上传凭证。"},
        )
    if method in needs:
        name, sentence = needs[method]
        if not str(getattr(service, name)).strip():
            raise InvalidInput(sentence, fields={name: sentence})
    return method
