"""The clock: the golden dates, the traps by name, the laws of K1–K11 as properties, and an oracle that walks day by day."""

import csv
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from laiyang_approval.kernel.calendars import shipped_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import CalendarMissing
from windows.domain.clock import (
    ART_42,
    ART_45,
    ART_82,
    CIVIL_202,
    CIVIL_203,
    Limit,
    Status,
    Suspension,
    Unit,
    due_date,
    elapsed,
    is_overdue,
    lights_thresholds,
    remaining,
    run_both,
    run_clock,
)

CALENDAR = shipped_calendar()
GOLDEN = list(csv.DictReader((settings.BASE_DIR / "fixtures/golden/deadlines.csv").open(encoding="utf-8", newline="")))
D = date.fromisoformat


def workdays(value):
    return Limit(value, Unit.WORKDAY)


def stop(start, end=None, **fields):
    return Suspension(D(start), D(end) if end else None, **fields)


def due(trigger, value, unit=Unit.WORKDAY, calendar=CALENDAR, suspensions=(), extension=0):
    return run_clock(
        D(trigger), Limit(value, Unit(unit)), calendar, suspensions=suspensions, extension=extension
    ).due.isoformat()


# The golden dates


def _suspensions_of(text):
    for part in filter(None, text.split(";")):
        start, _, end = part.partition("/")
        yield stop(start, end)


def _trigger_of(text):
    return local_date(datetime.fromisoformat(text)) if "T" in text else D(text)


def test_all_67_golden_vectors_are_there():
    assert [row["id"] for row in GOLDEN] == [f"G{number:02}" for number in range(1, 68)]


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row["id"])
def test_golden_due_date(row):
    result = run_clock(
        _trigger_of(row["accepted_at"]),
        Limit(int(row["limit_days"]), Unit(row["unit"])),
        CALENDAR,
        suspensions=list(_suspensions_of(row["suspensions"])),
        extension=int(row["extension"]),
    )
    assert str(result) == row["expected_due_date"]


# The traps of the domain reference, section 13


def test_trap_01_make_up_saturdays_count():
    result = run_clock(D("2026-02-13"), workdays(5), CALENDAR)
    assert result.due == D("2026-02-27")
    assert [day.date.isoformat() for day in result.ledger if day.counted] == [
        "2026-02-14",
        "2026-02-24",
        "2026-02-25",
        "2026-02-26",
        "2026-02-27",
    ]


def test_trap_02_the_day_of_acceptance_is_not_day_one():
    result = run_clock(D("2026-03-02"), workdays(20), CALENDAR)
    assert result.due == D("2026-03-30")
    assert result.ledger[0].date == D("2026-03-02")
    assert (result.ledger[0].kind, result.ledger[0].counted) == ("trigger", None)


def test_trap_03_deemed_acceptance_counts_from_the_receipt():
    assert due("2026-02-13", 5) == "2026-02-27"
    assert due("2026-02-13", 20) == "2026-03-19"


@pytest.mark.parametrize(
    ("received", "falls_due"),
    [("2024-02-08", "2024-02-09"), ("2025-01-27", "2025-02-05"), ("2026-02-14", "2026-02-24")],
)
def test_trap_04_new_years_eve_is_off_only_from_2025(received, falls_due):
    assert due(received, 1) == falls_due


@pytest.mark.parametrize(
    ("received", "days", "before", "after", "old"),
    [
        ("2019-04-25", 4, "2019-05-02", "2019-04-30", {"y2019": 1}),
        ("2020-01-20", 10, "2020-02-07", "2020-02-11", {"y2020": 1}),
    ],
)
def test_trap_05_a_changed_notice_moves_the_date(received, days, before, after, old):
    assert due(received, days, calendar=shipped_calendar(**old)) == before
    assert due(received, days) == after


def test_trap_06_no_guess_past_the_last_published_year():
    missing = run_clock(D("2026-12-04"), workdays(20), CALENDAR)
    assert (missing.status, missing.due, missing.missing_year) == (Status.CALENDAR_MISSING, None, 2027)
    assert due("2026-12-03", 20) == "2026-12-31"


def test_trap_07_utc_midnight_is_the_next_morning_in_shanghai():
    received = local_date(datetime(2026, 3, 9, 16, 30, tzinfo=UTC))
    assert run_clock(received, workdays(20), CALENDAR).due == D("2026-04-08")


def test_trap_08_receipt_on_a_holiday_stands():
    assert due("2026-10-03", 5) == "2026-10-13"


def test_trap_09_a_site_check_takes_no_day_out_an_expert_review_with_notice_does():
    assert due("2026-03-02", 20) == "2026-03-30"
    reviewed = stop("2026-03-09", "2026-03-20", label="专家评审", reference="特别程序告知书〔2026〕12号")
    assert due("2026-03-02", 20, suspensions=[reviewed]) == "2026-04-13"


# Edges


@pytest.mark.parametrize("unit", list(Unit))
@pytest.mark.parametrize("trigger", ["2026-03-02", "2026-03-07", "2026-10-03", "2031-05-05"])
def test_limit_nought_falls_on_the_trigger_day_of_any_kind(unit, trigger):
    assert due(trigger, 0, unit) == trigger


def test_limit_nought_is_not_pushed_by_a_suspension_that_covers_the_day():
    assert due("2026-03-04", 0, suspensions=[stop("2026-03-02", "2026-03-10")]) == "2026-03-04"


def test_a_suspension_that_begins_on_the_due_date_comes_too_late():
    assert due("2026-03-02", 20, suspensions=[stop("2026-03-30", "2026-04-20")]) == "2026-03-30"


def test_a_suspension_that_ended_before_the_trigger_changes_nothing():
    assert due("2026-03-02", 20, suspensions=[stop("2026-01-05", "2026-02-20")]) == "2026-03-30"


def test_the_eve_of_the_first_published_year_needs_no_calendar_of_its_own():
    assert due("2017-12-31", 1) == "2018-01-02"
    early = run_clock(D("2017-12-29"), workdays(1), CALENDAR)
    assert (early.status, early.missing_year) == (Status.CALENDAR_MISSING, 2017)


def test_counting_back_from_new_years_day_of_an_unpublished_year_needs_only_the_year_before():
    assert due("2027-01-01", 3, "workday_before") == "2026-12-29"
    late = run_clock(D("2027-02-10"), Limit(3, Unit.WORKDAY_BEFORE), CALENDAR)
    assert (late.status, late.missing_year) == (Status.CALENDAR_MISSING, 2027)


def test_a_long_suspension_into_an_unpublished_year_names_the_first_year_that_is_missing():
    result = run_clock(D("2026-03-02"), workdays(20), CALENDAR, suspensions=[stop("2026-03-09", "2028-01-10")])
    assert (result.status, result.missing_year) == (Status.CALENDAR_MISSING, 2027)


def test_months_add_the_excluded_days_and_then_roll_to_a_working_day():
    # 2026-03-31 + 1 month: no 31 April, so the 30th (民法典 202); + 5 excluded days: 5 May, a holiday, so 6 May (203).
    assert due("2026-03-31", 1, "month", suspensions=[stop("2026-04-10", "2026-04-15")]) == "2026-05-06"


def test_an_extension_is_in_the_unit_of_the_limit():
    assert due("2026-03-02", 1, "month", extension=1) == "2026-05-06"
    assert due("2026-03-02", 10, "calday", extension=5) == "2026-03-17"


@pytest.mark.parametrize("unit", ["year_fixed", "workday_before", "calday_before"])
def test_what_cannot_be_suspended_refuses_a_suspension(unit):
    with pytest.raises(ValueError, match="suspended"):
        run_clock(D("2026-03-02"), Limit(1, Unit(unit)), CALENDAR, suspensions=[stop("2026-03-02", "2026-03-03")])


def test_a_suspension_does_not_end_before_it_starts_and_a_limit_is_not_negative():
    with pytest.raises(ValueError, match="ends before"):
        stop("2026-03-09", "2026-03-08")
    with pytest.raises(ValueError, match="negative"):
        Limit(-1)


# The ledger


def test_the_ledger_says_of_every_day_why_it_counts_or_not():
    reviewed = stop("2026-03-04", "2026-03-06", label="专家评审", reference="特别程序告知书〔2026〕12号")
    result = run_clock(D("2026-02-27"), workdays(3), CALENDAR, suspensions=[reviewed], extension=1)
    assert [(day.date.isoformat(), day.kind, day.counted, day.article, day.note) for day in result.ledger] == [
        ("2026-02-27", "trigger", None, "民法典第二百零一条", "触发日不计入"),
        ("2026-02-28", "makeup", 1, ART_82, "春节调休上班"),
        ("2026-03-01", "weekend", None, ART_82, ""),
        ("2026-03-02", "workday", 2, ART_82, ""),
        ("2026-03-03", "workday", 3, ART_82, ""),
        ("2026-03-04", "workday", 4, ART_42, ""),
    ]


def test_the_ledger_names_the_notice_behind_an_excluded_day():
    reviewed = stop("2026-03-03", "2026-03-05", label="专家评审", reference="特别程序告知书〔2026〕12号")
    rows = run_clock(D("2026-03-02"), workdays(2), CALENDAR, suspensions=[reviewed]).ledger
    assert [(day.date.day, day.kind, day.article, day.note) for day in rows if day.kind == "excluded"] == [
        (4, "excluded", ART_45, "专家评审（特别程序告知书〔2026〕12号）"),
        (5, "excluded", ART_45, "专家评审（特别程序告知书〔2026〕12号）"),
    ]


def test_the_ledger_shows_days_that_only_roll_to_the_next_working_day():
    rows = run_clock(D("2026-04-20"), Limit(12, Unit.CALDAY), CALENDAR).ledger
    assert [(day.date.isoformat(), day.article) for day in rows if day.kind == "rolled"] == [
        (f"2026-05-0{day}", CIVIL_203) for day in (3, 4, 5, 6)
    ]
    assert max(day.counted or 0 for day in rows) == 12


def test_the_ledger_of_a_ban_in_years_has_its_two_ends():
    rows = run_clock(D("2026-06-15"), Limit(3, Unit.YEAR_FIXED), CALENDAR).ledger
    assert [(day.date.isoformat(), day.kind, day.counted, day.article) for day in rows] == [
        ("2026-06-15", "trigger", None, "民法典第二百零一条"),
        ("2029-06-15", "due", 3, CIVIL_202),
    ]


def test_the_ledger_of_a_notice_before_a_hearing_runs_back_from_it():
    rows = run_clock(D("2026-05-12"), Limit(2, Unit.WORKDAY_BEFORE), CALENDAR).ledger
    assert [(day.date.isoformat(), day.kind, day.counted) for day in rows] == [
        ("2026-05-12", "event", None),
        ("2026-05-11", "workday", 1),
        ("2026-05-10", "weekend", None),
        ("2026-05-09", "makeup", 2),
    ]


def test_the_ledger_of_an_open_suspension_ends_where_it_began_and_goes_on_when_asked():
    result = run_clock(D("2026-03-02"), workdays(20), CALENDAR, suspensions=[stop("2026-03-04")])
    assert result.status is Status.OPEN
    assert [day.counted for day in result.ledger] == [None, 1, 2]
    assert [day.kind for day in result.ledger_until(D("2026-03-08"))[3:]] == [
        "excluded",
        "excluded",
        "weekend",
        "weekend",
    ]


def test_the_ledger_of_a_missing_year_ends_with_the_published_calendar():
    rows = run_clock(D("2026-12-21"), workdays(20), CALENDAR).ledger
    assert rows[-1].date == D("2026-12-31")
    assert rows[-1].counted == 8


# Two limits


def test_the_promised_date_is_never_after_the_statutory_one():
    clocks = run_both(D("2026-03-02"), promised=workdays(20), statutory=Limit(10, Unit.CALDAY), calendar=CALENDAR)
    assert (clocks.promised.due, clocks.promised_due) == (D("2026-03-30"), D("2026-03-12"))
    assert clocks.governing is clocks.statutory


def test_a_suspension_may_stop_the_promised_limit_alone():
    published = stop("2026-03-03", "2026-03-10", excluded_from_statutory=False)
    clocks = run_both(
        D("2026-03-02"), promised=workdays(7), statutory=workdays(20), calendar=CALENDAR, suspensions=[published]
    )
    assert clocks.promised.due == D("2026-03-18")
    assert clocks.statutory.due == D("2026-03-30")
    assert clocks.promised.suspensions == (published,)
    assert clocks.statutory.suspensions == ()


def test_while_only_the_promised_limit_is_suspended_the_statutory_date_is_the_one_to_keep():
    clocks = run_both(
        D("2026-03-02"),
        promised=workdays(7),
        statutory=workdays(20),
        calendar=CALENDAR,
        suspensions=[stop("2026-03-03", excluded_from_statutory=False)],
    )
    assert clocks.promised.status is Status.OPEN
    assert clocks.promised_due == D("2026-03-30")


# Used, left, over


@pytest.mark.parametrize(
    ("today", "used", "left", "over"),
    [
        ("2026-03-02", 0, 20, False),
        ("2026-03-03", 1, 19, False),
        ("2026-03-08", 4, 16, False),
        ("2026-03-09", 5, 15, False),
        ("2026-03-12", 5, 15, False),
        ("2026-03-16", 6, 14, False),
        ("2026-04-03", 20, 0, False),
        ("2026-04-04", 20, 0, True),
        ("2026-04-07", 21, -1, True),
    ],
)
def test_a_suspended_case_uses_nothing_while_it_stands_still(today, used, left, over):
    result = run_clock(D("2026-03-02"), workdays(20), CALENDAR, suspensions=[stop("2026-03-09", "2026-03-13")])
    assert result.due == D("2026-04-03")
    assert (elapsed(result, D(today)), remaining(result, D(today)), is_overdue(result, D(today))) == (used, left, over)


def test_an_open_suspension_leaves_what_was_left():
    result = run_clock(D("2026-03-02"), workdays(20), CALENDAR, suspensions=[stop("2026-03-09")])
    assert (elapsed(result, D("2026-05-20")), remaining(result, D("2026-05-20"))) == (5, 15)
    assert is_overdue(result, D("2026-05-20")) is False


def test_without_next_years_calendar_what_is_used_is_known_until_the_year_ends():
    result = run_clock(D("2026-12-21"), workdays(20), CALENDAR)
    assert (elapsed(result, D("2026-12-31")), remaining(result, D("2026-12-31"))) == (8, 12)
    assert (elapsed(result, D("2027-01-06")), remaining(result, D("2027-01-06"))) == (None, None)


def test_calendar_days_left_reach_to_the_rolled_date():
    result = run_clock(D("2026-04-20"), Limit(12, Unit.CALDAY), CALENDAR)
    assert result.due == D("2026-05-06")
    assert remaining(result, D("2026-05-03")) == 3
    assert remaining(result, D("2026-05-08")) == -2


@pytest.mark.parametrize(
    ("unit", "value", "today", "left"),
    [
        ("workday_before", 7, "2026-04-24", 3),
        ("workday_before", 7, "2026-04-30", -1),
        ("calday_before", 10, "2026-05-01", 1),
        ("year_fixed", 1, "2026-05-12", 365),
    ],
)
def test_days_left_to_a_date_before_an_event_or_the_end_of_a_ban(unit, value, today, left):
    assert remaining(run_clock(D("2026-05-12"), Limit(value, Unit(unit)), CALENDAR), D(today)) == left


# Lights


def lights(trigger, promised, statutory, **more):
    found = lights_thresholds(
        D(trigger),
        promised=promised,
        statutory=statutory,
        calendar=CALENDAR,
        yellow_share_percent=20,
        yellow_min_days=1,
        **more,
    )
    return tuple(day.isoformat() if day else None for day in (found.yellow_from, found.orange_from, found.red_from))


@pytest.mark.parametrize(
    ("promised", "statutory", "expected"),
    [
        # 20 % of 20 is 4: yellow from the 16th working day on.
        (workdays(20), workdays(20), ("2026-03-24", "2026-03-31", "2026-03-31")),
        # 20 % of 7 is 1.4: a whole day left.
        (workdays(7), workdays(20), ("2026-03-10", "2026-03-12", "2026-03-31")),
        (workdays(1), workdays(20), ("2026-03-02", "2026-03-04", "2026-03-31")),
        (workdays(0), workdays(20), ("2026-03-02", "2026-03-03", "2026-03-31")),
        # 20 % of 30 calendar days is 6.
        (Limit(30, Unit.CALDAY), Limit(60, Unit.CALDAY), ("2026-03-26", "2026-04-02", "2026-05-07")),
        # The law's 10 calendar days end before the promised 20 working days: they decide yellow and orange too.
        (workdays(20), Limit(10, Unit.CALDAY), ("2026-03-10", "2026-03-13", "2026-03-13")),
    ],
)
def test_the_days_on_which_lights_turn(promised, statutory, expected):
    assert lights("2026-03-02", promised, statutory) == expected


def test_suspended_days_push_the_warning_and_are_not_days_left():
    # 15 days are used by the 23rd, four working days are taken out, the 16th is the 30th.
    assert (
        lights("2026-03-02", workdays(20), workdays(20), suspensions=[stop("2026-03-23", "2026-03-27")])[0]
        == "2026-03-30"
    )


def test_no_light_is_known_while_the_case_is_suspended():
    assert lights("2026-03-02", workdays(20), workdays(20), suspensions=[stop("2026-03-05")]) == (None, None, None)


def test_yellow_may_be_known_before_the_due_date_is():
    # 12 days used by 2026-12-31 leave 3 of 15: the warning does not wait for the notice of 2027.
    assert lights("2026-12-15", workdays(15), workdays(20)) == ("2026-12-31", None, None)


# Properties

SPAN = (date(2018, 1, 1), date(2026, 6, 30))
triggers = st.dates(*SPAN)
intervals = st.lists(
    st.tuples(triggers, st.integers(0, 60)).map(lambda pair: Suspension(pair[0], pair[0] + timedelta(pair[1]))),
    max_size=5,
)
near_intervals = st.builds(
    lambda trigger, offsets: (
        trigger,
        [Suspension(trigger + timedelta(a), trigger + timedelta(a + n)) for a, n in offsets],
    ),
    st.dates(date(2018, 1, 15), date(2025, 6, 30)),
    st.lists(st.tuples(st.integers(-10, 60), st.integers(0, 20)), max_size=5),
)
limits = st.builds(Limit, st.integers(0, 60), st.sampled_from([Unit.WORKDAY, Unit.CALDAY]))


@given(case=near_intervals, limit=limits, data=st.data())
def test_the_order_of_suspensions_never_matters(case, limit, data):
    trigger, suspensions = case
    shuffled = data.draw(st.permutations(suspensions))
    one = run_clock(trigger, limit, CALENDAR, suspensions=suspensions)
    other = run_clock(trigger, limit, CALENDAR, suspensions=shuffled)
    assert one == other
    assert one.ledger == other.ledger


@given(case=near_intervals, limit=limits, data=st.data())
def test_an_interval_inside_another_changes_nothing(case, limit, data):
    trigger, suspensions = case
    if not suspensions:
        return
    outer = data.draw(st.sampled_from(suspensions))
    start = data.draw(st.dates(outer.start, outer.end))
    inner = Suspension(start, data.draw(st.dates(start, outer.end)))
    with_inner = run_clock(trigger, limit, CALENDAR, suspensions=[*suspensions, inner])
    without = run_clock(trigger, limit, CALENDAR, suspensions=suspensions)
    assert with_inner.due == without.due
    assert with_inner.ledger == without.ledger


@given(
    case=near_intervals, value=st.integers(0, 60), more=st.integers(0, 20), unit=st.sampled_from(["workday", "calday"])
)
def test_a_longer_limit_never_ends_earlier(case, value, more, unit):
    trigger, suspensions = case
    short = run_clock(trigger, Limit(value, Unit(unit)), CALENDAR, suspensions=suspensions)
    long = run_clock(trigger, Limit(value + more, Unit(unit)), CALENDAR, suspensions=suspensions)
    assert short.due <= long.due


@given(case=near_intervals, limit=limits, extension=st.integers(0, 20))
def test_the_counted_days_of_the_ledger_are_the_limit_with_its_extension(case, limit, extension):
    trigger, suspensions = case
    result = run_clock(trigger, limit, CALENDAR, suspensions=suspensions, extension=extension)
    ordinals = [day.counted for day in result.ledger if day.counted is not None]
    assert ordinals == list(range(1, limit.value + extension + 1))
    assert result.ledger[0].date == trigger
    assert result.ledger[-1].date == result.due
    assert len(result.ledger) == (result.due - trigger).days + 1


@given(case=near_intervals, limit=limits, extension=st.integers(0, 20), later=st.integers(0, 90))
def test_used_and_left_add_up_on_every_day(case, limit, extension, later):
    trigger, suspensions = case
    result = run_clock(trigger, limit, CALENDAR, suspensions=suspensions, extension=extension)
    today = min(trigger + timedelta(later), result.due)
    if limit.unit is Unit.WORKDAY:
        assert elapsed(result, today) == sum(bool(day.counted) for day in result.ledger_until(today))
        assert elapsed(result, today) + remaining(result, today) == result.total
        assert (remaining(result, today) == 0) == (elapsed(result, today) == result.total)
    assert not is_overdue(result, result.due)
    assert is_overdue(result, result.due + timedelta(1))


# An oracle: the rules read slowly, one day at a time

_BEFORE = {"workday_before", "calday_before"}


def walk(trigger, value, unit, suspensions):
    """K1–K11 without tables, unions or arithmetic: each day is asked in turn whether it counts."""
    if any(one.end is None for one in suspensions):
        return "OPEN"
    if value == 0:
        return trigger
    day, left = trigger, value
    if unit == "month":
        month_end = trigger
        target = (trigger.month - 1 + value) % 12 + 1
        year = trigger.year + (trigger.month - 1 + value) // 12
        for number in range(trigger.day, 0, -1):
            try:
                month_end = date(year, target, number)
                break
            except ValueError:
                continue
        left = (month_end - trigger).days
    step = -1 if unit in _BEFORE else 1
    while left:
        day += timedelta(step)
        excluded = any(one.start < day <= one.end for one in suspensions)
        if unit.startswith("workday") and not CALENDAR.is_workday(day):
            continue
        left -= not excluded
    while unit in {"calday", "month"} and not CALENDAR.is_workday(day):
        day += timedelta(1)
    return day


@hypothesis_settings(max_examples=3000, deadline=None)
@given(
    trigger=st.dates(date(2017, 12, 28), date(2026, 12, 31)),
    value=st.integers(0, 70),
    unit=st.sampled_from(["workday", "calday", "month", "workday_before", "calday_before"]),
    offsets=st.lists(st.tuples(st.integers(-20, 80), st.one_of(st.none(), st.integers(0, 30))), max_size=4),
    mostly_closed=st.integers(0, 9),
)
def test_the_tables_agree_with_walking_day_by_day(trigger, value, unit, offsets, mostly_closed):
    suspensions = []
    for start, length in [] if unit in _BEFORE else offsets:
        if length is None and mostly_closed:
            continue
        first = trigger + timedelta(start)
        suspensions.append(Suspension(first, None if length is None else first + timedelta(length)))
    value = value // 10 if unit == "month" else value
    try:
        expected = walk(trigger, value, unit, suspensions)
    except CalendarMissing:
        expected = "CALENDAR_MISSING"
    result = run_clock(trigger, Limit(value, Unit(unit)), CALENDAR, suspensions=suspensions)
    assert str(result) == str(expected)
    if result.status is Status.DUE:
        assert due_date(trigger, Limit(value, Unit(unit)), CALENDAR, suspensions) == expected


@given(st.dates(date(2018, 1, 1), date(2026, 12, 31)), st.integers(1, 9))
def test_a_ban_in_years_ends_on_the_same_date_or_on_the_last_of_february(trigger, years):
    end = run_clock(trigger, Limit(years, Unit.YEAR_FIXED), CALENDAR).due
    assert end.year == trigger.year + years
    assert (end.month, end.day) == (trigger.month, trigger.day) or (trigger.day, end.day) == (29, 28)
