"""Business rules: numbers and texts the law does not give, read by date. The only reader of BusinessRule rows."""

import csv
from datetime import date
from functools import lru_cache
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from .errors import DomainError
from .models import BusinessRule

#: Rules change once in years; a process may be this many seconds late in seeing a new row.
CACHE_SECONDS = 5

#: Rules that choose among ways of acting: the values each knows.
CHOICES = {"renewal_late": ("refuse_deeming", "new_application")}


@lru_cache(maxsize=4)
def _rows(_slot: int) -> dict[str, list[tuple[date, date | None, str]]]:
    rows: dict[str, list[tuple[date, date | None, str]]] = {}
    for key, start, end, value in BusinessRule.objects.order_by("key", "-valid_from").values_list(
        "key", "valid_from", "valid_to", "value"
    ):
        rows.setdefault(key, []).append((start, end, value))
    return rows


def forget_cached_rules() -> None:
    """Afterwards this process reads the rules afresh."""
    _rows.cache_clear()


def rule_value(key: str, on: date) -> str:
    """The value of rule ``key`` in force on ``on``; raises DomainError when no row covers that day."""
    for start, end, value in _rows(int(monotonic() // CACHE_SECONDS)).get(key, ()):
        if start <= on and (end is None or on <= end):
            return value
    raise DomainError(f"业务规则“{key}”在{on.isoformat()}没有有效的规定；请系统管理员补录后再办。")


def rule_int(key: str, on: date) -> int:
    """The value of rule ``key`` on ``on`` as a whole number."""
    return int(rule_value(key, on))


def rule_is_on(key: str, on: date) -> bool:
    """Whether the switch ``key`` is on at ``on``."""
    return rule_value(key, on) in {"yes", "on", "是"}


@transaction.atomic
def load_business_rules() -> int:
    """Afterwards every row of fixtures/business_rules.csv exists; rows changed by the bureau stay. Returns rows added."""
    added = 0
    with (settings.BASE_DIR / "fixtures" / "business_rules.csv").open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            if BusinessRule.objects.filter(Q(key=row["key"]) & Q(valid_from=row["valid_from"])).exists():
                continue
            BusinessRule.objects.create(
                key=row["key"],
                label=row["label"],
                value=row["value"],
                unit=row["unit"],
                basis=row["basis"],
                is_default=row["is_default"] == "yes",
                valid_from=date.fromisoformat(row["valid_from"]),
            )
            added += 1
    forget_cached_rules()
    return added
