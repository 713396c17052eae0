"""对账: the certificates of each day and the letters of each month, for whom they are."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from laiyang_approval.kernel.errors import NotFound
from supervision import permissions
from supervision.models import ReconciliationPaper
from supervision.papers import open_paper, sentence_of

ROWS_A_PAGE = 50
NO_SUCH_PAPER = "没有查到这份对账证明；请从对账列表中打开。"


@require_GET
def papers(request: HttpRequest) -> HttpResponse:
    """Certificates and letters, the newest first; a regulator sees its own."""
    kind = request.GET.get("list", "day")
    kind = kind if kind in ReconciliationPaper.Kind.values else "day"
    after = request.GET.get("after", "")
    found = permissions.papers_visible_to(request.user).filter(kind=kind).order_by("-id")
    if after.isascii() and after.isdigit() and len(after) < 18:
        found = found.filter(pk__lt=int(after))
    rows = list(found[: ROWS_A_PAGE + 1])
    context = {
        "rows": [(paper, sentence_of(paper)) for paper in rows[:ROWS_A_PAGE]],
        "next_cursor": rows[ROWS_A_PAGE - 1].pk if len(rows) > ROWS_A_PAGE else "",
        "is_first": not after,
        "query": f"list={kind}",
        "tabs": [("day", "每日证明", "?list=day"), ("month", "每月对账函", "?list=month")],
        "kind": kind,
    }
    return render(request, "supervision/papers.html", context)


@require_GET
def paper_file(request: HttpRequest, paper_id: int) -> HttpResponse:
    """One paper as its signed PDF."""
    found = permissions.papers_visible_to(request.user).filter(pk=paper_id).first()
    if found is None:
        raise NotFound(NO_SUCH_PAPER)
    response = HttpResponse(open_paper(found), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"{found.get_kind_display()}{found.number}.pdf")
    return response
