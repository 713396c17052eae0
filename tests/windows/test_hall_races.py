"""One application of one form, however often it is posted (promise R6).

Apart from the other tests of the hall: those share one transaction a module, these commit.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from laiyang_approval.kernel.form_tokens import new_form_token
from windows.models import Case, Letter, Party

from .hall_setup import at_nine_thirty, clerk_of, forget_everything, load_everything, typed

__all__ = ["at_nine_thirty"]

POSTS = 12


@pytest.fixture
def hall(transactional_db, at_nine_thirty) -> Client:
    """A signed-in clerk's browser on a database that really commits."""
    forget_everything()
    load_everything()
    browser = Client()
    browser.force_login(clerk_of())
    yield browser
    forget_everything()


def post_at_once(hall: Client, pages: list[dict[str, str]]) -> list[tuple[int, str]]:
    """Status and place of each answer to posts that start together in the same session."""
    start = Barrier(len(pages))

    def post(page: dict[str, str]) -> tuple[int, str]:
        browser = Client()
        browser.cookies = hall.cookies
        start.wait()
        try:
            answer = browser.post("/hall/", page)
            return answer.status_code, answer.get("Location", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(len(pages)) as threads:
        return list(threads.map(post, pages))


@pytest.mark.postgres
def test_one_form_posted_twelve_times_at_once_is_one_application(hall):
    page = typed(token=new_form_token())
    answers = post_at_once(hall, [page] * POSTS)
    case = Case.objects.get()
    assert answers == [(302, f"/hall/results/{case.number}/")] * POSTS
    assert sorted(Letter.objects.values_list("kind", flat=True)) == ["D01", "D06"]
    assert hall.post("/hall/", page)["Location"] == f"/hall/results/{case.number}/"
    assert Case.objects.count() == 1


@pytest.mark.postgres
def test_control_with_a_token_each_the_same_posts_are_twelve_applications(hall):
    answers = post_at_once(hall, [typed(token=new_form_token()) for _ in range(POSTS)])
    assert {status for status, _ in answers} == {302}
    assert Case.objects.count() == POSTS
    assert len({place for _, place in answers}) == POSTS
    assert Party.objects.count() == 1
    assert sorted(Case.objects.values_list("acceptance_order", flat=True)) == list(range(1, POSTS + 1))
