"""案卷抽查的页面: the batches, their draw and results, each drawn file with its checklist, and what everybody may redraw."""

from datetime import date

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.form_tokens import new_form_token, once
from laiyang_approval.kernel.models import FormToken
from laiyang_approval.kernel.roles import Role
from laiyang_approval.kernel.views.showing import show_refusal
from supervision import review_rights, reviewing
from supervision.commands.review_scoring import recheck_file, score_file, submit_rectification
from supervision.commands.reviews import assign_reviewer, draw_review, freeze_population
from supervision.domain.draw import population_text
from supervision.domain.review_files import FILE_TABLE, FileEvent
from supervision.models import CaseReview, ReviewFile
from supervision.review_forms import AssignForm, DrawForm, PlanForm, RecheckForm, RectifyForm, ScoreForm
from windows.case_page import TimelineEntry

ROWS_A_PAGE = 50
#: What an act on a drawn file is called, which event it needs, and what is said afterwards.
ACTS = {
    "score": ("登记评查结果", FileEvent.FIND, "评查结果已登记。"),
    "rectify": ("提交整改情况", FileEvent.RECTIFY, "整改情况已提交，等待复查。"),
    "recheck": ("登记复查结果", FileEvent.CLOSE, "复查结果已登记。"),
    "assign": ("更换评查人", None, "评查人已更换。"),
}
#: The look of a state (kernel.templatetags.ui.STATE_LOOKS).
LOOKS = {"to_score": "received", "clean": "done", "rectifying": "draft", "rectified": "received", "closed": "done"}


# ---- the batches


@require_GET
def reviews(request: HttpRequest) -> HttpResponse:
    """Every review, newest first."""
    context = {
        "rows": review_rights.reviews_visible_to(request.user)[:ROWS_A_PAGE],
        "may_begin": request.user.has_role(Role.SUPERVISOR),
    }
    return render(request, "supervision/reviews/list.html", context)


@require_http_methods(["GET", "POST"])
def review_new(request: HttpRequest) -> HttpResponse:
    """The population is stated and frozen; one rendered form makes one review."""
    if request.method == "GET":
        from_on, to_on = reviewing.default_period(clock.today())
        known = {"title": f"{from_on.year}年{from_on.month}月案卷抽查", "from_on": from_on, "to_on": to_on}
        form = PlanForm(initial=known | {"dimensions": ["decision", "matter"]})
        return _new_response(request, form, new_form_token())
    form, token = PlanForm(request.POST), request.POST.get("token", "")
    if not form.is_valid():
        return _new_response(request, form, token or new_form_token(), status=422)

    def act(_: FormToken) -> str:
        made = freeze_population(form.plan(), actor=request.user, at=clock.now())
        return reverse("review", args=[made.number])

    try:
        return redirect(once(token, user=request.user, at=clock.now(), act=act))
    except DomainError as error:
        return _new_response(request, form, token or new_form_token(), status=show_refusal(form, error))


def _new_response(request: HttpRequest, form: PlanForm, token: str, status: int = 200) -> HttpResponse:
    return render(request, "supervision/reviews/new.html", {"form": form, "token": token}, status=status)


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, number: str) -> HttpResponse:
    """One review: what it draws from, its draw, its results and its files."""
    found = reviewing.get_visible_review(request.user, number)
    form, status = DrawForm(request.POST or None, people=reviewing.possible_reviewers()), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                draw_review(number, **form.cleaned_data, actor=request.user, at=clock.now())
                messages.success(request, "已抽取。")
                return redirect("review", number)
            except DomainError as error:
                status = show_refusal(form, error)
    return _review_response(request, found, form, status)


def _review_response(request: HttpRequest, found: CaseReview, form: DrawForm, status: int) -> HttpResponse:
    today = clock.today()
    rows = reviewing.files_of(found) if found.drawn_at else []
    context = {
        "review": found,
        "dimensions": [reviewing.DIMENSIONS[name] for name in found.dimensions],
        "rows": [_row(row, today) for row in rows],
        "results": reviewing.results_of(found, rows, today) if found.drawn_at else None,
        "form": form,
        "may_draw": found.drawn_at is None and request.user.has_role(Role.SUPERVISOR),
    }
    return render(request, "supervision/reviews/review.html", context, status=status)


@require_GET
def checklist(request: HttpRequest) -> HttpResponse:
    """The items in force today."""
    return render(request, "supervision/reviews/checklist.html", {"items": reviewing.checklist_on(clock.today())})


# ---- what everybody may redraw


@require_GET
def draws(request: HttpRequest) -> HttpResponse:
    """Every draw with its population's hash and, once drawn, its seed: for anybody to draw again."""
    return render(request, "supervision/reviews/draws.html", {"rows": CaseReview.objects.all()[:ROWS_A_PAGE]})


@require_GET
def population(request: HttpRequest, number: str) -> HttpResponse:
    """The frozen population, byte for byte what was hashed: case numbers and strata, nothing about anybody."""
    found = reviewing.drawn_review(number)
    text = population_text(reviewing.frozen_population(found))
    response = HttpResponse(text.encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.csv"'
    return response


# ---- drawn files


def _row(file: ReviewFile, today: date) -> dict:
    light, left = reviewing.left_of(file.due_on, today)
    is_open = file.state in reviewing.OPEN_STATES
    return {
        "file": file,
        "look": LOOKS[file.state],
        "left": left if is_open else "",
        "left_look": {"red": "failed", "yellow": "draft"}.get(light, "received"),
    }


@require_GET
def review_files(request: HttpRequest) -> HttpResponse:
    """What waits for this person: files to score, to re-check, to mend; then what is open, then all."""
    name = request.GET.get("list", "mine")
    name = name if name in {"open", "all"} else "mine"
    after = request.GET.get("after", "")
    found = reviewing.files(request.user, name)
    if name == "all" and after.isascii() and after.isdigit() and len(after) < 18:
        found = found.filter(pk__lt=int(after))
    rows = list(found[: ROWS_A_PAGE + 1])
    more = len(rows) > ROWS_A_PAGE and name == "all"
    context = {
        "rows": [_row(row, clock.today()) for row in rows[:ROWS_A_PAGE]],
        "next_cursor": rows[ROWS_A_PAGE - 1].pk if more else "",
        "is_first": not after,
        "query": f"list={name}",
        "name": name,
        "tabs": [
            ("mine", "待本人办理", "?list=mine", reviewing.waiting_for(request.user).count()),
            ("open", "未办结", "?list=open"),
            ("all", "全部", "?list=all"),
        ],
    }
    return render(request, "supervision/reviews/files.html", context)


@require_GET
def review_file(request: HttpRequest, file_id: int) -> HttpResponse:
    """One drawn file with what was found and what can be done."""
    return _file_response(request, reviewing.get_visible_file(request.user, file_id))


@require_POST
def review_file_act(request: HttpRequest, file_id: int, action: str) -> HttpResponse:
    """One act on a drawn file; a refused one is shown with its reason beside what was typed."""
    if action not in ACTS:
        raise Http404
    file = reviewing.get_visible_file(request.user, file_id)
    form, status = _form(action, request.POST), 422
    if form.is_valid():
        try:
            _do(action, file_id, form, request)
            messages.success(request, ACTS[action][2])
            return redirect("review-file", file_id)
        except DomainError as error:
            if error.status == 404:
                raise
            status = show_refusal(form, error)
    return _file_response(request, file, action, form, status)


def _do(action: str, file_id: int, form: forms.Form, request: HttpRequest) -> None:
    who = {"actor": request.user, "at": clock.now()}
    given = form.cleaned_data
    if action == "score":
        score_file(file_id, verdicts=form.verdicts(), conclusion=given["conclusion"], **who)
    elif action == "rectify":
        submit_rectification(file_id, text=given["text"], **who)
    elif action == "recheck":
        recheck_file(file_id, is_mended=given["is_mended"], text=given["text"], **who)
    else:
        assign_reviewer(file_id, username=given["reviewer"], reason=given["reason"], **who)


def _form(action: str, data=None) -> forms.Form:
    if action == "score":
        return ScoreForm(data, items=reviewing.checklist_on(clock.today()))
    if action == "assign":
        return AssignForm(data, people=reviewing.possible_reviewers(), auto_id="assign-%s")
    return {"rectify": RectifyForm, "recheck": RecheckForm}[action](data, auto_id=f"{action}-%s")


def _acts(request: HttpRequest, file: ReviewFile, action: str, form: forms.Form | None) -> tuple[list[dict], str]:
    """The acts this person can do now (the refused one with what was typed), and else who has to do the next one."""
    shown, waits_for = [], ""
    for name, (label, event, _) in ACTS.items():
        if event is not None:
            fits = FILE_TABLE.row_for(file.current_state, event) is not None
        else:
            fits = file.state in reviewing.OPEN_STATES
        reason = review_rights.why_not(request.user, name, file)
        if name == action or (fits and not reason):
            is_typed = name == action and form is not None
            label = "指定评查人" if name == "assign" and file.reviewer is None else label
            one = form if is_typed else _form(name)
            shown.append({"name": name, "label": label, "form": one, "is_open": is_typed or name != "assign"})
        elif fits and name != "assign":
            waits_for = reason
    return shown, waits_for


def _file_response(
    request: HttpRequest, file: ReviewFile, action: str = "", form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    shown, waits_for = _acts(request, file, action, form)
    steps = file.steps.select_related("actor")
    context = _row(file, clock.today()) | {
        "score": next((one for one in shown if one["name"] == "score"), None),
        "acts": [one for one in shown if one["name"] != "score"],
        "failed_form": form if action != "score" and form is not None and form.errors else None,
        "waits_for": waits_for,
        "unmet": [row for row in file.findings.select_related("item") if row.verdict == "not_met"],
        "timeline": [
            TimelineEntry(
                at=step.at,
                label=step.get_kind_display(),
                who=step.actor.display_name if step.actor else "系统",
                note=step.note,
            )
            for step in steps
        ],
        "reminders": file.reminders.all()[:5],
        "may_see_review": review_rights.reviews_visible_to(request.user).exists(),
    }
    return render(request, "supervision/reviews/file.html", context, status=status)
