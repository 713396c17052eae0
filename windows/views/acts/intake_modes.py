"""Acts of 容缺受理, 告知承诺 and 即办."""

from datetime import datetime
from typing import Any

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.models import User
from matters.models import Handling
from windows.commands.at_once import grant_at_once, grant_by_commitment
from windows.commands.decision import Grant
from windows.commands.deferrals import end_deferral, supply_deferred
from windows.commands.intake import decline_commitment, drop_commitment
from windows.commands.preconditions import CreditQuery
from windows.domain.intake_modes import Consequence
from windows.forms.intake_modes import (
    DropCommitmentForm,
    EndDeferralForm,
    GrantAtOnceForm,
    SupplyForm,
    offer_open_items,
    propose_grant,
)
from windows.forms.review import GrantForm
from windows.intake_modes import open_deferral
from windows.models import Case
from windows.uploading import discard_all, store_by_material

from .base import Act, plain, with_


def _supply(number: str, data: dict[str, Any], actor: User, at: datetime) -> Case:
    """Files pass the gate before the act, and are gone again when it fails."""
    version, case = data.pop("version"), None
    stored = store_by_material({0: data.pop("files")}, actor=actor, at=at)
    try:
        case = supply_deferred(number, files=stored.get(0, ()), actor=actor, at=at, expected_version=version, **data)
    finally:
        if case is None:
            discard_all(stored.values())
    return case


def _grant_at_once(number: str, data: dict[str, Any], actor: User, at: datetime) -> Case:
    version = data.pop("version")
    credit = CreditQuery(data.pop("source"), data.pop("result"), consequence=data.pop("consequence"))
    return grant_at_once(number, grant=Grant(**data), credit=credit, actor=actor, at=at, expected_version=version)


def _is_promised(case: Case) -> bool:
    return case.by_commitment


def _is_waiting(case: Case) -> bool:
    return open_deferral(case) is not None


def _is_over(case: Case) -> bool:
    """Whether the term is over, and what was told is not a refusal, which is for the decider to make."""
    deferral = open_deferral(case)
    if deferral is None or deferral.known_consequence is Consequence.REFUSE:
        return False
    return deferral.due_on is not None and deferral.due_on < clock.today()


ACTS: dict[str, Act] = {
    "grant_by_commitment": Act(
        GrantForm,
        with_(grant_by_commitment, "grant", Grant),
        "已按告知承诺准予许可，受理通知书和决定书正在生成。",
        sealed=True,
        prepare=propose_grant,
        applies=_is_promised,
    ),
    "grant_at_once": Act(
        GrantAtOnceForm,
        _grant_at_once,
        "已当场准予许可，决定书正在生成。",
        sealed=True,
        prepare=propose_grant,
        applies=lambda case: case.edition.handling == Handling.INSTANT,
    ),
    "decline_commitment": Act(
        DropCommitmentForm, plain(decline_commitment), "已转普通程序，请窗口告知申请人。", applies=_is_promised
    ),
    "drop_commitment": Act(
        DropCommitmentForm, plain(drop_commitment), "已登记不再采用告知承诺，本件按普通程序办理。", applies=_is_promised
    ),
    "supply_deferred": Act(
        SupplyForm, _supply, "容缺材料已登记，接收凭证正在生成。", prepare=offer_open_items, applies=_is_waiting
    ),
    "end_deferral": Act(
        EndDeferralForm, plain(end_deferral), "已按承诺书处理，文书正在生成。", sealed=True, applies=_is_over
    ),
}
