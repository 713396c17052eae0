"""监管反馈: what regulators report on a page of the portal, and what the approving body answers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError, NotFound, NotPermitted
from laiyang_approval.kernel.form_tokens import new_form_token
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.views.showing import show_refusal
from supervision import permissions, queries
from supervision.commands.receiving import Message, receive_feedback
from supervision.commands.replying import Reply, answer_feedback
from supervision.domain.consequences import OPENS, TaskKind
from supervision.domain.messages import body_of
from supervision.forms import AnswerForm, ReportForm
from supervision.models import FollowUp, SupervisionFeedback

ROWS_A_PAGE = 50


@require_GET
def feedback_list(request: HttpRequest) -> HttpResponse:
    """What was reported: first what waits for an answer, due first; then everything, newest first."""
    answers = bool(permissions.answering_bodies(request.user))
    name = request.GET.get("list", "open" if answers else "all")
    name = name if name == "open" else "all"
    after = request.GET.get("after", "")
    found = queries.feedback(request.user, name)
    if name == "all" and after.isascii() and after.isdigit() and len(after) < 18:
        found = found.filter(pk__lt=int(after))
    rows = list(found[: ROWS_A_PAGE + 1])
    more = len(rows) > ROWS_A_PAGE and name == "all"
    context = {
        "rows": rows[:ROWS_A_PAGE],
        "next_cursor": rows[ROWS_A_PAGE - 1].pk if more else "",
        "is_first": not after,
        "query": f"list={name}",
        "tabs": [("open", "待答复", "?list=open", queries.open_answers(request.user)), ("all", "全部", "?list=all")],
        "name": name,
        "today": clock.today(),
        "may_report": bool(permissions.bodies_of(request.user)),
    }
    return render(request, "supervision/feedback_list.html", context)


@require_http_methods(["GET", "POST"])
def feedback_new(request: HttpRequest) -> HttpResponse:
    """A report of a regulator's own body; the page's token is its message id, so that it takes effect once."""
    body = _body_of(request.user)
    if request.method == "GET":
        asked = {"push_number": request.GET.get("push", "")[:40], "licence_number": request.GET.get("licence", "")[:60]}
        return _form_response(request, ReportForm(initial=asked), new_form_token())
    form, token = ReportForm(request.POST), request.POST.get("token", "")[:60]
    if not form.is_valid() or not token:
        return _form_response(request, form, token or new_form_token(), status=422)
    report = form.report()
    typed = body_of({name: str(value) for name, value in form.cleaned_data.items()})
    message = Message(body, f"portal:{token}", typed.sha256, SupervisionFeedback.Source.PORTAL)
    try:
        feedback, _ = receive_feedback(report, message=message, actor=request.user, at=clock.now())
    except DomainError as error:
        show_refusal(form, error, {"officers": "officer_two"})
        return _form_response(request, form, token, status=error.status)
    messages.success(request, f"反馈已登记，编号{feedback.number}。")
    return redirect("feedback", feedback.number)


@require_http_methods(["GET", "POST"])
def feedback(request: HttpRequest, number: str) -> HttpResponse:
    """One report with what it brought about; the approving body answers here."""
    found = queries.get_visible_feedback(request.user, number)
    task = getattr(found, "follow_up", None)
    purpose = OPENS.get(TaskKind(task.kind)) if task is not None and found.licence_id is not None else None
    form, status = AnswerForm(purpose=purpose), 200
    if request.method == "POST":
        if task is None:
            raise NotFound(permissions.NO_SUCH_FEEDBACK)
        form = AnswerForm(request.POST, purpose=purpose)
        try:
            permissions.require_answering(request.user, task)
            if form.is_valid():
                return _answered(request, found, task, form)
            status = 422
        except DomainError as error:
            if error.status == 404:
                raise
            show_refusal(form, error, {"officers": "officer_two"})
            status = error.status
    context = {
        "feedback": found,
        "task": task,
        "form": form,
        "until_text": found.until_on.isoformat() if found.until_on else "",
        "rectify_text": found.rectify_by_on.isoformat() if found.rectify_by_on else "",
        "may_answer": task is not None
        and task.state == FollowUp.State.OPEN
        and task.department_id in permissions.answering_bodies(request.user),
        "is_late": task is not None
        and task.state == FollowUp.State.OPEN
        and task.due_on is not None
        and task.due_on < clock.today(),
    }
    return render(request, "supervision/feedback.html", context, status=status)


def _answered(request: HttpRequest, found: SupervisionFeedback, task: FollowUp, form: AnswerForm) -> HttpResponse:
    given = form.cleaned_data
    reply = Reply(given["accepted"], given["text"], given.get("ground", "") if given["accepted"] else "")
    done = answer_feedback(task.pk, reply=reply, actor=request.user, at=clock.now())
    messages.success(request, "已答复，监管部门可以看到。")
    if done.opened_case is not None:
        return redirect("case", done.opened_case.number)
    return redirect("feedback", found.number)


def _body_of(user: User) -> Department:
    """The body this person reports for: their own, else the one they hold the right for."""
    bodies = permissions.bodies_of(user)
    if user.department_id in bodies:
        return user.department
    found = Department.objects.filter(pk__in=bodies).order_by("code").first()
    if found is None:
        raise NotPermitted("您的账号没有所属监管部门；请安全管理员设置后再反馈。")
    return found


def _form_response(request: HttpRequest, form: ReportForm, token: str, status: int = 200) -> HttpResponse:
    return render(request, "supervision/feedback_new.html", {"form": form, "token": token}, status=status)
