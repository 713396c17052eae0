"""收件台: the clerk's lists, and the page of one case before it is accepted."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput

from .. import desk, judging, permissions, queries
from ..commands.intake import decide_intake, resubmit_materials, update_materials, withdraw_case
from ..domain.states import State
from ..forms.checklist import Checklist
from ..forms.intake import OutcomeForm, WithdrawalForm
from ..models import Case, CorrectionItem
from ..uploading import discard_all, store_by_material
from .hall import CHOOSE_FILES_AGAIN, Submission

#: The acts of this page.
ACTS = (
    "upload_material",
    "accept",
    "accept_deferred",
    "take_commitment",
    "give_correction",
    "not_accept",
    "not_required",
    "resubmit",
    "withdraw",
)

SAVE_FIRST = "材料登记有改动尚未保存；请先点“保存材料登记”，再作处理。"
STALE_PAGE = "页面已过期，请刷新后再办。"


@require_GET
def hall_desk(request: HttpRequest) -> HttpResponse:
    """What waits for a clerk: received and not answered, told to correct, taken in today."""
    name = request.GET.get("list", "received")
    today = clock.today()
    page = desk.desk_page(request.user, name, today=today, cursor=request.GET.get("after", ""))
    context = {
        "page": page,
        "lists": [(key, label, page.counts[key]) for key, label in desk.LISTS],
        "today": today,
        "query": f"list={name}",
        "is_first": "after" not in request.GET,
    }
    return render(request, "windows/hall/desk.html", context)


@require_GET
def hall_case(request: HttpRequest, number: str) -> HttpResponse:
    """One case before acceptance: its checklist, the judgement, and the acts open to this person."""
    return _case_page(request, queries.get_visible_case(request.user, number), now=clock.now())


@require_POST
def hall_materials(request: HttpRequest, number: str) -> HttpResponse:
    """Records the checklist as the clerk found it."""

    def act(case: Case, submission: Submission, now: datetime, stored: dict) -> HttpResponse:
        update_materials(
            number,
            materials=submission.checklist.inputs(stored),
            actor=request.user,
            at=now,
            expected_version=_version(request),
        )
        messages.success(request, "材料登记已保存。")
        return redirect("hall-case", number)

    return _run(request, number, act)


@require_POST
def hall_decide(request: HttpRequest, number: str) -> HttpResponse:
    """The outcome of Article 32 for a case that was received and kept."""

    def act(case: Case, submission: Submission, now: datetime, stored: dict) -> HttpResponse:
        if submission.checklist.differs_from(queries.material_rows(case)):
            raise InvalidInput(SAVE_FIRST)
        decide_intake(
            number,
            chosen=submission.form.outcome_input(submission.checklist, stored),
            actor=request.user,
            at=now,
            expected_version=_version(request),
        )
        return redirect("intake-result", number)

    return _run(request, number, act, form=OutcomeForm(request.POST, request.FILES))


@require_POST
def hall_resubmit(request: HttpRequest, number: str) -> HttpResponse:
    """Receives what the standing notice listed; five new working days run."""

    def act(case: Case, submission: Submission, now: datetime, stored: dict) -> HttpResponse:
        resubmit_materials(
            number,
            materials=submission.checklist.inputs(stored),
            actor=request.user,
            at=now,
            expected_version=_version(request),
        )
        messages.success(request, "补正材料已接收，接收凭证已生成；请审核后作出处理。")
        return redirect("hall-case", number)

    return _run(request, number, act)


@require_POST
def hall_withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Records the applicant's written withdrawal."""
    case, now = queries.get_visible_case(request.user, number), clock.now()
    form = WithdrawalForm(request.POST)
    problems, status = [], 422
    try:
        if form.is_valid():
            withdraw_case(
                number,
                reason=form.cleaned_data["reason"],
                actor=request.user,
                at=now,
                expected_version=_version(request),
            )
            return redirect("intake-result", number)
    except DomainError as error:
        status, fields = error.status, getattr(error, "fields", {})
        for name, sentence in fields.items():
            form.add_error(name, sentence)
        if not fields:
            problems.append(str(error))
        case = queries.get_visible_case(request.user, number)
    return _case_page(request, case, now=now, withdrawal=form, problems=problems, status=status)


Act = Callable[[Case, Submission, datetime, dict], HttpResponse]


def _run(request: HttpRequest, number: str, act: Act, *, form: OutcomeForm | None = None) -> HttpResponse:
    """Reads the posted checklist, runs one command, and shows the page again with the reason when it is refused."""
    case, now, status = queries.get_visible_case(request.user, number), clock.now(), 422
    told = {item.material.edition_material_id: item for item in _standing_items(case)}
    listed = [item.material for item in told.values()] or queries.material_rows(case)
    checklist = Checklist.posted([row.edition_material for row in listed], request.POST, request.FILES, told)
    submission = Submission(form or OutcomeForm({"outcome": "keep"}), checklist)
    try:
        if submission.is_valid():
            stored, response = store_by_material(submission.uploads(), actor=request.user, at=now), None
            try:
                response = act(case, submission, now, stored)
                return response
            finally:
                if response is None:
                    discard_all(stored.values())
    except DomainError as error:
        status = error.status
        submission.explain(error)
        case = queries.get_visible_case(request.user, number)
    if request.FILES:
        submission.problems.append(CHOOSE_FILES_AGAIN)
    return _case_page(request, case, now=now, submission=submission, status=status)


def _standing_items(case: Case) -> list[CorrectionItem]:
    """What the standing notice listed, in the order of the list; nothing while no correction is awaited."""
    if case.current_state is not State.CORRECTION_PENDING:
        return []
    notice = case.correction_notices.order_by("-sequence").first()
    items = notice.items.select_related("material__edition_material") if notice else ()
    return sorted(items, key=lambda item: item.material.edition_material.seq)


def _checklist(case: Case) -> Checklist:
    """What is awaited while a correction is pending, else the materials as they stand."""
    items = _standing_items(case)
    return Checklist.awaited(items) if items else Checklist.standing(queries.material_rows(case))


def _version(request: HttpRequest) -> int:
    """The case's version as the page showed it; raises InvalidInput for a page that does not say."""
    typed = request.POST.get("version", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        raise InvalidInput(STALE_PAGE)
    return int(typed)


def _case_page(
    request: HttpRequest,
    case: Case,
    *,
    now: datetime,
    submission: Submission | None = None,
    withdrawal: WithdrawalForm | None = None,
    problems: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    today = local_date(now)
    acts = {action: permissions.may(request.user, action, case) for action in ACTS}
    checklist = submission.checklist if submission else _checklist(case)
    context = {
        "case": case,
        "today": today,
        "rows": checklist.rows,
        "checklist": checklist,
        "row_errors": not checklist.is_readable,
        "form": submission.form if submission else OutcomeForm(),
        "withdrawal": withdrawal or WithdrawalForm(),
        "problems": (submission.problems if submission else []) + (problems or []),
        "acts": acts,
        "untold": case.current_state is State.CORRECTION_PENDING and not queries.is_correction_served(case),
        "files": list(case.files.select_related("stored").order_by("id")),
    }
    if case.current_state is State.RECEIVED:
        context["panel"] = panel = judging.case_panel(case, on=today)
        context["outcomes"] = judging.open_to(panel, acts)
        context["dues"] = judging.case_due_preview(case, on=today)
    return render(request, "windows/hall/case.html", context, status=status)
