"""What stands on record before the decision: credit queries, fees, the report upward."""

from dataclasses import dataclass
from datetime import date

from laiyang_approval.kernel.models import User

from ..models import Case, CreditCheck, FeeNotice, OutsideDecision, UpwardReport
from ..preconditions import fee_notices, lawful_fees


@dataclass(frozen=True)
class OnRecord:
    """决定前的记录"""

    checks: list[CreditCheck]
    notices: list[FeeNotice]
    report: UpwardReport | None
    outside: OutsideDecision | None


def on_record(case: Case, user: User, today: date) -> OnRecord | None:
    """The records of the case, or None where there are none."""
    checks = list(CreditCheck.objects.select_related("checked_by").filter(case=case))
    notices = fee_notices(case) if lawful_fees(case) else []
    report = outside = None
    if case.deciding_department_id != case.handling_department_id:
        report = UpwardReport.objects.select_related("sent_by").filter(case=case).first()
        outside = (
            OutsideDecision.objects.select_related("body", "scan__case", "recorded_by")
            .filter(decision__case=case)
            .first()
        )
    return OnRecord(checks, notices, report, outside) if checks or notices or report else None
