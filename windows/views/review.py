"""The reviewer's, decider's and issuing clerk's pages: lists of cases, the case page and its acts."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.roles import Role
from laiyang_approval.kernel.templatetags.ui import LIGHTS
from windows import permissions, queries
from windows.commands.reminding import mark_read
from windows.counters import HANDLED_STATES
from windows.domain.case_numbers import is_case_number
from windows.domain.states import DELIVERY_STATES, State
from windows.inbox import PAGE_SIZE, Filter, cases_page
from windows.models import Case
from windows.rows import inbox_rows


@dataclass(frozen=True)
class CaseList:
    """一张办件清单: its heading, the right whose departments it shows ("" for all a person may see), its states, and what an empty one says."""

    heading: str
    right: str
    states: tuple[State, ...]
    empty_title: str
    empty_text: str = ""
    is_at_once: bool = False


REVIEW_LIST = CaseList(
    "待审查",
    permissions.REVIEW,
    (State.ACCEPTED, State.IN_REVIEW, State.SUSPENDED),
    "没有待审查的办件",
    "新受理的办件会按届满日先后出现在这里。",
)
DECIDE_LIST = CaseList(
    "待决定",
    permissions.DECIDE,
    (State.PENDING_DECISION,),
    "没有待决定的办件",
    "审查人员提交意见后，办件会出现在这里。",
)
ISSUE_LIST = CaseList(
    "待出件",
    permissions.INTAKE,
    DELIVERY_STATES,
    "没有待出件的办件",
    "作出决定后须在10个工作日内颁发、送达（行政许可法第四十四条）。",
)


AT_ONCE_LIST = CaseList(
    "当场决定",
    permissions.DECIDE,
    (State.RECEIVED, State.ACCEPTED),
    "没有等待当场决定的办件",
    "申请人签署了告知承诺书的件、今天受理的即办件，会出现在这里。",
    is_at_once=True,
)


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for this person's review or decision, first due first."""
    decides = request.user.has_role(Role.DECIDER, Role.HEAD_OF_GOVERNMENT)
    return _list(request, DECIDE_LIST if decides else REVIEW_LIST)


@require_GET
def inbox_at_once(request: HttpRequest) -> HttpResponse:
    """What may be decided on the spot: a signed commitment, an instant matter accepted today (行政许可法第三十四条第二款)."""
    return _list(request, AT_ONCE_LIST)


@require_GET
def issuing(request: HttpRequest) -> HttpResponse:
    """Decided cases whose certificate or service is due."""
    return _list(request, ISSUE_LIST)


@require_GET
def inbox_done(request: HttpRequest) -> HttpResponse:
    """Cases decided or ended, of the departments this person works for."""
    decides = request.user.has_role(Role.DECIDER, Role.HEAD_OF_GOVERNMENT)
    right = permissions.DECIDE if decides else permissions.REVIEW
    return _list(request, CaseList("已办", right, HANDLED_STATES, "还没有办结的办件"))


@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """All cases this person may know of, searched by number, applicant or identity code."""
    number = request.GET.get("q", "").strip().upper()
    if is_case_number(number) and queries.cases_visible_to(request.user).filter(number=number).exists():
        return redirect("case", number=number)
    return _list(request, CaseList("办件", "", tuple(State), "还没有办件"))


@require_GET
def reminders(request: HttpRequest) -> HttpResponse:
    """Unread reminders of this person's cases, newest first."""
    cursor = request.GET.get("after", "")
    found = queries.reminders_for(request.user)
    if cursor.isascii() and cursor.isdigit() and len(cursor) < 19:
        found = found.filter(pk__lt=int(cursor))
    rows = list(found[: PAGE_SIZE + 1])
    more = str(rows[PAGE_SIZE - 1].pk) if len(rows) > PAGE_SIZE else ""
    context = {"reminders": rows[:PAGE_SIZE], "next_cursor": more, "is_first": not cursor}
    return render(request, "windows/review/reminders.html", context)


@require_POST
def reminder_read(request: HttpRequest, reminder_id: int) -> HttpResponse:
    """Marks one reminder as read."""
    mark_read(reminder_id, actor=request.user, at=clock.now())
    return redirect("reminders")


def _list(request: HttpRequest, shown: CaseList) -> HttpResponse:
    light = request.GET.get("light", "")
    wanted = Filter(
        states=shown.states,
        light=light if light in Case.Light.values else "",
        matter=request.GET.get("matter", "").strip().upper()[:16],
        search=request.GET.get("q", ""),
        mine=request.GET.get("mine") == "1",
        is_at_once=shown.is_at_once,
    )
    cursor = request.GET.get("after", "")
    page = cases_page(request.user, wanted, right=shown.right, cursor=cursor)
    context = {
        "heading": shown.heading,
        "empty_title": shown.empty_title,
        "empty_text": shown.empty_text,
        "has_mine": shown.right == permissions.REVIEW,
        "wanted": wanted,
        "lights": LIGHT_CHOICES,
        "rows": inbox_rows(page.rows, today=clock.today()),
        "is_empty": not page.rows,
        "is_first": not cursor,
        "next_cursor": page.next_cursor,
        "query": _query_without_cursor(request),
    }
    return render(request, "windows/review/inbox.html", context)


LIGHT_CHOICES = [(light.value, " ".join(LIGHTS[light][:2])) for light in Case.Light if light != Case.Light.NONE]


def _query_without_cursor(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("after", None)
    return query.urlencode()
