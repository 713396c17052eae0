"""事项目录: everybody's pages — browse, search, guide, packages, who decides today."""

from datetime import date
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.pdf import render_pdf
from matters import queries
from matters.competence import day_from
from matters.domain.reconciliation import reconcile
from matters.guides import guide_on, rows_on
from matters.models import EditionState, MatterKind
from matters.packages import package_on

ROWS_A_PAGE = 50
MOST_SUGGESTIONS = 12
APPLICANTS = ("自然人", "法人")
PRINT_STYLES = ("document.css", "guide.css")


def _chosen(request: HttpRequest, name: str, allowed: list[str] | tuple[str, ...]) -> str:
    """The value of a filter, blank when it is not one of ours."""
    value = request.GET.get(name, "")
    return value if value in allowed else ""


def _narrowing(request: HttpRequest, *names: str) -> dict:
    """The filters of a list: what can be chosen, what is, and the other choices as a query for each chip row."""
    domains, departments = queries.domain_facets(), queries.department_facets()
    allowed = {
        "domain": [facet.value for facet in domains],
        "department": [facet.value for facet in departments],
        "applicant": APPLICANTS,
        "kind": MatterKind.values,
    }
    chosen = {name: _chosen(request, name, allowed[name]) for name in names}
    context = {
        "departments": departments,
        "domain_choices": [(facet.value, f"{facet.label} {facet.count}") for facet in domains],
        "applicant_choices": [(kind, kind) for kind in APPLICANTS],
        "kinds": MatterKind.choices,
        "chosen": chosen,
        "query": _query(chosen),
        **chosen,
    }
    for name in names:
        context[f"query_without_{name}"] = _query({key: value for key, value in chosen.items() if key != name})
    return context


def _query(chosen: dict[str, str]) -> str:
    return urlencode({name: value for name, value in chosen.items() if value})


def _page(request: HttpRequest, chosen: dict[str, str], today: date) -> dict:
    """One page of the list, onward by code: its rows and the cursor of the next."""
    after = request.GET.get("after", "")[:16]
    found = queries.browse(today, **chosen)
    matters = list(found.filter(code__gt=after)[: ROWS_A_PAGE + 1])
    more = len(matters) > ROWS_A_PAGE
    return {
        "rows": rows_on(matters[:ROWS_A_PAGE], today),
        "next_cursor": matters[ROWS_A_PAGE - 1].code if more else "",
        "is_first": not after,
    }


@require_GET
def matter_list(request: HttpRequest) -> HttpResponse:
    """Browse the catalogue by domain, department and kind of applicant, or search it; works without JavaScript."""
    today, wanted = clock.today(), request.GET.get("q", "").strip()[:60]
    if wanted:
        context = {"wanted": wanted, "rows": _found(wanted, today, limit=ROWS_A_PAGE)}
    else:
        context = _narrowing(request, "domain", "department", "applicant")
        context |= _page(request, context["chosen"], today)
    return render(request, "matters/matter_list.html", context)


def _found(wanted: str, today: date, *, limit: int) -> list:
    codes = [matter.pk for matter in queries.search_matters(wanted, on=today, limit=limit)]
    by_id = {
        row.matter.pk: row for row in rows_on(list(queries.matters_with_editions(today).filter(pk__in=codes)), today)
    }
    return [by_id[pk] for pk in codes]


@require_GET
def matter_search(request: HttpRequest) -> HttpResponse:
    """Search as you type: the first answers as a part of the page; without htmx, the whole list page."""
    wanted = request.GET.get("q", "").strip()[:60]
    if not request.htmx:
        query = request.GET.urlencode()
        return redirect(f"{reverse('matter-list')}{'?' + query if query else ''}")
    rows = _found(wanted, clock.today(), limit=MOST_SUGGESTIONS) if wanted else []
    return render(request, "matters/_suggestions.html", {"rows": rows, "wanted": wanted})


@require_GET
def matter_guide(request: HttpRequest, code: str) -> HttpResponse:
    """The guide of a matter as it stands today."""
    matter, today = queries.matter_by_code(code), clock.today()
    guide = guide_on(matter, today)
    if guide is None:
        return render(request, "matters/no_guide.html", {"matter": matter}, status=404)
    return render(request, "matters/guide.html", {"guide": guide})


@require_GET
def matter_edition(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """An older or coming edition of a guide, so marked."""
    matter = queries.matter_by_code(code)
    edition = matter.editions.filter(number=number, state=EditionState.PUBLISHED).first()
    if edition is None:
        raise Http404
    return render(request, "matters/guide.html", {"guide": guide_on(matter, clock.today(), edition)})


@require_GET
def matter_guide_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """Today's guide as a PDF to take along."""
    matter = queries.matter_by_code(code)
    guide = guide_on(matter, clock.today())
    if guide is None:
        raise Http404
    made = render_pdf(
        "print/guide.html",
        {"guide": guide},
        must_contain=[guide.edition.name, matter.code],
        stylesheets=PRINT_STYLES,
    )
    response = HttpResponse(made.content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{matter.code}.pdf"'
    return response


@require_GET
def package_list(request: HttpRequest) -> HttpResponse:
    """All packages."""
    return render(request, "matters/package_list.html", {"chains": list(queries.chains_with_counts())})


@require_GET
def package_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One package: its steps and one list of what to bring."""
    return render(request, "matters/package.html", {"package": package_on(code, clock.today())})


@require_GET
def who_decides(request: HttpRequest) -> HttpResponse:
    """谁来决定: every matter with the body that decides it on the day asked for, and the figures of the decision of 2018."""
    today, typed = clock.today(), request.GET.get("on", "")[:20]
    error = ""
    try:
        on = day_from(typed, today)
    except InvalidInput as refusal:
        on, error = today, refusal.message
    context = {"on": on, "today": today, "error": error, "lines": reconcile(queries.catalogue_counts())}
    context |= _narrowing(request, "domain", "department", "kind")
    if on != today:
        # Every chip and the next page stay on the day asked for.
        for name in ("query", *(f"query_without_{one}" for one in ("domain", "department", "kind"))):
            context[name] = "&".join(part for part in (context[name], f"on={on.isoformat()}") if part)
    context |= _page(request, context["chosen"], on)
    return render(request, "matters/who_decides.html", context, status=422 if error else 200)
