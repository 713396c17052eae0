"""失信限制: what applicants may not do for now, and how they are set free again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError

from ..commands.parties import lift_restriction
from ..forms.intake_modes import LiftForm
from ..permissions import may_lift
from ..restrictions import restrictions_page


@require_GET
def restrictions(request: HttpRequest) -> HttpResponse:
    """The restrictions this person may see: those in force, or those that ended."""
    return _page(request)


@require_POST
def restriction_lift(request: HttpRequest, restriction_id: int) -> HttpResponse:
    """Lifts one restriction, with the reason."""
    form = LiftForm(request.POST)
    if not form.is_valid():
        return _page(request, bound=(restriction_id, form), status=422)
    try:
        lift_restriction(restriction_id, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
    except DomainError as error:
        if error.status == 404:
            raise
        form.add_error(None, str(error))
        return _page(request, bound=(restriction_id, form), status=error.status)
    messages.success(request, "限制已解除，自今日起不再适用。")
    return redirect("restrictions")


def _page(request: HttpRequest, *, bound: tuple[int, LiftForm] | None = None, status: int = 200) -> HttpResponse:
    is_done = request.GET.get("done") == "1"
    rows, cursor = restrictions_page(
        request.user, on=clock.today(), is_done=is_done, cursor=request.GET.get("after", "")
    )
    context = {
        "rows": [(one, _form(one.pk, bound) if may_lift(request.user, one) and not is_done else None) for one in rows],
        "failed": bound[1] if bound else None,
        "is_done": is_done,
        "lists": [("held", "有效", "?"), ("done", "已届满或者解除", "?done=1")],
        "current": "done" if is_done else "held",
        "next_cursor": cursor,
        "query": "done=1" if is_done else "",
        "is_first": "after" not in request.GET,
    }
    return render(request, "windows/restrictions/list.html", context, status=status)


def _form(pk: int, bound: tuple[int, LiftForm] | None) -> LiftForm:
    return bound[1] if bound and bound[0] == pk else LiftForm(auto_id=f"lift-{pk}-%s")
