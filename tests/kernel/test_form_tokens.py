"""One form takes effect once (promise R6), with a control that shows what happens without the token."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from laiyang_approval.kernel.clock import now
from laiyang_approval.kernel.errors import DomainError, InvalidInput, StaleState
from laiyang_approval.kernel.form_tokens import new_form_token, once, result_of, was_used
from laiyang_approval.kernel.inserting import insert_all
from laiyang_approval.kernel.models import FormToken, NumberSeries, User

POSTS = 12


@pytest.fixture
def person(db) -> User:
    return User.objects.create(username="yu", display_name="于晓静")


def act(_=None) -> str:
    """An act with a trace that can be counted and a page of its own."""
    user = User.objects.create(username=f"made-{new_form_token()}")
    return f"/results/{user.pk}/"


def made() -> QuerySet[User]:
    return User.objects.filter(username__startswith="made-")


def test_a_token_is_new_every_time():
    assert len({new_form_token() for _ in range(100)}) == 100
    assert all(len(new_form_token()) == 43 for _ in range(100))


def test_the_second_post_gets_the_first_ones_page(person):
    token = new_form_token()
    first = once(token, user=person, at=now(), act=act)
    second = once(token, user=person, at=now(), act=act)
    assert first == second == f"/results/{made().get().pk}/"
    assert result_of(token, user=person) == first
    assert was_used(token)


def test_an_act_may_write_the_row_of_its_token_with_its_own(person):
    token, taken = new_form_token(), []

    def writing(row: FormToken) -> str:
        row.result_url = "/results/1/"
        insert_all([row])
        taken.append(row.pk)
        return row.result_url

    assert once(token, user=person, at=now(), act=writing) == "/results/1/"
    assert once(token, user=person, at=now(), act=writing) == "/results/1/"
    assert FormToken.objects.get().pk == taken[0]


def test_a_second_post_that_would_now_be_refused_gets_the_first_ones_page(person):
    token = new_form_token()
    first = once(token, user=person, at=now(), act=act)

    def refused(_) -> str:
        raise StaleState("办件已受理，不能受理。")

    assert once(token, user=person, at=now(), act=refused) == first


def test_an_act_that_fails_leaves_the_token_free(person):
    token = new_form_token()

    def refused(_) -> str:
        NumberSeries.objects.create(series="试", period="2026", last=1)
        raise DomainError("不能办理。")

    with pytest.raises(DomainError):
        once(token, user=person, at=now(), act=refused)
    assert not FormToken.objects.exists()
    assert not NumberSeries.objects.exists()
    assert result_of(token, user=person) is None
    assert once(token, user=person, at=now(), act=lambda _: "/results/1/") == "/results/1/"


def test_an_integrity_error_of_the_act_is_not_taken_for_a_second_post(person):
    def doubled(_) -> str:
        User.objects.create(username="yu")
        return "/never/"

    with pytest.raises(IntegrityError), transaction.atomic():
        once(new_form_token(), user=person, at=now(), act=doubled)
    assert not FormToken.objects.exists()


def test_another_persons_token_tells_nothing(person):
    token = new_form_token()
    once(token, user=person, at=now(), act=lambda _: "/results/1/")
    other = User.objects.create(username="gong")
    with pytest.raises(StaleState, match="页面已失效"):
        once(token, user=other, at=now(), act=act)
    with pytest.raises(StaleState):
        result_of(token, user=other)
    assert not made().exists()


@pytest.mark.parametrize("token", ["", "short", "x" * 44, "ｘ" * 43, "x" * 42 + "\n", "x" * 42 + "'"])
def test_what_is_no_token(person, token):
    with pytest.raises(InvalidInput, match="页面已失效"):
        once(token, user=person, at=now(), act=act)
    assert not made().exists()


def _race(act_once) -> list[object]:
    """What twelve threads that start together got."""
    start = Barrier(POSTS)

    def post(_: int) -> object:
        start.wait()
        try:
            return act_once()
        finally:
            connection.close()

    with ThreadPoolExecutor(POSTS) as threads:
        return list(threads.map(post, range(POSTS)))


@pytest.mark.django_db(transaction=True)
def test_twelve_posts_at_once_are_one_act():
    person, token = User.objects.create(username="yu"), new_form_token()
    pages = _race(lambda: once(token, user=person, at=now(), act=act))
    assert pages == [f"/results/{made().get().pk}/"] * POSTS


@pytest.mark.django_db(transaction=True)
def test_control_without_the_token_twelve_posts_are_twelve_acts():
    User.objects.create(username="yu")

    def without_token() -> str:
        with transaction.atomic():
            return act()

    assert len(set(_race(without_token))) == POSTS
    assert made().count() == POSTS
