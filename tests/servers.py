"""A PostgreSQL and a Redis for one test run: named by the environment, else reachable here, else started and thrown away.

Nothing is left behind: databases of ours are dropped, a Redis database of ours is emptied, servers of ours are stopped.
No existing database is ever written to: PostgreSQL gets databases under a name of our own, Redis an empty number.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import redis
from psycopg2 import sql
from redis.exceptions import RedisError

from laiyang_approval.runner import die_with

START_SECONDS = 30


class NoServer(Exception):
    """There is none to be had; the text says why."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _with_path(url: str, path: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{path}"))


@contextlib.contextmanager
def _running(command: list[str], *, user: str | None, stop: signal.Signals) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=user,
        group=user,
        start_new_session=True,
        preexec_fn=die_with(os.getpid()),
    )
    try:
        yield process
    finally:
        process.send_signal(stop)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextlib.contextmanager
def _folder_of(user: str | None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="portal-test-server-"))
    try:
        if user:
            shutil.chown(folder, user, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# --- PostgreSQL ------------------------------------------------------------------------------------------------------


def _may_create_databases(url: str) -> bool:
    try:
        connection = psycopg2.connect(_with_path(url, "postgres"), connect_timeout=2)
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
            return cursor.fetchone()[0]
    except psycopg2.OperationalError:
        return False


def _drop_databases(url: str, name: str) -> None:
    with contextlib.closing(psycopg2.connect(_with_path(url, "postgres"), connect_timeout=5)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"test_{name}"])
            for (database,) in cursor.fetchall():
                cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))


def postgres_programs() -> Path | None:
    """The folder with initdb and postgres, newest version first."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    if found := shutil.which("initdb"):
        folders.append(Path(found).resolve().parent)
    return next((path for path in folders if (path / "initdb").exists() and (path / "postgres").exists()), None)


@contextlib.contextmanager
def _throw_away_postgres() -> Iterator[str]:
    programs = postgres_programs()
    if programs is None:
        raise NoServer("no PostgreSQL reachable, its programs are not installed")
    user = None
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        try:
            user = pwd.getpwnam("postgres").pw_name
        except KeyError:
            raise NoServer("no PostgreSQL reachable, there is no user postgres to start one as") from None
    with _folder_of(user) as folder:
        made = subprocess.run(
            [
                str(programs / "initdb"),
                "-A",
                "trust",
                "-U",
                "postgres",
                "-E",
                "UTF8",
                "--no-sync",
                "-D",
                f"{folder}/data",
            ],
            user=user,
            group=user,
            cwd=folder,
            capture_output=True,
            text=True,
        )
        if made.returncode:
            raise NoServer(f"initdb failed: {made.stderr.strip()[-200:]}")
        port = free_port()
        url = f"postgres://postgres@127.0.0.1:{port}/portal"
        options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": folder, "fsync": "off"}
        command = [str(programs / "postgres"), "-D", f"{folder}/data"]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with _running(command, user=user, stop=signal.SIGINT):
            deadline = time.monotonic() + START_SECONDS
            while not _may_create_databases(url):
                if time.monotonic() > deadline:
                    raise NoServer("the throw-away PostgreSQL did not start")
                time.sleep(0.1)
            yield url


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """A DATABASE_URL whose test databases are ours alone and are gone afterwards; raises NoServer."""
    name = f"portal_{secrets.token_hex(4)}"
    given = os.environ.get("DATABASE_URL", "")
    local = "postgres://postgres@127.0.0.1:5432/portal"
    with contextlib.ExitStack() as stack:
        if given.startswith(("postgres://", "postgresql://")):
            url = given
            if not _may_create_databases(url):
                raise NoServer("DATABASE_URL does not answer, or its user may not create databases")
        elif _may_create_databases(local):
            url = local
        else:
            url = stack.enter_context(_throw_away_postgres())
        try:
            yield _with_path(url, name)
        finally:
            _drop_databases(url, name)


# --- Redis -----------------------------------------------------------------------------------------------------------


def _empty_database(url: str) -> str | None:
    """``url`` with the number of an empty database, highest first; None if the server does not answer or all are used."""
    try:
        for number in range(15, -1, -1):
            candidate = _with_path(url, str(number))
            with redis.Redis.from_url(candidate, socket_connect_timeout=1, socket_timeout=2) as client:
                # Whoever marks an empty database first has it; dbsize 1 is our own mark.
                if (
                    client.dbsize() == 0
                    and client.set("portal-test-run", os.getpid(), nx=True)
                    and client.dbsize() == 1
                ):
                    return candidate
    except RedisError:
        pass
    return None


@contextlib.contextmanager
def _throw_away_redis() -> Iterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        raise NoServer("no Redis reachable, its program is not installed")
    with _folder_of(None) as folder:
        port = free_port()
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        with _running(command, user=None, stop=signal.SIGTERM):
            deadline = time.monotonic() + START_SECONDS
            while (url := _empty_database(f"redis://127.0.0.1:{port}/0")) is None:
                if time.monotonic() > deadline:
                    raise NoServer("the throw-away Redis did not start")
                time.sleep(0.05)
            yield url


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    """A REDIS_URL whose database was empty, is ours, and is empty afterwards; raises NoServer."""
    given = os.environ.get("REDIS_URL", "")
    with contextlib.ExitStack() as stack:
        url = _empty_database(given or "redis://127.0.0.1:6379/0")
        if url is None and given:
            raise NoServer("REDIS_URL does not answer or has no empty database")
        if url is None:
            url = stack.enter_context(_throw_away_redis())
        try:
            yield url
        finally:
            with contextlib.suppress(RedisError), redis.Redis.from_url(url, socket_timeout=5) as client:
                client.flushdb()
