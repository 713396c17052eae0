"""A Redis that is down costs the shared cache, not the page (control R30)."""

import pytest
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as NoAnswer

from laiyang_approval.kernel import caching
from laiyang_approval.kernel.caching import SharedOrLocalCache

pytestmark = pytest.mark.once


@pytest.fixture
def away(monkeypatch):
    """A cache whose Redis does not answer, and how often it was asked."""
    monkeypatch.setattr(SharedOrLocalCache, "_away_until", [0.0])
    cache = SharedOrLocalCache("redis://127.0.0.1:1/0", {"KEY_PREFIX": "away-test"})
    asked = []

    def no_answer(name):
        def refuse(*args, **kwargs):
            asked.append(name)
            raise NoAnswer("refused")

        return refuse

    for name in ("get", "set", "add", "incr", "get_many", "clear"):
        monkeypatch.setattr(RedisCache, name, no_answer(name))
    yield cache, asked
    cache._local.clear()


def test_counters_go_on_in_the_process(away):
    cache, asked = away
    assert cache.add("look-ups", 1, timeout=60)
    assert not cache.add("look-ups", 1, timeout=60)
    assert cache.incr("look-ups") == 2
    assert cache.get_many(["look-ups", "other"]) == {"look-ups": 2}
    assert cache.get("look-ups") == 2
    # Redis was asked once and then left alone, so that no request waits again.
    assert asked == ["add"]


def test_a_page_kept_for_seconds_is_made_anew(away):
    cache, _ = away
    assert cache.get_or_set("page", lambda: "made", 30) == "made"
    assert cache.get_or_set("page", lambda: "made again", 30) == "made"


def test_redis_is_asked_again_after_a_while(away, monkeypatch):
    cache, asked = away
    now = [1000.0]
    monkeypatch.setattr(caching, "monotonic", lambda: now[0])
    cache.get("a")
    now[0] += caching.AWAY_SECONDS - 1
    cache.get("a")
    assert asked == ["get"]
    now[0] += 1
    cache.get("a")
    assert asked == ["get", "get"]


def test_other_threads_learn_that_redis_is_away(away):
    cache, asked = away
    cache.get("a")
    SharedOrLocalCache("redis://127.0.0.1:1/0", {}).get("a")
    assert asked == ["get"]


def test_a_redis_that_refuses_connections_is_such_a_redis(monkeypatch):
    monkeypatch.setattr(SharedOrLocalCache, "_away_until", [0.0])
    cache = SharedOrLocalCache("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 1}})
    cache.set("a", 1, 60)
    assert cache.get("a") == 1
    assert SharedOrLocalCache._away_until[0] > 0
