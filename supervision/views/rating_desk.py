"""差评整改: what the body has to do about bad ratings, due first; appeals and their re-check; the table for the interface."""

from collections.abc import Callable
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.models import User
from supervision import rating_forms, rating_permissions, rating_queries
from supervision.commands import ratings as commands
from supervision.domain.ratings import RECTIFICATION_TABLE, Reason, RectificationEvent
from supervision.models import RatingAppeal, ServiceRating
from supervision.rating_export import ratings_table
from supervision.satisfaction import period_of

ROWS_A_PAGE = 50
TABS = (("open", "待整改"), ("appeals", "待复核"), ("all", "全部"))


class _Act:
    """一个动作: its label, its form, and the command that takes what the form gives."""

    def __init__(self, label: str, form: type[forms.Form], run: Callable[..., object], done: str):
        self.label, self.form, self.run, self.done = label, form, run, done


ACTS = {
    "contact": _Act("登记联系情况", rating_forms.ContactForm, commands.contact_rater, "已登记联系情况。"),
    "close": _Act("登记处理结果", rating_forms.CloseForm, commands.close_rectification, "已答复，评价人可以看到。"),
    "extend": _Act("延长办结期限", rating_forms.ExtendForm, commands.extend_rectification, "已延长办结期限。"),
    "appeal": _Act("申诉", rating_forms.AppealForm, commands.appeal_rating, "已提出申诉，由其他人员复核。"),
    "recheck": _Act("复核申诉", rating_forms.RecheckForm, commands.recheck_rating, "已复核。"),
}
_EVENTS = {
    "contact": RectificationEvent.CONTACT,
    "close": RectificationEvent.CLOSE,
    "extend": RectificationEvent.EXTEND,
}


@require_GET
def rating_desk(request: HttpRequest) -> HttpResponse:
    """The bad ratings of one's body: what is due first, appeals, everything."""
    name, today = request.GET.get("list", "open"), clock.today()
    name = name if name in dict(TABS) else "open"
    after = request.GET.get("after", "")
    found = rating_queries.bad_ratings(request.user, name)
    if name == "all" and after.isascii() and after.isdigit() and len(after) < 18:
        found = found.filter(pk__lt=int(after))
    rows = list(found[: ROWS_A_PAGE + 1])
    more = len(rows) > ROWS_A_PAGE and name == "all"
    rows = rows[:ROWS_A_PAGE]
    context = {
        "rows": [(row, rating_queries.next_term(row, today)) for row in rows],
        "next_cursor": rows[-1].pk if more else "",
        "is_first": not after,
        "query": f"list={name}",
        "tabs": [(key, label, f"?list={key}", None) for key, label in TABS],
        "name": name,
        "may_export": request.user.has_role(*rating_permissions.RECHECKERS),
    }
    return render(request, "supervision/ratings/desk.html", context)


@require_GET
def rating(request: HttpRequest, rating_id: int) -> HttpResponse:
    """One bad rating with what was done and what may be done next."""
    return _page(request, rating_id)


@require_GET
def ratings_export(request: HttpRequest) -> HttpResponse:
    """The ratings of this year, or of one month, as a table."""
    from_on, to_on, _ = period_of(request.GET.get("month", ""), clock.today())
    response = HttpResponse(ratings_table(from_on, to_on), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="ratings-{from_on:%Y%m%d}-{to_on:%Y%m%d}.csv"'
    return response


@require_POST
def rating_act(request: HttpRequest, rating_id: int, action: str) -> HttpResponse:
    """One act about a bad rating."""
    found = rating_queries.get_bad_rating(request.user, rating_id)
    act = ACTS.get(action)
    if act is None:
        return redirect("rating", found.pk)
    form = act.form(request.POST, prefix=action)
    if not form.is_valid():
        return _page(request, rating_id, wrong=(action, form), status=422)
    try:
        act.run(found.pk, actor=request.user, at=clock.now(), **form.cleaned_data)
    except DomainError as error:
        if error.status == 404:
            raise
        form.add_error(None, str(error))
        return _page(request, rating_id, wrong=(action, form), status=error.status)
    messages.success(request, act.done)
    return redirect("rating", found.pk)


def _page(
    request: HttpRequest, rating_id: int, *, wrong: tuple[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    found = rating_queries.get_bad_rating(request.user, rating_id)
    context = {
        "rating": found,
        "row": found.rectification,
        "appeal": getattr(found, "appeal", None),
        "reasons": [Reason(value).label for value in found.reasons],
        "steps": [_line(step) for step in found.steps.select_related("actor")],
        "term": rating_queries.next_term(found, clock.today()),
        "acts": _acts(request.user, found, wrong, clock.now()),
    }
    return render(request, "supervision/ratings/rating.html", context, status=status)


def _line(step) -> dict[str, object]:
    note = step.note or (f"期限{step.due_on.isoformat()}" if step.due_on else "")
    return {"at": step.at, "label": step.label, "who": step.actor.display_name if step.actor else "", "note": note}


def _acts(user: User, found: ServiceRating, wrong: tuple[str, forms.Form] | None, at: datetime):
    """The acts that fit the state, each with its form or with why not."""
    shown = []
    for action, act in ACTS.items():
        is_wrong = wrong is not None and wrong[0] == action
        if not _fits(action, found) and not is_wrong:
            continue
        form = wrong[1] if is_wrong else act.form(prefix=action)
        shown.append((action, act.label, form, rating_permissions.why_not(user, action, found)))
    return sorted(shown, key=lambda one: bool(one[3]))  # what this person may do stands first


def _fits(action: str, found: ServiceRating) -> bool:
    row, appeal = found.rectification, getattr(found, "appeal", None)
    if action == "appeal":
        return appeal is None
    if action == "recheck":
        return appeal is not None and appeal.state == RatingAppeal.State.PENDING
    if action == "extend" and row.extended_from_on is not None:
        return False
    return RECTIFICATION_TABLE.row_for(row.current_state, _EVENTS[action]) is not None
