"""服务: the points of a case at which somebody was served, each to be rated once; read from the case's own events."""

from dataclasses import dataclass
from datetime import date

from laiyang_approval.kernel.clock import local_date
from windows.domain.services import SERVICE_EVENTS
from windows.models import Case, CaseEvent

from .clocks import due_after
from .domain.ratings import SERVICE_LABELS
from .models import ServiceRating


@dataclass(frozen=True)
class Service:
    """一次服务: ``number`` counts the services of the case from 1; rated until ``until_on`` (None: not yet published)."""

    number: int
    event: CaseEvent
    on: date
    until_on: date | None
    rating: ServiceRating | None

    @property
    def label(self) -> str:
        return SERVICE_LABELS[self.event.kind]

    def is_open(self, today: date) -> bool:
        """Whether it may still be rated today."""
        return self.rating is None and (self.until_on is None or today <= self.until_on)


def services_of(case_id: int) -> list[Service]:
    """The services of a case somebody applied for, the first first; two queries. None where no application began it."""
    events = list(
        CaseEvent.objects.filter(case_id=case_id, kind__in=SERVICE_EVENTS)
        .exclude(case__origin=Case.Origin.EX_OFFICIO)
        .exclude(case__origin=Case.Origin.IMPORTED)
        .order_by("sequence")
    )
    ratings = {
        rating.event_id: rating
        for rating in ServiceRating.objects.filter(case_id=case_id).select_related("rectification", "appeal")
    }
    return [_service(number, event, ratings.get(event.pk)) for number, event in enumerate(events, start=1)]


def _service(number: int, event: CaseEvent, rating: ServiceRating | None) -> Service:
    on = local_date(event.at)
    return Service(number, event, on, due_after("rating_days", on), rating)
