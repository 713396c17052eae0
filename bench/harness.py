"""How the portal and a bare limit are measured beside each other.

Pages: each side is a gunicorn of its own with the same settings, asked over loopback by turns, a new connection a request; what
counts is the CPU of gunicorn, its workers and their PostgreSQL backends, per operation. The ratio is the median of the rounds'
ratios: times move with the machine, ratios hold.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile
from time import process_time
from typing import NamedTuple
from urllib.parse import urlencode

from django.db import connection

from laiyang_approval.runner import die_with, listen

#: Short turns by many: what else the machine does meanwhile falls on both sides.
ROUNDS = 25
WORKERS = 2
PORTAL = "laiyang_approval.wsgi:application"
BARE = "bench.bare:application"


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
                self._backend = cursor.fetchone()[0]

    def read(self) -> float:
        return process_time() + (_cpu_of(self._backend) if self._backend else 0.0)


class Request(NamedTuple):
    """One request, the same bytes for both sides."""

    method: str
    path: str
    body: str | None
    headers: dict[str, str]


class Answer(NamedTuple):
    status: int
    body: bytes


@contextmanager
def page_file(answer: Answer) -> Iterator[str]:
    """The path of a file with this answer's page, for a bare limit that sends as much of the same text."""
    with NamedTemporaryFile(suffix=".html") as file:
        file.write(answer.body)
        file.flush()
        yield file.name


class Server:
    """gunicorn with two sync workers on a free port of this machine, within ``with``; ``cookies`` are kept as a browser keeps them."""

    def __init__(self, application: str, **environment: object):
        self.cookies: dict[str, str] = {}
        self._used: dict[int, float] = {}
        self._database_name = f"bench {application.partition('.')[0]} {os.getpid()} {id(self):x}"
        with listen("127.0.0.1", 0) as listener:
            self._address = listener.getsockname()
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "gunicorn", application, "--bind", f"fd://{listener.fileno()}"),
                    *("--workers", str(WORKERS), "--worker-class", "sync", "--timeout", "120"),
                    *("--preload", "--no-control-socket", "--log-level", "warning"),
                ],
                env=os.environ
                | {name: str(value) for name, value in environment.items()}
                | {"DEBUG": "0", "PGAPPNAME": self._database_name},
                pass_fds=[listener.fileno()],
                preexec_fn=die_with(os.getpid()),
            )

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *failure) -> None:
        self._process.terminate()
        self._process.wait()

    def get(self, path: str) -> Request:
        """A visit with the cookies held now."""
        return Request("GET", path, None, self._headers())

    def post(self, path: str, fields: dict) -> Request:
        """A form sent as a browser sends one without files, with the cookies held now."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return Request("POST", path, urlencode(fields), self._headers() | kind)

    def _headers(self) -> dict[str, str]:
        held = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": held} if held else {}

    def ask(self, request: Request) -> Answer:
        """The answer, over a connection of its own; an answer that refuses ends the measurement."""
        line = HTTPConnection(*self._address, timeout=60)
        try:
            line.request(request.method, request.path, request.body, request.headers)
            response = line.getresponse()
            body = response.read()
        finally:
            line.close()
        assert response.status < 400, f"{request.path}: {response.status} {body.decode()[:2000]}"
        for header in response.headers.get_all("Set-Cookie", ()):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        return Answer(response.status, body)

    def warm(self, requests: Iterable[Request]) -> None:
        """Afterwards each worker has answered all of these: a silent connection holds one while the other answers."""
        requests, held = list(requests), None
        for _ in range(WORKERS):
            holds = socket.create_connection(self._address)
            time.sleep(0.2)  # until it is accepted
            if held is not None:
                held.close()
            held = holds
            for request in requests:
                self.ask(request)
        held.close()

    def cpu(self) -> float:
        """CPU seconds used so far by gunicorn, its workers and their database backends, those that are gone included."""
        for pid in (self._process.pid, *_children(self._process.pid), *self._backends()):
            self._used[pid] = max(_cpu_of(pid), self._used.get(pid, 0.0))
        return sum(self._used.values())

    def _backends(self) -> list[int]:
        if connection.vendor != "postgresql":
            return []
        with connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [self._database_name])
            return [pid for (pid,) in cursor.fetchall()]


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _cpu_of(pid: int) -> float:
    return sum(int(task.read_text().split()[0]) for task in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


def compare(
    name: str,
    portal: Server,
    bare: Server,
    request: Callable[[int], Request],
    *,
    each: int,
    good: float,
    moonshot: float,
    rounds: int = ROUNDS,
) -> Row:
    """Both sides ``rounds`` times by turns, ``each`` operations a turn, after one turn that is not counted."""

    def turn(server: Server, number: int) -> float:
        began = server.cpu()
        for index in range(number * each, (number + 1) * each):
            server.ask(request(index))
        return (server.cpu() - began) / each

    pairs = [(turn(portal, number), turn(bare, number)) for number in range(rounds + 1)][1:]
    return Row(
        name,
        median(pair[0] for pair in pairs) * 1000,
        median(pair[1] for pair in pairs) * 1000,
        median(pair[0] / pair[1] for pair in pairs),
        good,
        moonshot,
    )
