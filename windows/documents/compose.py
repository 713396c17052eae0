"""文书: the complete inputs of one paper, gathered at the moment of sealing.

``compose`` gathers everything a letter prints, in words, into one JSON-able snapshot at the moment of sealing; the worker
renders from the snapshot alone, so that the same letter can be made again years later. Under ``print`` stands what a
reader must find on the paper (every string is looked for in the finished PDF); under ``meta`` what only machines need.
"""

from datetime import date, datetime
from typing import Any

from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.models import Department, Seal
from laiyang_approval.kernel.qr import absolute_url
from matters import queries as catalogue
from matters.models import Edition

from ..models import Case
from . import parts
from .builders import BUILDERS
from .citing import cited
from .kinds import DEMANDS, DocumentKind
from .parts import UNKNOWN, date_text

SCHEMA = 1


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
        "matter_name": parts.matter_name(case, edition),
        "matter_code": case.matter.code,
        "party": parts.party(case.party),
        "agent": parts.agent(case),
        "contact_phone": edition.phone or department.phone or UNKNOWN,
        "complaint_phone": edition.complaint_phone or department.complaint_phone or UNKNOWN,
        "verify_host": absolute_url(VERIFY_PATH.partition("{")[0]),
    }
    printed |= BUILDERS[kind](case, edition, department=department, on=on, at=at, **facts)
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
            **cited(kind.spec.template, on),
        },
        "print": printed,
    }
    if seal is not None:
        printed["seal"] = {"ring_text": seal.ring_text, "centre_text": seal.centre_text}
    return snapshot


def compose_advice(
    edition: Edition, *, department: Department, seal: Seal | None, number: str, on: date, at: datetime, **facts: Any
) -> dict[str, Any]:
    """Everything the sheet D27 prints: like a letter's, but of nobody's application, so without addressee, case and check code."""
    kind = DocumentKind.D27
    printed: dict[str, Any] = {
        "agency": department.name,
        "title": kind.spec.title,
        "number": number,
        "date": date_text(on),
        "matter_name": edition.name,
        "matter_code": edition.matter.code,
        "contact_phone": edition.phone or department.phone or UNKNOWN,
        "complaint_phone": edition.complaint_phone or department.complaint_phone or UNKNOWN,
    }
    printed |= BUILDERS[kind](None, edition, on=on, **facts)
    if seal is not None:
        printed["seal"] = {"ring_text": seal.ring_text, "centre_text": seal.centre_text}
    meta = {
        "schema": SCHEMA,
        "kind": kind.value,
        "created": at.isoformat(timespec="seconds"),
        "verify_url": "",
        "status_url": "",
        "seal_id": seal.pk if seal else None,
        **cited(kind.spec.template, on),
    }
    return {"meta": meta, "print": printed}


#: The pages a QR code opens. The receipt's token stands behind "#", so that no server or proxy log ever holds it.
VERIFY_PATH = "/verify/{token}/"
STATUS_PATH = "/status/#{token}"


def printed_facts(snapshot: dict[str, Any]) -> list[str]:
    """Every string a reader of the finished document must find in it."""
    found: list[str] = []
    _gather(snapshot["print"], found)
    return found


def _gather(value: Any, found: list[str]) -> None:
    if isinstance(value, str):
        if value and not value.isspace():
            found.append(value)
    elif isinstance(value, dict):
        for part in value.values():
            _gather(part, found)
    elif isinstance(value, list):
        for part in value:
            _gather(part, found)


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
    for names, sentence, article in DEMANDS.get(kind, ()):
        if not any(printed.get(name) for name in names.split("|")):
            raise DomainError(sentence, article=article)
    if unprintable := sorted(filter(parts.is_unprintable, set("".join(printed_facts(snapshot))))):
        raise DomainError(
            f"文书中不能使用表情符号等特殊字符（{'、'.join(map(_named, unprintable[:5]))}），请改正后再办。"
        )


def _named(character: str) -> str:
    return f"{character} U+{ord(character):04X}" if character.isprintable() else f"U+{ord(character):04X}"
