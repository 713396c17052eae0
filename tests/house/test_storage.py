"""The embedded database as it runs in service (control R29): asked of a real process with the settings of service."""

import contextlib
import os
import sqlite3
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.once

ASK = """
import django
django.setup()
from django.db import connection, transaction
with connection.cursor() as cursor:
    for pragma in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout"):
        cursor.execute(f"PRAGMA {pragma}")
        print(pragma, cursor.fetchone()[0])
print("transactions", connection.transaction_mode)
print("atomic requests", connection.settings_dict["ATOMIC_REQUESTS"])
"""

COUNT = """
import sys
import django
django.setup()
from django.db import connection, transaction
for _ in range(60):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT n FROM counter")
        (n,) = cursor.fetchone()
        cursor.execute("UPDATE counter SET n = %s", [n + 1])
"""

WRITE = """
from django.db import connection, transaction
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE IF NOT EXISTS act (n integer PRIMARY KEY)")
    cursor.execute("CREATE TABLE IF NOT EXISTS trace (n integer PRIMARY KEY)")
    cursor.execute("SELECT coalesce(max(n), 0) FROM act")
    (n,) = cursor.fetchone()
while True:
    n += 1
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO act VALUES (%s)", [n])
        cursor.execute("INSERT INTO trace VALUES (%s)", [n])
    print(n, flush=True)
"""


@pytest.fixture
def service(tmp_path):
    """Starts a script with the settings of service, on a database of its own."""

    def start(script: str) -> subprocess.Popen:
        keep = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        return subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=settings.BASE_DIR,
            env=keep
            | {
                "PORTAL_MODE": "development",
                "PORTAL_VAR_DIR": str(tmp_path),
                "DJANGO_SETTINGS_MODULE": "laiyang_approval.settings",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def test_the_embedded_database_loses_no_commit_and_waits_its_turn(service):
    said, error = service(ASK).communicate(timeout=60)
    assert said.splitlines() == [
        "journal_mode wal",
        "synchronous 2",  # FULL
        "foreign_keys 1",
        "busy_timeout 20000",
        "transactions IMMEDIATE",
        "atomic requests False",
    ], error


def test_four_processes_that_read_and_then_write_lose_no_turn_and_meet_no_lock(service):
    made = "import django; django.setup()\nfrom django.db import connection\nc = connection.cursor()\n"
    made += "c.execute('CREATE TABLE counter (n integer)'); c.execute('INSERT INTO counter VALUES (0)')"
    assert service(made).communicate(timeout=60)[1] == ""
    writers = [service(COUNT) for _ in range(4)]
    assert [writer.communicate(timeout=120)[1] for writer in writers] == ["", "", "", ""]
    asked = "import django; django.setup()\nfrom django.db import connection\nc = connection.cursor()\n"
    asked += "c.execute('SELECT n FROM counter'); print(c.fetchone()[0])"
    assert service(asked).communicate(timeout=60)[0] == "240\n"


@pytest.mark.slow
def test_a_process_killed_while_it_commits_loses_no_commit_and_leaves_no_half_one(service, tmp_path):
    promised = 0
    for rounds in range(8):
        writer = service(WRITE)
        for _ in range(5 + 7 * rounds):
            promised = int(writer.stdout.readline())
        writer.kill()
        rest = writer.stdout.read().split()
        writer.communicate()
        promised = int(rest[-1]) if rest else promised
        with contextlib.closing(sqlite3.connect(tmp_path / "portal.sqlite3")) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            acts = [n for (n,) in database.execute("SELECT n FROM act ORDER BY n")]
            assert acts == [n for (n,) in database.execute("SELECT n FROM trace ORDER BY n")]
            assert acts == list(range(1, len(acts) + 1))
            # At most the commit it was killed in came through without being told.
            assert promised <= len(acts) <= promised + 1
            promised = len(acts)
