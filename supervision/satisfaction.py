"""满意度: what the public and the watchers read of the ratings of a period; default praise and voided ratings in no rate."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count

from laiyang_approval.kernel.clock import SHANGHAI, local_date
from laiyang_approval.kernel.models import Department
from windows.domain.services import SERVICE_EVENTS
from windows.models import Case, CaseEvent

from .domain.ratings import LEVELS, Level, Tally
from .models import Rectification, ServiceRating


@dataclass(frozen=True)
class Satisfaction:
    """一个期间的满意度: the whole, and body by body, most services first."""

    whole: Tally
    bodies: list[tuple[Department, Tally]]

    @property
    def levels(self) -> list[tuple[Level, int, float]]:
        """Each level with its count and its share of all ratings, between 0 and 1."""
        total = self.whole.ratings
        return [
            (level, count, count / total if total else 0.0)
            for level, count in zip(LEVELS, self.whole.levels, strict=True)
        ]


def satisfaction(from_on: date, to_on: date, *, today: date) -> Satisfaction:
    """The figures of the services from ``from_on`` to ``to_on``; four queries however many bodies."""
    services = _services(from_on, to_on)
    levels: dict[int, Counter[str]] = defaultdict(Counter)
    defaults: Counter[int] = Counter()
    rows = (
        ServiceRating.objects.filter(service_on__range=(from_on, to_on), voided_at__isnull=True)
        .order_by()
        .values_list("department_id", "level", "is_default")
        .annotate(count=Count("pk"))
    )
    for body, level, is_default, count in rows:
        if is_default:
            defaults[body] += count
        else:
            levels[body][level] += count
    after = _afterwards(from_on, to_on, today)
    found = {body: _tally(body, services, levels, defaults, after) for body in {*services, *levels, *defaults}}
    bodies = [(body, found[body.pk]) for body in Department.objects.filter(pk__in=found)]
    bodies.sort(key=lambda row: (-row[1].services, row[0].code))
    return Satisfaction(_sum([tally for _, tally in bodies]), bodies)


def period_of(month: str, today: date) -> tuple[date, date, str]:
    """A month of this year that has begun, else the year so far."""
    year, _, number = month.partition("-")
    if year == str(today.year) and number.isascii() and number.isdigit() and 1 <= int(number[:2]) <= today.month:
        first = date(today.year, int(number[:2]), 1)
        after = date(today.year + first.month // 12, first.month % 12 + 1, 1)
        last = min(today, date.fromordinal(after.toordinal() - 1))
        return first, last, f"{first:%Y-%m}"
    return date(today.year, 1, 1), today, ""


def _services(from_on: date, to_on: date) -> dict[int, int]:
    start = datetime.combine(from_on, time.min, SHANGHAI)
    end = datetime.combine(to_on + timedelta(days=1), time.min, SHANGHAI)
    rows = (
        CaseEvent.objects.filter(
            kind__in=SERVICE_EVENTS, at__gte=start, at__lt=end, case__origin=Case.Origin.APPLICATION
        )
        .order_by()
        .values_list("case__handling_department_id")
        .annotate(count=Count("pk"))
    )
    return dict(rows)


def _afterwards(from_on: date, to_on: date, today: date) -> dict[int, Counter[str]]:
    """What became of the bad ratings, body by body; they are few."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    rows = Rectification.objects.filter(
        rating__service_on__range=(from_on, to_on), rating__voided_at__isnull=True
    ).values_list("department_id", "close_by_on", "closed_at", "revisit_satisfied")
    for body, due, closed_at, satisfied in rows:
        if closed_at is not None or (due is not None and due < today):
            found[body]["due"] += 1
            found[body]["in_time"] += closed_at is not None and (due is None or local_date(closed_at) <= due)
        if satisfied is not None:
            found[body]["revisits"] += 1
            found[body]["satisfied"] += satisfied
    return found


def _tally(body: int, services, levels, defaults, after) -> Tally:
    return Tally(
        services=services.get(body, 0),
        levels=tuple(levels[body][level.value] for level in LEVELS),
        defaults=defaults[body],
        bad_due=after[body]["due"],
        bad_closed_in_time=after[body]["in_time"],
        revisits=after[body]["revisits"],
        revisits_satisfied=after[body]["satisfied"],
    )


def _sum(tallies: list[Tally]) -> Tally:
    return Tally(
        services=sum(one.services for one in tallies),
        levels=tuple(sum(one.levels[place] for one in tallies) for place in range(len(LEVELS))),
        defaults=sum(one.defaults for one in tallies),
        bad_due=sum(one.bad_due for one in tallies),
        bad_closed_in_time=sum(one.bad_closed_in_time for one in tallies),
        revisits=sum(one.revisits for one in tallies),
        revisits_satisfied=sum(one.revisits_satisfied for one in tallies),
    )
