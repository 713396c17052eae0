"""How two ways of doing the same thing are measured beside each other.

CPU of this process plus CPU of its PostgreSQL backend, per operation, in interleaved rounds; the ratio is the median of
the rounds' ratios. Times move with the machine, ratios hold.
"""

import gc
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

ROUNDS = 7


class Row(NamedTuple):
    """One line of the report; ``ours`` and ``bare`` in milliseconds of CPU an operation."""

    name: str
    ours: float
    bare: float
    ratio: float
    good: float
    moonshot: float


class Meter:
    """CPU seconds used so far by this process and by the database backend of its connection."""

    def __init__(self):
        connection.ensure_connection()
        self._backend = None
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self._backend = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")

    def read(self) -> float:
        used = process_time()
        if self._backend is not None and self._backend.exists():
            used += int(self._backend.read_text().split()[0]) / 1e9
        return used


def compare(
    name: str,
    ours: Callable[[int], object],
    bare: Callable[[int], object],
    *,
    each: int,
    good: float,
    moonshot: float,
    rounds: int = ROUNDS,
) -> Row:
    """Both ways ``rounds`` times by turns, ``each`` operations a turn, after one turn that is not counted."""
    meter = Meter()

    def turn(act: Callable[[int], object], start: int) -> float:
        began = meter.read()
        for index in range(start, start + each):
            act(index)
        return (meter.read() - began) / each

    turn(ours, 0), turn(bare, 0)
    gc.collect()
    gc.freeze()  # as laiyang_approval.wsgi does
    pairs = [(turn(ours, (number + 1) * each), turn(bare, (number + 1) * each)) for number in range(rounds)]
    return Row(
        name,
        median(pair[0] for pair in pairs) * 1000,
        median(pair[1] for pair in pairs) * 1000,
        median(pair[0] / pair[1] for pair in pairs),
        good,
        moonshot,
    )


def form_post(path: str, fields: dict) -> WSGIRequest:
    """A form sent as a browser sends one without files: urlencoded."""
    return RequestFactory().post(path, urlencode(fields), content_type="application/x-www-form-urlencoded")


class Portal:
    """The portal's whole WSGI stack, called in this process; cookies are kept as a browser keeps them."""

    def __init__(self):
        self._handler = WSGIHandler()
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> HttpResponse:
        return self._ask(RequestFactory().get(path))

    def post(self, path: str, fields: dict) -> HttpResponse:
        return self._ask(form_post(path, fields))

    def _ask(self, request: WSGIRequest) -> HttpResponse:
        return self.call(request.environ)

    def call(self, environ: dict) -> HttpResponse:
        environ["HTTP_COOKIE"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        response = self._handler(environ, lambda status, headers: None)
        for name, morsel in response.cookies.items():
            self.cookies[name] = morsel.value
        return response


class Bare:
    """One function view behind no middleware at all: the floor that Django itself sets."""

    def __init__(self, view: Callable[[WSGIRequest], HttpResponse]):
        self._view = view
        with override_settings(MIDDLEWARE=[]):
            self._handler = WSGIHandler()

    def call(self, environ: dict) -> HttpResponse:
        # The handler resolves through this module's patterns, one route, so that nothing but the view is measured.
        from . import bare_urls

        bare_urls.view = self._view
        settings_urlconf, settings.ROOT_URLCONF = settings.ROOT_URLCONF, "bench.bare_urls"
        try:
            return self._handler(environ, lambda status, headers: None)
        finally:
            settings.ROOT_URLCONF = settings_urlconf


def environ_of(request: WSGIRequest) -> dict:
    """A fresh copy of the request's environment, its body ready to be read again."""
    return dict(request.environ)
