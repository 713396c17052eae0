"""Acts that put on record what must stand before a decision."""

from datetime import datetime
from typing import Any

from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.uploads import discard_upload, store_upload
from windows import permissions, queries
from windows.commands.outside_decisions import DecisionAbove, record_outside_decision
from windows.commands.preconditions import (
    CreditQuery,
    Payment,
    notify_fee,
    record_credit_check,
    record_payment,
    reduce_fee,
    report_upward,
)
from windows.forms.preconditions import (
    CreditCheckForm,
    FeeNoticeForm,
    OutsideDecisionForm,
    PaymentForm,
    ReductionForm,
    UpwardReportForm,
    offer_bodies,
    offer_fees,
    offer_open_notices,
)
from windows.models import Case
from windows.preconditions import is_decided_above, lawful_fees, open_fee_notices, report_of

from .base import Act, plain, with_


def _pay(number: str, data: dict[str, Any], actor: User, at: datetime) -> Case:
    version, notice_id = data.pop("version"), data.pop("notice_id")
    return record_payment(
        number, notice_id=notice_id, payment=Payment(**data), actor=actor, at=at, expected_version=version
    )


def _is_to_be_reported(case: Case) -> bool:
    above = case.deciding_department_id != case.handling_department_id or is_decided_above(case)
    return above and report_of(case) is None


def _record_above(number: str, data: dict[str, Any], actor: User, at: datetime) -> Case:
    version, upload = data.pop("version"), data.pop("scan")
    # Nobody's file is opened and stored before it is known that the act is theirs.
    permissions.require_event(actor, "record_outside_decision", queries.get_visible_case(actor, number))
    scan = store_upload(upload, actor=actor, at=at)
    try:
        return record_outside_decision(
            number, decided=DecisionAbove(**data), scan=scan, actor=actor, at=at, expected_version=version
        )
    except DomainError:
        discard_upload(scan)
        raise


ACTS: dict[str, Act] = {
    "credit_check": Act(CreditCheckForm, with_(record_credit_check, "query", CreditQuery), "信用查询已登记。"),
    "notify_fee": Act(
        FeeNoticeForm,
        plain(notify_fee),
        "缴费通知书正在生成。",
        prepare=offer_fees,
        applies=lambda case: bool(lawful_fees(case)),
    ),
    "settle_fee": Act(
        PaymentForm,
        _pay,
        "缴费已登记。",
        prepare=offer_open_notices,
        applies=lambda case: bool(lawful_fees(case)) and bool(open_fee_notices(case)),
    ),
    "reduce_fee": Act(
        ReductionForm,
        plain(reduce_fee),
        "减免已登记。",
        prepare=offer_open_notices,
        applies=lambda case: bool(lawful_fees(case)) and bool(open_fee_notices(case)),
    ),
    "report_upward": Act(
        UpwardReportForm,
        plain(report_upward),
        "已连同案卷报送。",
        sealed=True,
        prepare=offer_bodies,
        applies=_is_to_be_reported,
    ),
    "record_outside_decision": Act(
        OutsideDecisionForm,
        _record_above,
        "上级机关的决定已登记，送达告知书正在生成。",
        applies=lambda case: report_of(case) is not None,
    ),
}
