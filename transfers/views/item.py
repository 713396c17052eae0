"""One matter on its way: its lists line by line, what stands in the way, what was done, and what can be done now."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.pdf import render_pdf
from laiyang_approval.kernel.permissions import require_recent_login
from laiyang_approval.kernel.spreadsheets import InvalidTable
from laiyang_approval.kernel.views.showing import show_refusal
from transfers import permissions, queries
from transfers.acts import ACTS
from transfers.commands.inventories import LineInput, dispute_line, remove_line, rewrite_line, write_lines
from transfers.domain.inventories import Inventory, Party
from transfers.domain.states import ON_THE_WAY
from transfers.forms import ImportForm, LineForm, ReasonForm
from transfers.models import InventoryLine, TransferItem
from transfers.spreadsheets import read_lines, write_lists
from transfers.words import LABELS

PRINT_STYLES = ("document.css", "handover.css")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Open cases named on the page.
MOST_CASES = 20


@require_GET
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """The page of one item."""
    return _item_page(request, queries.get_visible_item(request.user, item_id))


def _item_page(
    request: HttpRequest, found: TransferItem, *, action: str = "", form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    lines = queries.lines_of([found])[found.pk]
    flight = queries.in_flight_counts([found]).get(found.pk, queries.InFlight())
    context = {
        "item": found,
        "lists": _lists(lines),
        "has_lists": bool(lines) or found.current_state in ON_THE_WAY,
        "blockers": queries.blockers_of(lines) if found.current_state in ON_THE_WAY else [],
        "assessments": list(found.assessments.select_related("recorded_by")),
        "records": _records(found),
        "in_flight": flight,
        "cases": list(queries.cases_in_flight(found)[:MOST_CASES]) if flight.open else [],
        "acts": _shown_acts(request.user, found, action, form, lines),
        "failed_form": form if form is not None and form.errors else None,
        "party": permissions.party_of(request.user, found),
    }
    return render(request, "transfers/item.html", context, status=status)


def _lists(lines: list[InventoryLine]) -> list[dict]:
    return [
        {
            "inventory": one,
            "rows": [
                {
                    "line": line,
                    "signed": {mark.party: mark for mark in line.signatures.all()},
                    "facts": _facts(line),
                }
                for line in lines
                if line.inventory == one.value
            ],
        }
        for one in Inventory
    ]


def _facts(line: InventoryLine) -> list[str]:
    """What a line says beside its name and quantity, part by part."""
    numbers = f"{line.number_from}至{line.number_to}" if line.number_from else ""
    explained = f"（{line.missing_explained}）" if line.missing_explained else ""
    missing = f"缺号{line.missing_numbers}{explained}" if line.missing_numbers else ""
    return [part for part in (line.condition, numbers, missing, line.note) if part]


def _records(found: TransferItem) -> list[dict]:
    rows = found.events.select_related("actor")
    return [
        {
            "at": row.at,
            "label": LABELS.get(row.kind, row.kind),
            "who": row.actor.display_name if row.actor else "",
            "note": row.note,
        }
        for row in rows
    ]


def _shown_acts(
    user, found: TransferItem, action: str, bound: forms.Form | None, lines: list[InventoryLine]
) -> list[dict]:
    begun = {line.inventory for line in lines}
    # What begins a list is not offered once it has begun.
    spent = {"draw_up"} if Inventory.MATTERS.value in begun else set()
    spent |= {"nothing"} if len(begun) == len(Inventory) else set()
    if not queries.cases_to_move(found, clock.today()).exists():
        spent.add("move")
    shown = []
    for act in ACTS.values():
        if not act.fits(found) or act.action in spent:
            continue
        refusal = act.refusal(user, found)
        form = None
        if not refusal:
            form = bound if bound is not None and act.action == action else act.form(auto_id=f"{act.action}-%s")
        shown.append({"act": act, "reason": refusal, "form": form, "is_open": act.action == action})
    # What this person can do stands first.
    return sorted(shown, key=lambda one: bool(one["reason"]))


@require_POST
def item_act(request: HttpRequest, item_id: int, action: str) -> HttpResponse:
    """Does one act on the item; a refused one is shown with its reason, and what was typed stays."""
    act = ACTS.get(action)
    if act is None:
        raise Http404
    found = queries.get_visible_item(request.user, item_id)
    if act.signs:
        require_recent_login(request)
    form, status = act.form(request.POST, auto_id=f"{action}-%s"), 422
    if form.is_valid():
        try:
            act.run(found, form.cleaned_data, request.user, clock.now())
        except DomainError as error:
            if error.status == 404:
                raise
            status = show_refusal(form, error)
        else:
            messages.success(request, act.done)
            return redirect("transfer-item", found.pk)
    return _item_page(request, found, action=action, form=form, status=status)


@require_http_methods(["GET", "POST"])
def line(request: HttpRequest, line_id: int) -> HttpResponse:
    """One line: the giver writes it anew or takes it off, the other two dispute it."""
    row = InventoryLine.objects.select_related("disputed_by").filter(pk=line_id).first()
    if row is None:
        raise Http404
    found = queries.get_visible_item(request.user, row.item_id)
    party = permissions.party_of(request.user, found)
    is_giver = party is Party.GIVER
    kind, initial = (LineForm, _values(row)) if is_giver else (ReasonForm, {})
    form, status = kind(request.POST or None, initial=initial), 200
    if is_giver:
        form.fields["inventory"].disabled = True
    if request.method == "POST":
        status = 422
        try:
            if "remove" in request.POST:
                remove_line(row.pk, actor=request.user, at=clock.now())
                messages.success(request, "已删除这一行。")
                return redirect("transfer-item", found.pk)
            if form.is_valid():
                if is_giver:
                    given = LineInput(**form.cleaned_data)
                    rewrite_line(row.pk, given=given, actor=request.user, at=clock.now())
                    messages.success(request, "已改正；各方须重新签字。")
                else:
                    dispute_line(row.pk, **form.cleaned_data, actor=request.user, at=clock.now())
                    messages.success(request, "异议已登记，移交方改正后再签字。")
                return redirect("transfer-item", found.pk)
        except DomainError as error:
            if error.status == 404:
                raise
            status = show_refusal(form, error)
    context = {"line": row, "item": found, "form": form if party else None, "is_giver": is_giver}
    return render(request, "transfers/line.html", context, status=status)


def _values(row: InventoryLine) -> dict:
    return {name: getattr(row, name) for name in LineForm.base_fields}


@require_http_methods(["GET", "POST"])
def item_import(request: HttpRequest, item_id: int) -> HttpResponse:
    """A long list from a table: every fault by its row, or all lines at once."""
    found = queries.get_visible_item(request.user, item_id)
    permissions.require_party(request.user, found, Party.GIVER)
    form, errors, status = ImportForm(request.POST or None, request.FILES or None), [], 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                given = read_lines(form.cleaned_data["file"])
                made = write_lines(found.pk, given=given, actor=request.user, at=clock.now())
            except InvalidTable as refusal:
                errors = list(refusal.errors)
            except DomainError as error:
                status = show_refusal(form, error)
            else:
                messages.success(request, f"已导入{len(made)}行，请核对。")
                return redirect("transfer-item", found.pk)
    return render(request, "transfers/import.html", {"item": found, "form": form, "errors": errors}, status=status)


@require_GET
def item_table(request: HttpRequest, item_id: int) -> HttpResponse:
    """The lists as XLSX; an empty one is the form to fill in."""
    found = queries.get_visible_item(request.user, item_id)
    response = HttpResponse(write_lists(queries.lines_of([found])[found.pk]), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="handover-{found.matter.code}.xlsx"'
    return response


@require_GET
def item_lists_pdf(request: HttpRequest, item_id: int) -> HttpResponse:
    """The four lists on paper, with the signatures given and room for those in ink."""
    found = queries.get_visible_item(request.user, item_id)
    lines = queries.lines_of([found])[found.pk]
    made = render_pdf(
        "print/handover.html",
        {
            "item": found,
            "lists": _lists(lines),
            "blockers": queries.blockers_of(lines) if found.current_state in ON_THE_WAY else [],
            "parties": [(Party.GIVER, found.from_department.name), (Party.RECEIVER, found.to_department.name),
                        (Party.SUPERVISOR, "")],
            "printed_on": clock.today(),
        },
        must_contain=[found.matter.code, found.from_department.name],
        stylesheets=PRINT_STYLES,
    )  # fmt: skip
    response = HttpResponse(made.content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="handover-{found.matter.code}.pdf"'
    return response
