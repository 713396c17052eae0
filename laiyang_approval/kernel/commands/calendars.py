"""Publishes a year's days off: loads the shipped notices, imports a new one, goes back a version."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from laiyang_approval.kernel import auditing, clock
from laiyang_approval.kernel.auditing import AuditAction
from laiyang_approval.kernel.calendars import (
    DayRow,
    as_notice,
    calendar_listeners,
    calendar_of,
    forget_cached_calendar,
    shipped_days,
    shipped_notices,
)
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotPermitted, StaleState
from laiyang_approval.kernel.jobs import Effect, enqueue, job_handler
from laiyang_approval.kernel.models import CalendarDay, CalendarNotice, User
from laiyang_approval.kernel.names import clean_text
from laiyang_approval.kernel.roles import Role
from laiyang_approval.kernel.working_days import WorkCalendar

#: No year names more days than this; a file with more is not a year's arrangement.
MOST_DAYS = 200
#: The calendar begins with the reform; earlier years are nobody's business here.
FIRST_YEAR = 2018
#: When open cases are counted a second time: longer than any process may keep an old calendar, and than any transaction.
SECOND_COUNT_AFTER = timedelta(minutes=1)

_KINDS = {
    "off": CalendarDay.Kind.OFF,
    "放假": CalendarDay.Kind.OFF,
    "休": CalendarDay.Kind.OFF,
    "work": CalendarDay.Kind.WORK,
    "调休上班": CalendarDay.Kind.WORK,
    "上班": CalendarDay.Kind.WORK,
    "班": CalendarDay.Kind.WORK,
}


@dataclass(frozen=True)
class Arrangement:
    """一年的放假安排: what an import says, checked."""

    year: int
    notice_no: str
    published_on: date
    days: tuple[DayRow, ...]
    title: str = ""


@transaction.atomic
def load_calendar() -> int:
    """Afterwards every shipped notice exists; a year somebody imported since keeps its own active version. Returns rows added."""
    added = 0
    there = set(CalendarNotice.objects.values_list("year", "version"))
    active = set(CalendarNotice.objects.filter(is_active=True).values_list("year", flat=True))
    for row in shipped_notices():
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
        _write_days(notice, shipped_days(year, version))
        added += 1
    forget_cached_calendar()
    return added


def check_arrangement(
    *,
    year: int,
    notice_no: str,
    published_on: date,
    rows: Iterable[Mapping[str, str]],
    today: date,
    title: str = "",
) -> Arrangement:
    """What an import says, checked row by row. A row has ``date``, ``kind`` (off or work) and ``name``.

    Raises InvalidInput with one sentence per faulty row ("第3行：…"), and when the year cannot be imported now.
    """
    rows = list(rows)
    number = clean_text(notice_no, max_length=60)
    if not number:
        raise InvalidInput("请填写放假通知的文号。", fields={"notice_no": "请填写文号，如国办发明电〔2025〕7号。"})
    if published_on > today:
        raise InvalidInput("通知的发布日期不能晚于今天。", fields={"published_on": "请核对发布日期。"})
    _check_year(year)
    if not rows:
        raise InvalidInput("文件里没有放假日；请按“日期、类别、名称”三列填写后再导入。")
    if len(rows) > MOST_DAYS:
        raise InvalidInput(f"一年的放假安排不会超过{MOST_DAYS}行；请核对文件。")
    faults: dict[str, str] = {}
    days: dict[date, DayRow] = {}
    for place, row in enumerate(rows, start=2):
        fault = _take_row(year, row, days)
        if fault:
            faults[f"第{getattr(row, 'number', place)}行"] = fault
    if not faults and not any(day.kind == CalendarDay.Kind.OFF and day.date.year == year for day in days.values()):
        raise InvalidInput(f"文件里没有{year}年的放假日；请核对年度和文件。", fields={"year": "请核对年度。"})
    if faults:
        raise InvalidInput("；".join(f"{row}：{fault}" for row, fault in faults.items()), fields=faults)
    return Arrangement(
        year, number, published_on, tuple(days[day] for day in sorted(days)), clean_text(title, max_length=200)
    )


def _check_year(year: int) -> None:
    published = set(CalendarNotice.objects.filter(is_active=True).values_list("year", flat=True))
    if year < FIRST_YEAR:
        raise InvalidInput(f"工作日历自{FIRST_YEAR}年起；请核对年度。", fields={"year": "请核对年度。"})
    if published and year > max(published) + 1:
        raise InvalidInput(
            f"请先导入{max(published) + 1}年放假安排，再导入{year}年；中间缺一年就无法计算期限。",
            fields={"year": f"应先导入{max(published) + 1}年。"},
        )


def _take_row(year: int, row: Mapping[str, str], days: dict[date, DayRow]) -> str:
    """Puts the row into ``days``; returns what is wrong with it, "" if nothing is."""
    text = (row.get("date") or "").strip()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or text != day.isoformat():
        return f"日期“{text[:20]}”应写作{year}-01-01的形式。"
    kind = _KINDS.get((row.get("kind") or "").strip())
    name = (row.get("name") or "").strip()
    if kind is None:
        return "类别应为off（放假）或work（调休上班）。"
    if not date(year - 1, 12, 1) <= day <= date(year, 12, 31):
        return f"{day}不属于{year}年的安排（可以延伸到上年12月）。"
    if kind is CalendarDay.Kind.WORK and day.weekday() < 5:
        return f"{day}是周一至周五，本来就上班，不能登记为调休上班。"
    if day in days:
        return f"{day}重复。"
    if len(name) > 30:
        return "名称最多30个字。"
    days[day] = DayRow(day, kind.value, name)
    return ""


def preview_import(arrangement: Arrangement) -> list:
    """Every date of an open case that would move if this became the active version of its year; writes nothing."""
    return _preview(
        calendar_of(_active_but(arrangement.year), as_notice(arrangement.year, arrangement.days, arrangement.notice_no))
    )


def preview_activation(notice: CalendarNotice) -> list:
    """Every date of an open case that would move if ``notice`` became the active version of its year; writes nothing."""
    return _preview(calendar_of([*_active_but(notice.year), notice.pk]))


@transaction.atomic
def import_calendar(
    arrangement: Arrangement, *, actor: User, at: datetime, expected_active: int | None = None
) -> CalendarNotice:
    """Afterwards the arrangement is the new active version of its year and every open case has been counted again (trap 5).

    ``expected_active`` is the active notice's id when the preview was shown (0: the year had none). Raises NotPermitted, and
    StaleState when somebody changed the calendar since the preview.
    """
    _require_system_officer(actor)
    notices = _locked_notices()
    active = _active_of(notices, arrangement.year)
    _expect(active, expected_active)
    _check_year(arrangement.year)
    versions = [notice.version for notice in notices if notice.year == arrangement.year]
    notice = CalendarNotice.objects.create(
        year=arrangement.year,
        version=max(versions, default=0) + 1,
        notice_no=arrangement.notice_no,
        title=arrangement.title,
        published_on=arrangement.published_on,
        is_active=False,
        imported_by=actor,
        imported_at=at,
    )
    _write_days(notice, arrangement.days)
    _make_active(notice, active, actor=actor, at=at)
    return notice


@transaction.atomic
def activate_version(
    notice: CalendarNotice, *, actor: User, at: datetime, expected_active: int | None = None
) -> CalendarNotice:
    """Afterwards ``notice`` is the active version of its year again and every open case has been counted again.

    Raises NotPermitted, DomainError when it already is, StaleState when somebody changed the calendar since the preview.
    """
    _require_system_officer(actor)
    active = _active_of(_locked_notices(), notice.year)
    if active is not None and active.pk == notice.pk:
        raise DomainError(f"{active}已经是现行版本，不用再启用。")
    _expect(active, expected_active)
    _make_active(notice, active, actor=actor, at=at)
    return notice


def _require_system_officer(actor: User) -> None:
    if not actor.has_role(Role.SYSTEM_OFFICER):
        raise NotPermitted("工作日历由系统管理员维护；请联系系统管理员办理。")


def _locked_notices() -> list[CalendarNotice]:
    """Every notice, locked in one order, so that two publications stand one after the other."""
    return list(CalendarNotice.objects.select_for_update().order_by("pk"))


def _active_of(notices: Iterable[CalendarNotice], year: int) -> CalendarNotice | None:
    return next((notice for notice in notices if notice.year == year and notice.is_active), None)


def _expect(active: CalendarNotice | None, expected: int | None) -> None:
    if expected is not None and expected != (active.pk if active else 0):
        raise StaleState("预览之后，该年度的现行版本已被更换；请重新预览，核对变动的办件后再确认。")


def _make_active(notice: CalendarNotice, former: CalendarNotice | None, *, actor: User, at: datetime) -> None:
    if former is not None:
        former.is_active = False
        former.save(update_fields=["is_active"])
    notice.is_active = True
    notice.save(update_fields=["is_active"])
    changed = _count_again(notice, actor=actor, at=at)
    enqueue(
        "count_again",
        f"calendar:{notice.pk}:{at.isoformat()}",
        {"notice": notice.pk},
        at=at,
        due_at=at + SECOND_COUNT_AFTER,
    )
    auditing.record(
        AuditAction.CALENDAR_CHANGED,
        actor=actor,
        at=at,
        object_ref=f"calendar:{notice.pk}",
        detail={
            "year": notice.year,
            "version": notice.version,
            "former_version": former.version if former else None,
            "cases_changed": changed,
        },
    )
    # Now for the rest of this transaction, and once more when it is over: a reader in between may have kept either.
    forget_cached_calendar()
    transaction.on_commit(forget_cached_calendar)


def _count_again(notice: CalendarNotice, *, actor: User | None, at: datetime) -> int:
    calendar = calendar_of(_active_but())
    return sum(apply(calendar, notice, actor=actor, at=at) for _, apply in calendar_listeners())


@job_handler("count_again")
def count_again(payload: dict) -> Effect:
    """A minute after a publication: whoever still counted by the old calendar meanwhile is counted again (ADR 0010)."""
    notice = CalendarNotice.objects.get(pk=payload["notice"])
    return lambda: _count_again(notice, actor=None, at=clock.now())


def _write_days(notice: CalendarNotice, days: Sequence[DayRow]) -> None:
    CalendarDay.objects.bulk_create(
        CalendarDay(notice=notice, date=day.date, kind=day.kind, name=day.name) for day in days
    )


def _preview(calendar: WorkCalendar) -> list:
    return [moved for preview, _ in calendar_listeners() for moved in preview(calendar)]


def _active_but(year: int | None = None) -> list[int]:
    return list(CalendarNotice.objects.filter(is_active=True).exclude(year=year).values_list("pk", flat=True))
