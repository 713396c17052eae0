"""The working-day calendar: every day of 2018–2026 against an independent table, and where it stops knowing."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laiyang_approval.kernel.calendars import shipped_calendar, shipped_days, shipped_notices
from laiyang_approval.kernel.errors import CalendarMissing
from laiyang_approval.kernel.working_days import DayKind, WorkCalendar, YearNotice

CALENDAR = shipped_calendar()
FIRST, LAST = date(2018, 1, 1), date(2026, 12, 31)
published = st.dates(FIRST, LAST)
D = date.fromisoformat


def test_every_day_of_nine_years_agrees_with_chinesecalendar():
    days = [FIRST + timedelta(offset) for offset in range((LAST - FIRST).days + 1)]
    assert len(days) == 3287
    wrong = [day for day in days if CALENDAR.is_workday(day) != chinese_calendar.is_workday(day)]
    assert wrong == []
    assert {day for day in days if CALENDAR.day_kind(day) is DayKind.MAKEUP} == {
        day for day in days if day.weekday() >= 5 and chinese_calendar.is_workday(day)
    }


@pytest.mark.parametrize(
    ("year", "count"),
    [
        (2018, 250),
        (2019, 250),
        (2020, 249),
        (2021, 250),
        (2022, 249),
        (2023, 249),
        (2024, 251),
        (2025, 248),
        (2026, 248),
    ],
)
def test_working_days_of_a_year(year, count):
    assert CALENDAR.workdays_in(year) == count


@pytest.mark.parametrize(
    ("year", "makeup"),
    [
        (2018, "02-11 02-24 04-08 04-28 09-29 09-30 12-29"),
        (2019, "02-02 02-03 04-28 05-05 09-29 10-12"),
        (2020, "01-19 04-26 05-09 06-28 09-27 10-10"),
        (2021, "02-07 02-20 04-25 05-08 09-18 09-26 10-09"),
        (2022, "01-29 01-30 04-02 04-24 05-07 10-08 10-09"),
        (2023, "01-28 01-29 04-23 05-06 06-25 10-07 10-08"),
        (2024, "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12"),
        (2025, "01-26 02-08 04-27 09-28 10-11"),
        (2026, "01-04 02-14 02-28 05-09 09-20 10-10"),
    ],
)
def test_make_up_workdays_of_a_year(year, makeup):
    days = [date(year, 1, 1) + timedelta(offset) for offset in range(365)]
    assert " ".join(f"{day:%m-%d}" for day in days if CALENDAR.day_kind(day) is DayKind.MAKEUP) == makeup


def test_the_notices_are_named_and_say_what_is_to_be_checked():
    numbers = {(row["year"], row["version"]): row["notice_no"] for row in shipped_notices()}
    assert numbers == {
        ("2018", "1"): "国办发明电〔2017〕12号",
        ("2019", "1"): "国办发明电〔2018〕15号",
        ("2019", "2"): "国办发明电〔2019〕3号",
        ("2020", "1"): "国办发明电〔2019〕16号",
        ("2020", "2"): "国办发明电〔2020〕1号",
        ("2021", "1"): "国办发明电〔2020〕27号",
        ("2022", "1"): "国办发明电〔2021〕11号",
        ("2023", "1"): "国办发明电〔2022〕16号",
        ("2024", "1"): "国办发明电〔2023〕7号",
        ("2025", "1"): "国办发明电〔2024〕12号",
        ("2026", "1"): "国办发明电〔2025〕7号",
    }
    assert all("待核对" in row["note"] for row in shipped_notices())


def test_the_first_version_of_2019_had_one_day_off_in_may_and_no_make_up_for_it():
    first, second = ({day.date: day.kind for day in shipped_days(2019, version)} for version in (1, 2))
    assert {day: kind for day, kind in second.items() if day not in first} == {
        D("2019-04-28"): "work",
        D("2019-05-02"): "off",
        D("2019-05-03"): "off",
        D("2019-05-04"): "off",
        D("2019-05-05"): "work",
    }
    assert first.keys() <= second.keys()


def test_spring_festival_2020_was_prolonged_over_a_make_up_saturday():
    old, new = shipped_calendar(y2020=1), CALENDAR
    assert [old.day_kind(D(f"2020-{day}")).value for day in ("01-31", "02-01", "02-02")] == [
        "workday",
        "makeup",
        "weekend",
    ]
    assert [new.day_kind(D(f"2020-{day}")).value for day in ("01-31", "02-01", "02-02")] == ["holiday"] * 3


def test_a_notice_reaches_into_the_december_before():
    named = {day.date for day in shipped_days(2019, 2) if day.date.year == 2018}
    assert named == {D("2018-12-29"), D("2018-12-30"), D("2018-12-31")}
    assert CALENDAR.day_kind(D("2018-12-29")) is DayKind.MAKEUP
    assert CALENDAR.day_name(D("2018-12-31")) == "元旦"


def test_where_two_notices_name_a_day_the_later_year_decides():
    off_first = WorkCalendar(
        [YearNotice(2026, {D("2026-12-31"): "调整"}, {}), YearNotice(2027, {}, {D("2026-12-31"): "元旦调休上班"})]
    )
    assert off_first.is_workday(D("2026-12-31"))
    work_first = WorkCalendar(
        [YearNotice(2026, {}, {D("2026-12-26"): "调休上班"}), YearNotice(2027, {D("2026-12-26"): "元旦"}, {})]
    )
    assert work_first.day_kind(D("2026-12-26")) is DayKind.HOLIDAY


def test_a_year_is_published_by_its_notice_not_by_its_days():
    bare = WorkCalendar([YearNotice(2026, {D("2026-01-01"): "元旦"}, {}), YearNotice(2027, {}, {})])
    assert bare.is_published(2027)
    reaching = WorkCalendar([YearNotice(2026, {D("2027-01-01"): "元旦"}, {})])
    assert not reaching.is_published(2027)
    with pytest.raises(CalendarMissing):
        reaching.is_workday(D("2027-01-01"))


def test_years_after_a_gap_are_not_published():
    gap = WorkCalendar([YearNotice(2026, {}, {}), YearNotice(2028, {}, {})])
    assert (gap.first_year, gap.last_year) == (2026, 2026)
    with pytest.raises(CalendarMissing) as missing:
        gap.add_workdays(D("2026-12-31"), 1)
    assert missing.value.year == 2027


def test_a_calendar_without_any_year_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        WorkCalendar([])


@pytest.mark.parametrize(
    ("ask", "year"),
    [
        (lambda: CALENDAR.is_workday(D("2027-01-04")), 2027),
        (lambda: CALENDAR.day_kind(D("2017-12-29")), 2017),
        (lambda: CALENDAR.add_workdays(D("2026-12-31"), 1), 2027),
        (lambda: CALENDAR.add_workdays(D("2028-05-01"), 1), 2028),
        (lambda: CALENDAR.add_workdays(D("2017-12-30"), 1), 2017),
        (lambda: CALENDAR.workdays_before(D("2018-01-02"), 1), 2017),
        (lambda: CALENDAR.workdays_before(D("2027-01-02"), 1), 2027),
        (lambda: CALENDAR.workdays_between(D("2026-12-30"), D("2027-01-01")), 2027),
        (lambda: CALENDAR.workdays_between(D("2016-12-30"), D("2018-01-05")), 2016),
        (lambda: CALENDAR.workdays_in(2027), 2027),
        (lambda: CALENDAR.next_workday(D("2027-01-01")), 2027),
    ],
)
def test_outside_the_published_years_every_question_raises(ask, year):
    with pytest.raises(CalendarMissing) as missing:
        ask()
    assert missing.value.year == year
    assert missing.value.message == f"{year}年放假安排尚未公布，届满日期待公布；公布后系统自动计算。"


def test_days_are_counted_forwards_and_backwards_by_positive_numbers():
    with pytest.raises(ValueError, match="forwards"):
        CALENDAR.add_workdays(D("2026-03-02"), -1)
    with pytest.raises(ValueError, match="positive"):
        CALENDAR.workdays_before(D("2026-03-02"), -1)


def test_the_estimate_takes_unpublished_years_as_monday_to_friday():
    guess = CALENDAR.estimate()
    assert guess.add_workdays(D("2026-12-31"), 1) == D("2027-01-01")
    assert guess.add_workdays(D("2026-12-21"), 20) == D("2027-01-18")
    assert guess.is_workday(D("2026-10-10")) is True
    assert CALENDAR.is_published(2027) is False


@given(published, st.integers(1, 400))
def test_adding_and_counting_are_each_others_inverse(day, count):
    try:
        end = CALENDAR.add_workdays(day, count)
    except CalendarMissing as missing:
        assert missing.year == 2027
        assert CALENDAR.workdays_between(day, LAST) < count
        return
    assert CALENDAR.is_workday(end)
    assert CALENDAR.workdays_between(day, end) == count
    assert CALENDAR.workdays_before(end + timedelta(1), 1) == end


@given(published, published)
def test_the_count_is_what_walking_finds(one, other):
    start, end = sorted((one, other))
    end = min(end, start + timedelta(80))
    walked = sum(CALENDAR.is_workday(start + timedelta(offset)) for offset in range(1, (end - start).days + 1))
    assert CALENDAR.workdays_between(start, end) == walked
    assert CALENDAR.workdays_between(end, start) == 0
