"""Events of what stops or lengthens the clock, and of the correction term. ``domain.replay`` makes the clock from them again."""

from datetime import date

from ..domain.periods import Suspension
from .writer import EventWriter

LABELS = {
    "procedure_requested": "提出特别程序",
    "procedure_approved": "批准特别程序，出具告知书",
    "procedure_declined": "不批准特别程序",
    "suspended": "特别程序告知送达，暂停计时",
    "told_time_over": "超过告知的时间，恢复计时",
    "told_time_moved": "放假安排变更，告知的末日变动",
    "procedure_ended": "登记特别程序结果",
    "extension_requested": "提出延长办理期限",
    "extension_approved": "批准延长办理期限，出具告知书",
    "extension_declined": "不批准延长办理期限",
    "extended": "延长告知送达，延长办理期限",
    "extension_void": "延长告知未按时送达，延长无效",
    "joint_declared": "登记多部门办理",
    "correction_served": "补正告知送达",
    "correction_refused": "拟再次告知新的补正内容，已阻止",
    "lapsed": "逾期未补正，终止办理",
}


def record_procedure_request(writer: EventWriter, *, procedure_id: int, kind: str, needed_days: int) -> None:
    writer.add("procedure_requested", procedure=procedure_id, procedure_kind=kind, needed_days=needed_days)


def record_procedure_approval(writer: EventWriter, *, procedure_id: int, letter_id: int) -> None:
    writer.add("procedure_approved", procedure=procedure_id, letter=letter_id)


def record_procedure_declined(writer: EventWriter, *, procedure_id: int) -> None:
    writer.add("procedure_declined", procedure=procedure_id)


def record_suspension(
    writer: EventWriter,
    *,
    procedure_id: int,
    continues_id: int | None,
    service_id: int,
    stop: Suspension,
    told_until_on: date | None,
) -> None:
    """``stop`` is written out whole: by which provision, from which day, with which notice, which limits it stops."""
    writer.add(
        "suspended",
        procedure=procedure_id,
        continues=continues_id,
        service=service_id,
        start=stop.start,
        told_until=told_until_on,
        article=stop.article,
        reference=stop.reference,
        label=stop.label,
        statutory=stop.excluded_from_statutory,
        promised=stop.excluded_from_promised,
    )


def record_told_time_over(
    writer: EventWriter,
    *,
    procedure_id: int,
    told_until_on: date,
    promised_due_on: date | None,
    statutory_due_on: date | None,
) -> None:
    writer.add(
        "told_time_over",
        procedure=procedure_id,
        told_until=told_until_on,
        promised_due_on=promised_due_on,
        statutory_due_on=statutory_due_on,
    )


def record_told_time_moved(writer: EventWriter, *, last_days: dict[int, date | None]) -> None:
    """The number of working days told stands; which day is their last, the calendar has moved."""
    told = {str(pk): day.isoformat() if day else None for pk, day in last_days.items()}
    writer.add("told_time_moved", told_until=told)


def record_procedure_end(
    writer: EventWriter,
    *,
    procedure_ids: list[int],
    ended_on: date,
    promised_due_on: date | None,
    statutory_due_on: date | None,
) -> None:
    writer.add(
        "procedure_ended",
        procedures=procedure_ids,
        ended_on=ended_on,
        promised_due_on=promised_due_on,
        statutory_due_on=statutory_due_on,
    )


def record_extension_request(writer: EventWriter, *, extension_id: int, value: int) -> None:
    writer.add("extension_requested", extension=extension_id, value=value)


def record_extension_approval(
    writer: EventWriter, *, extension_id: int, letter_id: int, old_due_on: date | None, new_due_on: date | None
) -> None:
    writer.add(
        "extension_approved", extension=extension_id, letter=letter_id, old_due_on=old_due_on, new_due_on=new_due_on
    )


def record_extension_declined(writer: EventWriter, *, extension_id: int) -> None:
    writer.add("extension_declined", extension=extension_id)


def record_extension(
    writer: EventWriter,
    *,
    extension_id: int,
    service_id: int,
    value: int,
    served_on: date,
    promised_due_on: date | None,
    statutory_due_on: date | None,
) -> None:
    writer.add(
        "extended",
        extension=extension_id,
        service=service_id,
        value=value,
        served_on=served_on,
        promised_due_on=promised_due_on,
        statutory_due_on=statutory_due_on,
    )


def record_extension_void(writer: EventWriter, *, extension_id: int, due_on: date) -> None:
    writer.add("extension_void", extension=extension_id, due_on=due_on)


def record_joint_handling(
    writer: EventWriter, *, department_ids: list[int], letter_id: int | None, statutory_due_on: date | None
) -> None:
    writer.add("joint_declared", departments=department_ids, letter=letter_id, statutory_due_on=statutory_due_on)


def record_correction_service(
    writer: EventWriter, *, notice_sequence: int, service_id: int, served_on: date, deadline_on: date | None
) -> None:
    writer.add(
        "correction_served",
        notice=notice_sequence,
        service=service_id,
        served_on=served_on,
        deadline_on=deadline_on,
    )


def record_correction_refusal(writer: EventWriter, *, material_ids: list[int]) -> None:
    writer.add("correction_refused", materials=material_ids)


def record_lapse(writer: EventWriter, *, notice_sequence: int, letter_id: int, deadline_on: date) -> None:
    writer.add("lapsed", notice=notice_sequence, letter=letter_id, deadline_on=deadline_on)
