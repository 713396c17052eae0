"""The public's pages: where my case stands, and whether a paper is genuine."""

import hashlib
from functools import cache

from django.core.signing import BadSignature, Signer, get_cookie_signer
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.addresses import client_address
from laiyang_approval.kernel.errors import DomainError, NotFound
from laiyang_approval.kernel.rules import rule_int
from windows import queries
from windows.clock_strip import strip_of
from windows.domain.states import HANDLING_STATES
from windows.forms.public import CompareForm, StatusForm, VerifyForm
from windows.letter_files import letter_response
from windows.my_licences import licences_of
from windows.public_status import PublicCase, find_by_code, find_by_number, find_by_token, public_status
from windows.status_page import STATUS_PAGE, status_values
from windows.verification import verify_file, verify_licence_number, verify_token

#: Whoever has shown number and code once may go on for half an hour; the cookie is signed and names the case only.
COOKIE, COOKIE_SECONDS = "status_case", 1800


@require_http_methods(["GET", "POST"])
def status(request: HttpRequest) -> HttpResponse:
    """Number and query code in, the state of the case out; unknown and wrong get the same answer."""
    if request.method == "GET":
        return render(request, "windows/public/status_form.html", {"form": StatusForm(), "section": "status"})
    token, address, at = request.POST.get("token"), client_address(request), clock.now()
    try:
        if token:
            # The receipt's QR code: its token stands behind "#", so a script posts it here and no log ever holds it.
            case = find_by_token(token, address=address, at=at)
        else:
            number, code = request.POST.get("number", ""), request.POST.get("code", "")
            case = find_by_code(number, code, address=address, at=at)
    except DomainError as error:
        return _asked_again(request, error)
    return _shown(request, case)


@require_GET
def status_case(request: HttpRequest) -> HttpResponse:
    """The same page again for somebody who has already shown the code."""
    case = _let_in(request)
    return _shown(request, case) if case else _ended(request)


@require_GET
def status_letters(request: HttpRequest) -> HttpResponse:
    """The letters of the case somebody has shown the code for."""
    case = _let_in(request)
    if case is None:
        return _ended(request)
    letters = queries.letters_to_applicant(case.id)
    return render(
        request, "windows/public/status_letters.html", {"case": case, "letters": letters, "section": "status"}
    )


@require_GET
def status_letter(request: HttpRequest, letter_id: int) -> HttpResponse:
    """One of these letters as PDF."""
    case = _let_in(request)
    if case is None:
        return _ended(request)
    letter = queries.letters_to_applicant(case.id).filter(pk=letter_id).first()
    if letter is None:
        raise Http404
    return letter_response(letter)


@require_POST
def status_leave(request: HttpRequest) -> HttpResponse:
    """Afterwards this browser is let in to no case (a shared phone or hall computer)."""
    response = redirect("status")
    response.delete_cookie(COOKIE)
    return response


@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """A licence number in, its live state out."""
    form = VerifyForm(request.POST or None)
    context, code = {"form": form, "compare": CompareForm(), "section": "verify"}, 200
    if request.method == "POST":
        code = 422
        if form.is_valid():
            try:
                context["found"] = verify_licence_number(form.cleaned_data["number"], today=clock.today())
                code = 200
            except NotFound as error:
                form.add_error(None, error.message)
                code = error.status
    return render(request, "windows/public/verify.html", context, status=code)


@require_POST
def verify_compare(request: HttpRequest) -> HttpResponse:
    """Whether a file somebody holds is, byte for byte, one of ours, and what the record says of it now. Nothing is stored."""
    form, code = CompareForm(request.POST, request.FILES, max_mb=rule_int("compare_max_mb", clock.today())), 422
    context = {"form": VerifyForm(), "compare": form, "section": "verify"}
    if form.is_valid():
        try:
            digest = hashlib.file_digest(form.cleaned_data["file"], "sha256").hexdigest()
            context |= {"found": verify_file(digest, today=clock.today()), "is_same_file": True}
            code = 200
        except NotFound as error:
            form.add_error("file", error.message)
            code = error.status
    return render(request, "windows/public/verify.html", context, status=code)


@require_GET
def verify_paper(request: HttpRequest, token: str) -> HttpResponse:
    """What a QR code on a paper opens."""
    context, code = {"form": VerifyForm(), "compare": CompareForm(), "section": "verify", "scanned": True}, 200
    try:
        context["found"] = verify_token(token, today=clock.today())
    except NotFound as error:
        context["not_found"], code = error.message, error.status
    return render(request, "windows/public/verify.html", context, status=code)


@require_GET
def my_cases(request: HttpRequest) -> HttpResponse:
    """The signed-in applicant's own cases, newest first."""
    cases = list(queries.cases_of_citizen(request.user))
    licences = licences_of(request.user, clock.today())
    return render(request, "windows/public/my_cases.html", {"cases": cases, "licences": licences, "section": "status"})


@require_POST
def my_case(request: HttpRequest, number: str) -> HttpResponse:
    """Opens one of one's own cases without its code."""
    case = queries.cases_of_citizen(request.user).filter(number=number).first()
    if case is None:
        raise NotFound("没有查到这件办件；请从“我的办件”中打开。")
    return _shown(request, find_by_number(number))


def _let_in(request: HttpRequest) -> PublicCase | None:
    """The case this browser was let in to; None once the half hour is over, or where it never was."""
    try:
        return find_by_number(request.get_signed_cookie(COOKIE, max_age=COOKIE_SECONDS))
    except (KeyError, BadSignature):
        return None


def _ended(request: HttpRequest) -> HttpResponse:
    context = {"form": StatusForm(), "section": "status", "is_ended": True}
    return render(request, "windows/public/status_form.html", context, status=403)


def _shown(request: HttpRequest, case: PublicCase) -> HttpResponse:
    today = clock.today()
    shown = public_status(case, today=today)
    # What the bureau takes up of its own motion is handled without a clock.
    has_clock = shown.state in HANDLING_STATES and shown.promised is not None
    strip = strip_of(shown.promised, shown.statutory, today=today) if has_clock else None
    response = STATUS_PAGE.fill(request, status_values(shown, strip))
    response.set_cookie(
        COOKIE,
        _signer().sign(case.number),
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Strict",
        secure=request.is_secure(),
    )
    return response


@cache
def _signer() -> Signer:
    """What ``set_signed_cookie`` makes anew for each cookie."""
    return get_cookie_signer(salt=COOKIE)


def _asked_again(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The form again with what was typed: its own complaints about it, else why the look-up was refused."""
    form = StatusForm(request.POST)
    if form.is_valid() or request.POST.get("token"):
        form.errors.clear()
        form.add_error(None, error.message)
    context = {"form": form, "section": "status"}
    return render(request, "windows/public/status_form.html", context, status=error.status)
