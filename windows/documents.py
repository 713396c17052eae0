"""文书: the kinds of paper a case produces, what each must say, and the complete inputs of one.

``compose`` gathers everything a letter prints, in words, into one JSON-able snapshot at the moment of sealing; the worker
renders from the snapshot alone, so that the same letter can be made again years later. Under ``print`` stands what a
reader must find on the paper (every string is looked for in the finished PDF); under ``meta`` what only machines need.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.models import Department, Seal
from laiyang_approval.kernel.qr import absolute_url
from matters import queries as catalogue
from matters.models import Edition

from . import document_parts as parts
from .document_parts import UNKNOWN, date_text, moment_text
from .domain.remedies import remedies_for
from .models import Case

SCHEMA = 1


@dataclass(frozen=True)
class KindSpec:
    """What is fixed for one kind: its title, the word in its number, its seal, its template, and what law demands of it."""

    title: str
    word: str
    seal_kind: str | None
    template: str
    stylesheets: tuple[str, ...] = ("document.css", "letter.css")
    needs_remedies: bool = False


def _certificate(title: str, word: str, template: str) -> KindSpec:
    return KindSpec(title, word, Seal.Kind.OFFICIAL, template, ("document.css", "certificate.css"))


class DocumentKind(StrEnum):
    """文书种类 (domain reference 1.9); the value is stored with the letter."""

    spec: KindSpec

    def __new__(cls, value: str, spec: KindSpec):
        member = str.__new__(cls, value)
        member._value_ = value
        member.spec = spec
        return member

    D01 = "D01", KindSpec("申请材料接收凭证", "收", Seal.Kind.INTAKE, "print/receipt.html")
    D02 = "D02", KindSpec("不受理告知书", "不受理", Seal.Kind.INTAKE, "print/not_required.html")
    D03 = (
        "D03",
        KindSpec("不予受理决定书", "不予受", Seal.Kind.INTAKE, "print/not_accepted.html", needs_remedies=True),
    )
    D04 = "D04", KindSpec("补正材料告知书", "补", Seal.Kind.INTAKE, "print/correction.html")
    D06 = "D06", KindSpec("受理通知书", "受", Seal.Kind.INTAKE, "print/acceptance.html")
    D15 = "D15", KindSpec("准予行政许可决定书", "准", Seal.Kind.OFFICIAL, "print/grant.html")
    D16 = (
        "D16",
        KindSpec("不予行政许可决定书", "不准", Seal.Kind.OFFICIAL, "print/refusal.html", needs_remedies=True),
    )
    D17 = "D17", KindSpec("撤回申请确认书", "终", Seal.Kind.INTAKE, "print/withdrawal.html")
    D18 = "D18", KindSpec("送达回证", "送", None, "print/service.html")
    C01 = "C01", _certificate("食品经营许可证", "食证", "print/food_certificate.html")
    C02 = "C02", _certificate("行政许可证书", "证", "print/certificate.html")


def has_certificate(edition: Edition) -> bool:
    """Whether a grant of this matter leads to a certificate besides the decision (行政许可法第三十九条)."""
    return bool(parts.certificate_name(edition.result_document))


def certificate_kind(edition: Edition) -> DocumentKind:
    """The certificate's own layout where there is one, else the general one."""
    name = parts.certificate_name(edition.result_document)
    return DocumentKind.C01 if name == DocumentKind.C01.spec.title else DocumentKind.C02


def compose(
    kind: DocumentKind,
    case: Case,
    *,
    department: Department,
    seal: Seal | None,
    number: str,
    on: date,
    at: datetime,
    verify_token: str,
    **facts: Any,
) -> dict[str, Any]:
    """Everything the letter prints, and the seal and addresses it carries; JSON-able, encrypted where it is stored.

    ``on`` is the date of the letter, ``at`` the moment of the act. Raises DomainError where a fact the law demands is
    missing before anything is numbered on paper (remedies: 行政许可法第三十八条第二款).
    """
    edition = catalogue.edition_with_materials(case.edition_id)
    printed: dict[str, Any] = {
        "agency": department.name,
        "title": kind.spec.title,
        "number": number,
        "date": date_text(on),
        "case_number": case.number,
        "matter_name": edition.name,
        "matter_code": case.matter.code,
        "party": parts.party(case.party),
        "agent": parts.agent(case),
        "contact_phone": edition.phone or department.phone or UNKNOWN,
        "complaint_phone": edition.complaint_phone or department.complaint_phone or UNKNOWN,
        "verify_host": absolute_url(VERIFY_PATH.partition("{")[0]),
    }
    printed |= _BUILDERS[kind](case, edition, department=department, on=on, at=at, **facts)
    snapshot = {
        "meta": {
            "schema": SCHEMA,
            "kind": kind.value,
            "created": at.isoformat(timespec="seconds"),
            "you": "你" if case.party.is_natural else "你单位",
            "verify_url": absolute_url(VERIFY_PATH.format(token=verify_token)),
            "status_url": absolute_url(STATUS_PATH.format(token=facts["query_token"]))
            if "query_token" in facts
            else "",
            "seal_id": seal.pk if seal else None,
        },
        "print": printed,
    }
    if seal is not None:
        printed["seal"] = {"ring_text": seal.ring_text, "centre_text": seal.centre_text}
    return snapshot


#: The pages a QR code opens. The receipt's token stands behind "#", so that no server or proxy log ever holds it.
VERIFY_PATH = "/verify/{token}/"
STATUS_PATH = "/status/#{token}"


def printed_facts(snapshot: dict[str, Any]) -> list[str]:
    """Every string a reader of the finished document must find in it."""
    return list(_strings(snapshot["print"]))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value.strip():
            yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def require_complete(kind: DocumentKind, snapshot: dict[str, Any]) -> None:
    """Raises DomainError, naming the article, unless the letter says everything the law demands of its kind."""
    printed = snapshot["print"]
    if kind.spec.seal_kind and not printed.get("seal"):
        raise DomainError(
            f"{kind.spec.title}须加盖{Seal.Kind(kind.spec.seal_kind).label}并注明日期。",
            article="行政许可法第三十二条第二款" if kind.spec.seal_kind == Seal.Kind.INTAKE else "行政许可法第三十九条",
        )
    if kind.spec.needs_remedies:
        if not str(printed.get("reason") or printed.get("reasons") or "").strip():
            raise DomainError(f"{kind.spec.title}须说明理由，请补充后再用印。", article="行政许可法第三十八条第二款")
        remedies = printed.get("remedies") or {}
        if not (remedies.get("review") and remedies.get("suit") and remedies.get("organ") and remedies.get("court")):
            raise DomainError(
                f"{kind.spec.title}须告知申请行政复议或者提起行政诉讼的权利、机关、法院和期限，请登记救济途径后再用印。",
                article="行政许可法第三十八条第二款",
            )
    for name, sentence, article in _DEMANDS.get(kind, ()):
        if not printed.get(name):
            raise DomainError(sentence, article=article)
    if unprintable := sorted(filter(parts.is_unprintable, set("".join(printed_facts(snapshot))))):
        raise DomainError(
            f"文书中不能使用表情符号等特殊字符（{'、'.join(map(_named, unprintable[:5]))}），请改正后再办。"
        )


def _named(character: str) -> str:
    return f"{character} U+{ord(character):04X}" if character.isprintable() else f"U+{ord(character):04X}"


_DEMANDS: dict[DocumentKind, tuple[tuple[str, str, str], ...]] = {
    DocumentKind.D01: (("received_at", "接收凭证须写明收到材料的时间。", "行政许可法第三十二条第一款第四项"),),
    DocumentKind.D02: (("reason", "请写明为什么不需要取得行政许可。", "行政许可法第三十二条第一款第一项"),),
    DocumentKind.D03: (
        ("competent", "不予受理须告知申请人向哪个行政机关申请，请写明。", "行政许可法第三十二条第一款第二项"),
    ),
    DocumentKind.D04: (
        ("items", "补正告知须一次告知需要补正的全部内容，请列出。", "行政许可法第三十二条第一款第四项"),
    ),
    DocumentKind.D06: (
        ("accepted_on", "受理通知书须写明受理日期。", "行政许可法第三十二条第二款"),
        ("statutory_limit", "受理通知书须写明法定办理时限和单位。", "行政许可法第四十二条"),
    ),
    DocumentKind.D15: (("content", "准予决定须写明许可内容。", "行政许可法第三十八条第一款"),),
    DocumentKind.D16: (("basis", "不予许可须写明依据。", "行政许可法第三十八条第二款"),),
    DocumentKind.D18: (("documents", "送达回证须写明送达的文书。", "行政许可法第四十四条"),),
}


def _receipt(case: Case, edition: Edition, **facts: Any) -> dict[str, Any]:
    received, absent = parts.materials(facts["materials"])
    when = facts["at"] if facts["is_correction"] else case.received_at
    return {
        "is_correction": facts["is_correction"],
        "title": "补正材料接收凭证" if facts["is_correction"] else DocumentKind.D01.spec.title,
        "channel": case.get_channel_display(),
        "received_at": moment_text(when),
        "received_by": case.received_by.display_name if case.received_by else "",
        "materials": received,
        "absent": absent,
        "answer_limit": parts.rule_days("correction_notice_days", facts["on"]),
        "answer_due": parts.due_text(facts["intake_due_on"], case.calendar_missing_year),
        "query_code": facts.get("query_code", ""),
    }


def _not_required(case: Case, edition: Edition, *, reason: str, **_: Any) -> dict[str, Any]:
    return {"received_on": parts.local_date_text(case.received_at), "reason": reason}


def _not_accepted(case: Case, edition: Edition, **facts: Any) -> dict[str, Any]:
    return {
        "received_on": parts.local_date_text(case.received_at),
        "reason": facts["reason"],
        "competent": facts["competent_name"],
        "remedies": _remedies(case, facts),
    }


def _correction(case: Case, edition: Edition, **facts: Any) -> dict[str, Any]:
    return {
        "received_on": parts.local_date_text(case.received_at),
        "items": [
            {
                "name": item.material.edition_material.name,
                "reason": item.reason,
                "remedy": item.remedy,
                "basis": item.basis or item.material.edition_material.basis or "《行政许可法》第三十二条第一款第四项",
            }
            for item in facts["items"]
        ],
        "limit": f"{facts['deadline_days']}个工作日",
        "deadline": parts.due_text(facts["deadline_on"], case.calendar_missing_year),
        "is_repeated": facts["sequence"] > 1,
    }


def _acceptance(case: Case, edition: Edition, **facts: Any) -> dict[str, Any]:
    return {
        "received_on": parts.local_date_text(case.received_at),
        "accepted_on": date_text(case.accepted_on),
        "is_deemed": case.deemed_accepted,
        "clock_from": date_text(case.clock_from_on),
        "statutory_limit": parts.limit_text(edition.statutory_value, edition.get_statutory_unit_display()),
        "statutory_due": parts.due_text(case.statutory_due_on, case.calendar_missing_year),
        "promised_limit": parts.limit_text(edition.promised_value, edition.get_promised_unit_display()),
        "promised_due": parts.due_text(case.promised_due_on, case.calendar_missing_year),
        "excluded": "、".join(edition.special_procedure_list),
        "fees": parts.fees(edition),
        "bases": [row.citation for row in edition.legal_bases.all()],
        "answer_limit": parts.rule_days("correction_notice_days", facts["on"]) if case.deemed_accepted else "",
    }


def _grant(case: Case, edition: Edition, *, decision: Any, **facts: Any) -> dict[str, Any]:
    return {
        "received_on": parts.local_date_text(case.received_at),
        "accepted_on": date_text(case.accepted_on),
        "content": decision.content,
        "conditions": decision.conditions,
        "basis": decision.basis,
        "validity": parts.validity_text(decision.valid_from, decision.valid_to),
        "premises": case.premises,
        "certificate": parts.certificate_name(edition.result_document),
        "delivery": "电子送达" if case.electronic_service else "窗口领取或者邮寄",
        "delivery_limit": parts.rule_days("delivery_days", facts["on"]),
        "delivery_due": parts.due_text(case.delivery_due_on, case.calendar_missing_year),
    }


def _refusal(case: Case, edition: Edition, *, decision: Any, **facts: Any) -> dict[str, Any]:
    return {
        "received_on": parts.local_date_text(case.received_at),
        "accepted_on": date_text(case.accepted_on),
        "facts": decision.facts,
        "reasons": decision.reasons,
        "basis": decision.basis,
        "remedies": _remedies(case, facts),
    }


def _withdrawal(case: Case, edition: Edition, *, reason: str, **_: Any) -> dict[str, Any]:
    return {
        "received_on": parts.local_date_text(case.received_at),
        "accepted_on": date_text(case.accepted_on) if case.accepted_on else "",
        "reason": reason,
    }


def _service(case: Case, edition: Edition, *, service: Any, letters: list[Any], **_: Any) -> dict[str, Any]:
    return {
        "documents": [{"title": letter.title, "number": letter.number} for letter in letters],
        "method": service.get_method_display(),
        "served_at": moment_text(service.served_at),
        "place": service.place,
        "recipient": service.recipient,
        "relation": service.relation,
        "tracking_number": service.tracking_number,
        "witness": service.witness,
        "note": service.note,
        "server": service.served_by.display_name,
        "party": {name: text for name, text in parts.party(case.party).items() if name in _NAMING},
        "agent": "",
    }


_NAMING = {"name", "id_kind", "id_number"}


def _certificate_content(case: Case, edition: Edition, *, decision: Any, on: date, **_: Any) -> dict[str, Any]:
    printed = {
        "title": parts.certificate_name(edition.result_document) or DocumentKind.C02.spec.title,
        "content": decision.content,
        "conditions": decision.conditions,
        "valid_from": date_text(decision.valid_from),
        "valid_to": date_text(decision.valid_to) if decision.valid_to else "长期",
        "premises": case.premises or case.party.address,
        "agent": "",
        "date": "",
        "supervisor": case.matter.supervising_department.name,
        "issued_on": date_text(on),
    }
    return printed | parts.certificate_fit(printed | {"party": parts.party(case.party)})


def _remedies(case: Case, facts: dict[str, Any]) -> dict[str, str]:
    return asdict(remedies_for(facts["remedy_route"], on=facts["on"], served_online=case.electronic_service))


_BUILDERS: dict[DocumentKind, Callable[..., dict[str, Any]]] = {
    DocumentKind.D01: _receipt,
    DocumentKind.D02: _not_required,
    DocumentKind.D03: _not_accepted,
    DocumentKind.D04: _correction,
    DocumentKind.D06: _acceptance,
    DocumentKind.D15: _grant,
    DocumentKind.D16: _refusal,
    DocumentKind.D17: _withdrawal,
    DocumentKind.D18: _service,
    DocumentKind.C01: _certificate_content,
    DocumentKind.C02: _certificate_content,
}
