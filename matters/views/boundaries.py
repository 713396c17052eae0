"""责任边界: how the responsibility for supervision stands matter by matter, and setting it anew from a day on."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import InvalidInput
from matters import queries
from matters.boundaries import boundary_list, history_of, item_on, supervisors_on
from matters.commands.boundaries import NewBoundary, set_boundary
from matters.forms import BoundaryForm

from .public import ROWS_A_PAGE


@require_GET
def boundaries(request: HttpRequest) -> HttpResponse:
    """Every matter with who approves, who leads the supervision, who shares it and who enforces today."""
    today = clock.today()
    wanted, department = request.GET.get("q", "").strip()[:60], request.GET.get("department", "")[:16]
    after = request.GET.get("after", "")[:16]
    found = boundary_list(today, wanted=wanted, department=department)
    rows = list(found.filter(code__gt=after)[: ROWS_A_PAGE + 1])
    context = {
        "matters": rows[:ROWS_A_PAGE],
        "next_cursor": rows[ROWS_A_PAGE - 1].code if len(rows) > ROWS_A_PAGE else "",
        "is_first": not after,
        "query": urlencode({name: value for name, value in (("q", wanted), ("department", department)) if value}),
        "wanted": wanted,
        "department": department,
        "departments": supervisors_on(today),
    }
    return render(request, "matters/boundaries.html", context)


@require_http_methods(["GET", "POST"])
def boundary(request: HttpRequest, code: str) -> HttpResponse:
    """One matter's items by date, and the form of the next one."""
    today = clock.today()
    matter = queries.matter_by_code(code)
    current = item_on(matter, today)
    form = BoundaryForm(request.POST or None, bodies=supervisors_on(today), current=current, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            item = set_boundary(NewBoundary(matter_code=code, **form.cleaned_data), actor=request.user, at=clock.now())
        except InvalidInput as error:
            for name, text in error.fields.items() or {None: error.message}.items():
                form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(
                request, f"责任边界自{item.valid_from:%Y-%m-%d}起由{item.supervise_org.short_name}主要监管。"
            )
            return redirect("catalogue-boundary", code)
    context = {"matter": matter, "items": history_of(matter), "current": current, "form": form, "today": today}
    return render(request, "matters/boundary.html", context, status=422 if form.errors else 200)
