"""Events of cases around a transfer of powers: what another body goes on with, what the former one had before the portal."""

from datetime import date

from .writer import EventWriter

LABELS = {"moved": "移交承接机关继续办理", "open_case_imported": "登记原部门的在办件"}


def record_open_import(
    writer: EventWriter, *, accepted_on: date, clock_from_on: date, statutory_due_on: date | None, order: int
) -> None:
    writer.add(
        "open_case_imported",
        accepted_on=accepted_on,
        clock_from_on=clock_from_on,
        statutory_due_on=statutory_due_on,
        order=order,
    )


def record_move(writer: EventWriter, *, move_id: int, from_id: int, to_id: int, order: int | None, letter: str) -> None:
    writer.add("moved", move=move_id, from_department=from_id, to_department=to_id, order=order, letter=letter)
