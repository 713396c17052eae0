"""事项管理: the desk of those who look after the catalogue, the list of matters, one matter, what the linter finds."""

from collections import Counter
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from laiyang_approval.kernel import clock
from matters import queries
from matters.commands.editions import edit_matter
from matters.domain.linter import Level
from matters.forms import MatterForm
from matters.guides import standing_on
from matters.models import CatalogueImport, EditionState, MatterKind

from .public import ROWS_A_PAGE

STATES = (("draft", "有草稿"), ("reconstructed", "重建"), ("official", "正式附件"))


@require_GET
def catalogue_desk(request: HttpRequest) -> HttpResponse:
    """Drafts with what keeps them from the public, tables waiting for confirmation, and how much is still 待核实."""
    today = clock.today()
    context = {
        "drafts": queries.checked(queries.drafts(), today),
        "waiting": list(
            CatalogueImport.objects.filter(state=CatalogueImport.State.PREVIEWED).select_related("uploaded_by")
        ),
        "published": queries.recently_published(),
        "report": queries.verification_report(today),
        "counts": queries.catalogue_counts(),
    }
    return render(request, "matters/desk.html", context)


@require_GET
def catalogue_matters(request: HttpRequest) -> HttpResponse:
    """Every matter with its edition in force and its draft, narrowed by filters above the list."""
    today = clock.today()
    chosen = {name: request.GET.get(name, "") for name in ("domain", "department", "kind")}
    wanted, state = request.GET.get("q", "").strip()[:60], request.GET.get("state", "")
    found = queries.browse(today, **chosen)
    if wanted:
        found = found.filter(pk__in=[matter.pk for matter in queries.search_matters(wanted, limit=200)])
    if state == "draft":
        found = found.filter(editions__state=EditionState.DRAFT)
    elif state in ("reconstructed", "official"):
        found = found.filter(annex_status=state)
    after = request.GET.get("after", "")[:16]
    matters = list(queries.with_drafts(found).filter(code__gt=after)[: ROWS_A_PAGE + 1])
    query = urlencode({name: value for name, value in (chosen | {"q": wanted, "state": state}).items() if value})
    context = {
        "matters": matters[:ROWS_A_PAGE],
        "next_cursor": matters[ROWS_A_PAGE - 1].code if len(matters) > ROWS_A_PAGE else "",
        "is_first": not after,
        "query": query,
        "wanted": wanted,
        "state": state,
        "states": STATES,
        "kinds": MatterKind.choices,
        "domains": queries.domain_facets(),
        "departments": queries.department_facets(),
        **chosen,
    }
    return render(request, "matters/matters.html", context)


@require_http_methods(["GET", "POST"])
def catalogue_matter(request: HttpRequest, code: str) -> HttpResponse:
    """One matter: its editions, its standing today, and the words people search it by."""
    matter = queries.matter_by_code(code)
    form = MatterForm(request.POST or None, instance=matter)
    if request.method == "POST" and form.is_valid():
        edit_matter(code, aliases=form.cleaned_data["aliases"], note=form.cleaned_data["note"], actor=request.user)
        messages.success(request, "已保存别名和备注。")
        return redirect("catalogue-matter", code)
    context = {
        "matter": matter,
        "form": form,
        "editions": list(matter.editions.select_related("published_by").order_by("-number")),
        "changes": list(matter.later_changes.all()),
        "standing": standing_on(matter, clock.today()),
        "boundary": queries.boundary_on(matter, clock.today()),
    }
    return render(request, "matters/matter.html", context, status=422 if form.errors else 200)


@require_GET
def catalogue_findings(request: HttpRequest) -> HttpResponse:
    """指南检查: every error and warning of the working editions by matter, and the unknowns by kind."""
    found = queries.checked(queries.working_editions(), clock.today())
    unknowns = Counter(
        finding.message
        for one in found
        for finding in one.findings
        if finding.level is Level.UNKNOWN and finding.about != "materials"
    )
    context = {
        "spoken": [one for one in found if one.errors or one.warnings],
        "unknowns": unknowns.most_common(),
        "total": len(found),
    }
    return render(request, "matters/findings.html", context)
