"""The case page and its acts: what the law wants next, what is there, and what this person may do."""

from dataclasses import dataclass, replace
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_POST

from laiyang_approval.kernel import auditing, clock
from laiyang_approval.kernel.addresses import client_address
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.permissions import require_recent_login
from laiyang_approval.kernel.uploads import serve_stored
from laiyang_approval.kernel.views.showing import show_refusal
from windows import permissions, queries
from windows.case_file import export_case_file
from windows.case_page import ActView, CasePage, case_page, dues_of
from windows.forms.review import ActForm, RevealForm, grant_initial
from windows.letter_files import letter_response
from windows.models import Case

from .acts import ACTS


@require_GET
def case_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One case: what the law wants next, what is there, and what this person may do."""
    return _case_response(request, number)


@require_POST
def case_act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Carries out one act and shows the case again; a refused act shows the case with the reason and what was typed."""
    act = ACTS.get(action)
    if act is None:
        raise Http404
    case = queries.get_visible_case(request.user, number)
    if act.sealed:
        require_recent_login(request)
    form = act.form(request.POST, request.FILES)
    act.prepare(form, case)
    try:
        if not form.is_valid():
            # Who may not do this at all is told so, not what to fill in.
            permissions.require_event(request.user, action, case)
            return _case_response(request, number, action=action, form=form, status=422)
        act.run(number, dict(form.cleaned_data), request.user, clock.now())
    except DomainError as error:
        if error.status == 404:
            raise
        show_refusal(form, error)
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


@require_POST
def export_case_file_view(request: HttpRequest, number: str) -> HttpResponse:
    """The whole case as one archive with its verifier; who exported it is recorded."""
    exported = export_case_file(number, actor=request.user, at=clock.now(), address=client_address(request))
    response = HttpResponse(exported.content, content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, exported.file_name)
    return response


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
    today = clock.today()
    page = case_page(request.user, number, today=today)
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
        "decided_by": page.decided_by,
        "validity_text": page.validity_text,
        "acts": [act for act in acts if act.view.allowed or act.view.waits],
        "others": [act for act in acts if not (act.view.allowed or act.view.waits)],
        "can_act": any(act.view.allowed for act in acts),
        "failed_form": form if action and form is not None and form.errors else None,
        "nothing_to_do": "本件目前没有需要办理的事项。",
        "hall_url": page.hall_url,
        "reveal_form": reveal_form or RevealForm(),
        "may_export": permissions.may(request.user, "export_file", page.case).allowed,
        "may_reveal": permissions.may(request.user, "reveal", page.case).allowed,
        "may_correct_intake": permissions.may(request.user, "correct_intake", page.case).allowed,
        "revealed": revealed,
        "may_correct": permissions.may(request.user, "correct_letter", page.case).allowed,
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
    shown = [view for name, view in page.acts.items() if name in ACTS and ACTS[name].applies(page.case)]
    if bound is not None:
        # What was typed stays on the page, also where the act was refused because something else comes first.
        shown = [replace(view, allowed=True) if view.action == action and view.waits else view for view in shown]
    first = next((view.action for view in shown if view.allowed and not ACTS[view.action].by_choice), "")
    return [
        ShownAct(
            view,
            _form_for(view.action, page.case, action, bound),
            is_plain=ACTS[view.action].form is ActForm,
            is_main=view.action == first,
            is_open=view.action == action or (view.action == first and view.action == "submit_opinion"),
        )
        for view in sorted(shown, key=lambda view: not view.allowed and not view.waits)
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
    form = ACTS[name].form(initial=initial, auto_id=f"{name}-%s")
    ACTS[name].prepare(form, case)
    return form


def _done(request: HttpRequest, number: str, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("case", number=number)
