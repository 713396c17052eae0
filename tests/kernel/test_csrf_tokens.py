"""Tokens drawn by us are Django's tokens: it unmasks them to the browser's secret, and no two are alike."""

from django.middleware.csrf import CSRF_ALLOWED_CHARS, CSRF_TOKEN_LENGTH, _does_token_match, _unmask_cipher_token
from django.test import RequestFactory

from laiyang_approval.kernel.csrf_tokens import masked, page_token

SECRET = "Zx09aBcDeFgHiJkLmNoPqRsTuVwXyZ12"


def test_django_unmasks_a_token_to_the_secret():
    tokens = {masked(SECRET) for _ in range(500)}
    assert len(tokens) == 500
    assert {len(token) for token in tokens} == {CSRF_TOKEN_LENGTH}
    assert {_unmask_cipher_token(token) for token in tokens} == {SECRET}
    assert not _does_token_match(masked(SECRET), SECRET[::-1])


def test_every_letter_comes_and_none_twice_as_often_as_another():
    drawn = "".join(masked(SECRET)[:32] for _ in range(4000))
    counts = [drawn.count(letter) for letter in CSRF_ALLOWED_CHARS]
    assert len(drawn) / 62 * 0.85 < min(counts) and max(counts) < len(drawn) / 62 * 1.15


def test_the_first_form_of_a_browser_brings_its_cookie():
    request = RequestFactory().get("/")
    token = page_token(request)
    assert request.META["CSRF_COOKIE_NEEDS_UPDATE"]
    assert _does_token_match(token, request.META["CSRF_COOKIE"])


def test_a_visit_renews_the_cookie_and_the_answer_to_a_form_does_not():
    visit, answer = RequestFactory().get("/"), RequestFactory().post("/")
    for request in (visit, answer):
        request.META["CSRF_COOKIE"] = SECRET
        assert _does_token_match(page_token(request), SECRET)
    assert visit.META["CSRF_COOKIE_NEEDS_UPDATE"]
    assert "CSRF_COOKIE_NEEDS_UPDATE" not in answer.META
