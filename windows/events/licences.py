"""Events of a licence's life: its end without an application, what other bodies did to it, and corrections of its papers."""

from datetime import date

from .writer import EventWriter

LABELS = {
    "changed": "准予变更",
    "renewed": "准予延续",
    "deemed_renewed": "届满未决定，视为准予延续",
    "replaced": "准予补发",
    "cancelled": "注销许可",
    "opened_ex_officio": "依职权立案",
    "holder_told": "告知陈述申辩权利",
    "holder_heard": "登记持证人的陈述申辩",
    "ex_officio_proposed": "提交处理意见",
    "licence_withdrawn": "撤回许可",
    "revoked": "撤销许可",
    "ex_officio_dropped": "终结，证照继续有效",
    "forfeited": "执法部门吊销证照",
    "licence_suspended": "执法部门暂扣证照",
    "licence_resumed": "证照恢复效力",
    "corrected": "出具更正通知",
    "licence_registered": "登记历史证照",
}


def record_deemed_renewal(
    writer: EventWriter,
    *,
    licence_id: int,
    letter: str,
    valid_from: date,
    valid_to: date,
    delivery_due_on: date | None,
) -> None:
    writer.add(
        "deemed_renewed",
        licence=licence_id,
        letter=letter,
        valid_from=valid_from,
        valid_to=valid_to,
        delivery_due_on=delivery_due_on,
    )


def record_opening(writer: EventWriter, *, licence_id: int, purpose: str, ground: str) -> None:
    writer.add("opened_ex_officio", licence=licence_id, purpose=purpose, ground=ground)


def record_told(writer: EventWriter, *, letter: str, service_id: int, statement_due_on: date | None) -> None:
    writer.add("holder_told", letter=letter, service=service_id, statement_due_on=statement_due_on)


def record_statement(writer: EventWriter, *, waived: bool) -> None:
    writer.add("holder_heard", waived=waived)


def record_proposal(writer: EventWriter, *, opinion_id: int, proposal: str) -> None:
    writer.add("ex_officio_proposed", opinion=opinion_id, proposal=proposal)


def record_taking_back(
    writer: EventWriter, *, kind: str, licence_id: int, letter: str, ground: str, decided_on: date
) -> None:
    """``kind``: licence_withdrawn, revoked or cancelled."""
    writer.add(kind, licence=licence_id, letter=letter, ground=ground, decided_on=decided_on)


def record_dropping(writer: EventWriter, *, letter: str | None, article: str) -> None:
    writer.add("ex_officio_dropped", letter=letter, article=article)


def record_forfeiture(writer: EventWriter, *, licence_id: int, change_id: int, department_id: int, on: date) -> None:
    writer.add("forfeited", licence=licence_id, change=change_id, department=department_id, on=on)


def record_licence_suspension(
    writer: EventWriter, *, licence_id: int, change_id: int, department_id: int, on: date, until_on: date | None
) -> None:
    writer.add(
        "licence_suspended",
        licence=licence_id,
        change=change_id,
        department=department_id,
        on=on,
        until_on=until_on,
    )


def record_licence_resumption(writer: EventWriter, *, licence_id: int, change_id: int, on: date) -> None:
    writer.add("licence_resumed", licence=licence_id, change=change_id, on=on)


def record_letter_correction(writer: EventWriter, *, letter: str, notice: str, entry: str) -> None:
    writer.add("corrected", letter=letter, notice=notice, entry=entry)


def record_registration(writer: EventWriter, *, licence_id: int) -> None:
    writer.add("licence_registered", licence=licence_id)
