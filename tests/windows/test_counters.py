"""The counts beside the entries of the rail: what the lists behind them hold, for the bodies a person works for."""

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from guardian.shortcuts import assign_perm

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.models import UserRole
from laiyang_approval.kernel.roles import Role
from tests.factories import cases as make
from tests.factories import clock as tick
from windows import counters
from windows.commands.extending import decline_extension, request_extension
from windows.models import Reminder
from windows.views import review

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
COUNTS = "/workbench/counts/"


@pytest.fixture(autouse=True)
def at_ten_on_tuesday(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: TUESDAY)


def counts(client, user) -> dict[str, str]:
    client.force_login(user)
    page = client.get(COUNTS).content.decode()
    return dict(re.findall(r'id="count-(\w+)" hx-swap-oob="true">([^<]+)<', page))


def test_a_clerk_sees_what_waits_and_what_came_in_today(people, client):
    make.received(people)
    make.correction_pending(people)
    make.accepted(people)
    make.received(people, at=TUESDAY)
    make.received(make.People("GA"), "GA-04", at=TUESDAY)
    told = {"bad_ratings": "0", "complaints": "0"}
    assert counts(client, people.clerk) == {"received": "2", "correction": "1", "today": "1", "reminders": "0"} | told
    desk = client.get("/hall/desk/", {"list": "today"})
    assert desk.context["page"].counts == {"received": "2", "correction": "1", "today": "1", "above": "0"}
    assert len(desk.context["page"].rows) == 1


def test_reviewer_decider_and_issuing_clerk_each_see_their_own_list(people, client):
    make.accepted(people)
    make.in_review(people)
    make.pending_decision(people)
    case = make.granted(people)
    for kind in (Reminder.Kind.YELLOW, Reminder.Kind.ORANGE):
        Reminder.objects.create(case=case, kind=kind, reached_on=TUESDAY.date(), created_at=TUESDAY)
    make.granted_by_commitment(people)
    make.committed(people)
    make.accepted(people, make.INSTANT)
    told = {"bad_ratings": "0", "complaints": "0"}
    checks = {"post_checks": "1", "feedback": "0", "review_files": "0"} | told
    assert counts(client, people.reviewer) == {"inbox": "3", "done": "2", "reminders": "2"} | checks
    at_once = {"at_once": "2"}
    assert (
        counts(client, people.decider)
        == {"inbox": "1", "approvals": "0", "done": "2", "reminders": "2"} | checks | at_once
    )
    assert counts(client, people.issuer) == {"issuing": "2", "reminders": "2"} | told


def test_a_head_sees_how_many_requests_wait_for_approval(people, client):
    for _ in range(2):
        case = make.in_review(people, code=tick.REVIEWED)
        request_extension(case.number, reason="案情复杂", actor=people.reviewer, at=TUESDAY)
    assert counts(client, people.decider)["approvals"] == "2"
    assert len(client.get("/approvals/").context["approvals"]) == 2
    decline_extension(case.number, reason="抓紧办理", actor=people.decider, at=TUESDAY)
    assert counts(client, people.decider)["approvals"] == "1"


def test_what_is_counted_is_what_the_lists_show():
    lists = {"review": review.REVIEW_LIST, "decide": review.DECIDE_LIST, "issuing": review.ISSUE_LIST}
    assert {name: counters.WAITING[name] for name in lists} == {
        name: (shown.right, frozenset(shown.states)) for name, shown in lists.items()
    }


def test_a_count_that_only_grows_stops_at_the_most(people, client, monkeypatch):
    monkeypatch.setattr(counters, "MOST", 1)
    make.granted(people)
    assert counts(client, people.reviewer)["done"] == "1"
    make.granted(people)
    assert counts(client, people.reviewer)["done"] == "1+"


def test_the_counts_cost_as_many_queries_for_one_case_as_for_ten(people, client):
    everything = people.clerk
    UserRole.objects.create(user=everything, role=Role.REVIEWER)
    assign_perm("kernel.review_for_department", everything, everything.department)
    make.accepted(people)
    counts(client, everything)
    with CaptureQueriesContext(connection) as few:
        client.get(COUNTS)
    for _ in range(9):
        make.accepted(people)
    with CaptureQueriesContext(connection) as many:
        client.get(COUNTS)
    assert (len(few), len(many)) == (12, 12), [query["sql"][:90] for query in many]


def test_people_without_a_list_ask_for_no_count(people, client):
    officer = make.person("xitong", Role.SYSTEM_OFFICER)
    client.force_login(officer)
    assert COUNTS not in client.get("/tables/rules/").content.decode()
    assert client.get(COUNTS).content.strip() == b""
    client.force_login(people.clerk)
    page = client.get("/hall/desk/").content.decode()
    assert f'hx-get="{COUNTS}"' in page
    assert '<span class="count" id="count-received"></span>' in page
