"""委托: the tasks others gave this person, and what this person gave away."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.addresses import client_address
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.views.showing import show_refusal

from ..commands.delegating import DelegationInput, delegate_tasks, revoke_delegation
from ..delegations import delegations_of, may_delegate_for, tasks_delegated_to
from ..forms.people import DelegationForm
from ..rows import inbox_rows


@require_http_methods(["GET", "POST"])
def delegations(request: HttpRequest) -> HttpResponse:
    """What waits for this person in somebody else's stead, and the form that gives one's own tasks away for a time."""
    if request.method == "GET":
        return _page(request, DelegationForm(user=request.user))
    form = DelegationForm(request.POST, user=request.user)
    status = 422
    if form.is_valid():
        try:
            made = delegate_tasks(DelegationInput(**form.cleaned_data), actor=request.user, **_when(request))
        except DomainError as error:
            if error.status == 404:
                raise
            status = show_refusal(form, error)
        else:
            messages.success(request, f"已委托{made.delegate.display_name}，{made.from_on}至{made.to_on}有效。")
            return redirect("delegations")
    return _page(request, form, status)


@require_POST
def delegation_revoke(request: HttpRequest, delegation_id: int) -> HttpResponse:
    """Ends a delegation now."""
    try:
        revoke_delegation(delegation_id, actor=request.user, **_when(request))
    except DomainError as error:
        if error.status == 404:
            raise
        messages.error(request, str(error))
    else:
        messages.success(request, "委托已收回，受托人的下一次操作起即不能代为办理。")
    return redirect("delegations")


def _when(request: HttpRequest) -> dict:
    return {"at": clock.now(), "address": client_address(request)}


def _page(request: HttpRequest, form: DelegationForm, status: int = 200) -> HttpResponse:
    today, user = clock.today(), request.user
    rows = [
        (
            row,
            "revoked"
            if row.revoked_at
            else "ended"
            if row.to_on < today
            else "standing"
            if row.from_on <= today
            else "later",
            row.revoked_at is None
            and row.to_on >= today
            and (may_delegate_for(user, row.principal) or row.delegate_id == user.pk),
        )
        for row in delegations_of(user)
    ]
    tasks = [(one, inbox_rows(one.cases.rows, today=today)) for one in tasks_delegated_to(user, today)]
    context = {"form": form, "rows": rows, "tasks": tasks, "today": today}
    return render(request, "windows/people/delegations.html", context, status=status)
