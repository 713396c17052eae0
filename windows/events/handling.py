"""Events of intake, review, decision and delivery: one typed function a kind."""

from datetime import date

from .writer import EventWriter

LABELS = {
    "received": "收件",
    "materials_changed": "材料登记变更",
    "file_added": "添加附件",
    "not_required": "不受理（无需许可）",
    "not_accepted": "不予受理",
    "correction_given": "一次性告知补正",
    "resubmitted": "收到补正材料",
    "accepted": "受理",
    "deemed_accepted": "期满未告知，视为受理",
    "review_started": "开始审查",
    "opinion_submitted": "提交审查意见",
    "returned": "退回重审",
    "granted": "准予许可",
    "refused": "不予许可",
    "issued": "制发证件",
    "delivered": "送达",
    "withdrawn": "申请人撤回申请",
    "due_dates_recomputed": "放假安排变更，重算期限",
}


def record_receipt(writer: EventWriter, *, channel: str, edition_id: int, intake_due_on: date | None) -> None:
    writer.add("received", channel=channel, edition=edition_id, intake_due_on=intake_due_on)


def record_file(writer: EventWriter, *, stored_id: int, sha256: str, material_id: int | None) -> None:
    writer.add("file_added", stored=stored_id, sha256=sha256, material=material_id)


def record_materials(writer: EventWriter, *, material_ids: list[int]) -> None:
    writer.add("materials_changed", materials=material_ids)


def record_not_required(writer: EventWriter, *, letter: str | None, overridden: bool) -> None:
    writer.add("not_required", letter=letter, overridden=overridden)


def record_not_accepted(
    writer: EventWriter, *, letter: str | None, competent_department_id: int | None, overridden: bool
) -> None:
    writer.add("not_accepted", letter=letter, competent_department=competent_department_id, overridden=overridden)


def record_correction(
    writer: EventWriter,
    *,
    notice_sequence: int,
    material_ids: list[int],
    deadline_on: date | None,
    letter: str | None,
    overridden: bool,
) -> None:
    writer.add(
        "correction_given",
        notice=notice_sequence,
        materials=material_ids,
        deadline_on=deadline_on,
        letter=letter,
        overridden=overridden,
    )


def record_resubmission(writer: EventWriter, *, material_ids: list[int], intake_due_on: date | None) -> None:
    writer.add("resubmitted", materials=material_ids, intake_due_on=intake_due_on)


def record_acceptance(
    writer: EventWriter,
    *,
    deemed: bool,
    accepted_on: date,
    clock_from_on: date,
    promised_due_on: date | None,
    statutory_due_on: date | None,
    calendar_missing_year: int | None,
    order: int,
    letter: str | None,
    overridden: bool,
) -> None:
    writer.add(
        "deemed_accepted" if deemed else "accepted",
        accepted_on=accepted_on,
        clock_from_on=clock_from_on,
        promised_due_on=promised_due_on,
        statutory_due_on=statutory_due_on,
        calendar_missing_year=calendar_missing_year,
        order=order,
        letter=letter,
        overridden=overridden,
    )


def record_review_start(writer: EventWriter, *, reviewer_id: int) -> None:
    writer.add("review_started", reviewer=reviewer_id)


def record_opinion(writer: EventWriter, *, opinion_id: int, proposal: str) -> None:
    writer.add("opinion_submitted", opinion=opinion_id, proposal=proposal)


def record_return(writer: EventWriter, *, opinion_id: int) -> None:
    writer.add("returned", opinion=opinion_id)


def record_decision(
    writer: EventWriter,
    *,
    result: str,
    decision_id: int,
    letter: str | None,
    decided_on: date,
    delivery_due_on: date | None,
) -> None:
    writer.add(result, decision=decision_id, letter=letter, decided_on=decided_on, delivery_due_on=delivery_due_on)


def record_issue(writer: EventWriter, *, licence_id: int, letter: str | None) -> None:
    writer.add("issued", licence=licence_id, letter=letter)


def record_delivery(writer: EventWriter, *, service_id: int, method: str) -> None:
    writer.add("delivered", service=service_id, method=method)


def record_withdrawal(writer: EventWriter, *, letter: str | None) -> None:
    writer.add("withdrawn", letter=letter)


def record_recomputation(
    writer: EventWriter, *, old: dict[str, str | None], new: dict[str, str | None], notice: str, tell_applicant: bool
) -> None:
    writer.add("due_dates_recomputed", old=old, new=new, calendar=notice, tell_applicant=tell_applicant)
