"""Publishes a year's days off: loads the shipped notices, imports a new one, goes back a version."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.calendars import calendar_listeners, calendar_of, forget_cached_calendar
from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.models import CalendarDay, CalendarNotice, User
from laiyang_approval.kernel.working_days import WorkCalendar, YearNotice

FOLDER = settings.BASE_DIR / "fixtures" / "calendar"
MOST_DAYS = 200


@dataclass(frozen=True)
class DayRow:
    """一行放假或调休上班日"""

    date: date
    kind: str
    name: str


@transaction.atomic
def load_calendar() -> int:
    """Afterwards every shipped notice exists; a year somebody imported since keeps its own active version. Returns rows added."""
    added = 0
    there = set(CalendarNotice.objects.values_list("year", "version"))
    active = set(CalendarNotice.objects.filter(is_active=True).values_list("year", flat=True))
    for row in _read("notices.csv"):
        year, version = int(row["year"]), int(row["version"])
        if (year, version) in there:
            continue
        notice = CalendarNotice.objects.create(
            year=year,
            version=version,
            notice_no=row["notice_no"],
            title=row["title"],
            published_on=row["published_on"],
            is_active=row["is_active"] == "yes" and year not in active,
            imported_at=clock.now(),
            note=row["note"],
        )
        days = [
            DayRow(date.fromisoformat(day["date"]), day["kind"], day["name"]) for day in _read(f"{year}-v{version}.csv")
        ]
        _write_days(notice, days)
        added += 1
    forget_cached_calendar()
    return added


def _read(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def _write_days(notice: CalendarNotice, days: Sequence[DayRow]) -> None:
    CalendarDay.objects.bulk_create(
        CalendarDay(notice=notice, date=day.date, kind=day.kind, name=day.name) for day in days
    )


def check_rows(year: int, rows: Sequence[dict[str, str]]) -> list[DayRow]:
    """The rows of an import, checked. Raises InvalidInput with one sentence per faulty row ("第3行：…")."""
    faults: dict[str, str] = {}
    days: dict[date, DayRow] = {}
    if not rows:
        raise InvalidInput("文件里没有放假日；请按“日期、类别、名称”三列填写后再导入。")
    if len(rows) > MOST_DAYS:
        raise InvalidInput(f"一年的放假安排不会超过{MOST_DAYS}行；请核对文件。")
    for number, row in enumerate(rows, start=2):
        place = f"第{number}行"
        try:
            day = date.fromisoformat((row.get("date") or "").strip())
        except ValueError:
            faults[place] = "日期应写作2027-01-01的形式。"
            continue
        kind = (row.get("kind") or "").strip()
        if kind not in CalendarDay.Kind.values:
            faults[place] = "类别只能是off（放假）或work（调休上班）。"
        elif not date(year - 1, 12, 1) <= day <= date(year, 12, 31):
            faults[place] = f"{day}不在{year}年的安排之内（可延伸到上年12月）。"
        elif kind == CalendarDay.Kind.WORK and day.weekday() < 5:
            faults[place] = f"{day}本来就是工作日（周一至周五），不能登记为调休上班。"
        elif day in days:
            faults[place] = f"{day}重复。"
        else:
            days[day] = DayRow(day, kind, (row.get("name") or "").strip()[:30])
    if faults:
        raise InvalidInput("；".join(f"{place}：{fault}" for place, fault in faults.items()), fields=faults)
    return [days[day] for day in sorted(days)]


def preview_import(year: int, days: Sequence[DayRow]) -> list:
    """Every open case whose date would move if ``days`` became the active version of ``year``; writes nothing."""
    return _preview(_calendar_with(year, days))


def preview_activation(notice: CalendarNotice) -> list:
    """Every open case whose date would move if ``notice`` became the active version of its year; writes nothing."""
    return _preview(_calendar_with_notice(notice))


@transaction.atomic
def import_calendar(
    *, year: int, notice_no: str, published_on: date, days: Sequence[DayRow], actor: User, at: datetime
) -> CalendarNotice:
    """Afterwards ``days`` are the new active version of ``year`` and every open case has been counted again (trap 5)."""
    if not notice_no.strip():
        raise InvalidInput("请填写放假通知的文号。", fields={"notice_no": "请填写文号。"})
    last = CalendarNotice.objects.filter(year=year).aggregate(last=Max("version"))["last"] or 0
    notice = CalendarNotice.objects.create(
        year=year,
        version=last + 1,
        notice_no=notice_no.strip(),
        published_on=published_on,
        is_active=False,
        imported_by=actor,
        imported_at=at,
    )
    _write_days(notice, days)
    _make_active(notice, actor=actor, at=at)
    return notice


@transaction.atomic
def activate_version(notice: CalendarNotice, *, actor: User, at: datetime) -> CalendarNotice:
    """Afterwards ``notice`` is the active version of its year again and every open case has been counted again."""
    if notice.is_active:
        raise InvalidInput(f"{notice}已经是现行版本。")
    _make_active(notice, actor=actor, at=at)
    return notice


def _make_active(notice: CalendarNotice, *, actor: User, at: datetime) -> None:
    # The rows of the year are locked first, so that two publications stand one after the other.
    list(CalendarNotice.objects.select_for_update().filter(year=notice.year).order_by("pk"))
    CalendarNotice.objects.filter(year=notice.year, is_active=True).update(is_active=False)
    notice.is_active = True
    notice.save(update_fields=["is_active"])
    calendar = calendar_of(list(CalendarNotice.objects.filter(is_active=True).values_list("pk", flat=True)))
    for _, apply in calendar_listeners():
        apply(calendar, notice, actor=actor, at=at)
    forget_cached_calendar()
    transaction.on_commit(forget_cached_calendar)


def _preview(calendar: WorkCalendar) -> list:
    return [moved for preview, _ in calendar_listeners() for moved in preview(calendar)]


def _calendar_with_notice(notice: CalendarNotice) -> WorkCalendar:
    ids = list(CalendarNotice.objects.filter(is_active=True).exclude(year=notice.year).values_list("pk", flat=True))
    return calendar_of([*ids, notice.pk])


def _calendar_with(year: int, days: Sequence[DayRow]) -> WorkCalendar:
    ids = list(CalendarNotice.objects.filter(is_active=True).exclude(year=year).values_list("pk", flat=True))
    off = {day.date: day.name for day in days if day.kind == CalendarDay.Kind.OFF}
    work = {day.date: day.name for day in days if day.kind == CalendarDay.Kind.WORK}
    return calendar_of(ids, YearNotice(year, off, work))
