"""The inspector's pages, made for a phone: the checks one is sent to, and the record written on the spot."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError, NotFound
from laiyang_approval.kernel.models import StoredFile, User
from laiyang_approval.kernel.uploads import discard_upload, store_upload
from laiyang_approval.kernel.views.showing import show_refusal
from windows import permissions, queries
from windows.commands.site_checks import Finding, record_site_check
from windows.examination import checks_to_make, site_checks_for
from windows.forms.examination import FindingForm
from windows.models import SiteCheck

#: How many recorded checks stay in view.
RECENT = 20


@require_GET
def checks(request: HttpRequest) -> HttpResponse:
    """The checks this person is sent to: those to be made, then the latest ones made."""
    found = site_checks_for(request.user)
    context = {
        "waiting": list(checks_to_make(request.user)),
        "made": list(found.filter(recorded_at__isnull=False).order_by("-recorded_at")[:RECENT]),
    }
    return render(request, "windows/checks/list.html", context)


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, check_id: int) -> HttpResponse:
    """One check: what to look at, and the record to fill in; afterwards the record as it stands."""
    if request.method == "POST":
        return _record(request, check_id)
    shown = site_checks_for(request.user).select_related("letter").filter(pk=check_id).first()
    if shown is None:
        raise NotFound(permissions.NO_SUCH_CASE)
    return _page(request, shown, FindingForm(initial={"checked_at": clock.now()}))


def _record(request: HttpRequest, check_id: int) -> HttpResponse:
    shown = get_object_or_404(SiteCheck.objects.select_related("first_inspector", "second_inspector"), pk=check_id)
    shown.case = queries.get_visible_case(request.user, shown.case.number)
    form, at = FindingForm(request.POST, request.FILES), clock.now()
    photos: list[StoredFile] = []
    try:
        permissions.require_event(request.user, "record_site_check", shown.case)
        if not form.is_valid():
            return _page(request, shown, form, status=422)
        data = dict(form.cleaned_data)
        photos = _stored(data.pop("photos"), actor=request.user, at=at)
        record_site_check(shown.pk, finding=Finding(**data, photos=photos), actor=request.user, at=at)
    except DomainError as error:
        for stored in photos:
            discard_upload(stored)
        if error.status == 404:
            raise
        show_refusal(form, error)
        return _page(request, shown, form, status=error.status)
    messages.success(request, "核查记录已登记。")
    return redirect("checks")


def _stored(uploads, *, actor: User, at) -> list[StoredFile]:
    """The photos as the gate stored them; the first one refused takes those before it along."""
    stored: list[StoredFile] = []
    for upload in uploads:
        try:
            stored.append(store_upload(upload, actor=actor, at=at))
        except DomainError:
            for one in stored:
                discard_upload(one)
            raise
    return stored


def _page(request: HttpRequest, shown: SiteCheck, form: FindingForm, status: int = 200) -> HttpResponse:
    context = {"check": shown, "case": shown.case, "form": form}
    return render(request, "windows/checks/check.html", context, status=status)
