"""Events of what must stand on record before a decision."""

from datetime import date

from .writer import EventWriter

LABELS = {
    "credit_checked": "信用查询",
    "fee_notified": "出具缴费通知",
    "fee_settled": "登记缴费（减免）",
    "reported_upward": "报送上级机关",
    "outside_decision": "收到上级机关的决定",
}


def record_credit_check(writer: EventWriter, *, check_id: int | None, result: str) -> None:
    writer.add("credit_checked", check=check_id, result=result)


def record_fee_notice(writer: EventWriter, *, notice_id: int, fee_id: int, letter: str) -> None:
    writer.add("fee_notified", notice=notice_id, fee=fee_id, letter=letter)


def record_fee_settlement(writer: EventWriter, *, notice_id: int, reduced: bool, paid_on: date | None) -> None:
    writer.add("fee_settled", notice=notice_id, reduced=reduced, paid_on=paid_on)


def record_upward_report(writer: EventWriter, *, report_id: int, due_on: date | None) -> None:
    writer.add("reported_upward", report=report_id, due_on=due_on)


def record_outside_decision(
    writer: EventWriter, *, decision_id: int, body_id: int, document_number: str, document_on: date, file_id: int
) -> None:
    writer.add(
        "outside_decision",
        decision=decision_id,
        body=body_id,
        document=document_number,
        document_on=document_on,
        file=file_id,
    )
