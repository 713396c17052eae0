"""What the papers of decision and delivery print: D15–D18 and the certificates."""

from datetime import date
from typing import Any

from matters.models import Edition

from ...models import Case
from .. import parts
from ..kinds import DocumentKind
from ..parts import date_text, moment_text


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
        "is_by_commitment": case.by_commitment,
        "acceptance": _acceptance_within(case, edition) if facts["is_receipt"] else {},
    }


def _acceptance_within(case: Case, edition: Edition) -> dict[str, str]:
    """The notice of acceptance of an instant matter, within its decision (行政许可法第三十二条第二款、第三十四条第二款)."""
    return {
        "accepted_at": moment_text(case.accepted_at),
        "statutory_limit": parts.limit_text(edition.statutory_value, edition.get_statutory_unit_display()),
        "statutory_due": parts.due_text(case.statutory_due_on, case.calendar_missing_year),
        "promised_limit": parts.limit_text(edition.promised_value, edition.get_promised_unit_display()),
        "promised_due": parts.due_text(case.promised_due_on, case.calendar_missing_year),
        "fees": parts.fees(edition),
    }


def _refusal(case: Case, edition: Edition, *, decision: Any, **facts: Any) -> dict[str, Any]:
    return {
        "received_on": parts.local_date_text(case.received_at),
        "accepted_on": date_text(case.accepted_on),
        "facts": decision.facts,
        "reasons": decision.reasons,
        "basis": decision.basis,
        "remedies": parts.remedies(case, facts),
    }


def _withdrawal(case: Case, edition: Edition, *, reason: str, **facts: Any) -> dict[str, Any]:
    """An application withdrawn; or handling ended by the office, which is adverse and tells the remedies."""
    is_termination = facts.get("is_termination", False)
    return {
        "title": "终止办理决定书" if is_termination else DocumentKind.D17.spec.title,
        "is_termination": is_termination,
        "is_promised": facts.get("is_promised_withdrawal", False),
        "remedies": parts.remedies(case, facts) if is_termination else {},
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


BUILDERS = {
    DocumentKind.D15: _grant,
    DocumentKind.D16: _refusal,
    DocumentKind.D17: _withdrawal,
    DocumentKind.D18: _service,
    DocumentKind.C01: _certificate_content,
    DocumentKind.C02: _certificate_content,
}
