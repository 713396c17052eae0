"""Bodies, their remedy routes and their sample seals, read from the fixtures. Rows that exist are left as they are."""

import csv
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction

from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.models import Department, RemedyRoute, Seal
from laiyang_approval.kernel.seals import forget_cached_seals

FIXTURES = Path(settings.BASE_DIR) / "fixtures"

DEFAULT_WORD_NOTE = "文书字号为系统默认，待核实"


def _rows(name: str) -> list[dict[str, str]]:
    with (FIXTURES / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def _date_or_none(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _departments_by_code() -> dict[str, Department]:
    return {department.code: department for department in Department.objects.all()}


def _department(known: dict[str, Department], code: str, source: str) -> Department:
    if code not in known:
        raise InvalidInput(f"{source}中的机关代码“{code}”没有登记；请先在 departments.csv 中补上。")
    return known[code]


@transaction.atomic
def load_departments() -> int:
    """Afterwards every body of fixtures/departments.csv exists, with its successor; returns the number added.

    A body whose name changed in 2019 and its successor are two rows. A document word that no source gives is a derived
    default and says so in the note. Rows already there (perhaps mended by the bureau) stay as they are.
    """
    rows = _rows("departments.csv")
    known = _departments_by_code()
    added = [row for row in rows if row["code"] not in known]
    for row in added:
        note = row["note"]
        if row["document_word_is_default"] == "yes":
            note = f"{note}；{DEFAULT_WORD_NOTE}" if note else DEFAULT_WORD_NOTE
        known[row["code"]] = Department.objects.create(
            code=row["code"],
            name=row["name"],
            short_name=row["short_name"],
            kind=row["kind"],
            is_supervisor=row["is_supervisor"] == "yes",
            document_word=row["document_word"],
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=_date_or_none(row["valid_to"]),
            note=note,
        )
    for row in added:
        if row["successor"]:
            body = known[row["code"]]
            body.successor = _department(known, row["successor"], "departments.csv")
            body.save(update_fields=["successor"])
    return len(added)


@transaction.atomic
def load_remedy_routes() -> int:
    """Afterwards every dated route of fixtures/remedy_routes.csv exists (行政复议法第二十四条、第二十七条); returns rows added."""
    known = _departments_by_code()
    there = set(RemedyRoute.objects.values_list("department__code", "valid_from"))
    added = [
        RemedyRoute(
            department=_department(known, row["department"], "remedy_routes.csv"),
            review_organ=row["review_organ"],
            review_address=row["review_address"],
            online_review_channel=row["online_review_channel"],
            court=row["court"],
            basis=row["basis"],
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=_date_or_none(row["valid_to"]),
            note=row["note"],
        )
        for row in _rows("remedy_routes.csv")
        if (row["department"], date.fromisoformat(row["valid_from"])) not in there
    ]
    RemedyRoute.objects.bulk_create(added)
    return len(added)


@transaction.atomic
def load_seals() -> int:
    """Afterwards every sample seal (样章) of fixtures/seals.csv exists; returns rows added."""
    known = _departments_by_code()
    there = set(Seal.objects.values_list("department__code", "kind", "in_use_from"))
    rows = [
        row
        for row in _rows("seals.csv")
        if (row["department"], row["kind"], date.fromisoformat(row["in_use_from"])) not in there
    ]
    for row in rows:
        Seal.objects.create(
            department=_department(known, row["department"], "seals.csv"),
            kind=row["kind"],
            ring_text=row["ring_text"],
            centre_text=row["centre_text"],
            in_use_from=date.fromisoformat(row["in_use_from"]),
            in_use_to=_date_or_none(row["in_use_to"]),
            announcement=row["announcement"],
        )
    forget_cached_seals()
    return len(rows)


@transaction.atomic
def load_organisations() -> dict[str, int]:
    """Afterwards bodies, remedy routes and sample seals are loaded; safe to run again."""
    return {"departments": load_departments(), "remedy_routes": load_remedy_routes(), "seals": load_seals()}
