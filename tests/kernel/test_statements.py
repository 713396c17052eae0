"""Statements of every page give what they would give unprepared, and are planned once for a connection."""

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from laiyang_approval.kernel.models import Department
from laiyang_approval.kernel.statements import Statement

pytestmark = pytest.mark.django_db
LIKE = Statement("SELECT code, name FROM kernel_department WHERE name LIKE '%%局' AND code <> %s ORDER BY code")


@pytest.fixture(autouse=True)
def two_bodies(db):
    Department.objects.all().delete()
    for code, name in (("A", "甲局"), ("B", "乙局"), ("C", "丙办")):
        Department.objects.create(code=code, name=name, short_name=name, document_word=name, valid_from="2018-12-26")


def test_parameters_and_percent_signs_stand_where_they_should():
    assert LIKE.all(["-"]) == [("A", "甲局"), ("B", "乙局")]
    assert LIKE.all(["A"]) == [("B", "乙局")]
    assert LIKE.first(["A"]) == ("B", "乙局")
    assert LIKE.all(["' OR 1=1 --"]) == [("A", "甲局"), ("B", "乙局")]


def test_nothing_found_is_none():
    assert Statement("SELECT 1 FROM kernel_department WHERE code = %s").first(["Z"]) is None


@pytest.mark.postgres
def test_a_connection_plans_a_statement_once():
    statement = Statement("SELECT count(*) FROM kernel_department WHERE code > %s")
    with CaptureQueriesContext(connection) as seen:
        assert [statement.first([code]) for code in "AB"] == [(2,), (1,)]
    assert [query["sql"].split()[0] for query in seen] == ["EXECUTE", "EXECUTE"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%code > $1'"
        )
        assert cursor.fetchall() == [(2, 0)]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_left_to_itself_postgresql_plans_it_for_every_value():
    with connection.cursor() as cursor:
        cursor.execute("SET plan_cache_mode = auto")
    statement = Statement("SELECT count(*) FROM kernel_department WHERE code >= %s")
    assert [statement.first([code]) for code in "AB"] == [(3,), (2,)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%code >= $1'"
        )
        assert cursor.fetchall() == [(0, 2)]
    connection.close()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_new_connection_plans_it_again():
    assert LIKE.first(["A"]) == ("B", "乙局")
    connection.close()
    assert LIKE.first(["A"]) == ("B", "乙局")


def look_after(connection) -> int:
    """What a request does with a kept connection before its first statement; gives how much was asked."""
    connection.health_check_enabled, connection.health_check_done = True, False
    asked = []
    usable = connection.is_usable
    connection.is_usable = lambda: asked.append(1) or usable()
    try:
        connection.close_if_health_check_failed()
    finally:
        connection.is_usable = usable
    return len(asked)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_kept_connection_is_asked_nothing_while_the_server_holds_it():
    connection.ensure_connection()
    assert look_after(connection) == 0
    assert connection.connection is not None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_connection_the_server_has_closed_is_opened_anew_before_the_first_statement():
    connection.ensure_connection()
    pid = connection.connection.get_backend_pid()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()
    assert look_after(connection) == 1
    assert connection.connection is None
    assert LIKE.first(["A"]) == ("B", "乙局")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_that_look_the_first_statement_would_fail():
    connection.ensure_connection()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.get_backend_pid()])
    other.close()
    with pytest.raises(OperationalError):
        LIKE.first(["A"])
    connection.close()
