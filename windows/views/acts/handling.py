"""Acts of review, decision, certificate and service."""

from datetime import datetime
from typing import Any

from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.uploads import store_upload
from windows.commands.decision import Grant, Refusal, grant_case, refuse_case
from windows.commands.delivery import deliver_case, issue_certificate
from windows.commands.intake import withdraw_case
from windows.commands.review import return_to_review, start_review, submit_opinion
from windows.commands.serving import Service
from windows.forms.review import ActForm, DeliverForm, GrantForm, OpinionForm, RefuseForm, ReturnForm, WithdrawForm
from windows.hearings import record_of
from windows.models import Case
from windows.preconditions import is_decided_outside

from .base import Act, plain, with_
from .licences import ask_for_what_is_granted


def _deliver(number: str, data: dict[str, Any], actor: User, at: datetime) -> Case:
    upload = data.pop("evidence")
    evidence = store_upload(upload, actor=actor, at=at) if upload else None
    version = data.pop("version")
    return deliver_case(
        number, service=Service(**data, evidence=evidence), actor=actor, at=at, expected_version=version
    )


def offer_citation(form: GrantForm | RefuseForm, case: Case) -> None:
    """The record of the hearing as something to cite, where one was held (行政许可法第四十八条第二款)."""
    record = record_of(case)
    if record is None:
        del form.fields["cites_hearing"]
    else:
        form.fields["cites_hearing"].label = f"本决定根据听证笔录（{record.letter.number}）作出"


def prepare_grant(form: GrantForm, case: Case) -> None:
    """What the 办理项 leaves open, and the hearing's record to cite."""
    ask_for_what_is_granted(form, case)
    offer_citation(form, case)


ACTS: dict[str, Act] = {
    "start_review": Act(ActForm, plain(start_review), "已领取，由您审查。"),
    "submit_opinion": Act(OpinionForm, plain(submit_opinion), "审查意见已提交，待决定。"),
    "return_to_review": Act(ReturnForm, plain(return_to_review), "已退回重审。"),
    "grant": Act(
        GrantForm,
        with_(grant_case, "grant", Grant),
        "已作出准予决定，决定书正在生成。",
        sealed=True,
        prepare=prepare_grant,
    ),
    "refuse": Act(
        RefuseForm,
        with_(refuse_case, "refusal", Refusal),
        "已作出不予许可决定，决定书正在生成。",
        sealed=True,
        prepare=offer_citation,
    ),
    "issue": Act(
        ActForm,
        plain(issue_certificate),
        "证件已编号用印，正在生成。",
        sealed=True,
        applies=lambda case: case.purpose != Case.Purpose.CANCELLATION and not is_decided_outside(case),
    ),
    "deliver": Act(DeliverForm, _deliver, "送达已登记，本件办结。"),
    "withdraw": Act(WithdrawForm, plain(withdraw_case), "已登记申请人撤回，确认书正在生成。", by_choice=True),
}
