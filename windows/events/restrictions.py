"""Events of restricting an applicant and of setting them free again."""

from datetime import date

from .writer import EventWriter

LABELS = {
    "party_restricted": "限制申请人",
    "restriction_lifted": "解除对申请人的限制",
}


def record_restriction(writer: EventWriter, *, restriction_id: int, kind: str, to_on: date | None) -> None:
    writer.add("party_restricted", restriction=restriction_id, restriction_kind=kind, to_on=to_on)


def record_lifting(writer: EventWriter, *, restriction_id: int) -> None:
    writer.add("restriction_lifted", restriction=restriction_id)
