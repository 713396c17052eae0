"""The shipped law records, read from the fixture without a database."""

import csv
from datetime import date
from pathlib import Path

from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.models import LawRecord

_FIXTURE = Path(__file__).parents[2] / "fixtures" / "law_records.csv"


def shipped_records() -> list[LawRecord]:
    with _FIXTURE.open(encoding="utf-8", newline="") as source:
        return [
            LawRecord(
                key=row["key"],
                law=row["law"],
                article=row["article"],
                content=row["content"],
                term_value=int(row["term_value"]) if row["term_value"] else None,
                term_unit=row["term_unit"],
                valid_from=date.fromisoformat(row["valid_from"]),
                valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            )
            for row in csv.DictReader(source)
        ]


def shipped_law(key: str, on: date) -> LawRecord:
    """The shipped record of ``key`` in force on ``on``."""
    for record in shipped_records():
        if record.key == key and record.valid_from <= on and (record.valid_to is None or on <= record.valid_to):
            return record
    raise DomainError(f"没有{key}在{on.isoformat()}的登记")
