"""登记簿导入: the upload with its dry run, and what waits to be confirmed."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.spreadsheets import InvalidTable, Sheet, write_xlsx
from laiyang_approval.kernel.views.showing import show_refusal
from transfers.commands.registers import (
    COLUMNS,
    confirm_register,
    discard_register,
    preview_register,
    read_register,
)
from transfers.forms import RegisterForm
from transfers.models import RegisterImport

from .item import XLSX

RECENT = 20


@require_http_methods(["GET", "POST"])
def registers(request: HttpRequest) -> HttpResponse:
    """The upload, tried at once; below it what this person brought before."""
    form, errors, status = RegisterForm(request.POST or None, request.FILES or None), [], 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            table, uploaded = form.cleaned_data["table"], form.cleaned_data["file"]
            try:
                rows = read_register(table, uploaded)
                preview_register(table, rows, file_name=uploaded.name, actor=request.user, at=clock.now())
            except InvalidTable as refusal:
                errors = list(refusal.errors)
            except DomainError as error:
                status = show_refusal(form, error)
            else:
                messages.success(request, f"试运行通过：{len(rows)}行都可以登记；确认后才写入。")
                return redirect("transfer-registers")
    mine = RegisterImport.objects.filter(uploaded_by=request.user).defer("rows")
    context = {"form": form, "errors": errors, "imports": list(mine[:RECENT])}
    return render(request, "transfers/registers.html", context, status=status)


@require_POST
def register_settle(request: HttpRequest, import_id: int, action: str) -> HttpResponse:
    """Confirms or drops what waits."""
    if action not in ("confirm", "discard"):
        raise Http404
    if action == "confirm":
        done = confirm_register(import_id, actor=request.user, at=clock.now())
        messages.success(request, f"已登记{done.count}行，每一行都是一件历史登记的办件。")
    else:
        discard_register(import_id, actor=request.user, at=clock.now())
        messages.success(request, "已放弃，没有写入任何内容。")
    return redirect("transfer-registers")


@require_GET
def register_form(request: HttpRequest, table: str) -> HttpResponse:
    """The empty table to fill in."""
    if table not in COLUMNS:
        raise Http404
    label = RegisterImport.Table(table).label
    response = HttpResponse(write_xlsx([Sheet(label, COLUMNS[table], [])]), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="register-{table}.xlsx"'
    return response
