"""The reviewer's, decider's and issuing clerk's pages: lists of cases, the case page and its acts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_POST

from laiyang_approval.kernel import auditing, clock
from laiyang_approval.kernel.addresses import client_address
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.permissions import require_recent_login
from laiyang_approval.kernel.roles import Role
from laiyang_approval.kernel.stencils import Stencil
from laiyang_approval.kernel.templatetags.ui import LIGHTS
from laiyang_approval.kernel.uploads import serve_stored, store_upload
from windows import permissions, queries
from windows.case_page import ActView, CasePage, case_page, dues_of
from windows.commands.decision import Grant, Refusal, grant_case, refuse_case
from windows.commands.delivery import Service, deliver_case, issue_certificate
from windows.commands.intake import withdraw_case
from windows.commands.reminding import mark_read
from windows.commands.review import return_to_review, start_review, submit_opinion
from windows.domain.case_numbers import is_case_number
from windows.domain.states import DELIVERY_STATES, State
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
from windows.inbox import PAGE_SIZE, Filter, cases_page
from windows.models import Case
from windows.rendering import letter_response
from windows.rows import inbox_rows


@dataclass(frozen=True)
class CaseList:
    """一张办件清单: its heading, the right whose departments it shows ("" for all a person may see), its states, and what an empty one says."""

    heading: str
    right: str
    states: tuple[State, ...]
    empty_title: str
    empty_text: str = ""


REVIEW_LIST = CaseList(
    "待审查",
    permissions.REVIEW,
    (State.ACCEPTED, State.IN_REVIEW),
    "没有待审查的办件",
    "新受理的办件会按届满日先后出现在这里。",
)
DECIDE_LIST = CaseList(
    "待决定",
    permissions.DECIDE,
    (State.PENDING_DECISION,),
    "没有待决定的办件",
    "审查人员提交意见后，办件会出现在这里。",
)
ISSUE_LIST = CaseList(
    "待出件",
    permissions.INTAKE,
    DELIVERY_STATES,
    "没有待出件的办件",
    "作出决定后须在10个工作日内颁发、送达（行政许可法第四十四条）。",
)
DONE_STATES = (State.DELIVERED, State.WITHDRAWN, State.NOT_REQUIRED, State.NOT_ACCEPTED)


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for this person's review or decision, first due first."""
    decides = request.user.has_role(Role.DECIDER, Role.HEAD_OF_GOVERNMENT)
    return _list(request, DECIDE_LIST if decides else REVIEW_LIST)


@require_GET
def issuing(request: HttpRequest) -> HttpResponse:
    """Decided cases whose certificate or service is due."""
    return _list(request, ISSUE_LIST)


@require_GET
def inbox_done(request: HttpRequest) -> HttpResponse:
    """Cases decided or ended, of the departments this person works for."""
    decides = request.user.has_role(Role.DECIDER, Role.HEAD_OF_GOVERNMENT)
    right = permissions.DECIDE if decides else permissions.REVIEW
    return _list(request, CaseList("已办", right, (*DELIVERY_STATES, *DONE_STATES), "还没有办结的办件"))


@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """All cases this person may know of, searched by number, applicant or identity code."""
    number = request.GET.get("q", "").strip().upper()
    if is_case_number(number) and queries.cases_visible_to(request.user).filter(number=number).exists():
        return redirect("case", number=number)
    return _list(request, CaseList("办件", "", tuple(State), "还没有办件"))


@require_GET
def reminders(request: HttpRequest) -> HttpResponse:
    """Unread reminders of this person's cases, newest first."""
    cursor = request.GET.get("after", "")
    found = queries.reminders_for(request.user)
    if cursor.isascii() and cursor.isdigit() and len(cursor) < 19:
        found = found.filter(pk__lt=int(cursor))
    rows = list(found[: PAGE_SIZE + 1])
    more = str(rows[PAGE_SIZE - 1].pk) if len(rows) > PAGE_SIZE else ""
    context = {"reminders": rows[:PAGE_SIZE], "next_cursor": more, "is_first": not cursor}
    return render(request, "windows/review/reminders.html", context)


@require_POST
def reminder_read(request: HttpRequest, reminder_id: int) -> HttpResponse:
    """Marks one reminder as read."""
    mark_read(reminder_id, actor=request.user, at=clock.now())
    return redirect("reminders")


def _list(request: HttpRequest, shown: CaseList) -> HttpResponse:
    light = request.GET.get("light", "")
    wanted = Filter(
        states=shown.states,
        light=light if light in Case.Light.values else "",
        matter=request.GET.get("matter", "").strip().upper()[:16],
        search=request.GET.get("q", ""),
        mine=request.GET.get("mine") == "1",
    )
    cursor = request.GET.get("after", "")
    page = cases_page(request.user, wanted, right=shown.right, cursor=cursor)
    kind = {
        "heading": shown.heading,
        "empty_title": shown.empty_title,
        "empty_text": shown.empty_text,
        "has_mine": shown.right == permissions.REVIEW,
        "wanted": wanted,
        "lights": LIGHT_CHOICES,
        "is_first": not cursor,
        "query": _query_of(wanted),
    }
    values = {"rows": inbox_rows(page.rows, today=clock.today()), "next_cursor": page.next_cursor}
    if wanted.search or wanted.matter:  # as many kinds as people type words
        return LIST_PAGE.rendered(request, kind, values)
    return LIST_PAGE.page(request, kind, values)


LIST_PAGE = Stencil("windows/review/inbox.html")
LIGHT_CHOICES = tuple((light.value, " ".join(LIGHTS[light][:2])) for light in Case.Light if light != Case.Light.NONE)


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
    if act.sealed:
        require_recent_login(request)
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
        address=client_address(request),
        fields=["id_number", "phone", "agent_id_number"],
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
def letter_file(request: HttpRequest, letter_id: int) -> HttpResponse:
    """One letter of a case this person may see, as PDF."""
    letter = queries.get_visible_letter(request.user, letter_id)
    permissions.require_event(request.user, "download_letter", letter.case)
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
    today = clock.today()
    acts = _acts(page, action, form)
    context = {
        "page": page,
        "case": page.case,
        "today": today,
        "dues": dues_of(page.case, today=today),
        "strip": page.strip(today),
        "materials": page.material_views,
        "received_text": _moment(page.case.received_at, page.case.received_by),
        "accepted_text": _moment(page.case.accepted_at, page.case.accepted_by),
        "clear_phone": page.case.contact_phone or page.case.party.phone,
        "decision": page.decision,
        "decided_text": _moment(page.case.decided_at, None),
        "validity_text": page.validity_text,
        "acts": acts,
        "failed_form": form if action and form is not None and form.errors else None,
        "nothing_to_do": "本件目前没有需要办理的事项。",
        "hall_url": page.hall_url,
        "reveal_form": reveal_form or RevealForm(),
        "may_reveal": permissions.may(request.user, "reveal", page.case).allowed,
        "revealed": revealed,
    }
    return render(request, "windows/review/case.html", context, status=status)


@dataclass(frozen=True)
class ShownAct:
    """一个办理动作及其表单: ``is_plain`` acts need nothing typed; the first allowed one is the main one."""

    view: ActView
    form: forms.Form
    is_plain: bool
    is_main: bool
    is_open: bool


def _acts(page: CasePage, action: str, bound: forms.Form | None) -> list[ShownAct]:
    shown = [view for name, view in page.acts.items() if name in ACTS]
    first = next((view.action for view in shown if view.allowed), "")
    return [
        ShownAct(
            view,
            _form_for(view.action, page.case, action, bound),
            is_plain=ACTS[view.action].form is ActForm,
            is_main=view.action == first,
            is_open=view.action == action or (view.action == first and view.action == "submit_opinion"),
        )
        for view in sorted(shown, key=lambda view: not view.allowed)
    ]


def _moment(at: datetime | None, person: User | None) -> str:
    if at is None:
        return ""
    return f"{localtime(at):%Y-%m-%d %H:%M}" + (f"　{person.display_name}" if person else "")


def _form_for(name: str, case: Case, action: str, bound: forms.Form | None) -> forms.Form:
    if name == action and bound is not None:
        return bound
    initial = {"version": case.version}
    if name == "grant":
        initial |= grant_initial(clock.today(), case.request)
    return ACTS[name].form(initial=initial, auto_id=f"{name}-%s")


def _show(form: forms.Form, error: DomainError) -> None:
    fields = {name: text for name, text in getattr(error, "fields", {}).items() if name in form.fields}
    for name, text in fields.items():
        form.add_error(name, text)
    if not fields:
        form.add_error(None, str(error))


def _done(request: HttpRequest, number: str, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("case", number=number)


def _query_of(wanted: Filter) -> str:
    """The address of the filtered list's first page, after "?"."""
    fields = {"light": wanted.light, "q": wanted.search, "matter": wanted.matter, "mine": "1" if wanted.mine else ""}
    return urlencode({name: value for name, value in fields.items() if value})
