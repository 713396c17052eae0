"""检查任务的页面: given out, done, and the recordings they point to."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError, NotFound
from laiyang_approval.kernel.form_tokens import new_form_token, once
from laiyang_approval.kernel.models import Department, FormToken
from laiyang_approval.kernel.roles import Role
from laiyang_approval.kernel.views.showing import show_refusal
from supervision import review_rights, reviewing
from supervision.commands.inspections import finish_inspection, link_recording, open_inspection
from supervision.models import InspectionTask
from supervision.review_forms import FindingForm, OrderForm, SpanForm

SHOWN = 100


@require_GET
def inspections(request: HttpRequest) -> HttpResponse:
    """The inspections this person may know of: open ones due first, or all, newest first, of one method if asked for."""
    name = "all" if request.GET.get("list") == "all" else "open"
    method = request.GET.get("method", "")
    found = review_rights.inspections_visible_to(request.user).select_related("department", "inspector", "case")
    if method in InspectionTask.Method.values:
        found = found.filter(method=method)
    found = found.filter(done_at__isnull=True).order_by("due_on", "id") if name == "open" else found
    today = clock.today()
    context = {
        "rows": [{"task": task, "left": reviewing.left_of(task.due_on, today)} for task in found[:SHOWN]],
        "name": name,
        "tabs": [("open", "未完成", "?list=open"), ("all", "全部", "?list=all")],
        "methods": InspectionTask.Method.choices,
        "method": method,
        "may_order": request.user.has_role(Role.SUPERVISOR),
    }
    return render(request, "supervision/reviews/inspections.html", context)


@require_http_methods(["GET", "POST"])
def inspection_new(request: HttpRequest) -> HttpResponse:
    """An inspection is given out; one rendered form makes one."""
    people, bodies = reviewing.possible_reviewers(), Department.objects.filter(valid_to=None).order_by("code")
    asked = {"case_number": request.GET.get("case", "")[:20], "method": InspectionTask.Method.FROM_SYSTEM}
    form = OrderForm(request.POST or None, people=people, bodies=bodies, initial=asked)
    token, status = request.POST.get("token", "") or new_form_token(), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():

            def act(_: FormToken) -> str:
                made = open_inspection(form.order(), actor=request.user, at=clock.now())
                return reverse("inspection", args=[made.number])

            try:
                return redirect(once(token, user=request.user, at=clock.now(), act=act))
            except DomainError as error:
                status = show_refusal(form, error)
    return render(request, "supervision/reviews/inspection_new.html", {"form": form, "token": token}, status=status)


@require_GET
def inspection(request: HttpRequest, number: str) -> HttpResponse:
    """One inspection with its recordings and its result."""
    return _response(request, _visible(request, number))


@require_POST
def inspection_act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """A recording is pointed to, or the result is registered."""
    if action not in {"link", "finish"}:
        raise Http404
    task = _visible(request, number)
    form, status = _form(action, request.POST), 422
    if form.is_valid():
        try:
            if action == "link":
                link_recording(number, span=form.span(), actor=request.user, at=clock.now())
            else:
                finish_inspection(number, **form.cleaned_data, actor=request.user, at=clock.now())
            messages.success(request, "录像已登记。" if action == "link" else "检查结果已登记。")
            return redirect("inspection", number)
        except DomainError as error:
            status = show_refusal(form, error)
    return _response(request, task, action, form, status)


def _form(action: str, data=None) -> forms.Form:
    return (SpanForm if action == "link" else FindingForm)(data, auto_id=f"{action}-%s")


def _visible(request: HttpRequest, number: str) -> InspectionTask:
    found = (
        review_rights.inspections_visible_to(request.user)
        .select_related("department", "inspector", "opened_by", "case__edition", "case__party")
        .filter(number=number)
        .first()
    )
    if found is None:
        raise NotFound(review_rights.NO_SUCH_INSPECTION)
    return found


def _response(
    request: HttpRequest, task: InspectionTask, action: str = "", form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    light, left = reviewing.left_of(task.due_on, clock.today())
    context = {
        "task": task,
        "light": light,
        "left": left,
        "recordings": task.recordings.all(),
        "span_form": form if action == "link" else _form("link"),
        "finding_form": form if action == "finish" else _form("finish"),
        "action": action,
        "may_work": task.done_at is None and task.inspector_id == request.user.pk,
    }
    return render(request, "supervision/reviews/inspection.html", context, status=status)
