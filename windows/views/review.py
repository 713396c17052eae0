"""The reviewer's, decider's and issuing clerk's pages: lists of cases, the case page and its acts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from laiyang_approval.kernel.permissions import require_recent_login
from laiyang_approval.kernel.uploads import serve_stored, store_upload

from laiyang_approval.kernel import auditing, clock
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.roles import Role
from windows import permissions, queries
from windows.case_page import case_page
from windows.commands.decision import Grant, Refusal, grant_case, refuse_case
from windows.commands.delivery import Service, deliver_case, issue_certificate
from windows.commands.intake import withdraw_case
from windows.commands.review import return_to_review, start_review, submit_opinion
from windows.domain.states import State
from windows.forms.review import (
    ActForm,
    DeliverForm,
    GrantForm,
    OpinionForm,
    RefuseForm,
    ReturnForm,
    RevealForm,
    WithdrawForm,
    grant_initial,
)
from windows.inbox import Filter, cases_page
from windows.models import Case
from windows.rendering import letter_response
from windows.rows import inbox_rows

INBOXES = {
    "review": ("待办", "review_for_department", (State.ACCEPTED, State.IN_REVIEW)),
    "decide": ("待决定", "decide_for_department", (State.PENDING_DECISION,)),
    "issue": ("待出件", "intake_for_department", (State.GRANTED, State.REFUSED, State.ISSUED)),
}


@require_GET
def inbox(request: HttpRequest, kind: str = "") -> HttpResponse:
    """Open cases this person works on, first due first."""
    kind = kind or _usual_inbox(request.user)
    if kind not in INBOXES:
        raise Http404
    heading, right, states = INBOXES[kind]
    wanted = Filter(
        states=states,
        light=request.GET.get("light", "") if request.GET.get("light") in Case.Light.values else "",
        matter=request.GET.get("matter", "")[:16],
        search=request.GET.get("q", ""),
        mine=request.GET.get("mine") == "1",
    )
    page = cases_page(request.user, wanted, right=right, cursor=request.GET.get("after", ""))
    context = {
        "heading": heading,
        "kind": kind,
        "wanted": wanted,
        "lights": Case.Light.choices[1:],
        "rows": inbox_rows(page.rows, today=clock.today()),
        "is_empty": not page.rows,
        "next_cursor": page.next_cursor,
        "query": _query_without_cursor(request),
    }
    return render(request, "windows/review/inbox.html", context)


@require_GET
def case_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One case: what the law wants next, what is there, and what this person may do."""
    return _case_response(request, number)


@dataclass(frozen=True)
class Act:
    """一个办理动作在网页上的样子: its form, and the command it calls; ``sealed``: ask for the password again."""

    form: type[ActForm]
    run: Callable[[str, dict[str, Any], User, datetime], Case]
    done: str
    sealed: bool = False


def _deliver(number: str, data: dict[str, Any], actor: User, at: datetime) -> Case:
    upload = data.pop("evidence")
    evidence = store_upload(upload, actor=actor, at=at) if upload else None
    version = data.pop("version")
    return deliver_case(
        number, service=Service(**data, evidence=evidence), actor=actor, at=at, expected_version=version
    )


def _plain(command: Callable[..., Case]) -> Callable[[str, dict[str, Any], User, datetime], Case]:
    def run(number: str, data: dict[str, Any], actor: User, at: datetime) -> Case:
        return command(number, expected_version=data.pop("version"), actor=actor, at=at, **data)

    return run


def _with(command: Callable[..., Case], name: str, build: Callable[..., Any]):
    def run(number: str, data: dict[str, Any], actor: User, at: datetime) -> Case:
        version = data.pop("version")
        return command(number, **{name: build(**data)}, actor=actor, at=at, expected_version=version)

    return run


ACTS: dict[str, Act] = {
    "start_review": Act(ActForm, _plain(start_review), "已领取，由您审查。"),
    "submit_opinion": Act(OpinionForm, _plain(submit_opinion), "审查意见已提交，待决定。"),
    "return_to_review": Act(ReturnForm, _plain(return_to_review), "已退回重审。"),
    "grant": Act(GrantForm, _with(grant_case, "grant", Grant), "已准予许可，决定书正在生成。", sealed=True),
    "refuse": Act(
        RefuseForm, _with(refuse_case, "refusal", Refusal), "已作出不予许可决定，决定书正在生成。", sealed=True
    ),
    "issue": Act(ActForm, _plain(issue_certificate), "证件已编号用印，正在生成。", sealed=True),
    "deliver": Act(DeliverForm, _deliver, "送达已登记，本件办结。"),
    "withdraw": Act(WithdrawForm, _plain(withdraw_case), "已登记申请人撤回，确认书正在生成。"),
}


@require_POST
def case_act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Carries out one act and shows the case again; a refused act shows the case with the reason and what was typed."""
    act = ACTS.get(action)
    if act is None:
        raise Http404
    queries.get_visible_case(request.user, number)
    if act.sealed and (challenge := require_recent_login(request)) is not None:
        return challenge
    form = act.form(request.POST, request.FILES)
    if not form.is_valid():
        return _case_response(request, number, action=action, form=form, status=422)
    try:
        act.run(number, dict(form.cleaned_data), request.user, clock.now())
    except DomainError as error:
        if error.status == 404:
            raise
        _show(form, error)
        return _case_response(request, number, action=action, form=form, status=error.status)
    return _done(request, number, act.done)


@require_POST
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Shows the applicant's numbers in clear, once, for a stated purpose; the look is recorded (control C12)."""
    case = queries.get_visible_case(request.user, number)
    permissions.require_event(request.user, "reveal", case)
    form = RevealForm(request.POST)
    if not form.is_valid():
        return _case_response(request, number, reveal_form=form, status=422)
    auditing.reveal(
        actor=request.user,
        at=clock.now(),
        object_ref=f"case:{case.number}",
        purpose=form.cleaned_data["purpose"],
        address=request.META.get("REMOTE_ADDR"),
    )
    return _case_response(request, number, revealed=True)


@require_GET
def case_file(request: HttpRequest, number: str, file_id: int) -> HttpResponse:
    """One attachment of a case this person may see, as a download; the bytes are checked against their hash."""
    case = queries.get_visible_case(request.user, number)
    permissions.require_event(request.user, "download_file", case)
    found = case.files.select_related("stored").filter(pk=file_id).first()
    if found is None:
        raise Http404
    return serve_stored(found.stored, inline=request.GET.get("view") == "1")


@require_GET
def letter_file(request: HttpRequest, number: str, letter_id: int) -> HttpResponse:
    """One letter of a case this person may see, as PDF."""
    case = queries.get_visible_case(request.user, number)
    permissions.require_event(request.user, "download_letter", case)
    letter = queries.letters_of(case).filter(pk=letter_id).first()
    if letter is None:
        raise Http404
    return letter_response(letter)


def _case_response(
    request: HttpRequest,
    number: str,
    *,
    action: str = "",
    form: forms.Form | None = None,
    reveal_form: RevealForm | None = None,
    revealed: bool = False,
    status: int = 200,
) -> HttpResponse:
    page = case_page(request.user, number)
    shown = {name: view for name, view in page.acts.items() if name in ACTS}
    context = {
        "page": page,
        "case": page.case,
        "today": clock.today(),
        "acts": [(view, _form_for(name, page.case, action, form)) for name, view in shown.items()],
        "failed_action": action,
        "reveal_form": reveal_form or RevealForm(),
        "revealed": revealed,
    }
    return render(request, "windows/review/case.html", context, status=status)


def _form_for(name: str, case: Case, action: str, bound: forms.Form | None) -> forms.Form:
    if name == action and bound is not None:
        return bound
    initial = {"version": case.version}
    if name == "grant":
        initial |= grant_initial(clock.today(), case.request)
    return ACTS[name].form(initial=initial, prefix=None, auto_id=f"{name}-%s")


def _show(form: forms.Form, error: DomainError) -> None:
    fields = {name: text for name, text in getattr(error, "fields", {}).items() if name in form.fields}
    for name, text in fields.items():
        form.add_error(name, text)
    if not fields:
        form.add_error(None, str(error))


def _done(request: HttpRequest, number: str, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("case", number=number)


def _usual_inbox(user: User) -> str:
    if user.has_role(Role.DECIDER, Role.HEAD_OF_GOVERNMENT):
        return "decide"
    return "issue" if user.has_role(Role.ISSUING_CLERK) else "review"


def _query_without_cursor(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("after", None)
    return query.urlencode()
