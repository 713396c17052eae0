"""载入批次: the opinion's own two batches, as history: nobody of this portal handed them over."""

import csv
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.models import Department
from matters.models import Matter, MatterKind

from ..domain.states import ItemState
from ..models import TransferBatch, TransferEvent, TransferItem

_KINDS = {
    MatterKind.LICENCE.value: TransferItem.Kind.LICENCE,
    MatterKind.RELATED.value: TransferItem.Kind.RELATED,
    MatterKind.DEFERRED.value: TransferItem.Kind.LICENCE,
}


def read_batches() -> list[dict[str, str]]:
    """The rows of fixtures/transfer_batches.csv."""
    with (settings.BASE_DIR / "fixtures" / "transfer_batches.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


@transaction.atomic
def load_transfers(*, at: datetime | None = None) -> int:
    """Afterwards the batches of 莱政发〔2018〕18号 stand with their items: 103 + 19 in effect, 30 deferred with their condition.

    A batch already there stays as it is. Returns how many items were added. Raises InvalidInput without the bureau.
    """
    bureau = Department.objects.filter(code="SP").first()
    if bureau is None:
        raise InvalidInput("还没有载入机关；请先载入 fixtures/departments.csv。")
    there = set(TransferBatch.objects.values_list("number", flat=True))
    return sum(_load(row, bureau, at or clock.now()) for row in read_batches() if row["number"] not in there)


def _load(row: dict[str, str], bureau: Department, at: datetime) -> int:
    batch = TransferBatch.objects.create(
        number=row["number"],
        title=row["title"],
        basis=row["basis"],
        basis_issued_on=date.fromisoformat(row["basis_issued_on"]),
        decided_on=date.fromisoformat(row["decided_on"]),
        deadline_on=_day(row["deadline_on"]),
        condition=row["condition"],
        announced_licences=int(row["announced_licences"]),
        announced_related=int(row["announced_related"]),
    )
    effective = _day(row["effective_on"])
    matters = Matter.objects.filter(kind__in=row["matter_kinds"].split(";")).order_by("code")
    items = [
        TransferItem(
            batch=batch,
            matter=matter,
            kind=_KINDS[matter.kind],
            from_department_id=matter.original_department_id,
            to_department=bureau,
            state=(ItemState.EFFECTIVE if effective else ItemState.DEFERRED).value,
            effective_on=effective,
            reason=row["reason"],
        )
        for matter in matters
    ]
    TransferItem.objects.bulk_create(items)
    TransferEvent.objects.create(
        batch=batch, kind="loaded", at=at, note=f"按{row['basis']}登记{len(items)}项；条目为重建，待正式附件核对"
    )
    return len(items)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
