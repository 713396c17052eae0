"""更正收件登记: the page on which a clerk puts right what was taken down wrongly."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError, NotPermitted
from laiyang_approval.kernel.views.showing import show_refusal

from .. import permissions, queries
from ..commands.correcting_intake import correct_intake
from ..forms.correcting_intake import IntakeCorrectionForm
from ..models import Case

ACTION = "correct_intake"


@require_http_methods(["GET", "POST"])
def intake_correct(request: HttpRequest, number: str) -> HttpResponse:
    """The entries as they stand, and the act that corrects them; whoever may not, or too late, is told why."""
    case = queries.get_visible_case(request.user, number)
    permissions.require_event(request.user, ACTION, case)
    rows, today = queries.material_rows(case), clock.today()
    if request.method == "GET":
        return _page(request, case, IntakeCorrectionForm(case=case, rows=rows, today=today))
    form = IntakeCorrectionForm(request.POST, case=case, rows=rows, today=today)
    if not form.is_valid():
        return _page(request, case, form, status=422)
    try:
        made = correct_intake(
            number,
            entries=form.entries(),
            reason=form.cleaned_data["reason"],
            actor=request.user,
            at=clock.now(),
            expected_version=form.cleaned_data["version"],
        )
    except DomainError as error:
        if isinstance(error, NotPermitted) or error.status == 404:
            raise
        show_refusal(form, error)
        return _page(request, queries.get_visible_case(request.user, number), form, status=error.status)
    messages.success(
        request, f"已更正，更正后的接收凭证{made.receipt.number}正在生成；原凭证{made.original.number}存卷。"
    )
    return redirect("case", number)


def _page(request: HttpRequest, case: Case, form: IntakeCorrectionForm, status: int = 200) -> HttpResponse:
    return render(request, "windows/hall/correct.html", {"case": case, "form": form}, status=status)
