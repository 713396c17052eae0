"""The rows of an act: each table once, complete, in order, with what refers to what."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from laiyang_approval.kernel.inserting import insert_all
from laiyang_approval.kernel.models import CalendarDay, CalendarNotice, Job
from tests.statements import statements

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def notice(year: int = 2031) -> CalendarNotice:
    return CalendarNotice(
        year=year, version=1, notice_no=f"试〔{year}〕1号", published_on=date(year - 1, 11, 1), imported_at=AT
    )


def days(of: CalendarNotice) -> list[CalendarDay]:
    kinds = (CalendarDay.Kind.OFF, CalendarDay.Kind.WORK, CalendarDay.Kind.OFF)
    return [CalendarDay(notice=of, date=date(of.year, 1, day), kind=kind) for day, kind in enumerate(kinds, start=1)]


def test_one_row_and_all_that_hangs_on_it_is_one_statement_where_the_engine_can():
    year = notice()
    job = Job(kind="note", key="note:1", due_at=AT, created_at=AT)
    asked = statements(lambda: insert_all([year, *days(year), job]))
    assert len(asked) == (1 if connection.vendor == "postgresql" else 3)
    assert list(CalendarDay.objects.values_list("notice_id", flat=True)) == [year.pk] * 3
    assert Job.objects.get().pk == job.pk


def test_rows_wait_for_what_they_refer_to():
    year = notice()
    insert_all([*days(year), year])
    assert list(CalendarDay.objects.values_list("notice_id", flat=True)) == [year.pk] * 3


def test_rows_that_refer_to_what_nobody_writes_are_refused():
    with pytest.raises(ValueError, match="nobody writes"):
        insert_all(days(notice()))
    assert CalendarDay.objects.count() == 0


def test_each_table_is_one_statement_and_later_rows_refer_to_earlier_ones():
    first, second = notice(2031), notice(2032)
    rows = [first, second, *days(second), *days(first)]
    assert len(statements(lambda: insert_all(rows))) == 2
    for row in rows:
        stored = type(row).objects.get(pk=row.pk)
        assert [getattr(stored, field.attname) for field in row._meta.concrete_fields] == [
            getattr(row, field.attname) for field in row._meta.concrete_fields
        ]
    assert first.days.count() == second.days.count() == 3


def test_instants_and_json_are_stored_as_the_models_store_them():
    job = Job(kind="note", key="note:1", payload={"id": [1, "二"]}, due_at=AT, created_at=AT)
    insert_all([job])
    stored = Job.objects.get(pk=job.pk)
    assert (stored.payload, stored.due_at, stored.lease_until, stored.attempts) == ({"id": [1, "二"]}, AT, None, 0)


def test_a_written_row_is_known_as_written():
    job = Job(kind="note", key="note:1", due_at=AT, created_at=AT)
    insert_all([job])
    job.attempts = 3
    job.save()
    assert Job.objects.get().attempts == 3


def test_a_row_the_table_refuses_is_refused():
    insert_all([Job(kind="note", key="note:1", due_at=AT, created_at=AT)])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_all([Job(kind="note", key="note:1", due_at=AT, created_at=AT)])
