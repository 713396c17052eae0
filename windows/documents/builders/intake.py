"""What the papers of intake print: D01–D04, D06."""

from datetime import date
from typing import Any

from laiyang_approval.kernel.laws import law_on
from laiyang_approval.kernel.rules import rule_int
from matters.models import Edition

from ...clocks import JOINT_LIMIT
from ...models import Case
from .. import parts
from ..kinds import DocumentKind
from ..parts import date_text, moment_text


def _receipt(case: Case, edition: Edition, **facts: Any) -> dict[str, Any]:
    received, absent = parts.materials(facts["materials"])
    if facts.get("is_deferred"):
        return _deferred_receipt(received, case, **facts)
    when = facts["at"] if facts["is_correction"] else case.received_at
    return {
        "is_correction": facts["is_correction"],
        "title": _receipt_title(facts),
        "corrects": _corrected(facts),
        "channel": case.get_channel_display(),
        "received_at": moment_text(when),
        "received_by": case.received_by.display_name if case.received_by else "",
        "materials": received,
        "absent": absent,
        "answer_limit": parts.rule_days("correction_notice_days", facts["on"]),
        "answer_due": parts.due_text(facts["intake_due_on"], case.calendar_missing_year),
        "query_code": facts.get("query_code", ""),
    }


def _receipt_title(facts: dict[str, Any]) -> str:
    if facts.get("corrects") is not None:
        return f"{DocumentKind.D01.spec.title}（更正）"
    return "补正材料接收凭证" if facts["is_correction"] else DocumentKind.D01.spec.title


def _corrected(facts: dict[str, Any]) -> dict[str, Any]:
    """Which receipt a corrected one puts right, in which entries and why; nothing on a first receipt."""
    original = facts.get("corrects")
    if original is None:
        return {}
    return {
        "number": original.number,
        "sealed_on": date_text(original.sealed_on),
        "entries": "、".join(facts["corrected_entries"]),
        "reason": facts["correction_reason"],
    }


def _deferred_receipt(received: list[dict[str, str]], case: Case, **facts: Any) -> dict[str, Any]:
    """Of promised papers only: no term runs from it, and what is still open is said."""
    return {
        "is_correction": True,
        "is_deferred": True,
        "title": "容缺材料接收凭证",
        "channel": Case.Channel.WINDOW.label,
        "received_at": moment_text(facts["at"]),
        "received_by": facts["received_by"],
        "materials": received,
        "still_open": facts["still_open"],
        "deferral_due": parts.due_text(facts["due_on"], case.calendar_missing_year) if facts["still_open"] else "",
    }


def _not_required(case: Case, edition: Edition, *, reason: str, **_: Any) -> dict[str, Any]:
    return {"received_on": parts.local_date_text(case.received_at), "reason": reason}


#: The provisions that ban an applicant from applying again, as the law records know them.
_BANS = {"行政许可法第七十八条": "xkf_78", "行政许可法第七十九条": "xkf_79"}


def _not_accepted(case: Case, edition: Edition, **facts: Any) -> dict[str, Any]:
    return {
        "received_on": parts.local_date_text(case.received_at),
        "reason": facts["reason"],
        "competent": facts["competent_name"],
        "ban_law": law_on(_BANS[facts["ban_article"]], facts["on"]).citation if facts["ban_article"] else "",
        "remedies": parts.remedies(case, facts),
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
        "is_deferred": case.deferred_acceptance,
        "is_by_commitment": case.by_commitment,
        "clock_from": date_text(case.clock_from_on),
        "statutory_limit": _statutory_limit(case, edition),
        "statutory_due": parts.due_text(case.statutory_due_on, case.calendar_missing_year),
        "promised_limit": parts.limit_text(edition.promised_value, edition.get_promised_unit_display()),
        "promised_due": parts.due_text(case.promised_due_on, case.calendar_missing_year),
        "excluded": "、".join(edition.special_procedure_list),
        "fees": parts.fees(edition),
        "bases": [row.citation for row in edition.legal_bases.all()],
        "answer_limit": parts.rule_days("correction_notice_days", facts["on"]) if case.deemed_accepted else "",
        "corrected_on": date_text(case.materials_on) if facts.get("was_corrected") else "",
        "joint": _joint(case),
        "expires_on": date_text(case.decide_before_on) if case.decide_before_on else "",
        "is_renewal_in_time": case.renewal_in_time,
        "apply_limit": _apply_limit(case, facts["on"]),
    }


def _statutory_limit(case: Case, edition: Edition) -> str:
    if case.is_joint:
        return parts.limit_text(JOINT_LIMIT.value, "工作日")
    return parts.limit_text(edition.statutory_value, edition.get_statutory_unit_display())


def _joint(case: Case) -> list[str]:
    """Which departments handle the case together, and by which instrument; nothing for a case of one body."""
    if not case.is_joint:
        return []
    handlers = list(case.joint_handlers.select_related("department"))
    return ["、".join(one.department.name for one in handlers), handlers[0].basis]


def _apply_limit(case: Case, on: date) -> str:
    """Said only to whoever came too late for a renewal to be deemed granted (行政许可法第五十条)."""
    is_late = case.decide_before_on is not None and not case.renewal_in_time
    return f"{rule_int('renewal_apply_days', on)}日" if is_late else ""


BUILDERS = {
    DocumentKind.D01: _receipt,
    DocumentKind.D02: _not_required,
    DocumentKind.D03: _not_accepted,
    DocumentKind.D04: _correction,
    DocumentKind.D06: _acceptance,
}
