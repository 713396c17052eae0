"""Events of what people put right: a mistaken intake, and who answers for a case or a task in it."""

from .writer import EventWriter

LABELS = {
    "intake_corrected": "更正收件登记",
    "reassigned": "改派承办人",
}


def record_intake_correction(
    writer: EventWriter, *, letter: str, original: str, fields: list[str], identity_changed: bool
) -> None:
    writer.add("intake_corrected", letter=letter, original=original, fields=fields, identity_changed=identity_changed)


def record_reassignment(
    writer: EventWriter, *, reassignment_id: int, what: str, from_id: int, to_id: int | None
) -> None:
    # "from" and "to" are ids of accounts; "for" is the writer's own word.
    writer.add("reassigned", reassignment=reassignment_id, what=what, old=from_id, new=to_id)
