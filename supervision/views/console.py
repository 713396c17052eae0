"""监管部门的收件箱: what was told to it, each push with its acts; made for a phone as well."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from laiyang_approval.kernel import auditing, clock
from laiyang_approval.kernel.addresses import client_address
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.views.showing import show_refusal
from supervision import permissions, queries
from supervision.commands.tracking import (
    claim_push,
    dispute_push,
    follow_up,
    move_push,
    plan_push,
    read_push,
    uphold_push,
)
from supervision.forms import FollowUpForm, MoveForm, PlanForm, PurposeForm, ReasonForm, RulingForm
from supervision.inbox import ROWS_A_PAGE, push_page, rows_of

_COMMANDS = {
    "claim": (claim_push, "已认领；请在期限内列入监管计划。"),
    "dispute": (dispute_push, "异议已提交协调机制。"),
    "plan": (plan_push, "监管计划已登记。"),
    "follow_up": (follow_up, "监管情况已登记。"),
    "uphold": (uphold_push, "已维持原监管部门。"),
    "move": (move_push, "已改由他部门监管并推送。"),
}
_FORMS = {
    "claim": forms.Form,
    "dispute": ReasonForm,
    "plan": PlanForm,
    "follow_up": FollowUpForm,
    "uphold": RulingForm,
    "move": MoveForm,
}


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """The pushes this person may know of, one list at a time; first what waits to be claimed, oldest first."""
    name = request.GET.get("list", "unclaimed")
    name = name if name in queries.LISTS else "all"
    after = request.GET.get("after", "")
    found = queries.inbox(request.user, name)
    if after.isascii() and after.isdigit() and len(after) < 18:
        found = (
            found.filter(pk__gt=int(after)) if name in {"unclaimed", "supervised"} else found.filter(pk__lt=int(after))
        )
    pushes = list(found[: ROWS_A_PAGE + 1])
    counts = queries.counts(request.user)
    context = {
        "rows": rows_of(pushes[:ROWS_A_PAGE], clock.today()),
        "next_cursor": pushes[ROWS_A_PAGE - 1].pk if len(pushes) > ROWS_A_PAGE else "",
        "is_first": not after,
        "query": f"list={name}",
        "tabs": [
            *((key, label, f"?list={key}", counts[key]) for key, (label, _) in queries.LISTS.items()),
            ("all", "全部", "?list=all"),
        ],
        "name": name,
        "acts_for_bodies": bool(permissions.bodies_of(request.user)),
    }
    return render(request, "supervision/inbox.html", context)


@require_GET
def push(request: HttpRequest, push_number: str) -> HttpResponse:
    """One push with what it says and what can be done; the regulator's first look is its receipt."""
    found = queries.get_visible_push(request.user, push_number)
    if found.waits_for_claim and found.regulator_id in permissions.bodies_of(request.user):
        read_push(push_number, actor=request.user, at=clock.now())
    return _push_response(request, push_number)


@require_POST
def push_act(request: HttpRequest, push_number: str, action: str) -> HttpResponse:
    """One act on a push; a refused one is shown with its reason beside what was typed."""
    if action not in _COMMANDS:
        raise Http404
    queries.get_visible_push(request.user, push_number)
    form = _form(action, request.POST)
    if not form.is_valid():
        return _push_response(request, push_number, action=action, form=form, status=422)
    command, done = _COMMANDS[action]
    try:
        command(push_number, actor=request.user, at=clock.now(), **form.cleaned_data)
    except DomainError as error:
        if error.status == 404:
            raise
        show_refusal(form, error)
        return _push_response(request, push_number, action=action, form=form, status=error.status)
    messages.success(request, done)
    return redirect("push", push_number)


@require_POST
def push_reveal(request: HttpRequest, push_number: str) -> HttpResponse:
    """Shows number and phone in clear, once, for a stated purpose; the look is recorded."""
    found = queries.get_visible_push(request.user, push_number)
    permissions.require(request.user, "reveal", found)
    form = PurposeForm(request.POST)
    if not form.is_valid():
        return _push_response(request, push_number, reveal_form=form, status=422)
    auditing.reveal(
        actor=request.user,
        at=clock.now(),
        object_ref=f"push:{found.number}",
        purpose=form.cleaned_data["purpose"],
        address=client_address(request),
        fields=["id_number", "phone"],
    )
    return _push_response(request, push_number, revealed=True)


def _form(action: str, data=None) -> forms.Form:
    more = {"today": clock.today()} if action == "move" else {}
    return _FORMS[action](data, auto_id=f"{action}-%s", **more)


def _push_response(
    request: HttpRequest,
    number: str,
    *,
    action: str = "",
    form: forms.Form | None = None,
    reveal_form: PurposeForm | None = None,
    revealed: bool = False,
    status: int = 200,
) -> HttpResponse:
    page = push_page(request.user, number, today=clock.today())
    shown = [
        {
            "view": view,
            "form": form if view.action == action and form is not None else _form(view.action),
            "is_open": view.action == action,
        }
        for view in page.acts.values()
        if view.allowed or view.action == action
    ]
    context = {
        "page": page,
        "push": page.push,
        "said": page.said,
        "acts": shown,
        "failed_form": form if form is not None and form.errors else None,
        "reveal_form": reveal_form or PurposeForm(),
        "revealed": revealed,
        "party": page.push.case.party,
        "phone": page.push.case.contact_phone or page.push.case.party.phone if revealed else "",
    }
    return render(request, "supervision/push.html", context, status=status)
