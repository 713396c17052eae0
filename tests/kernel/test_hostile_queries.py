"""Every page that takes no argument, asked with hostile queries and forms: never HTTP 500, never the raw text back (R18)."""

import re

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from laiyang_approval.kernel.clock import now
from laiyang_approval.kernel.models import Department, User, UserRole
from laiyang_approval.kernel.roles import Role
from tests import corpus

#: What people and machines put into search boxes; each is sent under every name a page of ours reads.
TEXTS = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "' OR '1'='1",
    "{{ 7|add:7 }}{% debug %}",
    "../../../../etc/passwd",
    "=1+1",
    "%s%n%x",
    "\u202e\u2066\ufeff",
    "𠮷䶮·\uf900",
    "😀",
    "9" * 400,
    "-1",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "١٢٣",
    "１２",
    "1e309",
    "NaN",
    "null",
    "[]",
    "a" * 1000,
    "%",
    "_",
    "\\",
    ".*+?^${}()|[",
]
NAMES = ["q", "page", "code", "number", "domain", "department", "applicant", "kind", "on", "date", "state", "light", "sort", "due", "next", "text", "token", "matter", "year", "view"]  # fmt: skip


def pages_without_arguments() -> list[str]:
    found = []

    def walk(patterns, prefix=""):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
            elif isinstance(pattern, URLPattern) and pattern.name:
                try:
                    found.append(reverse(prefix + pattern.name))
                except NoReverseMatch:
                    continue

    walk(get_resolver().url_patterns)
    return sorted(set(found))


@pytest.fixture
def client(db):
    call_command("bootstrap", verbosity=0)  # pages with the real catalogue on them
    return Client(raise_request_exception=False)


@pytest.mark.slow
def test_no_public_page_breaks_on_a_hostile_query(client):
    broken, echoed = [], []
    pages = pages_without_arguments()
    assert len(pages) > 10
    for page in pages:
        for text in TEXTS:
            response = client.get(page, dict.fromkeys(NAMES, text))
            if response.status_code == 500:
                broken.append((page, text))
            if "<" in text and not response.streaming and text in response.content.decode("utf-8", "replace"):
                echoed.append((page, text))
    assert broken == []
    assert echoed == []


@pytest.mark.slow
def test_no_public_page_breaks_on_a_hostile_form(client):
    texts = TEXTS + [typed for _kind, typed, _reason, _situation in corpus.load("identity_codes")["refused"]][:20]
    broken = []
    for page in pages_without_arguments():
        for text in texts:
            if re.search("[\ud800-\udfff]", text):
                continue
            response = client.post(
                page, dict.fromkeys([*NAMES, "username", "password", "case_number", "query_code"], text)
            )
            if response.status_code == 500:
                broken.append((page, text))
    assert broken == []


@pytest.mark.slow
def test_no_page_of_the_staff_breaks_on_a_hostile_query(client):
    """One person with every role, so that every page without an argument opens."""
    bureau = Department.objects.get(kind="bureau") if Department.objects.filter(kind="bureau").count() == 1 else None
    person = User.objects.create(
        username="everything",
        display_name="某人",
        department=bureau or Department.objects.first(),
        password_changed_at=now(),
    )
    UserRole.objects.bulk_create(UserRole(user=person, role=role) for role in Role.values if role != Role.CITIZEN)
    client.force_login(person)
    opened, broken, echoed = 0, [], []
    for page in pages_without_arguments():
        for text in TEXTS:
            response = client.get(page, dict.fromkeys(NAMES, text))
            opened += response.status_code == 200
            if response.status_code == 500:
                broken.append((page, text))
            if "<" in text and not response.streaming and text in response.content.decode("utf-8", "replace"):
                echoed.append((page, text))
    assert opened > 10 * len(TEXTS)
    assert broken == []
    assert echoed == []
