"""Every address says who may open it, and nobody else gets in: the table is held equal to the resolver and asked over HTTP."""

import re
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from laiyang_approval.access import ACCESS
from laiyang_approval.kernel.commands.calendars import load_calendar
from laiyang_approval.kernel.commands.organisations import load_organisations
from laiyang_approval.kernel.models import User, UserRole
from laiyang_approval.kernel.roles import Role
from laiyang_approval.kernel.rules import load_business_rules


@dataclass(frozen=True)
class Address:
    """One URL pattern: its name and a path that resolves to it."""

    name: str
    path: str


_EXAMPLES = {
    "push_number": "TS-SJ-000001",
    "int": "7",
    "code": "SJ-04",
    "str": "37068220260302001",
    "slug": "abc",
    "uuid": "0" * 32,
}


def _addresses(patterns, prefix: str = "", namespace: str = "") -> list[Address]:
    found = []
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            path = "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda match: _EXAMPLES[match.group(1) or "str"], route)
            found.append(Address(f"{namespace}{pattern.name}" if pattern.name else f"(no name) {route}", path))
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            found += _addresses(pattern.url_patterns, route, inner)
    return found


ADDRESSES = _addresses(get_resolver().url_patterns)
GUARDED = [address for address in ADDRESSES if address.name in ACCESS and ACCESS[address.name].needs_account]


def test_every_address_is_listed_and_every_listed_address_exists():
    names = [address.name for address in ADDRESSES]
    assert sorted(set(names) - set(ACCESS)) == []
    assert sorted(set(ACCESS) - set(names)) == []
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


def test_an_address_that_is_not_listed_is_not_there(db, monkeypatch):
    assert Client().get("/login/").status_code == 200
    monkeypatch.delitem(ACCESS, "login")
    assert Client().get("/login/").status_code == 404


@pytest.mark.once
@pytest.mark.parametrize("address", GUARDED, ids=lambda address: address.name)
def test_a_visitor_is_sent_to_the_log_in_page(db, address):
    for method in ("get", "post"):
        response = getattr(Client(), method)(address.path)
        assert (response.status_code, response["Location"].split("?")[0]) == (302, "/login/"), method


def test_a_part_of_a_page_sends_the_whole_window_to_the_log_in_page(db):
    response = Client().get("/officers/people/", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (204, "/login/")


def test_what_a_page_asks_for_by_itself_moves_no_window(db):
    response = Client().get("/workbench/counts/", headers={"HX-Request": "true", "X-Background": "rail"})
    assert (response.status_code, response.headers.get("HX-Redirect"), response.content) == (204, None, b"")


@pytest.fixture
def people(db) -> dict[str, Client]:
    """One signed-in browser for each role, and one for an account without any."""
    load_organisations()
    load_calendar()
    load_business_rules()
    browsers = {}
    for role in (*Role, None):
        user = User.objects.create(username=f"q-{role}", display_name="测试")
        if role:
            UserRole.objects.create(user=user, role=role)
        browsers[role] = Client(raise_request_exception=False)
        browsers[role].force_login(user)
    return browsers


# Once: who may open an address is decided in Python from a table.
@pytest.mark.once
def test_whoever_lacks_the_role_finds_nothing_at_any_address(people):
    wrong = []
    for role, browser in people.items():
        for address in GUARDED:
            rule = ACCESS[address.name]
            if not rule.roles or role in rule.roles:
                continue
            for method in ("get", "post"):
                response = getattr(browser, method)(address.path)
                if response.status_code != 404 or "没有查到" not in response.content.decode():
                    wrong.append((role, method, address.name, response.status_code))
    assert wrong == []


#: Written out, not read from the table: the address, who gets in, who does not.
LITERAL = [
    ("/officers/people/", {"security_officer"}),
    ("/officers/people/new/", {"security_officer"}),
    ("/officers/locks/", {"security_officer"}),
    ("/officers/audit/", {"audit_officer"}),
    ("/hall/desk/", {"window_clerk", "department_staff"}),
    ("/inbox/", {"reviewer", "department_staff", "decider", "head_of_government"}),
    ("/issuing/", {"issuing_clerk", "department_staff"}),
    ("/catalogue/matters/", {"catalogue_admin"}),
    ("/mine/", {"citizen"}),
    (
        "/cases/",
        {
            "window_clerk",
            "department_staff",
            "reviewer",
            "decider",
            "head_of_government",
            "issuing_clerk",
            "inspector",
            "hearing_host",
            "supervisor",
            "coordinator",
            "audit_officer",
        },
    ),
]


@pytest.mark.parametrize(("path", "admitted"), LITERAL, ids=[row[0] for row in LITERAL])
def test_who_gets_in(people, path, admitted):
    got_in = {str(role) for role, browser in people.items() if role and browser.get(path).status_code == 200}
    assert got_in == admitted
    assert people[None].get(path).status_code == 404


def test_a_disabled_account_is_a_visitor(people):
    User.objects.update(is_active=False)
    assert people[Role.SECURITY_OFFICER].get("/officers/people/")["Location"].startswith("/login/")


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "head"])
def test_other_methods_are_not_a_way_round(people, method):
    response = getattr(people[Role.WINDOW_CLERK], method)("/officers/people/")
    assert response.status_code == 404
