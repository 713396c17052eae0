"""公示: the public list with its search, entries and files; the desk where wrong entries are withdrawn."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.rules import rule_int
from laiyang_approval.kernel.spreadsheets import MEDIA_TYPES
from laiyang_approval.kernel.uploads import attachment_response
from supervision import permissions, publicity
from supervision.commands.publicity import republish_entry, withdraw_entry
from supervision.domain.publicity import FIELDS
from supervision.forms import PublicityReasonForm
from supervision.models import PublicityEntry
from supervision.publicity import Wanted
from supervision.publicity_files import publicity_file

_COMMANDS = {
    "withdraw": (withdraw_entry, "已撤下，公众不再看到其内容。"),
    "republish": (republish_entry, "已重新公示。"),
}


# The public's pages


@require_GET
def published(request: HttpRequest) -> HttpResponse:
    """What was granted, newest first: searched by holder, matter, document number or credit code, by month and state."""
    wanted, today, cursor = _wanted(request), clock.today(), request.GET.get("after", "")
    page = publicity.public_page(wanted, today=today, cursor=cursor)
    query = request.GET.copy()
    query.pop("after", None)
    context = {
        "rows": [(row, row.standing_on(today)) for row in page.rows],
        "next_cursor": page.next_cursor,
        "is_first": not cursor,
        "wanted": wanted,
        "states": [("valid", "有效"), ("invalid", "无效")],
        "query": query.urlencode(),
    }
    return render(request, "supervision/publicity/list.html", context)


@require_GET
def published_file(request: HttpRequest, file_format: str) -> HttpResponse:
    """The same list as a file, whole."""
    if file_format not in MEDIA_TYPES:
        raise Http404
    today = clock.today()
    data = publicity_file(publicity.rows_for_file(_wanted(request), today=today), file_format, today=today)
    return attachment_response(data, f"行政许可公示{today:%Y%m%d}.{file_format}", MEDIA_TYPES[file_format])


@require_GET
def published_entry(request: HttpRequest, number: str) -> HttpResponse:
    """One entry under the items of the table; of a withdrawn one only that it was withdrawn."""
    row, today = publicity.public_row(number), clock.today()
    context = {"row": row, "number": number, "standing": row and row.standing_on(today), "items": _items(row, today)}
    return render(request, "supervision/publicity/entry.html", context, status=200 if row else 410)


def _wanted(request: HttpRequest) -> Wanted:
    return Wanted(
        state=request.GET.get("state", ""),
        month=request.GET.get("month", "")[:7],
        search=request.GET.get("q", "").strip()[:60],
    )


def _items(row: publicity.PublicRow | None, today: date) -> list[tuple[str, str]]:
    if row is None:
        return []
    shown = row.fields_on(today) | {"XK_ZT": row.standing_on(today).label}
    # The table calls it 代码_1; people know it by its name.
    plain = {"XK_XDR_SHXYM": "统一社会信用代码"}
    return [(plain.get(code, item), shown[code]) for code, item in FIELDS if shown.get(code)]


# The desk


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """What is published for one's bodies, what was withdrawn, and what is late or still waits."""
    name = request.GET.get("list", "published")
    name = name if name in {"published", "withdrawn", "late"} else "published"
    search, cursor, today = request.GET.get("q", "").strip()[:60], request.GET.get("after", ""), clock.today()
    rows, next_cursor, late = [], "", []
    if name == "late":
        late = publicity.late_for(request.user, today)
    else:
        rows, next_cursor = publicity.desk_page(request.user, state=name, search=search, cursor=cursor)
    query = request.GET.copy()
    query.pop("after", None)
    context = {
        "name": name,
        "tabs": [
            ("published", "公示中", "?list=published"),
            ("withdrawn", "已撤下", "?list=withdrawn"),
            ("late", "待公示、逾期", "?list=late"),
        ],
        "rows": rows,
        "late": [(one, one.is_late_on(today)) for one in late],
        "search": search,
        "days": rule_int("publicity_days", today),
        "next_cursor": next_cursor,
        "is_first": not cursor,
        "query": query.urlencode(),
    }
    return render(request, "supervision/publicity/desk.html", context)


@require_GET
def record(request: HttpRequest, number: str) -> HttpResponse:
    """One entry with all that became of it."""
    return _record(request, number)


@require_POST
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Withdraws the entry or publishes it again; a refused act is shown with its reason."""
    if action not in _COMMANDS:
        raise Http404
    form = PublicityReasonForm(request.POST)
    if not form.is_valid():
        return _record(request, number, form=form, status=422)
    command, done = _COMMANDS[action]
    try:
        command(number, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
    except DomainError as error:
        if error.status == 404:
            raise
        form.add_error("reason" if "reason" in getattr(error, "fields", {}) else None, str(error))
        return _record(request, number, form=form, status=error.status)
    messages.success(request, done)
    return redirect("publicity-record", number)


def _record(
    request: HttpRequest, number: str, *, form: PublicityReasonForm | None = None, status: int = 200
) -> HttpResponse:
    entry = publicity.get_visible_entry(request.user, number)
    is_published = entry.state == PublicityEntry.State.PUBLISHED
    context = {
        "entry": entry,
        "steps": entry.steps.select_related("actor"),
        "form": form or PublicityReasonForm(),
        "may_act": permissions.may_correct_publicity(request.user, entry),
        "action": "withdraw" if is_published else "republish",
        "is_published": is_published,
        "is_late": entry.publish_by_on is not None and entry.published_on > entry.publish_by_on,
    }
    return render(request, "supervision/publicity/record.html", context, status=status)
