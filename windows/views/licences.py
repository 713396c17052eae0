"""The register of licences, the page of one licence with its life, and the notice that corrects a paper."""

from datetime import date, datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.permissions import require_recent_login
from laiyang_approval.kernel.views.showing import show_refusal
from windows import licence_acts, licences, permissions, queries
from windows.commands.licences.correcting import Correction, correct_letter
from windows.commands.licences.ex_officio import Cause, open_ex_officio
from windows.commands.licences.outside import Penalty, forfeit_licence, resume_licence, suspend_licence
from windows.domain.entries import entries_of
from windows.forms.licences import CorrectionNoticeForm, OpenForm, PenaltyForm
from windows.licence_acts import LICENCE_RULES
from windows.licence_page import LicencePage, licence_page
from windows.licence_register import LISTS, Wanted, register_page
from windows.models import Letter, Licence

_PENALTIES = {"forfeit": forfeit_licence, "suspend": suspend_licence, "resume": resume_licence}
_DONE = {"forfeit": "吊销已登记；请办理注销。", "suspend": "暂扣已登记。", "resume": "证照已恢复效力。"}


@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """The licences this person may know of, newest first; searched by number, holder, matter and state."""
    wanted = Wanted(
        name=request.GET.get("list", ""),
        matter=request.GET.get("matter", "").strip()[:16],
        search=request.GET.get("q", "").strip()[:60],
    )
    today, cursor = clock.today(), request.GET.get("after", "")
    page = register_page(request.user, wanted, today=today, cursor=cursor)
    query = request.GET.copy()
    query.pop("after", None)
    context = {
        "page": page,
        "wanted": wanted,
        "lists": LISTS,
        "today": today,
        "query": query.urlencode(),
        "is_first": not cursor,
    }
    return render(request, "windows/licences/register.html", context)


@require_GET
def licence(request: HttpRequest, licence_id: int) -> HttpResponse:
    """One licence: what it is today, its whole life, and the acts possible on it."""
    return _licence_response(request, licence_id)


@require_POST
def licence_act(request: HttpRequest, licence_id: int, action: str) -> HttpResponse:
    """Begins an act on the licence, or records what an enforcing body did; a refused one is shown with its reason."""
    rule = LICENCE_RULES.get(action)
    if rule is None or action.startswith("apply_"):
        raise Http404
    now, today = clock.now(), clock.today()
    found = licences.get_visible_licence(request.user, licence_id, today)
    form = _form_for(action, found, today, request.POST)
    if not form.is_valid():
        permission = licence_acts.may(request.user, action, found, today)
        if permission.allowed:
            return _licence_response(request, licence_id, action=action, form=form, status=422)
    try:
        if action in _PENALTIES:
            return _record_penalty(request, found, action, form, now)
        licence_acts.require(request.user, action, found, today)
        case = open_ex_officio(found.pk, cause=Cause(**form.cleaned_data), actor=request.user, at=now)
    except DomainError as error:
        if error.status == 404:
            raise
        show_refusal(form, error)
        return _licence_response(request, licence_id, action=action, form=form, status=error.status)
    messages.success(request, "已立案，由您审查。")
    return redirect("case", case.number)


def _record_penalty(request: HttpRequest, found: Licence, action: str, form: forms.Form, now: datetime) -> HttpResponse:
    licence_acts.require(request.user, action, found, clock.today())
    _PENALTIES[action](found.pk, penalty=Penalty(**form.cleaned_data), actor=request.user, at=now)
    messages.success(request, _DONE[action])
    return redirect("licence", found.pk)


def _form_for(action: str, found: Licence, today: date, data=None) -> forms.Form:
    options = {"auto_id": f"{action}-%s"}
    if action in _PENALTIES:
        return PenaltyForm(data, action=action, today=today, **options)
    return OpenForm(data, purpose=LICENCE_RULES[action].purpose, state=licences.state_on(found, today), **options)


def _licence_response(
    request: HttpRequest, licence_id: int, *, action: str = "", form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    today = clock.today()
    page = licence_page(request.user, licence_id, today=today)
    context = {
        "page": page,
        "licence": page.licence,
        "today": today,
        "acts": _shown_acts(page, action, form, today),
        "failed_form": form if form is not None and form.errors else None,
        "may_correct": page.licence.letter_id is not None
        and permissions.may(request.user, "correct_letter", page.licence.case).allowed,
    }
    return render(request, "windows/licences/licence.html", context, status=status)


def _shown_acts(page: LicencePage, action: str, bound: forms.Form | None, today: date) -> list[dict]:
    shown = []
    for view in page.acts:
        form = None
        if not view.counter_url:
            form = bound if view.action == action and bound else _form_for(view.action, page.licence, today)
        shown.append({"view": view, "form": form, "is_open": view.action == action})
    return shown


@require_http_methods(["GET", "POST"])
def letter_correct(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Which entries of a paper hold a slip of the pen and what they should say; afterwards the notice stands beside it."""
    found = queries.get_visible_letter(request.user, letter_id)
    permissions.require_event(request.user, "correct_letter", found.case)
    letter = Letter.objects.select_related("case").get(pk=found.pk)
    entries = entries_of(letter.snapshot["print"])
    offered = [entry for entry in entries if not entry.is_substance]
    if request.method == "GET":
        form = CorrectionNoticeForm(initial={"version": found.case.version}, entries=offered)
        return _correction_page(request, letter, entries, form)
    require_recent_login(request)
    form, status = CorrectionNoticeForm(request.POST, entries=entries), 422
    try:
        if form.is_valid():
            data = form.cleaned_data
            version = data.pop("version")
            correct_letter(
                letter.pk,
                correction=Correction(**data),
                actor=request.user,
                at=clock.now(),
                expected_version=version,
            )
            messages.success(request, "更正通知书已编号用印，正在生成；原文书不变。")
            return redirect("case", found.case.number)
    except DomainError as error:
        if error.status == 404:
            raise
        status = error.status
        show_refusal(form, error)
    return _correction_page(request, letter, entries, form, status)


def _correction_page(
    request: HttpRequest, letter: Letter, entries: list, form: CorrectionNoticeForm, status: int = 200
) -> HttpResponse:
    context = {
        "letter": letter,
        "case": letter.case,
        "form": form,
        "clerical": [entry for entry in entries if not entry.is_substance],
        "substance": [entry for entry in entries if entry.is_substance],
    }
    return render(request, "windows/licences/correct.html", context, status=status)
