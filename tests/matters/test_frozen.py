"""A published edition and its rows never change: refused in Python, and by the database to any SQL."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from matters.models import Authority, Edition, EditionMaterial, LegalBasis
from matters.models.editions import PublishedEditionError


@pytest.fixture
def edition(catalogue):
    return Edition.objects.get(matter__code="SJ-04", number=2)


def refused(sql, *params):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def test_saving_or_deleting_a_published_edition_is_refused(edition):
    edition.promised_value = 9
    with pytest.raises(PublishedEditionError):
        edition.save()
    with pytest.raises(PublishedEditionError):
        edition.delete()
    edition.refresh_from_db()
    assert edition.promised_value == 7


def test_saving_or_deleting_its_rows_is_refused(edition):
    material = edition.materials.first()
    material.copy_count = 5
    with pytest.raises(PublishedEditionError):
        material.save()
    with pytest.raises(PublishedEditionError):
        material.delete()
    with pytest.raises(PublishedEditionError):
        LegalBasis(edition=edition, seq=9, citation="《新法》").save()


def test_the_database_refuses_what_goes_round_python(edition):
    refused("UPDATE matters_edition SET promised_value = 1 WHERE id = %s", edition.pk)
    refused("UPDATE matters_edition SET state = 'draft' WHERE id = %s", edition.pk)
    refused("DELETE FROM matters_edition WHERE id = %s", edition.pk)
    material = edition.materials.first()
    refused("UPDATE matters_editionmaterial SET name = %s WHERE id = %s", "其他材料", material.pk)
    refused("DELETE FROM matters_editionmaterial WHERE id = %s", material.pk)
    refused("INSERT INTO matters_legalbasis (edition_id, seq, citation) VALUES (%s, 99, 'x')", edition.pk)
    for table in ("legalbasis", "condition", "processstep", "fee", "question"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM matters_{table} WHERE edition_id = %s", [edition.pk])
    assert EditionMaterial.objects.filter(pk=material.pk, name=material.name).exists()


def test_the_last_day_is_set_once(edition):
    Edition.objects.filter(pk=edition.pk).update(effective_to=date(2026, 12, 31))
    refused("UPDATE matters_edition SET effective_to = '2027-12-31' WHERE id = %s", edition.pk)


def test_the_database_refuses_a_published_edition_without_limits(edition):
    refused(
        "UPDATE matters_edition SET effective_to = effective_from - 1 WHERE id = %s"
        if connection.vendor == "postgresql"
        else "UPDATE matters_edition SET effective_to = '2000-01-01' WHERE id = %s",
        edition.pk,
    )


@pytest.mark.postgres
def test_postgres_refuses_two_bodies_with_one_power_on_one_day(catalogue):
    row = Authority.objects.filter(matter__code="SJ-04", power="decide", valid_to=None).get()
    with pytest.raises(DatabaseError), transaction.atomic():
        Authority.objects.create(
            matter=row.matter,
            department_id=row.department_id,
            power="decide",
            valid_from=date(2024, 1, 1),
            instrument="重复",
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
