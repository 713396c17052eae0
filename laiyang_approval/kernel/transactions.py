"""One transaction an act, also where something else is written with it (a form's token)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

P, R = ParamSpec("P"), TypeVar("R")

_around_an_act: ContextVar[bool] = ContextVar("around_an_act", default=False)


@contextmanager
def around_an_act() -> Iterator[None]:
    """A transaction around one act: a ``joining`` command in it needs no savepoint, for when it fails, all of it fails."""
    with transaction.atomic():
        token = _around_an_act.set(True)
        try:
            yield
        finally:
            _around_an_act.reset(token)


def joining(command: Callable[P, R]) -> Callable[P, R]:
    """A command: atomic by itself, and part of the act's transaction where one is open around it."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(savepoint=not _around_an_act.get()):
            return command(*args, **kwargs)

    return run
