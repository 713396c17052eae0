"""What the papers of 容缺受理, 告知承诺 and the check after it print: D07, D08, D26."""

from typing import Any

from matters.models import Edition

from ...domain.intake_modes import Consequence
from ...models import Case
from .. import parts
from ..kinds import DocumentKind
from ..parts import date_text

_FOLLOWS = {
    Consequence.TERMINATE: "本机关终止办理本申请",
    Consequence.REFUSE: "本机关依法作出不予行政许可决定",
    Consequence.WITHDRAWN: "视为申请人撤回本申请",
}


def _deferral(case: Case, edition: Edition, **facts: Any) -> dict[str, Any]:
    return {
        "received_on": parts.local_date_text(case.received_at),
        "accepted_on": date_text(case.accepted_on),
        "items": [
            {"name": item.material.edition_material.name, "lack": item.lack, "form": item.form}
            for item in facts["items"]
        ],
        "due": parts.due_text(facts["due_on"], case.calendar_missing_year),
        "consequence": _FOLLOWS[facts["consequence"]],
        "signatory": facts["signatory"],
    }


def _commitment(case: Case, edition: Edition, **facts: Any) -> dict[str, Any]:
    return {
        "received_on": parts.local_date_text(case.received_at),
        "bases": [row.citation for row in edition.legal_bases.all()],
        "conditions": facts["conditions"],
        "waived": [material.name for material in facts["waived"]],
        "check_limit": check_limit_text(*facts["check_limit"]),
        "supervisor": facts["supervisor"],
        "signatory": facts["signatory"],
        "publicity": "同意" if facts["publicity_consent"] else "不同意",
    }


def check_limit_text(value: int, unit: str) -> str:
    """60个工作日, 2个月"""
    return f"{value}个月" if unit == "month" else f"{value}个工作日"


def _rectification(case: Case, edition: Edition, **facts: Any) -> dict[str, Any]:
    finding = facts["finding"]
    return {
        "granted_on": parts.local_date_text(case.decided_at),
        "commitment_number": facts["commitment_number"],
        "checked_on": date_text(finding.checked_on),
        "checkers": f"{finding.checked_by.display_name}、{finding.companion}",
        "findings": finding.text,
        "limit": f"{facts['days']}个工作日",
        "due": parts.due_text(facts["due_on"], None) or "放假安排公布后另行告知",
        "agent": "",
    }


BUILDERS = {
    DocumentKind.D07: _deferral,
    DocumentKind.D08: _commitment,
    DocumentKind.D26: _rectification,
}
