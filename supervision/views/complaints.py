"""咨询投诉: asked or complained of by anybody, read again with number and code; and the desk that answers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.addresses import client_address
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.form_tokens import new_form_token
from laiyang_approval.kernel.masking import mask_name, mask_phone
from laiyang_approval.kernel.views.showing import show_refusal
from supervision import rating_permissions, rating_queries
from supervision.commands.complaints import (
    Words,
    answer_complaint,
    lodge_complaint,
    pass_on_complaint,
    standing_bodies,
)
from supervision.domain.complaints import ComplaintKind, ComplaintState
from supervision.models import Complaint
from supervision.rating_forms import ComplaintAnswerForm, ComplaintForm, LookForm, PassOnForm
from windows.shown_code import let_in

ROWS_A_PAGE = 50
TABS = (("open", "待答复"), ("all", "全部"))


@require_http_methods(["GET", "POST"])
def complaint_new(request: HttpRequest) -> HttpResponse:
    """A question, a complaint, or a second seal that was asked for; about one's case where its code was shown."""
    bodies, case = standing_bodies(clock.today()), let_in(request)
    if request.method == "GET":
        kind = request.GET.get("kind", "")
        kind = kind if kind in {one.value for one in ComplaintKind} else ""
        form = ComplaintForm(initial={"kind": kind}, bodies=bodies)
        return _new(request, form, new_form_token(), case)
    form, token = ComplaintForm(request.POST, bodies=bodies), request.POST.get("token", "")[:43]
    if not form.is_valid() or not token:
        return _new(request, form, token or new_form_token(), case, status=422)
    given = form.cleaned_data
    words = Words(
        given["kind"], given["text"], given["about"].code if given["about"] else "", given["name"], given["phone"]
    )
    try:
        complaint, code = lodge_complaint(
            words,
            token=token,
            case_id=case.id if case else None,
            address=client_address(request) or "",
            at=clock.now(),
        )
    except DomainError as error:
        show_refusal(form, error)
        return _new(request, form, token, case, status=error.status)
    return render(request, "supervision/complaints/lodged.html", {"complaint": complaint, "code": code})


@require_http_methods(["GET", "POST"])
def complaint_look(request: HttpRequest) -> HttpResponse:
    """Number and query code in, the answer out; unknown and wrong get the same answer."""
    form, found, status = LookForm(request.POST or None), None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            address = client_address(request) or ""
            try:
                found = rating_queries.complaint_by_code(
                    given["number"], given["code"], address=address, at=clock.now()
                )
                status = 200
            except DomainError as error:
                form.add_error(None, error.message)
                status = error.status
    return render(request, "supervision/complaints/look.html", {"form": form, "found": found}, status=status)


@require_GET
def complaint_desk(request: HttpRequest) -> HttpResponse:
    """What one's body has to answer, due first; or everything, newest first."""
    name, today = ("all" if request.GET.get("list") == "all" else "open"), clock.today()
    after = request.GET.get("after", "")
    found = rating_queries.complaints(request.user, name)
    if name == "all" and after.isascii() and after.isdigit() and len(after) < 18:
        found = found.filter(pk__lt=int(after))
    rows = list(found[: ROWS_A_PAGE + 1])
    more = len(rows) > ROWS_A_PAGE and name == "all"
    rows = rows[:ROWS_A_PAGE]
    context = {
        "rows": [(row, _term(row, today)) for row in rows],
        "next_cursor": rows[-1].pk if more else "",
        "is_first": not after,
        "query": f"list={name}",
        "tabs": [(key, label, f"?list={key}", None) for key, label in TABS],
        "name": name,
    }
    return render(request, "supervision/complaints/desk.html", context)


@require_http_methods(["GET", "POST"])
def complaint(request: HttpRequest, number: str) -> HttpResponse:
    """One complaint; answered or passed on here."""
    found = rating_queries.get_complaint(request.user, number)
    bodies = standing_bodies(clock.today()).exclude(pk=found.department_id)
    is_question, is_passing = found.kind == ComplaintKind.QUESTION.value, "pass_on" in request.POST
    posted = request.POST if request.method == "POST" else None
    answer = ComplaintAnswerForm(None if is_passing else posted, is_question=is_question)
    passing, status = PassOnForm(posted if is_passing else None, bodies=bodies, auto_id="pass-%s"), 200
    if posted is not None:
        form = passing if is_passing else answer
        status = 422
        if form.is_valid():
            try:
                return _done(request, found, form.cleaned_data, is_passing=is_passing)
            except DomainError as error:
                if error.status == 404:
                    raise
                show_refusal(form, error)
                status = error.status
    context = {
        "complaint": found,
        "answer_form": answer,
        "pass_form": passing,
        "why_not": rating_permissions.why_not_answer(request.user, found),
        "contact": _contact(request, found),
        "term": _term(found, clock.today()),
        "steps": [
            {
                "at": step.at,
                "label": step.label,
                "who": step.actor.display_name if step.actor else "",
                "note": step.note,
            }
            for step in found.steps.select_related("actor")
        ],
    }
    return render(request, "supervision/complaints/complaint.html", context, status=status)


def _done(request: HttpRequest, found: Complaint, given: dict, *, is_passing: bool) -> HttpResponse:
    if is_passing:
        pass_on_complaint(found.number, to=given["to"].code, reason=given["reason"], actor=request.user, at=clock.now())
        messages.success(request, f"{found.number}已转{given['to'].short_name}答复。")
        return redirect("complaint-desk")
    answer_complaint(
        found.number, finding=given.get("finding", ""), answer=given["answer"], actor=request.user, at=clock.now()
    )
    messages.success(request, "已答复，提出人凭编号和查询码可以看到。")
    return redirect("complaint", found.number)


def _contact(request: HttpRequest, found: Complaint) -> tuple[str, str]:
    """Name and phone: in clear for the body that answers, masked for those who watch over it."""
    if found.department_id in rating_permissions.bodies_of(request.user):
        return found.name, found.phone
    return mask_name(found.name), mask_phone(found.phone)


def _term(row: Complaint, today):
    return rating_queries.light_of(row.answer_by_on, today) if row.state == ComplaintState.OPEN.value else None


def _new(request: HttpRequest, form: ComplaintForm, token: str, case, status: int = 200) -> HttpResponse:
    context = {"form": form, "token": token, "case": case}
    return render(request, "supervision/complaints/new.html", context, status=status)
