"""The form of a calendar import. It parses; what an arrangement may say stands in commands.calendars."""

from typing import Any

from django import forms
from django.core import signing

from .calendars import DayRow
from .commands.calendars import MOST_DAYS, Arrangement
from .errors import StaleState
from .spreadsheets import Column, TableRow, read_table

#: The file as the bureau writes it; kinds are off/放假 and work/调休上班.
COLUMNS = (
    Column("date", "日期", max_length=20),
    Column("kind", "类别", max_length=10),
    Column("name", "名称", required=False, max_length=60),
    Column("notice_no", "文号", required=False, max_length=60),
)
#: A preview older than this is made again; cases have gone on.
PREVIEW_SECONDS = 3600
_SALT = "kernel.calendar.preview"


class CalendarImportForm(forms.Form):
    """导入放假安排"""

    year = forms.IntegerField(
        label="年度",
        min_value=2018,
        max_value=2100,
        error_messages={"required": "请填写年度。", "invalid": "年度应为四位数字。"},
    )
    notice_no = forms.CharField(
        label="文号", max_length=60, required=False, help_text="国务院办公厅通知的文号；文件里有“文号”一列的可以不填。"
    )
    title = forms.CharField(label="标题", max_length=200, required=False)
    published_on = forms.DateField(
        label="发布日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写发布日期。", "invalid": "日期应写作2026-11-04的形式。"},
    )
    file = forms.FileField(
        label="放假安排文件",
        help_text="CSV或XLSX，列为日期、类别（放假或调休上班）、名称。",
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请检查后重新选择。"},
    )

    def rows(self) -> list[TableRow]:
        """The rows of the file. Raises InvalidInput with every fault found."""
        return read_table(self.cleaned_data["file"], COLUMNS, MOST_DAYS + 1)


def notice_no_of(typed: str, rows: list[TableRow]) -> str:
    """The number typed, else the one the file gives alike in all its rows."""
    given = {row["notice_no"].strip() for row in rows if row.get("notice_no", "").strip()}
    return typed.strip() or (given.pop() if len(given) == 1 else "")


def sealed_preview(content: dict[str, Any]) -> str:
    """What a preview page hands back on confirmation; nobody can change it on the way."""
    return signing.dumps(content, salt=_SALT, compress=True)


def opened_preview(text: str) -> dict[str, Any]:
    """What was previewed. Raises StaleState when the preview is too old or was tampered with."""
    try:
        return signing.loads(text, salt=_SALT, max_age=PREVIEW_SECONDS)
    except signing.BadSignature as error:
        raise StaleState("预览已失效，请重新预览后再确认。") from error


def as_content(arrangement: Arrangement, expected_active: int) -> dict[str, Any]:
    """An arrangement as plain data for a preview page."""
    return {
        "year": arrangement.year,
        "notice_no": arrangement.notice_no,
        "title": arrangement.title,
        "published_on": arrangement.published_on.isoformat(),
        "rows": [[day.date.isoformat(), day.kind, day.name] for day in arrangement.days],
        "expected_active": expected_active,
    }


def rows_of(content: dict[str, Any]) -> list[dict[str, str]]:
    """The rows of a preview, as an import takes them."""
    return [{"date": day, "kind": kind, "name": name} for day, kind, name in content["rows"]]


def spans(days: list[DayRow]) -> list[tuple[DayRow, DayRow]]:
    """Days of one kind and name that follow one another, as (first, last): what a notice says in one line."""
    found: list[tuple[DayRow, DayRow]] = []
    for day in sorted(days, key=lambda day: day.date):
        last = found[-1][1] if found else None
        if last and (last.kind, last.name) == (day.kind, day.name) and (day.date - last.date).days == 1:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
