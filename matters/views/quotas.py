"""数量限制: which matters are limited in number, and setting a new limit."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import InvalidInput
from matters import queries
from matters.commands.quotas import NewQuota, set_quota
from matters.forms import QuotaForm


@require_http_methods(["GET", "POST"])
def quotas(request: HttpRequest) -> HttpResponse:
    """The limits of number, and the form that sets one."""
    form = QuotaForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            quota = set_quota(NewQuota(**form.cleaned_data), actor=request.user, at=clock.now())
        except InvalidInput as error:
            for name, text in error.fields.items() or {None: error.message}.items():
                form.add_error(name, text)
        else:
            messages.success(request, f"{quota.matter.name}自{quota.valid_from:%Y-%m-%d}起限{quota.number}个。")
            return redirect("catalogue-quotas")
    status = 422 if form.is_bound else 200
    context = {"quotas": queries.quotas(), "form": form, "today": clock.today()}
    return render(request, "matters/quotas.html", context, status=status)
