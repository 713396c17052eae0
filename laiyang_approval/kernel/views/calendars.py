"""工作日历: years and versions, import with a preview of every date that moves, and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from .. import clock
from ..calendar_forms import (
    CalendarImportForm,
    as_content,
    notice_no_of,
    opened_preview,
    rows_of,
    sealed_preview,
    spans,
)
from ..calendars import DayRow, as_notice, calendar_warning
from ..commands.calendars import (
    Arrangement,
    activate_version,
    check_arrangement,
    import_calendar,
    preview_activation,
    preview_import,
)
from ..errors import CalendarMissing, InvalidInput
from ..models import CalendarNotice
from ..spreadsheets import InvalidTable
from ..working_days import WorkCalendar
from ..year_picture import draw_year

MOST_MOVED_SHOWN = 200


@dataclass(frozen=True)
class Moved:
    """变动一览: the dates that move, and how many each way."""

    rows: Sequence
    total: int
    later: int
    earlier: int
    newly_known: int
    unknown_again: int


@require_GET
def calendar_list(request: HttpRequest) -> HttpResponse:
    """Every year with its versions; one year drawn."""
    notices = list(
        CalendarNotice.objects.prefetch_related("days").select_related("imported_by").order_by("-year", "-version")
    )
    years = sorted({notice.year for notice in notices}, reverse=True)
    wanted = request.GET.get("year", "")
    year = (
        int(wanted) if wanted.isascii() and wanted.isdigit() and int(wanted) in years else (years[0] if years else None)
    )
    active = {notice.year: notice for notice in notices if notice.is_active}
    shown = active.get(year)
    context = {
        "rows": [(one, _workdays(active.get(one)), active.get(one)) for one in years],
        "year": year,
        "versions": [notice for notice in notices if notice.year == year],
        "shown": shown,
        "picture": draw_year(year, _days(shown)) if shown else "",
        "spans": spans(_days(shown)) if shown else [],
        "warning": _warning(),
    }
    return render(request, "kernel/calendar_list.html", context)


@require_http_methods(["GET", "POST"])
def calendar_import(request: HttpRequest) -> HttpResponse:
    """The form; a good file is answered with the preview of what would move. Writes nothing."""
    form = CalendarImportForm(request.POST or None, request.FILES or None, initial={"year": _next_year()})
    errors: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            return _import_preview(request, _arrangement(form))
        except InvalidTable as refusal:
            errors = list(refusal.errors)
        except InvalidInput as refusal:
            errors = _explain(form, refusal)
    status = 422 if errors or form.errors else 200
    return render(request, "kernel/calendar_import.html", {"form": form, "errors": errors}, status=status)


def _arrangement(form: CalendarImportForm) -> Arrangement:
    rows = form.rows()
    data = form.cleaned_data
    return check_arrangement(
        year=data["year"],
        notice_no=notice_no_of(data["notice_no"], rows),
        title=data["title"],
        published_on=data["published_on"],
        rows=rows,
        today=clock.today(),
    )


def _explain(form: CalendarImportForm, refusal: InvalidInput) -> list[str]:
    """Faults of fields stand at their fields, faults of rows in the list above; returns the latter."""
    at_fields = {name: text for name, text in refusal.fields.items() if name in form.fields}
    for name, text in at_fields.items():
        form.add_error(name, text)
    if at_fields:
        return []
    return [f"{place}：{text}" for place, text in refusal.fields.items()] or [refusal.message]


def _import_preview(request: HttpRequest, arrangement: Arrangement) -> HttpResponse:
    active = _active(arrangement.year)
    content = as_content(arrangement, active.pk if active else 0)
    return _preview_page(
        request,
        heading=f"{arrangement.year}年放假安排（{arrangement.notice_no}）",
        year=arrangement.year,
        days=list(arrangement.days),
        active=active,
        moved=preview_import(arrangement),
        sealed=sealed_preview({"kind": "import", **content}),
        is_import=True,
    )


@require_GET
def calendar_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What would move if this version were put in force again. Writes nothing."""
    notice = get_object_or_404(CalendarNotice, pk=pk)
    active = _active(notice.year)
    if notice.is_active:
        messages.info(request, f"{notice}是现行版本。")
        return redirect(f"{_list_url()}?year={notice.year}")
    return _preview_page(
        request,
        heading=f"改用{notice}",
        year=notice.year,
        days=_days(notice),
        active=active,
        moved=preview_activation(notice),
        sealed=sealed_preview({"kind": "version", "notice": notice.pk, "expected_active": active.pk if active else 0}),
        is_import=False,
    )


@require_POST
def calendar_activate(request: HttpRequest) -> HttpResponse:
    """Puts in force what was previewed."""
    content = opened_preview(request.POST.get("preview", ""))
    at = clock.now()
    if content["kind"] == "import":
        arrangement = check_arrangement(
            year=content["year"],
            notice_no=content["notice_no"],
            title=content["title"],
            published_on=date.fromisoformat(content["published_on"]),
            rows=rows_of(content),
            today=clock.local_date(at),
        )
        notice = import_calendar(arrangement, actor=request.user, at=at, expected_active=content["expected_active"])
    else:
        notice = get_object_or_404(CalendarNotice, pk=content["notice"])
        activate_version(notice, actor=request.user, at=at, expected_active=content["expected_active"])
    messages.success(request, f"{notice}已生效，在办件的期限已重新计算。")
    return redirect(f"{_list_url()}?year={notice.year}")


def _preview_page(
    request: HttpRequest,
    *,
    heading: str,
    year: int,
    days: list[DayRow],
    active: CalendarNotice | None,
    moved: list,
    sealed: str,
    is_import: bool,
) -> HttpResponse:
    former = _days(active) if active else []
    context = {
        "heading": heading,
        "year": year,
        "picture": _picture(year, days, former),
        "spans": spans(days),
        "active": active,
        "is_same": active is not None and {(d.date, d.kind) for d in days} == {(d.date, d.kind) for d in former},
        "workdays": _workdays_of(year, days),
        "former_workdays": _workdays(active),
        "moved": _summary(moved),
        "shown": MOST_MOVED_SHOWN,
        "sealed": sealed,
        "is_import": is_import,
    }
    return render(request, "kernel/calendar_preview.html", context)


def _picture(year: int, days: list[DayRow], former: list[DayRow]) -> SafeString:
    return draw_year(year, days, compared_with=former)


def _summary(moved: list) -> Moved:
    """``moved`` rows have case_number, label, old and new; None is 待公布."""
    both = [row for row in moved if row.old is not None and row.new is not None]
    return Moved(
        rows=moved[:MOST_MOVED_SHOWN],
        total=len(moved),
        later=sum(row.new > row.old for row in both),
        earlier=sum(row.new < row.old for row in both),
        newly_known=sum(row.old is None for row in moved),
        unknown_again=sum(row.new is None for row in moved),
    )


def _active(year: int) -> CalendarNotice | None:
    return CalendarNotice.objects.filter(year=year, is_active=True).prefetch_related("days").first()


def _days(notice: CalendarNotice) -> list[DayRow]:
    return [DayRow(day.date, day.kind, day.name) for day in notice.days.all()]


def _workdays(notice: CalendarNotice | None) -> int | None:
    return _workdays_of(notice.year, _days(notice)) if notice else None


def _workdays_of(year: int, days: list[DayRow]) -> int:
    return WorkCalendar([as_notice(year, days)]).workdays_in(year)


def _next_year() -> int:
    last = CalendarNotice.objects.filter(is_active=True).order_by("-year").values_list("year", flat=True).first()
    return last + 1 if last else clock.today().year


def _warning() -> str:
    try:
        return calendar_warning(clock.today())
    except CalendarMissing as missing:
        return missing.message


def _list_url() -> str:
    return reverse("calendar-list")
