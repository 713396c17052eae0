"""The test harness itself: what it promises every other test."""

import pytest
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.cache import cache
from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction

from laiyang_approval.kernel import triggers


@pytest.fixture
def written_once_table(db):
    editor = connection.schema_editor()  # not entered: SQLite could not switch off its key checks inside the test
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE harness_note (id integer PRIMARY KEY, text varchar(10))")
        for operation in triggers.append_only("harness_note"):
            operation.code(None, editor)
        cursor.execute("INSERT INTO harness_note VALUES (1, 'first')")
    yield "harness_note"


def _texts():
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM harness_note ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def _refused(sql):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_table_written_once_can_be_emptied_between_tests_and_refuses_again_afterwards(written_once_table):
    _refused("DELETE FROM harness_note")
    _refused("UPDATE harness_note SET text = 'other'")
    assert _texts() == ["first"]

    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), ["harness_note"]))
    assert _texts() == []

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO harness_note VALUES (2, 'second')")
    _refused("DELETE FROM harness_note")
    _refused("UPDATE harness_note SET text = 'other'")
    assert _texts() == ["second"]


def test_a_flush_that_fails_leaves_the_refusal_in_place(written_once_table):
    with pytest.raises(DatabaseError, match="no_such_table"), transaction.atomic():
        connection.ops.execute_sql_flush(["DELETE FROM harness_note_no_such_table"])
    _refused("DELETE FROM harness_note")
    assert _texts() == ["first"]


@pytest.mark.parametrize("turn", [1, 2])
def test_the_cache_is_empty_at_the_start_of_every_test(turn):
    assert cache.get("left-behind") is None
    cache.set("left-behind", turn)


def test_test_passwords_are_argon2_like_the_real_ones():
    encoded = make_password("莱阳Test-2026")
    assert encoded.startswith("argon2$argon2id$")
    assert check_password("莱阳Test-2026", encoded)


def test_the_run_stays_in_a_folder_of_its_own():
    assert settings.TEST_MODE
    assert settings.VAR_DIR != settings.BASE_DIR / "var"
    assert str(settings.FILES_DIR).startswith(str(settings.VAR_DIR))


@pytest.mark.postgres
def test_marked_tests_run_on_postgresql_only():
    assert connection.vendor == "postgresql"
