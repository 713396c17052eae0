"""A changed calendar and the open cases: both dates kept, the applicant told of later ones, own terms never shorter."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.commands.calendars import (
    activate_version,
    check_arrangement,
    import_calendar,
    preview_activation,
    preview_import,
)
from laiyang_approval.kernel.models import AuditRecord, CalendarNotice
from laiyang_approval.kernel.roles import Role
from tests.factories.cases import accepted, correction_pending, granted, person, received
from windows.commands.recompute import MovedDate
from windows.models import Case, CaseEvent

pytestmark = pytest.mark.django_db

D = date.fromisoformat
#: 2020-01-20 09:30: ten working days later is 2020-02-07 by the first notice, 2020-02-11 after the prolongation (trap 5).
IN_2020 = datetime(2020, 1, 20, 1, 30, tzinfo=UTC)
LATE_2026 = datetime(2026, 12, 21, 1, 30, tzinfo=UTC)


@pytest.fixture
def officer(people):
    return person("xitong", Role.SYSTEM_OFFICER)


def version(year, number):
    return CalendarNotice.objects.get(year=year, version=number)


def recomputations(case):
    return [
        event.detail for event in CaseEvent.objects.filter(case=case, kind="due_dates_recomputed").order_by("sequence")
    ]


def dates_2027(*days):
    return check_arrangement(
        year=2027,
        notice_no="国办发明电〔2026〕8号",
        published_on=D("2026-12-21"),
        rows=[{"date": day, "kind": "off", "name": "元旦"} for day in days],
        today=D("2026-12-21"),
    )


def test_going_back_and_forth_between_versions_moves_the_dates_both_ways(people, officer):
    case = accepted(people, at=IN_2020)
    new = (case.promised_due_on, case.statutory_due_on)
    preview = preview_activation(version(2020, 1))
    activate_version(version(2020, 1), actor=officer, at=IN_2020 + timedelta(days=1))
    case.refresh_from_db()
    old = (case.promised_due_on, case.statutory_due_on)
    # The first notice had 2020-01-31 as a workday and 2020-02-01 as a make-up Saturday: two days fewer to wait for.
    assert all(before < after for before, after in zip(old, new, strict=True))
    assert preview == [
        MovedDate(case.number, "承诺期限", new[0], old[0]),
        MovedDate(case.number, "法定期限", new[1], old[1]),
    ]
    activate_version(version(2020, 2), actor=officer, at=IN_2020 + timedelta(days=6))
    case.refresh_from_db()
    assert (case.promised_due_on, case.statutory_due_on) == new
    shorter, longer = recomputations(case)
    assert shorter == {
        "old": {"promised_due_on": new[0].isoformat(), "statutory_due_on": new[1].isoformat()},
        "new": {"promised_due_on": old[0].isoformat(), "statutory_due_on": old[1].isoformat()},
        "calendar": "国办发明电〔2019〕16号",
        "tell_applicant": False,
    }
    assert (longer["tell_applicant"], longer["calendar"]) == (True, "国办发明电〔2020〕1号")
    assert longer["old"] == shorter["new"]


def test_lights_move_with_the_dates(people, officer):
    case = accepted(people, at=IN_2020)
    activate_version(version(2020, 1), actor=officer, at=IN_2020 + timedelta(days=1))
    before = (case.yellow_from_on, case.orange_from_on, case.red_from_on, case.next_due_on)
    case.refresh_from_db()
    after = (case.yellow_from_on, case.orange_from_on, case.red_from_on, case.next_due_on)
    assert all(new < old for new, old in zip(after, before, strict=True))
    assert case.red_from_on == case.statutory_due_on + timedelta(days=1)


def test_publishing_the_missing_year_gives_the_case_its_dates(people, officer):
    case = accepted(people, at=LATE_2026)
    assert (case.statutory_due_on, case.calendar_missing_year, case.next_due_on) == (
        None,
        2027,
        case.promised_due_on or date.max,
    )
    ready = dates_2027("2027-01-01", "2027-01-02", "2027-01-03")
    moved = preview_import(ready)
    assert MovedDate(case.number, "法定期限", None, D("2027-01-05")) in moved
    import_calendar(ready, actor=officer, at=LATE_2026)
    case.refresh_from_db()
    assert (case.statutory_due_on, case.calendar_missing_year) == (D("2027-01-05"), None)
    assert recomputations(case)[0]["tell_applicant"] is True
    assert AuditRecord.objects.get(action="calendar_changed").detail["cases_changed"] == 1


def test_a_calendar_that_moves_no_date_leaves_the_case_untouched(people, officer):
    case = accepted(people, at=IN_2020)
    version_before, events_before = Case.objects.get(pk=case.pk).version, CaseEvent.objects.filter(case=case).count()
    activate_version(version(2019, 1), actor=officer, at=IN_2020)
    case.refresh_from_db()
    assert case.version == version_before
    assert CaseEvent.objects.filter(case=case).count() == events_before


def test_the_five_days_of_a_received_case_are_counted_again(people, officer):
    case = received(people, at=datetime(2019, 4, 25, 1, 30, tzinfo=UTC))
    assert case.intake_due_on == D("2019-05-05")
    activate_version(version(2019, 1), actor=officer, at=datetime(2019, 4, 26, 1, 30, tzinfo=UTC))
    case.refresh_from_db()
    assert case.intake_due_on == D("2019-05-03")


def test_the_ten_days_of_delivery_are_counted_again(people, officer):
    case = granted(people, at=IN_2020)
    assert case.delivery_due_on == D("2020-02-11")
    activate_version(version(2020, 1), actor=officer, at=IN_2020 + timedelta(days=1))
    case.refresh_from_db()
    assert case.delivery_due_on == D("2020-02-07")


def test_the_applicants_own_term_gets_longer_but_never_shorter(people, officer):
    case = correction_pending(people, at=IN_2020)
    told = case.correction_deadline_on
    activate_version(version(2020, 1), actor=officer, at=IN_2020)
    case.refresh_from_db()
    assert case.correction_deadline_on == told
    assert recomputations(case) == []
    other = correction_pending(people, at=IN_2020 + timedelta(hours=1))
    assert other.correction_deadline_on < told
    activate_version(version(2020, 2), actor=officer, at=IN_2020 + timedelta(days=6))
    other.refresh_from_db()
    assert other.correction_deadline_on == told
    assert recomputations(other)[0]["tell_applicant"] is True


def test_decided_and_withdrawn_dates_stay_as_they_were(people, officer):
    case = granted(people, at=IN_2020)
    before = (case.promised_due_on, case.statutory_due_on)
    activate_version(version(2020, 1), actor=officer, at=IN_2020 + timedelta(days=1))
    case.refresh_from_db()
    assert (case.promised_due_on, case.statutory_due_on) == before


def test_counting_costs_the_same_number_of_queries_for_any_number_of_untouched_cases(
    people, officer, django_assert_max_num_queries
):
    for _ in range(4):
        accepted(people, at=datetime(2026, 3, 2, 1, 30, tzinfo=UTC))
    with django_assert_max_num_queries(12):
        assert preview_activation(version(2020, 1)) == []


def test_the_preview_page_lists_each_date_that_moves(people, officer, client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: IN_2020 + timedelta(days=1))
    case = accepted(people, at=IN_2020)
    client.force_login(officer)
    page = client.get(reverse("calendar-preview", args=[version(2020, 1).pk]))
    text = re.sub(r"\s+", "", re.sub(r"<[^>]+>", " ", page.content.decode()))
    assert f"{case.number}法定期限{case.statutory_due_on}" in text
    assert "变动2推后0提前2" in text
    case.refresh_from_db()
    assert recomputations(case) == []
