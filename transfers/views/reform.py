"""改革进程: the timetable with its picture, and the questions put to the coordination mechanism."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.views.showing import show_refusal
from transfers import permissions
from transfers.commands.reform import (
    NewQuestion,
    carry_out_question,
    decide_question,
    raise_question,
    record_milestone,
)
from transfers.forms import DecisionForm, MilestoneForm, OutcomeForm, QuestionForm
from transfers.models import Milestone, Question
from transfers.timeline import picture, standing_of


@require_http_methods(["GET", "POST"])
def timetable(request: HttpRequest) -> HttpResponse:
    """The opinion's steps, drawn and listed; the coordination mechanism records what proves one done."""
    today = clock.today()
    form, status = MilestoneForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                data = form.cleaned_data
                done = record_milestone(
                    data["milestone"].pk,
                    done_on=data["done_on"],
                    evidence=data["evidence"],
                    actor=request.user,
                    at=clock.now(),
                )
            except DomainError as error:
                status = show_refusal(form, error)
            else:
                messages.success(request, f"“{done.title}”已登记完成。")
                return redirect("transfer-timetable")
    milestones = list(Milestone.objects.select_related("recorded_by"))
    context = {
        "picture": picture(milestones, today),
        "rows": [(one, *standing_of(one, today)) for one in milestones],
        "form": form if permissions.is_office(request.user) else None,
    }
    return render(request, "transfers/timetable.html", context, status=status)


@require_http_methods(["GET", "POST"])
def questions(request: HttpRequest) -> HttpResponse:
    """Every question, newest first, and the form that raises one."""
    form, status = QuestionForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = raise_question(NewQuestion(**form.cleaned_data), actor=request.user, at=clock.now())
            except DomainError as error:
                status = show_refusal(form, error)
            else:
                messages.success(request, "问题已提出。")
                return redirect("transfer-question", made.pk)
    found = list(Question.objects.select_related("raised_by", "matter")[:200])
    may_raise = request.user.has_role(*permissions.PARTIES, *permissions.OFFICE)
    context = {"questions": found, "form": form if may_raise else None}
    return render(request, "transfers/questions.html", context, status=status)


@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, question_id: int) -> HttpResponse:
    """One question: what was asked, decided, done; the next step of the mechanism."""
    found = Question.objects.select_related("raised_by", "matter").filter(pk=question_id).first()
    if found is None:
        raise Http404
    deciding = found.decided_on is None
    kind, act = (DecisionForm, decide_question) if deciding else (OutcomeForm, carry_out_question)
    form, status = kind(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                act(found.pk, **form.cleaned_data, actor=request.user, at=clock.now())
            except DomainError as error:
                status = show_refusal(form, error)
            else:
                messages.success(request, "已登记。")
                return redirect("transfer-question", found.pk)
    may_act = permissions.is_office(request.user) and found.carried_out_on is None
    context = {"question": found, "form": form if may_act or form.errors else None, "deciding": deciding}
    return render(request, "transfers/question.html", context, status=status)
