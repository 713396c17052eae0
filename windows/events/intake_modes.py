"""Events of 容缺受理, 告知承诺 and the check after it."""

from datetime import date

from .writer import EventWriter

LABELS = {
    "deferral_promised": "容缺受理，申请人承诺限期补齐",
    "deferred_supplied": "收到容缺材料",
    "deferral_settled": "容缺材料补齐",
    "deferral_ended": "容缺材料逾期未补，按承诺书处理",
    "deferral_term_moved": "放假安排变更，顺延容缺材料补齐期限",
    "commitment_signed": "签署告知承诺书",
    "commitment_dropped": "不再采用告知承诺，转普通程序",
    "post_check_opened": "承诺核查开始计时",
    "promise_kept": "核查：与承诺相符",
    "promise_false": "核查：与承诺不符，责令限期整改",
    "promise_broken": "复查：逾期未改，应当撤销",
    "terminated": "终止办理",
    "receipt_given": "另行出具受理通知书",
}


def record_deferral(
    writer: EventWriter, *, material_ids: list[int], due_on: date | None, consequence: str, letter: str
) -> None:
    writer.add("deferral_promised", materials=material_ids, due_on=due_on, consequence=consequence, letter=letter)


def record_supply(writer: EventWriter, *, material_ids: list[int], letter: str, is_late: bool) -> None:
    writer.add("deferred_supplied", materials=material_ids, letter=letter, late=is_late)


def record_deferral_settled(writer: EventWriter) -> None:
    writer.add("deferral_settled")


def record_deferral_end(writer: EventWriter, *, consequence: str, due_on: date, material_ids: list[int]) -> None:
    writer.add("deferral_ended", consequence=consequence, due_on=due_on, materials=material_ids)


def record_deferral_term(writer: EventWriter, *, old: date | None, new: date, notice: str) -> None:
    writer.add("deferral_term_moved", old=old, new=new, calendar=notice)


def record_termination(writer: EventWriter, *, letter: str) -> None:
    writer.add("terminated", letter=letter)


def record_commitment(writer: EventWriter, *, material_ids: list[int], letter: str) -> None:
    writer.add("commitment_signed", materials=material_ids, letter=letter)


def record_commitment_drop(writer: EventWriter, *, letter: str, by_decider: bool) -> None:
    writer.add("commitment_dropped", letter=letter, by_decider=by_decider)


def record_post_check(writer: EventWriter, *, check_id: int, due_on: date | None, is_high_risk: bool) -> None:
    writer.add("post_check_opened", check=check_id, due_on=due_on, high_risk=is_high_risk)


def record_finding(
    writer: EventWriter, kind: str, *, finding_id: int, sequence: int, letter: str | None, due_on: date | None
) -> None:
    """``kind``: promise_kept, promise_false or promise_broken."""
    writer.add(kind, finding=finding_id, sequence=sequence, letter=letter, due_on=due_on)


def record_receipt_given(writer: EventWriter, *, letter: str) -> None:
    writer.add("receipt_given", letter=letter)
