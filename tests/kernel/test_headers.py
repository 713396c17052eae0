"""What every answer says to the browser, and that a refusal is a page (controls C13, promise R24)."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted, StaleState
from laiyang_approval.kernel.roles import Role
from laiyang_approval.kernel.views import officers
from tests.windows.hall_setup import load_everything

from .staff import PASSWORD, person, security_officer

POLICY = {
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "frame-src 'none'",
    "form-action 'self'",
}
CORE = {"default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"}
EXACT = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.fixture
def officer(db):
    client = Client(raise_request_exception=False)
    client.force_login(security_officer())
    return client


def _break(monkeypatch, error: Exception) -> None:
    def broken(*_args):
        raise error

    monkeypatch.setattr(officers, "UnlockAddressForm", broken)


def _answers(client: Client, monkeypatch):
    """One answer of each status the portal gives, with how it comes about."""
    anonymous = Client(raise_request_exception=False)
    yield 200, client.get("/officers/people/")
    yield 200, anonymous.get("/login/")
    yield 301, anonymous.get("/login")
    yield 302, anonymous.get("/officers/people/")
    yield 400, anonymous.get("/login/?q=%00")
    yield 400, anonymous.get("/login/", headers={"host": "evil.example"})
    yield 403, Client(enforce_csrf_checks=True).post("/login/", {"username": "a", "password": "b"})
    yield 404, anonymous.get("/nirgends/")
    yield 404, client.get("/officers/audit/")
    yield 405, client.get("/logout/")
    yield 422, client.post("/officers/locks/address/", {"address": "keine"})
    _break(monkeypatch, StaleState("已由他人办理。"))
    yield 409, client.get("/officers/locks/")
    _break(monkeypatch, OperationalError("database is locked"))
    yield 503, client.get("/officers/locks/")
    _break(monkeypatch, RuntimeError("boom"))
    yield 500, client.get("/officers/locks/")


def test_every_status_carries_every_header(officer, monkeypatch):
    for status, response in _answers(officer, monkeypatch):
        assert response.status_code == status
        said = response.headers
        assert {name: said.get(name) for name in EXACT} == EXACT, status
        assert "camera=()" in said["Permissions-Policy"], status
        policy = {one.strip() for one in said["Content-Security-Policy"].split(";")}
        assert "unsafe" not in said["Content-Security-Policy"], status
        if said.get("Content-Type", "").startswith("text/html") and b"<html" in response.content:
            # Text that nobody typed is refused under a policy of its own, which is no wider.
            assert policy == POLICY or (status == 400 and CORE <= policy <= POLICY | {"form-action 'none'"}), status
        if status not in {301, 302}:
            assert "no-store" in said["Cache-Control"], status


def test_refusals_are_chinese_pages_without_the_machine_s_words(officer, monkeypatch):
    for status, response in _answers(officer, monkeypatch):
        if status < 400:
            continue
        page = response.content.decode()
        assert '<html lang="zh-CN">' in page, status
        assert "Traceback" not in page and "Exception" not in page and "boom" not in page, status


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (NotPermitted("只有审计管理员可以查看。"), 403, "只有审计管理员可以查看。"),
        (NotFound("没有查到这件办件。"), 404, "没有查到这件办件。"),
        (StaleState("本件已由他人办理。"), 409, "本件已由他人办理。"),
        (DomainError("不能受理。", article="行政许可法第三十二条"), 409, "不能受理。（行政许可法第三十二条）"),
        (InvalidInput("请改正。", fields={"a": "请填写甲。"}), 422, "请填写甲。"),
        (OperationalError("database is locked"), 503, "稍等片刻再试"),
    ],
)
def test_a_refusal_nobody_caught_is_a_page_with_its_sentence(officer, monkeypatch, error, status, sentence):
    _break(monkeypatch, error)
    page = officer.get("/officers/locks/")
    part = officer.get("/officers/locks/", headers={"HX-Request": "true"})
    assert (page.status_code, part.status_code) == (status, status)
    assert sentence in page.content.decode()
    assert sentence in part.content.decode()
    assert "<html" not in part.content.decode()
    assert part["HX-Retarget"] == "#messages"


def test_what_is_typed_into_an_address_is_never_repeated(db):
    page = Client().get("/<script>alert(1)</script>/?q=<img src=x onerror=alert(2)>")
    assert (page.status_code, b"alert(" in page.content) == (404, False)


def test_a_public_page_may_be_kept_for_visitors_and_not_for_people_signed_in(db):
    load_everything()
    client = Client()
    visitors = client.get("/matters/").headers
    assert "no-store" not in visitors.get("Cache-Control", "")
    assert "Cookie" in visitors["Vary"]
    client.force_login(person("chuangkou", Role.WINDOW_CLERK))
    assert client.get("/matters/").headers["Cache-Control"] == "no-store"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(db):
    security_officer()
    client = Client()
    client.post("/login/", {"username": "anquan", "password": PASSWORD})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    assert (cookie["max-age"], cookie["expires"]) == ("", "")


PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "laiyang_approval.settings",
    "PORTAL_MODE": "production",
    "SECRET_KEY": "k4J8-dFhw0_2Qz7PmVbN3xTgYc6sLrEaUo9iHnKqWtXyBvMjZ1",
    "PORTAL_FIELD_KEY": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTMyYnk=",
    "ALLOWED_HOSTS": "portal.example",
    "DATABASE_URL": "sqlite:////nonexistent/portal.sqlite3",
}


def test_production_cookies_are_bound_to_this_host_over_tls():
    asked = (
        "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE,"
        " s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH, s.FORCE_PASSWORD_CHANGE)"
    )
    said = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "shell", "--no-imports", "-c", asked],
        cwd=settings.BASE_DIR,
        env={**os.environ, **PRODUCTION},
        capture_output=True,
        text=True,
    )
    assert said.returncode == 0, said.stderr
    assert said.stdout.split() == ["__Host-session", "__Host-csrf", "True", "True", "None", "/", "True"]
