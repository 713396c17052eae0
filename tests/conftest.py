"""Fixtures of the whole suite: both engines, a headless browser, nothing carried from one test to the next."""

import json
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import SimpleTestCase

from laiyang_approval.kernel import calendars, laws, rules, seals
from laiyang_approval.kernel.calendars import forget_cached_calendar
from laiyang_approval.kernel.rules import forget_cached_rules
from matters import queries as catalogue
from matters.queries import forget_cached_competence

from .engines import engine_name, let_tests_empty_append_only_tables
from .skips import NEEDS_BROWSER, NEEDS_POSTGRES

let_tests_empty_append_only_tables()


def _browser_path() -> str | None:
    return shutil.which("chromium-headless-shell", path=os.environ.get("PATH", "") + os.pathsep + "/usr/bin")


#: A test that asks for one of these can reach the database; pytest-django refuses it to every other.
_REACHES_DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}


def _may_depend_on_the_engine(item) -> bool:
    return (
        item.get_closest_marker("django_db") is not None
        or not _REACHES_DATABASE.isdisjoint(item.fixturenames)
        or issubclass(getattr(item, "cls", None) or object, SimpleTestCase)
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items):
    _mark(items)  # before "-m" chooses by marker
    result = yield
    # pytest-django puts what needs no database last. Its few long tests come first, or one process would wait for the other.
    items.sort(key=lambda item: _may_depend_on_the_engine(item) or item.get_closest_marker("slow") is None)
    return result


def _mark(items):
    for item in items:
        if not _may_depend_on_the_engine(item):
            item.add_marker("once")
    skips = []
    if connection.vendor != "postgresql":
        skips.append(("postgres", pytest.mark.skip(reason=NEEDS_POSTGRES)))
    if _browser_path() is None:
        skips.append(("browser", pytest.mark.skip(reason=NEEDS_BROWSER)))
    for item in items:
        for marker, skip in skips:
            if item.get_closest_marker(marker):
                item.add_marker(skip)


def pytest_terminal_summary(terminalreporter, config):
    """Says which engine ran and what was left out; ``./test`` reads the same as JSON from PORTAL_TEST_SUMMARY."""
    if hasattr(config, "workerinput"):
        return
    reports = terminalreporter.stats
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in reports.get("skipped", []))
    terminalreporter.write_line(
        f"engine: {engine_name()}; skipped: "
        + (", ".join(f"{count} ({reason})" for reason, count in sorted(reasons.items())) or "none")
    )
    if path := os.environ.get("PORTAL_TEST_SUMMARY"):
        summary = {
            "engine": engine_name(),
            "passed": len(reports.get("passed", [])) + len(reports.get("xpassed", [])),
            "failed": len(reports.get("failed", [])) + len(reports.get("error", [])),
            "skipped": dict(reasons),
        }
        Path(path).write_text(json.dumps(summary), encoding="utf-8")


@pytest.fixture(autouse=True, scope="session")
def _caches_last_as_long_as_a_test():
    """What is read once in some seconds is read once a test: on a busy machine a test may take longer than those seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "CACHE_SECONDS", 10**9)
        patch.setattr(laws, "CACHE_SECONDS", 10**9)
        patch.setattr(catalogue, "FRESH_SECONDS", 10**9)
        patch.setattr(seals, "FRESH_SECONDS", 10**9)
        patch.setattr(calendars, "STAMP_SECONDS", 600)
        yield


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """The cache (throttles, pages), the rules, seals and the calendar read so far belong to one test."""
    cache.clear()
    forget_cached_rules()
    laws.forget_cached_laws()
    forget_cached_calendar()
    forget_cached_competence()
    seals.forget_cached_seals()


@pytest.fixture(scope="session")
def browser():
    """One headless Chromium for the whole run."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=_browser_path())
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, live_server):
    """A fresh hall screen (1366×768) on the live server; fails the test if the page asks another origin or breaks its policy."""
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 1366, "height": 768}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    offences: list[str] = []
    own = (live_server.url, "data:", "blob:", "about:")
    context.on("request", lambda request: None if request.url.startswith(own) else offences.append(request.url))
    context.on("weberror", lambda error: offences.append(str(error.error)))
    context.on(
        "console", lambda message: offences.append(message.text) if "Content Security Policy" in message.text else None
    )
    yield page
    context.close()
    assert offences == []
