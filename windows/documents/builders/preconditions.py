"""What the papers beside the decision print: the notice of a lawful fee (D19), the decision of a body above as it is handed on (N04)."""

from typing import Any

from matters.models import Edition

from ...models import Case
from .. import parts
from ..kinds import DocumentKind


def _fee_notice(case: Case, edition: Edition, **facts: Any) -> dict[str, Any]:
    fee = facts["fee"]
    return {
        "accepted_on": parts.date_text(case.accepted_on),
        "fee_name": fee.name,
        "standard": fee.standard,
        "basis": fee.basis,
        "amount": f"{facts['amount']}元",
        "payee": facts["payee"],
    }


def _decision_above(case: Case, edition: Edition, *, decision: Any, **facts: Any) -> dict[str, Any]:
    """The decision of the body above as it is handed on: its name, its document, what it says, and the remedies against it."""
    granted = decision.result == decision.Result.GRANTED
    return {
        "received_on": parts.local_date_text(case.received_at),
        "accepted_on": parts.date_text(case.accepted_on),
        "body": decision.department.name,
        "document": facts["document_number"],
        "decided_on": parts.date_text(decision.decided_on),
        "result": "准予行政许可" if granted else "不予行政许可",
        "content": decision.content,
        "validity": parts.validity_text(decision.valid_from, decision.valid_to) if granted else "",
        "certificate_number": facts["certificate_number"],
        "reasons": decision.reasons,
        "basis": decision.basis,
        "remedies": parts.remedies(case, facts),
    }


BUILDERS = {DocumentKind.D19: _fee_notice, DocumentKind.N04: _decision_above}
