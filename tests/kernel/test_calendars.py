"""The calendar in the database: shipped notices, imports, versions, and processes that must not go on with an old one."""

from datetime import UTC, date, datetime, timedelta

import pytest

from laiyang_approval.kernel import calendars, jobs
from laiyang_approval.kernel.calendars import (
    calendar_warning,
    current_calendar,
    forget_cached_calendar,
    shipped_calendar,
    shipped_notices,
)
from laiyang_approval.kernel.commands.calendars import (
    activate_version,
    check_arrangement,
    import_calendar,
    load_calendar,
    preview_activation,
    preview_import,
)
from laiyang_approval.kernel.errors import CalendarMissing, DomainError, InvalidInput, NotPermitted, StaleState
from laiyang_approval.kernel.models import AuditRecord, CalendarDay, CalendarNotice, Department, Job, User, UserRole
from laiyang_approval.kernel.roles import Role
from laiyang_approval.kernel.rules import load_business_rules

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
D = date.fromisoformat


def row(day, kind="off", name="元旦"):
    return {"date": day, "kind": kind, "name": name}


ROWS_2027 = [
    row("2026-12-27", "work", "元旦调休上班"),
    row("2027-01-01"),
    row("2027-01-02"),
    row("2027-01-03"),
    row("2027-02-05", name="春节"),
]


def arrangement(rows=None, *, year=2027, notice_no="国办发明电〔2026〕8号", published_on=date(2026, 11, 4), **more):
    return check_arrangement(
        year=year,
        notice_no=notice_no,
        published_on=published_on,
        rows=ROWS_2027 if rows is None else rows,
        today=TODAY,
        **more,
    )


@pytest.fixture
def loaded(db):
    load_calendar()


def person(username: str, role: Role) -> User:
    body, _ = Department.objects.get_or_create(
        code="SP", defaults={"name": "莱阳市行政审批服务局", "valid_from": D("2018-12-26")}
    )
    user = User.objects.create_user(username, display_name=username, department=body, password_changed_at=AT)
    UserRole.objects.create(user=user, role=role)
    return user


@pytest.fixture
def officer(loaded):
    return person("xitong", Role.SYSTEM_OFFICER)


def active_versions() -> dict[int, int]:
    return dict(CalendarNotice.objects.filter(is_active=True).values_list("year", "version"))


# Loading


def test_the_shipped_notices_load_with_their_versions_and_twice_changes_nothing():
    assert load_calendar() == 11
    assert load_calendar() == 0
    assert active_versions() == {
        2018: 1,
        2019: 2,
        2020: 2,
        2021: 1,
        2022: 1,
        2023: 1,
        2024: 1,
        2025: 1,
        2026: 1,
    }
    assert CalendarNotice.objects.get(year=2026).notice_no == "国办发明电〔2025〕7号"
    assert CalendarNotice.objects.count() == len(shipped_notices())


def test_the_calendar_of_the_database_is_that_of_the_shipped_files(loaded):
    stored, shipped = current_calendar(), shipped_calendar()
    day = D("2018-01-01")
    while day <= D("2026-12-31"):
        assert (stored.day_kind(day), stored.day_name(day)) == (shipped.day_kind(day), shipped.day_name(day))
        day += timedelta(1)
    assert stored.notice_numbers == shipped.notice_numbers


def test_loading_again_leaves_the_version_somebody_chose(officer):
    activate_version(CalendarNotice.objects.get(year=2020, version=1), actor=officer, at=AT)
    assert load_calendar() == 0
    assert active_versions()[2020] == 1


def test_without_any_notice_the_calendar_is_missing():
    with pytest.raises(CalendarMissing):
        current_calendar()


# Importing


def test_an_imported_year_is_published_at_once(officer):
    with pytest.raises(CalendarMissing):
        current_calendar().add_workdays(D("2026-12-21"), 20)
    notice = import_calendar(arrangement(), actor=officer, at=AT)
    assert (notice.year, notice.version, notice.is_active, notice.imported_by) == (2027, 1, True, officer)
    # The make-up Sunday of December and the holiday of January are in: 22–25, 27–31 Dec are 9, 4–18 Jan are 11.
    assert current_calendar().add_workdays(D("2026-12-21"), 20) == D("2027-01-18")
    assert current_calendar().is_workday(D("2026-12-27"))
    assert current_calendar().notice_numbers[2027] == "国办发明电〔2026〕8号"


def test_a_second_import_of_a_year_is_its_next_version_and_the_first_can_come_back(officer):
    first = import_calendar(arrangement(), actor=officer, at=AT)
    second = import_calendar(arrangement([row("2027-01-01")]), actor=officer, at=AT + timedelta(days=1))
    assert (second.version, active_versions()[2027]) == (2, 2)
    assert current_calendar().is_workday(D("2026-12-27")) is False
    activate_version(first, actor=officer, at=AT + timedelta(days=2))
    assert active_versions()[2027] == 1
    assert current_calendar().is_workday(D("2026-12-27")) is True


def test_a_publication_stands_in_the_audit_record(officer):
    notice = import_calendar(arrangement(), actor=officer, at=AT)
    record = AuditRecord.objects.get(action="calendar_changed")
    assert (record.actor, record.object_ref, record.at) == (officer, f"calendar:{notice.pk}", AT)
    assert record.detail == {"year": 2027, "version": 1, "former_version": None, "cases_changed": 0}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM_OFFICER])
def test_only_the_system_officer_changes_the_calendar(loaded, role):
    other = person("somebody", role)
    before = active_versions()
    with pytest.raises(NotPermitted, match="系统管理员"):
        import_calendar(arrangement(), actor=other, at=AT)
    with pytest.raises(NotPermitted, match="系统管理员"):
        activate_version(CalendarNotice.objects.get(year=2020, version=1), actor=other, at=AT)
    assert active_versions() == before
    assert CalendarNotice.objects.count() == 11


def test_a_version_in_force_is_not_put_in_force_again(officer):
    with pytest.raises(DomainError, match="已经是现行版本"):
        activate_version(CalendarNotice.objects.get(year=2026), actor=officer, at=AT)


def test_a_confirmed_preview_that_somebody_overtook_changes_nothing(officer):
    ready = arrangement()
    import_calendar(ready, actor=officer, at=AT, expected_active=0)
    with pytest.raises(StaleState, match="重新预览"):
        import_calendar(ready, actor=officer, at=AT, expected_active=0)
    assert active_versions()[2027] == 1
    assert CalendarNotice.objects.filter(year=2027).count() == 1
    with pytest.raises(StaleState, match="重新预览"):
        activate_version(
            CalendarNotice.objects.get(year=2019, version=1),
            actor=officer,
            at=AT,
            expected_active=CalendarNotice.objects.get(year=2018).pk,
        )
    assert active_versions()[2019] == 2


def test_a_preview_writes_nothing(officer):
    assert preview_import(arrangement()) == []
    assert preview_activation(CalendarNotice.objects.get(year=2020, version=1)) == []
    assert CalendarNotice.objects.count() == 11
    assert active_versions()[2020] == 2


# What an import file may say


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (row("2027年1月1日"), "第2行：日期“2027年1月1日”应写作2027-01-01的形式。"),
        (row("20270101"), "第2行：日期“20270101”应写作2027-01-01的形式。"),
        (row(""), "第2行：日期“”应写作2027-01-01的形式。"),
        (row("2027-02-30"), "第2行：日期“2027-02-30”应写作2027-01-01的形式。"),
        (row("2027-01-01", "holiday"), "第2行：类别应为off（放假）或work（调休上班）。"),
        (row("2026-11-30"), "第2行：2026-11-30不属于2027年的安排（可以延伸到上年12月）。"),
        (row("2028-01-01"), "第2行：2028-01-01不属于2027年的安排（可以延伸到上年12月）。"),
        (row("2027-01-04", "work"), "第2行：2027-01-04是周一至周五，本来就上班，不能登记为调休上班。"),
        (row("2027-01-01", name="元" * 31), "第2行：名称最多30个字。"),
    ],
)
def test_a_faulty_row_is_named_with_what_is_wrong(loaded, bad, fault):
    with pytest.raises(InvalidInput) as refused:
        arrangement([bad])
    assert refused.value.message == fault
    assert CalendarNotice.objects.count() == 11


def test_all_faulty_rows_are_named_at_once(loaded):
    with pytest.raises(InvalidInput) as refused:
        arrangement([row("2027-01-01"), row("2027-01-01"), row("x"), row("2027-01-02")])
    assert refused.value.fields == {"第3行": "2027-01-01重复。", "第4行": "日期“x”应写作2027-01-01的形式。"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rows": []}, "文件里没有放假日"),
        ({"rows": [row("2026-12-31")]}, "文件里没有2027年的放假日"),
        ({"rows": [row("2027-01-01")] * 201}, "不会超过200行"),
        ({"notice_no": "  "}, "请填写放假通知的文号"),
        ({"published_on": D("2026-11-25")}, "发布日期不能晚于今天"),
        ({"year": 2017}, "工作日历自2018年起"),
        ({"year": 2028, "rows": [row("2028-01-01")]}, "请先导入2027年放假安排"),
    ],
)
def test_an_import_that_cannot_be_is_refused(loaded, change, message):
    with pytest.raises(InvalidInput, match=message):
        arrangement(**change)


def test_kinds_may_be_written_in_chinese(loaded):
    days = arrangement([row("2027-01-01", "放假"), row("2027-01-03", "调休上班")]).days
    assert [(day.date.isoformat(), day.kind) for day in days] == [("2027-01-01", "off"), ("2027-01-03", "work")]


# Kept, and not too long


def test_within_seconds_the_calendar_costs_no_query(loaded, django_assert_num_queries):
    current_calendar()
    with django_assert_num_queries(0):
        current_calendar()


def test_after_that_one_small_query_keeps_the_same_calendar(loaded, django_assert_num_queries, monkeypatch):
    kept = current_calendar()
    monkeypatch.setattr(calendars, "_looked_at", calendars._looked_at - calendars.STAMP_SECONDS)
    with django_assert_num_queries(1):
        assert current_calendar() is kept


def test_another_process_sees_a_publication_within_seconds(officer, monkeypatch):
    kept = current_calendar()
    import_calendar(arrangement(), actor=officer, at=AT)
    # As the other process stands: it still holds what it read before, and its few seconds are over.
    monkeypatch.setattr(calendars, "_cached", (("old",), kept))
    monkeypatch.setattr(calendars, "_looked_at", calendars._looked_at - calendars.STAMP_SECONDS)
    assert current_calendar().is_published(2027)


def test_open_cases_are_counted_a_second_time_a_minute_later(officer, monkeypatch):
    load_business_rules()
    calls = []
    monkeypatch.setattr(
        calendars,
        "_listeners",
        [(lambda calendar: [], lambda calendar, notice, *, actor, at: calls.append((notice.year, actor)) or 0)],
    )
    import_calendar(arrangement(), actor=officer, at=AT)
    assert calls == [(2027, officer)]
    job = Job.objects.get(kind="count_again")
    assert job.due_at == AT + timedelta(minutes=1)
    assert jobs.run_due_jobs(at=AT + timedelta(minutes=2)) == {jobs.Outcome.DONE: 1}
    assert calls == [(2027, officer), (2027, None)]


# The warning


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        ("2026-11-30", ""),
        ("2026-12-01", "2027年"),
        ("2026-12-31", "2027年"),
        ("2027-01-04", "2027年"),
        ("2025-12-20", ""),
    ],
)
def test_from_december_on_a_missing_year_is_a_warning(loaded, today, missing):
    warning = calendar_warning(D(today))
    assert warning.startswith(missing) if missing else warning == ""


def test_once_the_year_is_imported_the_warning_is_gone(officer):
    import_calendar(arrangement(), actor=officer, at=AT)
    assert calendar_warning(D("2026-12-20")) == ""
    assert calendar_warning(D("2027-12-01")).startswith("2028年")


def test_days_of_the_notice_are_stored_with_their_names(officer):
    notice = import_calendar(arrangement(), actor=officer, at=AT)
    assert list(CalendarDay.objects.filter(notice=notice).values_list("date", "kind", "name"))[:2] == [
        (D("2026-12-27"), "work", "元旦调休上班"),
        (D("2027-01-01"), "off", "元旦"),
    ]
    forget_cached_calendar()
    assert current_calendar().day_name(D("2027-02-05")) == "春节"
