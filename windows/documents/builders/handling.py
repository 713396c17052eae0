"""What the papers of decision and delivery print: D15–D18 and the certificates."""

from datetime import date
from typing import Any

from laiyang_approval.kernel.laws import law_on
from matters.models import Edition

from ...models import Case, Licence
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
        "promise_note": _promise_note(facts["on"]) if case.by_commitment else "",
        "acceptance_note": _acceptance_note(case, edition, facts["on"]) if facts["is_receipt"] else "",
    }


def _promise_note(on: date) -> str:
    law = law_on("sdys_29", on).citation
    return f"本许可依告知承诺作出。经核查与承诺不符的，责令限期整改；逾期未改的，依法撤销（{law}）。"


def _acceptance_note(case: Case, edition: Edition, on: date) -> str:
    """The notice of acceptance of an instant matter, within its decision."""
    laws = parts.cited_together(("xkf_32_2", "xkf_34_2"), on)
    statutory = parts.limit_text(edition.statutory_value, edition.get_statutory_unit_display())
    promised = parts.limit_text(edition.promised_value, edition.get_promised_unit_display())
    return (
        f"本事项为即办件，当场受理、当场决定，本决定书同时作为受理通知书（{laws}）：受理时间{moment_text(case.accepted_at)}；"
        f"法定办理时限{statutory}，至{parts.due_text(case.statutory_due_on, case.calendar_missing_year)}止；"
        f"承诺办理时限{promised}，至{parts.due_text(case.promised_due_on, case.calendar_missing_year)}止；"
        f"办理费用：{parts.fees(edition)}。"
    )


def _refusal(case: Case, edition: Edition, *, decision: Any, **facts: Any) -> dict[str, Any]:
    return {
        "received_on": parts.local_date_text(case.received_at),
        "accepted_on": date_text(case.accepted_on),
        "facts": decision.facts,
        "reasons": decision.reasons,
        "basis": decision.basis,
        "falsehood": parts.falsehood(facts),
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


def _moved(case: Case, edition: Edition, *, former: str, basis: str, moved_on: date, **_: Any) -> dict[str, Any]:
    return {
        "received_on": parts.local_date_text(case.received_at),
        "accepted_on": date_text(case.accepted_on) if case.accepted_on else "",
        "former": former,
        "basis": basis,
        "moved_on": date_text(moved_on),
        "due": parts.due_text(case.statutory_due_on, case.calendar_missing_year) if case.accepted_on else "",
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


def _certificate_content(
    case: Case, edition: Edition, *, decision: Any, on: date, replaces: Licence | None = None, **_: Any
) -> dict[str, Any]:
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
        "replaces": f"{case.get_purpose_display()}；原证编号：{replaces.number}" if replaces else "",
    }
    return printed | parts.certificate_fit(printed | {"party": parts.party(case.party)})


BUILDERS = {
    DocumentKind.D15: _grant,
    DocumentKind.D16: _refusal,
    DocumentKind.D17: _withdrawal,
    DocumentKind.N05: _moved,
    DocumentKind.D18: _service,
    DocumentKind.C01: _certificate_content,
    DocumentKind.C02: _certificate_content,
}
