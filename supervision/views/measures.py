"""考核评价: the figures of a period, the list behind each of them, the report to take along."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import InvalidInput
from supervision.measures.charts import draw_trend
from supervision.measures.figures import PARTS, behind, table
from supervision.measures.periods import UNITS, Period, asked_period, period_of
from supervision.measures.registry import DIMENSIONS, GROUPS, measure_by_key
from supervision.measures.report import as_pdf, as_xlsx, report_of
from supervision.measures.rows import ROWS_A_PAGE, rows_of
from supervision.measures.scope import Scope, asked_scope, bodies_with_cases, scope_of
from supervision.measures.trend import Step, trend

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def measures(request: HttpRequest) -> HttpResponse:
    """The table of figures of a period and a scope, its trend, and the same by body, matter, window or person."""
    period, scope = _asked(request)
    dimension = request.GET.get("by", "") or next((name for name in DIMENSIONS if name not in scope.chosen), "matter")
    found = table(period, scope, dimension)
    steps = trend(period, scope)
    query = _query(period, scope, by=dimension)
    context = {
        "period": period,
        "scope": scope,
        "scope_text": _scope_text(scope),
        "sections": [(name, [one for one in found.total if one.measure.group == name]) for name in GROUPS],
        "heads": [one.measure for one in found.total if one.measure.is_main],
        "rows": [
            (group, _query(period, scope, **{dimension: group.code}), [one for one in group.figures if one.measure.is_main])
            for group in found.groups
            if not group.is_idle
        ],
        "chart": draw_trend(steps, lambda step, name: _list_address(step, name, scope)) if steps else "",
        "query": query,
        "base": _query(period, scope),
        "dimension": dimension,
        "dimension_label": DIMENSIONS[dimension],
        "units": [(unit, f"按{label}", f"?{_query(period_of(unit, period.first, period.today), scope)}") for unit, label in UNITS.items()],
        "dimensions": [(name, f"按{label}", f"?{_query(period, scope, by=name)}#by") for name, label in DIMENSIONS.items()],
        "neighbours": [(one, f"?{_query(one, scope)}" if one else "") for one in (period.previous, period.following)],
        "chosen": [(DIMENSIONS[name], word, f"?{_query(period, scope, **{name: ''})}") for name, word in scope.words.items()],
        "bodies": bodies_with_cases(scope_of(request.user).bodies),
    }  # fmt: skip
    return render(request, "supervision/measures/page.html", context)


@require_GET
def measure_list(request: HttpRequest) -> HttpResponse:
    """The cases, pushes or matters that a figure counts: all, those that meet it, those that do not."""
    period, scope = _asked(request)
    measure = measure_by_key(request.GET.get("measure", ""))
    if measure is None:
        raise Http404
    part, after = request.GET.get("part", "all"), request.GET.get("after", "")
    records = behind(measure, part, period, scope)
    if after:
        if not (after.isascii() and after.isdigit() and len(after) < 19):
            raise InvalidInput("翻页位置无效；请从第一页重新查看。")
        records = records.filter(pk__lt=int(after))
    rows = rows_of(measure.source, records[: ROWS_A_PAGE + 1])
    base = f"{_query(period, scope)}&measure={measure.key}"
    labels = {"all": measure.source.label, "hit": measure.hit_label, "miss": measure.miss_label}
    context = {
        "measure": measure,
        "period": period,
        "scope_text": _scope_text(scope),
        "part": part,
        "tabs": [(name, labels[name], f"?{base}&part={name}") for name in PARTS if name == "all" or measure.hit],
        "rows": rows[:ROWS_A_PAGE],
        "next_cursor": rows[ROWS_A_PAGE - 1].pk if len(rows) > ROWS_A_PAGE else "",
        "is_first": not after,
        "query": f"{base}&part={part}",
        "back": _query(period, scope),
    }
    return render(request, "supervision/measures/list.html", context)


@require_GET
def measures_report(request: HttpRequest, file_format: str) -> HttpResponse:
    """The report of the period, to print or to work on."""
    if file_format not in {"pdf", "xlsx"}:
        raise Http404
    period, scope = _asked(request)
    report = report_of(period, scope, _scope_text(scope))
    if file_format == "pdf":
        response = HttpResponse(as_pdf(report).content, content_type="application/pdf")
    else:
        response = HttpResponse(as_xlsx(report), content_type=XLSX)
    kept = "inline" if file_format == "pdf" else "attachment"
    response["Content-Disposition"] = f'{kept}; filename="measures-{period.key}.{file_format}"'
    return response


def _asked(request: HttpRequest) -> tuple[Period, Scope]:
    scope = asked_scope(request.user, request.GET)
    return asked_period(request.GET.get("unit", ""), request.GET.get("on", "").strip()[:10], clock.today()), scope


def _query(period: Period, scope: Scope, **more: str) -> str:
    """What an address says of a period and a scope; a blank of ``more`` takes one away."""
    asked: Mapping[str, str] = {"unit": period.unit, "on": period.key, **scope.codes, **more}
    return urlencode({name: value for name, value in asked.items() if value})


def _list_address(step: Step, name: str, scope: Scope) -> str:
    return f"{reverse('measure-list')}?{_query(step.period, scope)}&measure={name}"


def _scope_text(scope: Scope) -> str:
    """全部机关, or what was chosen."""
    if scope.words:
        return "、".join(f"{DIMENSIONS[name]}：{word}" for name, word in scope.words.items())
    return "全部机关" if scope.bodies is None else "本单位"
