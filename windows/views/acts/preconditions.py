"""Acts that put on record what must stand before a decision."""

from datetime import datetime
from typing import Any

from laiyang_approval.kernel.models import User
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
    PaymentForm,
    ReductionForm,
    UpwardReportForm,
    offer_fees,
    offer_open_notices,
)
from windows.models import Case
from windows.preconditions import lawful_fees, open_fee_notices

from .base import Act, plain, with_


def _pay(number: str, data: dict[str, Any], actor: User, at: datetime) -> Case:
    version, notice_id = data.pop("version"), data.pop("notice_id")
    return record_payment(
        number, notice_id=notice_id, payment=Payment(**data), actor=actor, at=at, expected_version=version
    )


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
        applies=lambda case: case.deciding_department_id != case.handling_department_id,
    ),
}
