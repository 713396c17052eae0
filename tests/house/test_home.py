"""The public home page, the workbench's door, and the pages that must stand when nothing else does."""

from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.commands.calendars import load_calendar
from laiyang_approval.kernel.commands.organisations import load_organisations
from laiyang_approval.kernel.roles import Role
from laiyang_approval.kernel.rules import load_business_rules
from laiyang_approval.navigation import rail
from matters.commands.catalogue import load_catalogue
from tests.kernel.staff import person, signed_in

WORKDAY = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
SUNDAY = datetime(2026, 3, 8, 1, 30, tzinfo=UTC)
UNPUBLISHED = datetime(2027, 3, 1, 1, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def shipped_once(django_db_setup, django_db_blocker):
    """The shipped data, gone after the module; each test rolls back to here."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_organisations()
        load_calendar()
        load_business_rules()
        load_catalogue(at=WORKDAY)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def shipped(shipped_once, db):
    """The shipped data."""


@pytest.fixture
def at(monkeypatch):
    return lambda instant: monkeypatch.setattr(clock, "now", lambda: instant)


def home() -> str:
    response = Client().get(reverse("home"))
    assert response.status_code == 200
    return response.content.decode()


def test_home_offers_search_six_domains_packages_and_the_status_of_a_case(shipped, at):
    at(WORKDAY)
    page = home()
    assert page.count("<li>") == 6 + 12
    assert (
        '<a href="/matters/?domain=%E5%B8%82%E5%9C%BA%E5%87%86%E5%85%A5"><strong>市场准入</strong><span>29 项</span>'
        in page
    )
    assert ">开饭店</a>" in page and "其他领域：" in page
    assert f'action="{reverse("status")}"' in page and 'name="number"' in page and 'name="code"' in page
    assert page.count("?q=") == 3


def test_home_on_a_workday_tells_the_hours_from_the_dated_rule(shipped, at):
    at(WORKDAY)
    assert "<strong>工作日 9:00–17:00</strong><small>2026年3月2日 星期一 · 本月第1个工作日</small>" in home()


def test_home_on_a_sunday_says_that_the_hall_rests(shipped, at):
    at(SUNDAY)
    assert "<strong>大厅今天休息</strong>" in home()


def test_home_in_an_unpublished_year_says_so_and_stands(shipped, at):
    at(UNPUBLISHED)
    assert "<strong>放假安排待公布</strong>" in home()


def test_home_without_any_decision_shows_no_share(shipped, at):
    at(WORKDAY)
    page = home()
    assert "2026年以来" in page and "<dd>—</dd>" in page


def test_home_asks_the_database_at_most_four_times_and_then_not_at_all(shipped, at):
    at(WORKDAY)
    home()
    cache.clear()
    with CaptureQueriesContext(connection) as cold:
        home()
    assert len(cold) <= 4, [query["sql"] for query in cold]
    with CaptureQueriesContext(connection) as warm:
        home()
    assert len(warm) == 0, [query["sql"] for query in warm]


@pytest.mark.parametrize(
    ("role", "landing"),
    [
        (Role.WINDOW_CLERK, "counter"),
        (Role.REVIEWER, "inbox"),
        (Role.DECIDER, "inbox"),
        (Role.ISSUING_CLERK, "issuing"),
        (Role.CATALOGUE_ADMIN, "catalogue-desk"),
        (Role.SECURITY_OFFICER, "people"),
        (Role.AUDIT_OFFICER, "audit-log"),
        (Role.REGULATOR, "post-checks"),
        (Role.CITIZEN, "my-cases"),
    ],
)
def test_the_workbench_opens_on_each_post_s_own_page(shipped, role, landing):
    client = signed_in(person(f"p-{role.value}", role, department=None if role == Role.CITIZEN else "SP"))
    response = client.get(reverse("workbench"))
    assert (response.status_code, response["Location"]) == (302, reverse(landing))


def test_every_post_has_a_page_of_its_own(shipped):
    assert [role for role in Role if not rail([role])] == []


@pytest.mark.parametrize("template", ["400.html", "500.html"])
def test_the_last_pages_need_neither_request_nor_database(template):
    page = render_to_string(template, {})
    assert "回到首页" in page and "莱阳市行政审批服务局" in page
    assert " style=" not in page


def test_a_busy_database_is_told_as_busy():
    page = render_to_string("500.html", {"message": "系统暂时繁忙。"})
    assert "<h1>系统繁忙</h1>" in page and "系统暂时繁忙。" in page


@pytest.mark.django_db
def test_an_address_that_is_not_there_is_a_page_of_ours():
    response = Client().get("/no-such-page/")
    assert response.status_code == 404
    assert "没有您要找的页面或内容" in response.content.decode()
