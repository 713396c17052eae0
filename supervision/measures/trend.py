"""走势: how much was accepted and concluded in each part of a period."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, F
from django.db.models.functions import Coalesce

from .cases import ACCEPTED, CONCLUDED, local_day
from .periods import Period
from .scope import Scope


@dataclass(frozen=True)
class Step:
    """走势的一段: a day or a month, with what was accepted and concluded in it."""

    period: Period
    accepted: int
    concluded: int


def trend(period: Period, scope: Scope) -> Sequence[Step]:
    """The parts of the period's picture in their order; two statements. Empty where the scope has no cases of its own."""
    if not (scope.fits(ACCEPTED) and scope.fits(CONCLUDED)):
        return []
    parts = period.in_picture
    whole = replace(period, first=parts[0].first, last=parts[-1].last)
    accepted = ACCEPTED.records(whole).filter(scope.filter(ACCEPTED)).annotate(day=F("accepted_on"))
    concluded = CONCLUDED.records(whole).filter(scope.filter(CONCLUDED))
    concluded = concluded.annotate(day=local_day(Coalesce("decided_at", "ended_at")))
    by_day = [
        Counter(dict(found.order_by().values_list("day").annotate(count=Count("pk"))))
        for found in (accepted, concluded)
    ]
    return [
        Step(part, *(sum(n for day, n in days.items() if part.first <= day <= part.last) for days in by_day))
        for part in parts
    ]
