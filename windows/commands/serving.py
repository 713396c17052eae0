"""送达: one paper served, in one of the five ways, and what proves it (民事诉讼法第八十七条至第九十五条, borrowed in practice)."""

from dataclasses import dataclass
from datetime import datetime

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import StoredFile, User
from laiyang_approval.kernel.names import clean_person_name, clean_text

from ..models import Case, DocumentService, Letter


@dataclass(frozen=True)
class Service:
    """送达登记: how, when and to whom. Post needs its number, leaving needs a witness or evidence, direct service a signature.

    ``served_at`` None: now.
    """

    method: str
    recipient: str = ""
    relation: str = ""
    place: str = ""
    tracking_number: str = ""
    witness: str = ""
    note: str = ""
    evidence: StoredFile | None = None
    served_at: datetime | None = None


def record_service(case: Case, letter: Letter, service: Service, *, actor: User, at: datetime) -> DocumentService:
    """Afterwards it stands how ``letter`` was served; call inside the act that has a reason to serve it.

    Raises InvalidInput when what proves this way of service is missing or the time cannot be, DomainError for electronic
    service the applicant has not agreed to.
    """
    method = _proved(service)
    served_at = service.served_at or at
    if served_at > at:
        raise InvalidInput("送达时间不能晚于现在。", fields={"served_at": "送达时间不能晚于现在，请改正。"})
    if local_date(served_at) < letter.sealed_on:
        raise InvalidInput(
            f"送达时间早于{letter.title}的落款日期（{letter.sealed_on.isoformat()}），请核对。",
            article="行政许可法第四十四条",
            fields={"served_at": "送达不能早于文书落款日期。"},
        )
    if method is DocumentService.Method.ELECTRONIC and not case.electronic_service:
        raise DomainError("申请人没有同意电子送达，请改用其他方式送达。", article="民事诉讼法第九十条")
    return DocumentService.objects.create(
        case=case,
        letter=letter,
        method=method,
        place=clean_text(service.place, max_length=200),
        served_at=served_at,
        recipient=clean_person_name(service.recipient) if service.recipient.strip() else "",
        relation=clean_text(service.relation, max_length=50),
        tracking_number=clean_text(service.tracking_number, max_length=40),
        witness=clean_person_name(service.witness) if service.witness.strip() else "",
        evidence=service.evidence,
        served_by=actor,
        note=clean_text(service.note, max_length=300),
    )


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
