"""Sessions end by themselves, on the server (promise R17)."""

import csv
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from laiyang_approval.kernel.commands.people import disable_account, reset_password, set_roles
from laiyang_approval.kernel.models import AuditRecord, BusinessRule, User
from laiyang_approval.kernel.roles import Role
from laiyang_approval.kernel.rules import forget_cached_rules
from laiyang_approval.kernel.security_rules import DEFAULTS
from laiyang_approval.kernel.session_store import SessionStore

from .staff import MORNING, PASSWORD, person, security_officer, signed_in

PAGE = "/officers/audit/"
LOGIN_AGAIN = "/login/?next=%2Fofficers%2Faudit%2F"
LOGIN_ENDED = LOGIN_AGAIN + "&ended=1"


@pytest.fixture
def clock(db):
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def officer(clock):
    return person("shenji", Role.AUDIT_OFFICER)


def _status(client: Client) -> int:
    return client.get(PAGE).status_code


@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (30, 200), (31, 302)])
def test_a_session_without_use_ends_after_thirty_minutes(officer, clock, minutes, status):
    client = signed_in(officer)
    clock.shift(timedelta(minutes=minutes))
    assert _status(client) == status


def test_the_log_in_page_says_why_the_session_ended_and_the_trail_too(officer, clock):
    client = signed_in(officer)
    clock.shift(timedelta(minutes=31))
    response = client.get(PAGE)
    assert response["Location"] == LOGIN_ENDED
    assert "登录已超时" in client.get(LOGIN_ENDED).content.decode()
    assert AuditRecord.objects.order_by("sequence").last().action == "session_expired"
    assert client.get(PAGE)["Location"] == LOGIN_AGAIN


def test_use_keeps_a_session_for_twelve_hours_and_not_longer(officer, clock):
    client = signed_in(officer)
    for _ in range(36):
        clock.shift(timedelta(minutes=20))
        assert _status(client) == 200
    clock.shift(timedelta(minutes=1))
    assert _status(client) == 302


def test_a_page_that_refreshes_itself_keeps_nobody_signed_in(officer, clock):
    client = signed_in(officer)
    for _ in range(3):
        clock.shift(timedelta(minutes=9))
        assert client.get(PAGE, headers={"X-Background": "1"}).status_code == 200
    clock.shift(timedelta(minutes=4))
    assert client.get(PAGE, headers={"X-Background": "1"}).status_code == 302


def test_reading_pages_in_one_minute_writes_the_session_once(officer, clock, django_assert_max_num_queries):
    client = signed_in(officer)
    clock.shift(timedelta(seconds=61))
    client.get(PAGE)
    clock.shift(timedelta(seconds=5))
    with django_assert_max_num_queries(12) as seen:
        client.get(PAGE)
    assert not [query["sql"] for query in seen.captured_queries if query["sql"].startswith(("UPDATE", "INSERT"))]


def test_a_disabled_person_is_out_on_the_next_request(officer, clock):
    client = signed_in(officer)
    disable_account(officer.pk, reason="离职", actor=security_officer(), at=MORNING)
    assert client.get(PAGE)["Location"] == LOGIN_AGAIN


def test_a_role_taken_away_is_gone_on_the_next_request(officer, clock):
    client = signed_in(officer)
    set_roles(officer.pk, roles=[Role.SUPERVISOR], actor=security_officer(), at=MORNING)
    assert _status(client) == 404


def test_a_role_given_works_on_the_next_request(clock):
    user = person("jiandu", Role.SUPERVISOR)
    client = signed_in(user)
    assert _status(client) == 404
    set_roles(user.pk, roles=[Role.AUDIT_OFFICER], actor=security_officer(), at=MORNING)
    assert _status(client) == 200


def test_a_password_reset_by_the_officer_ends_open_sessions(officer, clock):
    client = signed_in(officer)
    reset_password(officer.pk, actor=security_officer(), at=MORNING)
    assert client.get(PAGE)["Location"] == LOGIN_AGAIN


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one(officer, clock):
    here, elsewhere = signed_in(officer), signed_in(officer)
    key = here.session.session_key
    answer = here.post(
        "/account/password/", {"old": PASSWORD, "new": "Bieyangde-77-shui", "again": "Bieyangde-77-shui"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    assert (_status(here), _status(elsewhere)) == (200, 302)
    assert here.session.session_key != key


def test_signing_in_gives_a_new_key(officer, clock):
    client = signed_in(officer)
    first = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/login/", {"username": officer.username, "password": PASSWORD})
    second = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert first != second
    assert not Session.objects.filter(session_key=first).exists()


def test_signing_out_kills_the_session_on_the_server(officer, clock):
    client = signed_in(officer)
    stolen = Client()
    stolen.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert _status(stolen) == 200
    assert client.post("/logout/")["Location"] == "/"
    assert _status(stolen) == 302
    assert not Session.objects.exists()
    assert AuditRecord.objects.order_by("sequence").last().action == "logout"


def test_signing_out_is_a_post(officer, clock):
    client = signed_in(officer)
    assert client.get("/logout/").status_code == 405
    assert _status(client) == 200


def test_the_numbers_are_dated_rules(officer, clock):
    BusinessRule.objects.create(
        key="staff_idle_minutes",
        label="会话",
        value="10",
        basis="本局规定",
        valid_from=MORNING.date(),
        is_default=False,
    )
    forget_cached_rules()
    client = signed_in(officer)
    clock.shift(timedelta(minutes=11))
    assert _status(client) == 302


def test_the_built_in_numbers_are_those_of_the_rule_rows():
    with (settings.BASE_DIR / "fixtures" / "business_rules.csv").open(encoding="utf-8", newline="") as source:
        rows = {row["key"]: row["value"] for row in csv.DictReader(source)}
    assert {key: int(rows[key]) for key in DEFAULTS} == DEFAULTS


def test_a_visitor_without_a_cookie_costs_no_query(clock, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Client().get(PAGE).status_code == 302


# ---- the second question before sealing, deciding, giving rights


@pytest.fixture
def giver(clock):
    return security_officer()


@pytest.fixture
def clerk(clock):
    return person("chuangkou", Role.WINDOW_CLERK)


def _give_roles(client: Client, user: User, **more):
    return client.post(f"/officers/people/{user.pk}/roles/", {"roles": ["window_clerk", "reviewer"], **more})


def _roles(user: User) -> set[str]:
    return set(User.objects.get(pk=user.pk).roles)


def test_shortly_after_signing_in_nobody_is_asked_again(giver, clerk, clock):
    client = signed_in(giver)
    clock.shift(timedelta(minutes=15))
    assert _give_roles(client, clerk).status_code == 302
    assert _roles(clerk) == {"window_clerk", "reviewer"}


def test_later_the_act_waits_for_the_password_and_keeps_what_was_chosen(giver, clerk, clock):
    client = signed_in(giver)
    clock.shift(timedelta(minutes=16))
    asked = _give_roles(client, clerk)
    page = asked.content.decode()
    assert asked.status_code == 403
    assert '<input type="hidden" name="roles" value="window_clerk">' in page
    assert '<input type="hidden" name="roles" value="reviewer">' in page
    assert _roles(clerk) == {"window_clerk"}
    assert _give_roles(client, clerk, confirm_password=PASSWORD).status_code == 302
    assert _roles(clerk) == {"window_clerk", "reviewer"}


def test_a_wrong_password_changes_nothing_and_is_on_record(giver, clerk, clock):
    client = signed_in(giver)
    clock.shift(timedelta(minutes=16))
    answer = _give_roles(client, clerk, confirm_password="Cuode-mima-1")
    assert (answer.status_code, "密码不正确" in answer.content.decode()) == (403, True)
    assert _roles(clerk) == {"window_clerk"}
    assert AuditRecord.objects.order_by("sequence").last().action == "confirm_failed"
    assert "Cuode-mima-1" not in answer.content.decode()


def test_five_wrong_passwords_lock_the_second_question_too(giver, clerk, clock):
    client = signed_in(giver)
    clock.shift(timedelta(minutes=16))
    for _ in range(5):
        _give_roles(client, clerk, confirm_password="Cuode-mima-1")
    answer = _give_roles(client, clerk, confirm_password=PASSWORD)
    assert "临时锁定" in answer.content.decode()
    assert _roles(clerk) == {"window_clerk"}


def test_the_page_of_the_second_question_leads_back_and_only_to_ourselves(giver, clock):
    client = signed_in(giver)
    clock.shift(timedelta(minutes=16))
    good = client.post("/account/confirm/", {"confirm_password": PASSWORD, "next": "/officers/people/"})
    evil = client.post("/account/confirm/", {"confirm_password": PASSWORD, "next": "https://evil.example/"})
    assert (good["Location"], evil["Location"]) == ("/officers/people/", "/workbench/")


def test_a_citizen_s_session_follows_its_own_rules(clock):
    citizen = person("shimin", Role.CITIZEN)
    BusinessRule.objects.create(
        key="citizen_idle_minutes",
        label="会话",
        value="5",
        basis="本局规定",
        valid_from=MORNING.date(),
        is_default=False,
    )
    forget_cached_rules()
    client = signed_in(citizen)
    clock.shift(timedelta(minutes=6))
    assert client.get("/account/").status_code == 302


def test_a_session_that_is_over_in_the_table_or_never_was_holds_nothing(giver, clock):
    key = signed_in(giver).session.session_key
    assert SessionStore(key).load()["_auth_user_id"] == str(giver.pk)
    Session.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    for unknown in (key, "x" * 32):
        store = SessionStore(unknown)
        assert (store.load(), store.session_key) == ({}, None)
