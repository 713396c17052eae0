"""考核报告: the daily, monthly or yearly report as an XLSX file and as what its PDF prints."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from laiyang_approval.kernel.pdf import PdfResult, render_pdf
from laiyang_approval.kernel.spreadsheets import Column, Sheet, write_xlsx

from .charts import draw_trend
from .figures import Figure, Group, Table, table
from .periods import Period
from .registry import DIMENSIONS
from .scope import Scope
from .trend import Step, trend

PRINT_STYLES = ("document.css", "measures.css")
#: Groups printed of one dimension; the XLSX file has all.
MOST_GROUPS = 60


@dataclass(frozen=True)
class Report:
    """考核报告: one table a dimension, and the trend."""

    period: Period
    scope_text: str
    tables: Mapping[str, Table]
    steps: Sequence[Step]

    @property
    def title(self) -> str:
        return f"行政审批考核{self.period.report_name}"

    @property
    def total(self) -> Sequence[Figure]:
        return next(iter(self.tables.values())).total

    @property
    def chart(self) -> SafeString:
        return draw_trend(self.steps)

    @property
    def printed(self) -> Iterator[tuple[str, Sequence[str], Sequence[Group], int]]:
        """Of each dimension its name, the headings, the main figures of its first groups, and how many are left out."""
        for name, one in self.tables.items():
            heads = [figure.measure.label for figure in one.total if figure.measure.is_main]
            busy = [row for row in one.groups if not row.is_idle]
            rows = [
                Group(row.key, row.code, row.name, [figure for figure in row.figures if figure.measure.is_main])
                for row in busy[:MOST_GROUPS]
            ]
            if rows:
                yield DIMENSIONS[name], heads, rows, len(busy) - len(rows)


def report_of(period: Period, scope: Scope, scope_text: str) -> Report:
    """The report of the period, by every dimension that was not chosen already."""
    wanted = [name for name in DIMENSIONS if name not in scope.chosen] or list(DIMENSIONS)
    tables = {name: table(period, scope, name) for name in wanted}
    return Report(period, scope_text, tables, trend(period, scope))


def as_pdf(report: Report) -> PdfResult:
    """The report on paper. Raises PdfFailure."""
    return render_pdf(
        "print/measures.html",
        {"report": report},
        must_contain=[report.title, report.period.label],
        stylesheets=PRINT_STYLES,
    )


def as_xlsx(report: Report) -> bytes:
    """The report as a workbook: every figure with what it is worked out from, every dimension, the trend."""
    return write_xlsx([_figures_sheet(report), *_group_sheets(report), _trend_sheet(report)])


def _figures_sheet(report: Report) -> Sheet:
    columns = [
        Column("label", "指标"),
        Column("text", f"{report.period.label}（{report.scope_text}）"),
        Column("top", "分子"),
        Column("bottom", "分母"),
        Column("basis", "口径"),
    ]
    rows = [
        {
            "label": one.measure.label,
            "text": one.text,
            "top": one.top if one.is_asked else "",
            "bottom": one.bottom if one.is_asked and one.measure.is_share else "",
            "basis": one.measure.basis,
        }
        for one in report.total
    ]
    return Sheet("指标", columns, rows)


def _group_sheets(report: Report) -> Iterator[Sheet]:
    for name, one in report.tables.items():
        columns = [Column("code", "代码"), Column("name", DIMENSIONS[name])]
        columns += [Column(figure.measure.key, figure.measure.label) for figure in one.total]
        rows = [
            {"code": row.code, "name": row.name} | {figure.measure.key: figure.text for figure in row.figures}
            for row in one.groups
        ]
        yield Sheet(f"按{DIMENSIONS[name]}", columns, rows)


def _trend_sheet(report: Report) -> Sheet:
    columns = [Column("period", "时间"), Column("accepted", "受理"), Column("concluded", "办结")]
    rows = [
        {"period": step.period.key, "accepted": step.accepted, "concluded": step.concluded} for step in report.steps
    ]
    return Sheet("走势", columns, rows)
