"""Every page in a real browser, on a hall screen and on a phone, as somebody who may open it: readable for all, and ours alone."""

from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core import signing
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, get_resolver
from pytest_django.live_server_helper import LiveServer

from laiyang_approval.access import ACCESS
from laiyang_approval.kernel import clock
from laiyang_approval.kernel.calendars import forget_cached_calendar
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.roles import Role
from laiyang_approval.kernel.rules import forget_cached_rules
from matters.queries import forget_cached_editions

from .looking import SIZES, assert_accessible, assert_no_sideways_scroll, assert_targets_large, shot
from .pages import ACTS, NO_PAGES, PAGES, TUESDAY, load_world

#: Pages whose focus ring is looked at: one of each frame, and the two that are worked by keyboard.
TABBED = {"home", "login", "counter-with-matter", "inbox", "case-in_review", "status"}


#: The first visit of each page.
FIRST_LOOKS = set({visit.name: visit for visit in reversed(PAGES)}.values())


def _names(patterns) -> set[str]:
    found = set()
    for pattern in patterns:
        found |= {pattern.name} if isinstance(pattern, URLPattern) else _names(pattern.url_patterns)
    return found


@pytest.fixture(scope="module")
def db(django_db_setup, django_db_blocker):
    """The demo data, committed once for the whole module and flushed after it, with the clock at that Tuesday.

    Named as pytest-django's own, which it looks for when it decides whether a run needs a database.
    """
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: TUESDAY)
        load_world()
        try:
            yield
        finally:
            call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=False)
            forget_cached_rules()
            forget_cached_calendar()
            forget_cached_editions()


@pytest.fixture(scope="module")
def server(db):
    """A live server of the module's own, so that no test empties the database for the next."""
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def signed_in(db):
    """The session cookie of a demo account, made once each."""
    sessions: dict[str, str] = {}

    def of(username: str) -> str:
        if username not in sessions:
            client = Client()
            client.force_login(User.objects.get(username=username))
            sessions[username] = client.cookies[settings.SESSION_COOKIE_NAME].value
        return sessions[username]

    return of


def _cookies(visit, signed_in, url: str) -> list[dict[str, str]]:
    cookies = []
    if visit.by:
        cookies.append({"name": settings.SESSION_COOKIE_NAME, "value": signed_in(visit.by), "url": url})
    if visit.let_in_to:
        number = signing.get_cookie_signer(salt="status_case").sign(visit.let_in_to())
        cookies.append({"name": "status_case", "value": number, "url": url})
    return cookies


def test_every_address_is_looked_at_or_said_to_be_no_page():
    looked_at = {visit.name for visit in PAGES}
    assert looked_at | NO_PAGES | ACTS == _names(get_resolver().url_patterns)
    assert (looked_at & NO_PAGES, looked_at & ACTS, NO_PAGES & ACTS) == (set(), set(), set())
    shown = [str(visit) for visit in PAGES]
    assert sorted(name for name in shown if shown.count(name) > 1) == []


def test_every_role_that_has_a_page_is_played_by_somebody():
    by = {visit.name: visit.by for visit in PAGES}
    unplayed = [name for name, who in by.items() if ACCESS[name].needs_account and not who]
    assert unplayed == []


def test_acts_are_not_done_by_opening_an_address(db):
    everybody = User.objects.create_user("alle", password="Alles-2026-11", password_changed_at=TUESDAY)
    everybody.role_rows.bulk_create(everybody.role_rows.model(user=everybody, role=role) for role in Role)
    browser = Client(raise_request_exception=False)
    browser.force_login(everybody)
    examples = {
        "pk": 1,
        "number": "37068220261124001",
        "code": "SJ-04",
        "edition_id": 1,
        "import_id": 1,
        "reminder_id": 1,
        "provision_id": 1,
        "licence_id": 1,
        "push_number": "TS-SJ-000001",
        "which": "inbound",
        "rating_id": 1,
        "restriction_id": 1,
        "delegation_id": 1,
        "file_id": 1,
        "action": "grant",
        "batch_id": 1,
        "department_code": "JY",
        "item_id": 1,
        "seal_id": 1,
    }
    answers = {}
    for pattern in _patterns(get_resolver().url_patterns):
        if pattern.name in ACTS:
            wanted = {key: examples[key] for key in pattern.pattern.converters}
            path = "/" + str(pattern.pattern)
            for key, converter in pattern.pattern.converters.items():
                start = path.index("<", 0)
                path = path[:start] + str(wanted[key]) + path[path.index(">", start) + 1 :]
                assert converter is not None
            answers[pattern.name] = browser.get(path).status_code
    everybody.delete()
    assert answers == dict.fromkeys(ACTS, 405)


def _patterns(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        else:
            yield from _patterns(pattern.url_patterns)


@pytest.mark.browser
@pytest.mark.once
@pytest.mark.parametrize("visit", PAGES, ids=str)
def test_page_is_readable_on_both_sizes_and_asks_nobody_else(browser, server, signed_in, visit):
    context = browser.new_context(base_url=server.url, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.add_cookies(_cookies(visit, signed_in, server.url))
    offences: list[str] = []
    own = (server.url, "data:", "blob:", "about:")
    context.on("request", lambda request: None if request.url.startswith(own) else offences.append(request.url))
    context.on("weberror", lambda error: offences.append(str(error.error)))
    context.on("console", lambda message: offences.append(message.text) if _is_fault(message, visit) else None)
    page = context.new_page()
    page.set_default_timeout(20_000)
    try:
        address = visit.where()
        for size, viewport in SIZES.items():
            page.set_viewport_size(viewport)
            if size == "hall":
                response = page.goto(address)
                assert (response.status, urlsplit(response.url).path) == (visit.status, _landing(visit, address))
            shot(page, f"{visit}-{size}")
            # Another state of a page that was looked at on both sizes: axe sees it on the phone.
            if size == "phone" or visit in FIRST_LOOKS:
                assert_accessible(page)
            assert_no_sideways_scroll(page)
        if not visit.by or visit.name.startswith("catalogue-"):
            assert_targets_large(page)  # on the phone, the last size looked at
        assert page.locator("h1").count() == 1
        assert page.title().strip() not in {"", "None"}
        assert page.evaluate("document.documentElement.lang") == "zh-CN"
        if str(visit) in TABBED:
            _assert_focus_is_seen(page)
        assert offences == []
    finally:
        context.close()


def _is_fault(message, visit) -> bool:
    """Everything a page complains of, but for the browser's own line about the status a page is meant to have."""
    return message.type == "error" and not (visit.status != 200 and f"status of {visit.status}" in message.text)


def _landing(visit, address: str) -> str:
    """The workbench's door leads a clerk straight to the counter; every other page stays where it is."""
    return "/hall/" if str(visit) == "workbench" else address.partition("?")[0]


def _assert_focus_is_seen(page) -> None:
    """The first six stops of the Tab key each draw an outline of two pixels or more."""
    for stop in range(6):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => {
              const one = document.activeElement, look = getComputedStyle(one);
              return { what: one.outerHTML.slice(0, 80), width: parseFloat(look.outlineWidth), style: look.outlineStyle };
            }"""
        )
        assert seen["style"] != "none" and seen["width"] >= 2, f"stop {stop + 1}: {seen}"
