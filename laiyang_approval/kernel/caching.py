"""The shared cache, which a Redis that is down turns into a cache of each process, not into an error page (control R30).

Nothing in the cache is a record: a page kept for seconds, counters of failed look-ups. While Redis is away each process
counts by itself, so limits grow by the number of processes but never vanish.
"""

import logging
from collections.abc import Callable
from time import monotonic

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.utils.functional import cached_property
from redis import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

#: After a failure Redis is left alone for so long (seconds): a request must not wait for it again and again.
AWAY_SECONDS = 10


def _with_fallback(name: str) -> Callable:
    def operation(self, *args, **kwargs):
        if monotonic() >= self._away_until[0]:
            try:
                return getattr(RedisCache, name)(self, *args, **kwargs)
            except (RedisError, OSError) as error:
                self._away_until[0] = monotonic() + AWAY_SECONDS
                log.warning("shared cache away error=%s", type(error).__name__)
        return getattr(self._local, name)(*args, **kwargs)

    operation.__name__ = name
    return operation


class _KeptClient(RedisCacheClient):
    """Django makes a client for every call, which costs more than the call; each thread keeps one."""

    @cached_property
    def _kept(self) -> Redis:
        return super().get_client(write=True)

    def get_client(self, key: str | None = None, *, write: bool = False) -> Redis:
        return self._kept  # one server (settings.REDIS_URL), so one client


class SharedOrLocalCache(RedisCache):
    """Redis, or while it does not answer, this process's own memory."""

    # One for all threads: each thread has a cache object of its own.
    _away_until = [0.0]

    def __init__(self, server, params):
        super().__init__(server, params)
        self._class = _KeptClient
        self._local = LocMemCache("while-redis-is-away", {key: params[key] for key in params if key != "OPTIONS"})

    def validate_key(self, key: str) -> None:
        """Any key will do: what Django looks for, letter by letter, are limits of memcached."""

    add = _with_fallback("add")
    get = _with_fallback("get")
    set = _with_fallback("set")
    touch = _with_fallback("touch")
    delete = _with_fallback("delete")
    get_many = _with_fallback("get_many")
    set_many = _with_fallback("set_many")
    delete_many = _with_fallback("delete_many")
    has_key = _with_fallback("has_key")
    incr = _with_fallback("incr")
    clear = _with_fallback("clear")
