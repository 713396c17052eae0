"""Law records: how a provision is cited on a day, and which term it gives. Letters take both from here, never by hand."""

import csv
from datetime import date
from functools import lru_cache
from time import monotonic

from django.conf import settings
from django.db import transaction

from .errors import DomainError
from .models import LawRecord

#: Law changes a few times in a decade; a process may be this many seconds late in seeing a new row.
CACHE_SECONDS = 5


@lru_cache(maxsize=2)
def _records(_slot: int) -> dict[str, list[LawRecord]]:
    records: dict[str, list[LawRecord]] = {}
    for record in LawRecord.objects.order_by("key", "-valid_from"):
        records.setdefault(record.key, []).append(record)
    return records


def forget_cached_laws() -> None:
    """Afterwards this process reads the law records afresh."""
    _records.cache_clear()


def law_on(key: str, on: date) -> LawRecord:
    """The provision ``key`` as it is in force on ``on``; raises DomainError when none is."""
    for record in _records(int(monotonic() // CACHE_SECONDS)).get(key, ()):
        if record.valid_from <= on and (record.valid_to is None or on <= record.valid_to):
            return record
    raise DomainError(f"引用的法律条文“{key}”在{on.isoformat()}没有有效的登记；请系统管理员核对法律条文后再用印。")


def records_now() -> list[LawRecord]:
    """Every record there is, the newest of each provision first."""
    return [record for records in _records(int(monotonic() // CACHE_SECONDS)).values() for record in records]


@transaction.atomic
def load_law_records() -> int:
    """Afterwards every row of fixtures/law_records.csv exists; rows added by the bureau stay. Returns rows added."""
    known = set(LawRecord.objects.values_list("key", "valid_from"))
    added = []
    with (settings.BASE_DIR / "fixtures" / "law_records.csv").open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            start = date.fromisoformat(row["valid_from"])
            if (row["key"], start) in known:
                continue
            added.append(
                LawRecord(
                    key=row["key"],
                    law=row["law"],
                    article=row["article"],
                    content=row["content"],
                    term_value=int(row["term_value"]) if row["term_value"] else None,
                    term_unit=row["term_unit"],
                    valid_from=start,
                    valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                )
            )
    LawRecord.objects.bulk_create(added)
    forget_cached_laws()
    return len(added)
