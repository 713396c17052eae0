"""导入导出: the two tables as CSV and XLSX; an import is tried first and confirmed on its own page."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.spreadsheets import MEDIA_TYPES, InvalidTable
from matters import queries
from matters.commands.imports import MOST_ERRORS_SHOWN, confirm_import, discard_import, plan_import, preview_import
from matters.exports import export_table, read_upload
from matters.forms import UploadForm
from matters.models import CatalogueImport

MOST_PLANS_SHOWN = 100
RECENT_IMPORTS = 20


@require_http_methods(["GET", "POST"])
def exchange(request: HttpRequest) -> HttpResponse:
    """Downloads of both tables, the upload, and what was imported lately."""
    form = UploadForm(request.POST or None, request.FILES or None, initial={"table": "matters"})
    errors: list[str] = []
    if request.method == "POST" and form.is_valid():
        waiting, errors = _try_upload(request, form)
        if waiting is not None:
            return redirect("catalogue-import", waiting.pk)
    context = {
        "form": form,
        "errors": errors[:MOST_ERRORS_SHOWN],
        "error_count": len(errors),
        "imports": list(CatalogueImport.objects.select_related("uploaded_by").defer("rows")[:RECENT_IMPORTS]),
    }
    return render(request, "matters/exchange.html", context, status=422 if errors or form.errors else 200)


def _try_upload(request: HttpRequest, form: UploadForm) -> tuple[CatalogueImport | None, list[str]]:
    table, uploaded = form.cleaned_data["table"], form.cleaned_data["file"]
    try:
        rows, sha256 = read_upload(table, uploaded)
        waiting, preview = preview_import(
            table, file_name=uploaded.name, sha256=sha256, rows=rows, actor=request.user, at=clock.now()
        )
    except InvalidTable as refusal:
        return None, list(refusal.errors)
    except DomainError as refusal:
        return None, [str(refusal)]
    return waiting, [str(error) for error in preview.errors]


@require_GET
def export(request: HttpRequest, table: str, file_format: str) -> HttpResponse:
    """The table as a file."""
    if table not in CatalogueImport.Table.values or file_format not in MEDIA_TYPES:
        raise Http404
    response = HttpResponse(export_table(table, file_format), content_type=MEDIA_TYPES[file_format])
    response["Content-Disposition"] = f'attachment; filename="catalogue-{table}-{clock.today():%Y%m%d}.{file_format}"'
    return response


@require_GET
def import_preview(request: HttpRequest, import_id: int) -> HttpResponse:
    """What the waiting table would change, as the catalogue stands now."""
    waiting = queries.import_by_id(import_id)
    preview = plan_import(waiting.table, waiting.rows) if waiting.state == CatalogueImport.State.PREVIEWED else None
    context = {
        "waiting": waiting,
        "preview": preview,
        "plans": preview.interesting[:MOST_PLANS_SHOWN] if preview else [],
        "errors": [str(error) for error in preview.errors[:MOST_ERRORS_SHOWN]] if preview else [],
    }
    return render(request, "matters/import.html", context)


@require_POST
def import_confirm(request: HttpRequest, import_id: int) -> HttpResponse:
    """Makes drafts of the waiting table."""
    done = confirm_import(import_id, actor=request.user, at=clock.now())
    messages.success(
        request, f"已导入：新增{done.counts['new']}项，修改{done.counts['changed']}项，都已成为草稿；请逐项检查后发布。"
    )
    return redirect("catalogue-desk")


@require_POST
def import_discard(request: HttpRequest, import_id: int) -> HttpResponse:
    """Lets the waiting table go."""
    discard_import(import_id, actor=request.user, at=clock.now())
    messages.success(request, "已放弃这次导入，目录没有变化。")
    return redirect("catalogue-exchange")
