"""待批准: what reviewers have asked for and this head may approve or decline, and what goes up. Three queries at any size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from laiyang_approval.kernel.models import User

from . import permissions
from .models import Extension, SpecialProcedure
from .preconditions import to_report

#: More than a head clears in a morning; the rest follow when these are done.
MOST = 100


@dataclass(frozen=True, slots=True)
class Approval:
    """一项待批准: what is asked for, of which case, by whom, since when, and until when the case must be decided."""

    what: str
    reason: str
    case_number: str
    matter_name: str
    party_name: str
    asked_by: str
    asked_at: datetime
    due_on: date | None


_SHOWN = ("case__number", "case__edition__name", "case__party__name", "requested_by__display_name", "requested_at")


def approvals_for(user: User) -> Sequence[Approval]:
    """What waits for this person's approval, oldest first; not what the person asked for."""
    rows = [
        Approval(f"特别程序：{label}，{'再需' if continues else '需'}{days}个工作日", reason, *shown)
        for label, continues, days, reason, *shown in _waiting(SpecialProcedure, "answer_procedure", user)
        .order_by("requested_at")
        .values_list("label", "continues_id", "needed_days", "reason", *_SHOWN, "case__statutory_due_on")[:MOST]
    ] + [
        Approval("延长办理期限", reason, *shown)
        for reason, *shown in _waiting(Extension, "answer_extension", user)
        .order_by("requested_at")
        .values_list("reason", *_SHOWN, "case__statutory_due_on")[:MOST]
    ]
    rows += [
        Approval("报送上级机关", "审查意见已提交，本事项由上级机关决定。", *shown)
        for shown in to_report(user)
        .order_by("accepted_at")
        .values_list(
            "number", "edition__name", "party__name", "reviewer__display_name", "accepted_at", "statutory_due_on"
        )[:MOST]
    ]
    return sorted(rows, key=lambda row: row.asked_at)[:MOST]


def approvals_waiting(user: User) -> int:
    """How many requests wait for this person."""
    asked = ((SpecialProcedure, "answer_procedure"), (Extension, "answer_extension"))
    return sum(_waiting(model, action, user).count() for model, action in asked) + to_report(user).count()


def _waiting(asked: type[SpecialProcedure | Extension], action: str, user: User) -> QuerySet:
    return asked.objects.filter(
        permissions.approving_filter(user, action), approved_at__isnull=True, declined_at__isnull=True
    ).exclude(requested_by=user)
