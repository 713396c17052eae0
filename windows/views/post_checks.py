"""承诺核查: what a supervising department, or the bureau's inspectors, still have to check, and what they found."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.views.showing import show_refusal

from ..commands.post_checks import Finding, record_check
from ..commands.serving import Service
from ..forms.intake_modes import SERVICE_FIELDS, PostCheckForm
from ..letter_files import letter_response
from ..models import PostCheck
from ..post_checks import checks_page, get_visible_check, letters_of, require_checker
from ..rows import remaining_text
from ..sections.intake_modes import checked_of, promised


@require_GET
def post_checks(request: HttpRequest) -> HttpResponse:
    """The checks still to be made, first due first; or those that ended."""
    today, calendar = clock.today(), current_calendar()
    is_done = request.GET.get("done") == "1"
    page = checks_page(request.user, is_done=is_done, cursor=request.GET.get("after", ""))
    rows = []
    for check in page.rows:
        due = check.rectify_due_on or check.due_on
        is_late = check.closed_at is None and due is not None and due < today
        rows.append((check, due, is_late, remaining_text(due, today, calendar) if due and not check.closed_at else ""))
    context = {
        "rows": rows,
        "is_done": is_done,
        "lists": [("open", "待核查", "?"), ("done", "已终结", "?done=1")],
        "current": "done" if is_done else "open",
        "next_cursor": page.next_cursor,
        "query": "done=1" if is_done else "",
        "is_first": "after" not in request.GET,
    }
    return render(request, "windows/post_checks/list.html", context)


@require_GET
def post_check(request: HttpRequest, number: str) -> HttpResponse:
    """One check: what was promised, what was found, and what is to be recorded next."""
    return _page(request, number)


@require_POST
def post_check_finding(request: HttpRequest, number: str) -> HttpResponse:
    """Records what was found; a refused record shows the page again with the reason and what was typed."""
    seen = get_visible_check(request.user, number)
    form = PostCheckForm(request.POST, is_recheck=_is_recheck(seen))
    try:
        if not form.is_valid():
            # Who may not do this at all is told so, not what to fill in.
            require_checker(request.user, seen)
            return _page(request, number, form=form, status=422)
        data = dict(form.cleaned_data)
        version = data.pop("version")
        check = record_check(
            number, finding=_finding(data), actor=request.user, at=clock.now(), expected_version=version
        )
    except DomainError as error:
        if error.status == 404:
            raise
        show_refusal(form, error)
        return _page(request, number, form=form, status=error.status)
    messages.success(request, f"核查已登记：{check.get_state_display()}。")
    return redirect("post-check", number)


def _finding(data: dict[str, Any]) -> Finding:
    service = None
    if data.get("method"):
        service = Service(**{name: data[name] for name in SERVICE_FIELDS})
    return Finding(data["outcome"], data["text"], data["checked_on"], data["companion"], service)


def _is_recheck(check: PostCheck) -> bool:
    return check.state == PostCheck.State.RECTIFYING


@require_GET
def post_check_letter(request: HttpRequest, number: str, letter_id: int) -> HttpResponse:
    """What was promised, granted or ordered, as PDF."""
    letter = letters_of(get_visible_check(request.user, number)).filter(pk=letter_id).first()
    if letter is None:
        raise Http404
    return letter_response(letter)


def _page(request: HttpRequest, number: str, *, form: PostCheckForm | None = None, status: int = 200) -> HttpResponse:
    check, today = get_visible_check(request.user, number), clock.today()
    case = check.case
    shown = checked_of(check, case, request.user, today)
    context = {
        "case": case,
        "checked": shown,
        "commitments": promised(case, request.user, today) or [],
        "letters": list(letters_of(check)),
        "form": form
        or PostCheckForm(initial={"version": case.version, "checked_on": today}, is_recheck=_is_recheck(check)),
    }
    return render(request, "windows/post_checks/detail.html", context, status=status)
