"""评查项的载入: the checklist as shipped, by date; rows that stand are never changed, only ended by a later one."""

import csv
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction

from ..models import ChecklistItem


@transaction.atomic
def load_review_checklist() -> int:
    """Afterwards every row of fixtures/review_checklist.csv exists, and ends the one before it of its code. Returns rows added."""
    added = 0
    with (settings.BASE_DIR / "fixtures" / "review_checklist.csv").open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            valid_from = date.fromisoformat(row["valid_from"])
            if ChecklistItem.objects.filter(code=row["code"], valid_from=valid_from).exists():
                continue
            ChecklistItem.objects.filter(code=row["code"], valid_from__lt=valid_from, valid_to=None).update(
                valid_to=valid_from - timedelta(days=1)
            )
            ChecklistItem.objects.create(
                code=row["code"],
                position=int(row["position"]),
                part=row["part"],
                text=row["text"],
                basis=row["basis"],
                severity=row["severity"],
                points=int(row["points"]),
                may_not_apply=row["may_not_apply"] == "yes",
                valid_from=valid_from,
            )
            added += 1
    return added
