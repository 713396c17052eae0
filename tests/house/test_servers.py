"""Throw-away servers: they work, and afterwards nothing of them is left."""

import subprocess
from pathlib import Path

import psycopg2
import pytest
import redis
from redis.exceptions import ConnectionError as NoAnswer

from tests import servers


def _processes_mentioning(text: str) -> list[str]:
    listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listing.splitlines() if text in line and not line.startswith("ps ")]


@pytest.fixture
def folders(monkeypatch):
    """The folders throw-away servers were given."""
    seen: list[Path] = []
    make = servers.tempfile.mkdtemp
    monkeypatch.setattr(
        servers.tempfile, "mkdtemp", lambda **kwargs: seen.append(Path(make(**kwargs))) or str(seen[-1])
    )
    return seen


@pytest.mark.slow
@pytest.mark.skipif(servers.postgres_programs() is None, reason="needs the programs of PostgreSQL")
def test_a_throw_away_postgres_answers_and_is_gone_afterwards(folders):
    with servers._throw_away_postgres() as url:
        connection = psycopg2.connect(url.replace("/portal", "/postgres"))
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_encoding")
            assert cursor.fetchone() == ("UTF8",)
        connection.close()
        assert _processes_mentioning(str(folders[0])) != []
    assert _processes_mentioning(str(folders[0])) == []
    assert not folders[0].exists()
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(url.replace("/portal", "/postgres"), connect_timeout=1)


@pytest.mark.slow
@pytest.mark.skipif(servers.shutil.which("redis-server") is None, reason="needs the program of Redis")
def test_a_throw_away_redis_answers_and_is_gone_afterwards(folders):
    with servers._throw_away_redis() as url:
        assert redis.Redis.from_url(url).set("a", 1)
    assert not folders[0].exists()
    with pytest.raises(NoAnswer):
        redis.Redis.from_url(url).ping()


@pytest.mark.postgres
def test_databases_of_a_run_are_dropped_and_no_others(django_db_setup, monkeypatch):
    from django.db import connection

    given = connection.settings_dict
    url = f"postgres://{given['USER']}@{given['HOST']}:{given['PORT'] or 5432}/whatever"
    monkeypatch.setenv("DATABASE_URL", url)

    def names(prefix: str) -> list[str]:
        admin = psycopg2.connect(url.replace("/whatever", "/postgres"))
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
            found = [row[0] for row in cursor.fetchall()]
        admin.close()
        return found

    def make(name: str) -> None:
        admin = psycopg2.connect(url.replace("/whatever", "/postgres"))
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
        admin.close()

    before = names("")
    with servers.postgres() as mine:
        name = mine.rsplit("/", 1)[1]
        make(f"test_{name}")
        make(f"test_{name}_gw1")
        assert sorted(names(f"test_{name}")) == [f"test_{name}", f"test_{name}_gw1"]
    assert names(f"test_{name}") == []
    assert connection.settings_dict["NAME"] in before
    assert connection.settings_dict["NAME"] in names("")


def test_a_named_server_that_does_not_answer_is_not_replaced_by_another(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://nobody@127.0.0.1:1/portal")
    with pytest.raises(servers.NoServer, match="does not answer"), servers.postgres():
        pass
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    with pytest.raises(servers.NoServer, match="does not answer"), servers.redis_server():
        pass
