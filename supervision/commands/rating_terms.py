"""好差评和咨询投诉的期限: what the sweep does; every row has its natural key, so a missed or doubled run does no harm."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.rules import rule_is_on
from windows.domain.services import SERVICE_EVENTS
from windows.models import Case, CaseEvent

from ..clocks import due_after
from ..domain.complaints import TERM_RULES, ComplaintKind, ComplaintState
from ..domain.ratings import BAD, WAITING, Level
from ..models import Complaint, ComplaintStep, RatingAppeal, RatingStep, Rectification, ServiceRating
from ..services import services_of
from .ratings import open_rectification

MOST_AT_ONCE = 1000
#: Default praise looks this far back: the longest term of any holiday lies within.
DEFAULT_WITHIN = timedelta(days=60)
_WAITING = [state.value for state in WAITING]


def open_missing_rectifications(*, at: datetime) -> int:
    """Afterwards every bad rating that counts is with its body; returns how many were not."""
    missing = ServiceRating.objects.filter(
        level__in=[level.value for level in BAD], rectification__isnull=True, voided_at__isnull=True
    ).select_related("department")
    found = list(missing[:MOST_AT_ONCE])
    for rating in found:
        with transaction.atomic():
            open_rectification(rating, at=at)
    return len(found)


def settle_terms(*, at: datetime) -> int:
    """Afterwards terms that waited for a calendar have their day, where it is published; returns how many."""
    settled = 0
    for row in Rectification.objects.filter(
        Q(contact_by_on__isnull=True) | Q(close_by_on__isnull=True), state__in=_WAITING
    )[:MOST_AT_ONCE]:
        contact = due_after("rating_contact_days", row.opened_on)
        close = due_after("rating_close_days", row.opened_on)
        if row.extended_from_on is not None:
            close = due_after("rating_extension_days", row.extended_from_on)
        changed = Rectification.objects.filter(pk=row.pk, state__in=_WAITING).exclude(
            contact_by_on=contact, close_by_on=close
        )
        settled += changed.update(contact_by_on=contact, close_by_on=close) if contact or close else 0
    for row in RatingAppeal.objects.filter(rule_by_on__isnull=True, state=RatingAppeal.State.PENDING)[:MOST_AT_ONCE]:
        due = due_after("rating_recheck_days", local_date(row.made_at))
        settled += RatingAppeal.objects.filter(pk=row.pk).update(rule_by_on=due) if due else 0
    for row in Complaint.objects.filter(answer_by_on__isnull=True, state=ComplaintState.OPEN.value)[:MOST_AT_ONCE]:
        due = due_after(TERM_RULES[ComplaintKind(row.kind)], local_date(row.made_at))
        settled += Complaint.objects.filter(pk=row.pk).update(answer_by_on=due) if due else 0
    return settled


def mark_late(*, at: datetime) -> int:
    """Afterwards each term that passed unkept stands in the record of its rating or complaint, once; returns how many are new."""
    today = local_date(at)
    waiting = Rectification.objects.filter(state__in=_WAITING)
    late = [
        *_late(waiting.filter(contacted_at__isnull=True), "contact_by_on", "contact_late", today, at),
        *_late(waiting, "close_by_on", "close_late", today, at),
        *_late(RatingAppeal.objects.filter(state=RatingAppeal.State.PENDING), "rule_by_on", "rule_late", today, at),
    ]
    complaints = [
        ComplaintStep(complaint_id=pk, kind="late", at=at, due_on=due)
        for pk, due in Complaint.objects.filter(state=ComplaintState.OPEN.value, answer_by_on__lt=today).values_list(
            "pk", "answer_by_on"
        )
    ]
    before = RatingStep.objects.count() + ComplaintStep.objects.count()
    RatingStep.objects.bulk_create(late, ignore_conflicts=True, batch_size=500)
    ComplaintStep.objects.bulk_create(complaints, ignore_conflicts=True, batch_size=500)
    return RatingStep.objects.count() + ComplaintStep.objects.count() - before


def _late(rows, column: str, kind: str, today: date, at: datetime) -> list[RatingStep]:
    found = rows.filter(**{f"{column}__lt": today}).values_list("rating_id", column)
    return [RatingStep(rating_id=pk, kind=kind, at=at, due_on=due) for pk, due in found]


def record_default_praise(*, at: datetime, on_failure: Callable[[object, Exception], None]) -> int:
    """Afterwards, where the rule says so, services nobody rated within the term bear default praise, which counts in no rate."""
    today, recorded = local_date(at), 0
    if not rule_is_on("rating_default_praise", today):
        return 0
    silent = CaseEvent.objects.filter(
        kind__in=SERVICE_EVENTS, at__gte=at - DEFAULT_WITHIN, rating__isnull=True, case__origin=Case.Origin.APPLICATION
    )
    oldest_first = silent.order_by("at").values_list("case_id", flat=True)[:MOST_AT_ONCE]
    for case_id in dict.fromkeys(oldest_first):
        try:
            recorded += _praised(case_id, today=today, at=at)
        except Exception as error:
            on_failure(case_id, error)
    return recorded


@transaction.atomic
def _praised(case_id: int, *, today: date, at: datetime) -> int:
    case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
    rows = [
        ServiceRating(
            event=service.event,
            case=case,
            assess_number=service.number,
            service=service.event.kind,
            service_on=service.on,
            department_id=case.handling_department_id,
            clerk_id=service.event.actor_id,
            level=Level.VERY_SATISFIED.value,
            is_default=True,
            rated_at=at,
        )
        for service in services_of(case_id)
        if service.rating is None and service.until_on is not None and service.until_on < today
    ]
    ServiceRating.objects.bulk_create(rows)
    return len(rows)
