"""What people put right: corrections of the intake, and who answers for the case after whom."""

from dataclasses import dataclass
from datetime import date

from laiyang_approval.kernel.models import User

from ..models import Case, IntakeCorrection, Reassignment


@dataclass(frozen=True)
class PutRight:
    """更正与改派"""

    corrections: list[IntakeCorrection]
    reassignments: list[Reassignment]


def put_right(case: Case, user: User, today: date) -> PutRight | None:
    """The corrections and reassignments of the case, or None where there are none. Numbers corrected are named, not shown."""
    corrections = list(
        IntakeCorrection.objects.select_related("original", "receipt", "corrected_by")
        .defer("original__snapshot", "receipt__snapshot")
        .filter(case=case)
    )
    reassignments = list(
        Reassignment.objects.select_related("from_person", "to_person", "reassigned_by").filter(case=case)
    )
    return PutRight(corrections, reassignments) if corrections or reassignments else None
