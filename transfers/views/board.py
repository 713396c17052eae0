"""The board 133 = 103 + 30, a batch, and what one body hands over in it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError, NotFound, StaleState
from laiyang_approval.kernel.models import Department
from laiyang_approval.kernel.permissions import require_recent_login
from laiyang_approval.kernel.views.showing import show_refusal
from transfers import permissions, queries
from transfers.commands.batches import NewBatch, NewItem, add_item, register_batch
from transfers.commands.completing import Completion, complete_handover
from transfers.commands.inventories import sign_lists
from transfers.commands.items import activate_batch
from transfers.domain.states import ON_THE_WAY, ItemState
from transfers.forms import BatchForm, CompletionForm, EvidenceForm, ItemForm


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Every batch with its bodies, states and cases in flight, and every difference from what was decided."""
    today = clock.today()
    sees_all = request.user.has_role(*permissions.WATCHERS)
    context = {
        "batches": queries.batch_views(request.user),
        "figures": queries.figures_on(today) if sees_all else [],
        "differences": queries.differences_on(today) if sees_all else [],
        "sees_all": sees_all,
        "is_office": permissions.is_office(request.user),
        "today": today,
    }
    return render(request, "transfers/board.html", context)


@require_http_methods(["GET", "POST"])
def batch_new(request: HttpRequest) -> HttpResponse:
    """The form that registers a batch."""
    permissions.require_office(request.user)
    form, status = BatchForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = register_batch(NewBatch(**form.cleaned_data), actor=request.user, at=clock.now())
                return redirect("transfer-batch", made.pk)
            except DomainError as error:
                status = show_refusal(form, error)
    return render(request, "transfers/batch_new.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One batch with its items; the coordination mechanism puts matters on it."""
    found = queries.get_batch(batch_id)
    items = queries.items_of(request.user, found)
    if not items and not request.user.has_role(*permissions.WATCHERS):
        raise NotFound("没有查到这个划转批次；请从划转台账打开。")
    form, status = ItemForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = add_item(found.pk, NewItem(**form.cleaned_data), actor=request.user, at=clock.now())
                messages.success(request, f"已列入{made.matter.name}，由{made.from_department.name}移交。")
                return redirect("transfer-batch", found.pk)
            except DomainError as error:
                status = show_refusal(form, error)
    wanted = request.GET.get("state", "")
    state = wanted if wanted in {one.value for one in ItemState} else ""
    context = {
        "batch": found,
        "items": [item for item in items if not state or item.state == state],
        "state": state,
        "states": _counted(items),
        "form": form if permissions.is_office(request.user) else None,
        "activation": EvidenceForm(auto_id="all-%s") if _may_activate(request.user, items) else None,
    }
    return render(request, "transfers/batch.html", context, status=status)


@require_POST
def batch_activate(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Sets all deferred matters of a batch going at once, those that have been stopped left out and named."""
    moved, left = activate_batch(
        batch_id, evidence=request.POST.get("evidence", ""), actor=request.user, at=clock.now()
    )
    messages.success(request, f"已列入计划{len(moved)}项；请逐项登记政策风险评估。")
    for sentence in left:
        messages.warning(request, sentence)
    return redirect("transfer-batch", batch_id)


def _may_activate(user, items) -> bool:
    return permissions.is_office(user) and any(item.current_state is ItemState.DEFERRED for item in items)


def _counted(items) -> list[tuple[str, str]]:
    counts = {one: sum(item.state == one.value for item in items) for one in ItemState}
    return [(one.value, f"{one.label} {count}") for one, count in counts.items() if count]


@require_GET
def handover(request: HttpRequest, batch_id: int, department_code: str) -> HttpResponse:
    """What one body hands over in a batch: its items, what blocks, who has signed, and completion."""
    return _handover_page(request, batch_id, department_code, CompletionForm())


def _handover_page(request: HttpRequest, batch_id: int, code: str, form: CompletionForm, status: int = 200):
    found, body = queries.get_batch(batch_id), _body(code)
    items = queries.items_of(request.user, found, body.pk)
    if not items:
        raise NotFound(permissions.NO_SUCH_ITEM)
    lines, flight = queries.lines_of(items), queries.in_flight_counts(items)
    on_the_way = [item for item in items if item.current_state in ON_THE_WAY]
    rows = [
        {
            "item": item,
            "blockers": queries.blockers_of(lines[item.pk]) if item.current_state in ON_THE_WAY else [],
            "lines": len(lines[item.pk]),
            "in_flight": flight.get(item.pk, queries.InFlight()),
        }
        for item in items
    ]
    party = permissions.party_of(request.user, items[0])
    context = {
        "batch": found,
        "body": body,
        "rows": rows,
        "to_sign": [item for item in on_the_way if item.current_state is ItemState.RISK_ASSESSED],
        "party": party,
        "ready": [item for item in on_the_way if item.current_state is ItemState.HANDED_OVER],
        "on_the_way": on_the_way,
        "in_flight": sum(row["in_flight"].open for row in rows),
        "is_office": permissions.is_office(request.user),
        "form": form,
    }
    return render(request, "transfers/handover.html", context, status=status)


@require_POST
def handover_sign(request: HttpRequest, batch_id: int, department_code: str) -> HttpResponse:
    """Signs every undisputed line of all matters the body hands over, for the party the person signs for."""
    found, body = queries.get_batch(batch_id), _body(department_code)
    items = queries.items_of(request.user, found, body.pk)
    if not items:
        raise NotFound(permissions.NO_SUCH_ITEM)
    require_recent_login(request)
    ready = [item.pk for item in items if item.current_state is ItemState.RISK_ASSESSED]
    if not ready:
        raise StaleState("没有等待签字的事项：都已交接，或者还没有评估。请刷新页面查看。")
    signed = sign_lists(ready, actor=request.user, at=clock.now())
    messages.success(request, f"已签字：{len(ready)}个事项，{sum(signed.values())}行。")
    return redirect("transfer-handover", found.pk, body.code)


@require_POST
def handover_complete(request: HttpRequest, batch_id: int, department_code: str) -> HttpResponse:
    """Completes what the body has handed over, from the day given."""
    permissions.require_office(request.user)
    require_recent_login(request)
    form, status = CompletionForm(request.POST), 422
    if form.is_valid():
        try:
            done = complete_handover(
                batch_id,
                _body(department_code).pk,
                completion=Completion(**form.cleaned_data),
                actor=request.user,
                at=clock.now(),
            )
        except DomainError as error:
            if error.status == 404:
                raise
            status = show_refusal(form, error)
        else:
            day = done[0].effective_on
            messages.success(request, f"{len(done)}个事项自{day.isoformat()}起由{done[0].to_department.name}办理。")
            return redirect("transfer-handover", batch_id, department_code)
    return _handover_page(request, batch_id, department_code, form, status)


def _body(code: str) -> Department:
    found = Department.objects.filter(code=code.upper()[:16]).first()
    if found is None:
        raise NotFound(permissions.NO_SUCH_ITEM)
    return found
