"""What the paper asking for a lawful fee prints: D19."""

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


BUILDERS = {DocumentKind.D19: _fee_notice}
