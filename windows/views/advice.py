"""一次性告知单: a clerk tells somebody who has not applied yet what it takes, and prints it."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError, NotFound
from matters import queries as catalogue
from matters.models import Matter

from .. import permissions
from ..commands.advising import give_advice
from ..documents import DocumentKind
from ..models import AdviceSheet
from ..rendering import render_snapshot

MOST_FOUND = 8


@require_http_methods(["GET", "POST"])
def advice(request: HttpRequest) -> HttpResponse:
    """Which matter, what the asker already has, and the sheet; below it the sheets given lately."""
    if request.method == "GET":
        return _page(request, request.GET.get("matter", ""))
    code = request.POST.get("matter", "")
    held = [int(pk) for pk in request.POST.getlist("held") if pk.isascii() and pk.isdigit() and len(pk) < 10]
    try:
        given = give_advice(
            catalogue.matter_by_code(code),
            held=held,
            note=request.POST.get("note", ""),
            actor=request.user,
            at=clock.now(),
        )
    except DomainError as error:
        return _page(request, code, error=error)
    return redirect("advice-sheet", given.pk)


@require_GET
def advice_sheet(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """The sheet as PDF, made from its stored inputs; the same each time."""
    sheet = _sheets(request).filter(pk=sheet_id).first()
    if sheet is None:
        raise NotFound("没有查到这份告知单；请从“咨询告知”打开。")
    made = render_snapshot(DocumentKind.D27, sheet.snapshot)
    response = HttpResponse(made.content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="D27-{sheet.pk}.pdf"'
    return response


def _sheets(request: HttpRequest) -> QuerySet[AdviceSheet]:
    """The sheets of the bodies this clerk serves at the window."""
    return AdviceSheet.objects.filter(
        department_id__in=permissions.departments_for(request.user, permissions.INTAKE)
    ).select_related("edition", "given_by")


def _page(request: HttpRequest, code: str, *, error: DomainError | None = None) -> HttpResponse:
    today, wanted = clock.today(), request.GET.get("q", "")
    matter, problem = _find(code), error
    edition = None
    if matter is not None and (found := catalogue.edition_on(matter, today)) is not None:
        edition = catalogue.edition_with_materials(found.pk)
    context = {
        "matter": matter,
        "edition": edition,
        "wanted": wanted,
        "found": catalogue.search_matters(wanted, limit=MOST_FOUND, on=today) if wanted else [],
        "held": set(request.POST.getlist("held")),
        "note": request.POST.get("note", ""),
        "problem": problem,
        "sheets": _sheets(request).defer("snapshot")[:20],
    }
    return render(request, "windows/hall/advice.html", context, status=error.status if error else 200)


def _find(code: str) -> Matter | None:
    if not code:
        return None
    try:
        return catalogue.matter_by_code(code)
    except NotFound:
        return None
