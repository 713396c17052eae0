"""Rows written past the ORM come back as the ORM would have written them."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from laiyang_approval.kernel.models import Department
from windows.demo.bulk_rows import Rows, take_ids
from windows.models import CaseEvent, Party

AT = datetime(2026, 3, 2, 1, 30, 0, 250, tzinfo=UTC)
#: What COPY, a tab-separated text, must not stumble over.
NAMES = ("甲\t乙", "甲\n乙\r\n", r"\N", r"C:\temp\n", "𠮷　“引号”；'", "")


@pytest.mark.django_db
def test_every_text_number_and_instant_comes_back():
    ids, rows = take_ids(Party, 20), Rows(Party)
    for name in NAMES:
        rows.add(id=next(ids), kind="legal", name=name, id_kind="credit_code", id_number="91370682MA00000A9M", id_index=f"i{name}", created_at=AT)  # fmt: skip
    rows.write()
    stored = list(Party.objects.order_by("pk"))
    assert [party.name for party in stored] == list(NAMES)
    assert {(party.id_number, party.phone, party.user_id, party.created_at) for party in stored} == {
        ("91370682MA00000A9M", "", None, AT)
    }
    assert Party.objects.filter(id_number__isnull=True).count() == 0
    assert Party.objects.create(
        kind="legal", name="后", id_kind="credit_code", id_index="last", created_at=AT
    ).pk > max(party.pk for party in stored)


@pytest.mark.django_db
def test_the_tables_constraints_still_ask():
    rows = Rows(Party, "kind", "name", "id_kind", "id_number", "id_index", "phone", "address", "legal_representative", "created_at")  # fmt: skip
    for _ in range(2):
        rows.append("legal", "甲", "credit_code", "1", "same", "", "", "", AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.write()
    assert Party.objects.count() == 0


def test_a_column_the_model_has_not_is_refused():
    with pytest.raises(TypeError, match="nickname"):
        Rows(Department).add(nickname="甲")
    with pytest.raises(KeyError):
        Rows(CaseEvent, "nickname")
