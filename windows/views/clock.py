"""Pages of the clock procedures: what waits for a head's approval, and what a matter's own law adds to Article 45."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.views.showing import show_refusal
from windows.approvals import approvals_for
from windows.commands.provisions import ProvisionInput, add_provision, end_provision
from windows.forms.provisions import ProvisionForm
from windows.models import StopProvision


@require_GET
def approvals(request: HttpRequest) -> HttpResponse:
    """What reviewers have asked this head to approve, oldest first."""
    return render(request, "windows/clock/approvals.html", {"approvals": approvals_for(request.user)})


@require_http_methods(["GET", "POST"])
def provisions(request: HttpRequest) -> HttpResponse:
    """Which steps stop which matter's clock by its own law, and the form that adds one."""
    form, status = ProvisionForm(request.POST or None, initial={"valid_from": clock.today()}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                row = add_provision(ProvisionInput(**form.cleaned_data), actor=request.user, at=clock.now())
                messages.success(request, f"“{row.label}”已登记。")
                return redirect("stop-provisions")
            except DomainError as error:
                status = show_refusal(form, error)
    return _provisions_page(request, form, status)


@require_POST
def provision_end(request: HttpRequest, provision_id: int) -> HttpResponse:
    """Ends one provision today."""
    try:
        row = end_provision(provision_id, actor=request.user, at=clock.now())
    except DomainError as error:
        if error.status == 404:
            raise
        messages.error(request, str(error))
    else:
        messages.success(request, f"“{row.label}”已登记失效。")
    return redirect("stop-provisions")


def _provisions_page(request: HttpRequest, form: ProvisionForm, status: int) -> HttpResponse:
    today = clock.today()
    rows = [
        (row, row.valid_to is None or row.valid_to > today)
        for row in StopProvision.objects.select_related("matter", "set_by")
    ]
    return render(request, "windows/clock/provisions.html", {"rows": rows, "form": form}, status=status)
