"""权力清单、责任清单: of any day, of one body or all, as page, PDF and XLSX, with the difference from another day."""

from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.models import Department
from laiyang_approval.kernel.pdf import render_pdf
from matters.competence import day_from
from transfers.power_lists import as_table, body_named, differences_between, duties_on, shares_of

from .item import PRINT_STYLES, XLSX


@dataclass(frozen=True)
class _Wanted:
    on: date
    since: date | None
    body: Department | None

    @property
    def code(self) -> str:
        return self.body.code if self.body else ""


def _wanted(request: HttpRequest) -> _Wanted:
    """What is asked for; raises InvalidInput for a day that is none."""
    on = day_from(request.GET.get("on", "")[:20], clock.today())
    typed = request.GET.get("since", "")[:20].strip()
    since = day_from(typed, on) if typed else None
    return _Wanted(on, None if since == on else since, body_named(request.GET.get("body", "")[:16]))


@require_GET
def power_list(request: HttpRequest) -> HttpResponse:
    """The bodies with their numbers; of one body, its whole list; with a second day, what differs."""
    error, status = "", 200
    try:
        wanted = _wanted(request)
    except InvalidInput as refusal:
        wanted, error, status = _Wanted(clock.today(), None, None), refusal.message, 422
    duties = duties_on(wanted.on)
    query = f"on={wanted.on.isoformat()}" + (f"&since={wanted.since.isoformat()}" if wanted.since else "")
    context = {
        "wanted": wanted,
        "shares": shares_of(duties),
        "duties": [one for one in duties if one.body_code == wanted.code] if wanted.body else [],
        "changes": differences_between(wanted.since, wanted.on, body=wanted.code) if wanted.since else None,
        "query": query,
        "error": error,
    }
    return render(request, "transfers/power_list.html", context, status=status)


@require_GET
def power_list_file(request: HttpRequest, file_format: str) -> HttpResponse:
    """The same as a file; of one body as PDF, of one or all as XLSX."""
    wanted = _wanted(request)
    name = f"powers-{wanted.code or 'all'}-{wanted.on:%Y%m%d}"
    if file_format == "xlsx":
        response = HttpResponse(as_table(wanted.on, body=wanted.code, since=wanted.since), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
        return response
    if file_format != "pdf":
        raise Http404
    if wanted.body is None:
        raise InvalidInput("请先选择机关，再打印它的权力清单。")
    made = render_pdf(
        "print/power_list.html",
        {
            "wanted": wanted,
            "duties": duties_on(wanted.on, body=wanted.code),
            "changes": differences_between(wanted.since, wanted.on, body=wanted.code) if wanted.since else None,
            "printed_on": clock.today(),
        },
        must_contain=[wanted.body.name],
        stylesheets=PRINT_STYLES,
    )
    response = HttpResponse(made.content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
