"""The event of a case that another body goes on with."""

from .writer import EventWriter

LABELS = {"moved": "移交承接机关继续办理"}


def record_move(writer: EventWriter, *, move_id: int, from_id: int, to_id: int, order: int | None, letter: str) -> None:
    writer.add("moved", move=move_id, from_department=from_id, to_department=to_id, order=order, letter=letter)
