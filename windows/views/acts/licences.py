"""Acts on a case of the office's own motion; and what granting means for each 办理项."""

from datetime import date, datetime
from typing import Any

from django import forms

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.uploads import store_upload
from windows import licences
from windows.commands.licences.ex_officio import propose_ex_officio, record_holder_statement, serve_holder, tell_holder
from windows.commands.licences.taking_back import TakingBack, decide_ex_officio, drop_ex_officio
from windows.commands.serving import Service
from windows.domain.licences import following_period
from windows.forms.licences import (
    DropForm,
    ProposalForm,
    ServeHolderForm,
    StatementForm,
    TakingBackForm,
    ask_what_the_ground_demands,
    offer_why_not,
    reasons_of_cancellation,
)
from windows.forms.review import ActForm, GrantForm
from windows.models import Case

from .base import Act, plain, with_


def _serve(number: str, data: dict[str, Any], actor: User, at: datetime) -> Case:
    upload, version = data.pop("evidence"), data.pop("version")
    evidence = store_upload(upload, actor=actor, at=at) if upload else None
    return serve_holder(
        number, service=Service(**data, evidence=evidence), actor=actor, at=at, expected_version=version
    )


def ask_for_what_is_granted(form: GrantForm, case: Case) -> None:
    """A new undertaking asks for everything, a change for the content, a renewal for the period, the rest for nothing."""
    purpose = case.purpose
    if purpose == Case.Purpose.NEW or case.subject_licence_id is None:
        return
    licence = licences.newest_version(case.subject_licence_id)
    known = {"content": licence.content, "conditions": licence.conditions}
    if purpose == Case.Purpose.CHANGE:
        form.initial |= known
        _leave_out(form, "valid_from", "valid_to")
    elif purpose == Case.Purpose.RENEWAL:
        form.initial |= known | _next_period(licence.valid_from, licence.valid_to, clock.today())
    else:
        _leave_out(form, "content", "conditions", "valid_from", "valid_to")
    if purpose == Case.Purpose.CANCELLATION:
        state = licences.state_on(licence, clock.today())
        form.fields["cancel_reason"] = forms.TypedChoiceField(
            label="注销原因（行政许可法第七十条）", choices=reasons_of_cancellation(state), coerce=int, initial=6
        )


def _next_period(valid_from: date, valid_to: date | None, today: date) -> dict[str, date]:
    """The period that follows the licence's, or one of the same length from today when it has run out."""
    if valid_to is None:
        return {}
    start, end = following_period(valid_from, valid_to)
    return {"valid_from": start, "valid_to": end} if start >= today else {"valid_from": today, "valid_to": end}


def _leave_out(form: forms.Form, *names: str) -> None:
    for name in names:
        del form.fields[name]


ACTS: dict[str, Act] = {
    "tell_holder": Act(
        ActForm,
        plain(tell_holder),
        "陈述申辩权利告知书已编号用印，正在生成；请送达后登记。",
        sealed=True,
        applies=lambda case: case.purpose != Case.Purpose.CANCELLATION and case.ex_officio.told_letter_id is None,
    ),
    "serve_holder": Act(
        ServeHolderForm,
        _serve,
        "告知书的送达已登记。",
        applies=lambda case: case.ex_officio.told_letter_id is not None and case.ex_officio.told_on is None,
    ),
    "record_holder_statement": Act(
        StatementForm,
        plain(record_holder_statement),
        "陈述申辩已登记。",
        applies=lambda case: case.ex_officio.told_on is not None and case.ex_officio.statement_at is None,
    ),
    "propose_ex_officio": Act(ProposalForm, plain(propose_ex_officio), "处理意见已提交，待决定。"),
    "decide_ex_officio": Act(
        TakingBackForm,
        with_(decide_ex_officio, "taking", TakingBack),
        "已作出处理决定，决定书正在生成。",
        sealed=True,
        prepare=ask_what_the_ground_demands,
    ),
    "drop_ex_officio": Act(DropForm, plain(drop_ex_officio), "已终结，证照不变。", sealed=True, prepare=offer_why_not),
}
