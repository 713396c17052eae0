"""The sweeps of licences: deemed renewal, expiry, ended suspensions, early reminders. Each asks what should be so and is not."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import CalendarMissing, DomainError, StaleState
from laiyang_approval.kernel.rules import rule_int, rule_is_on

from ... import licences
from ...domain.licences import LIVING_STATES, LicenceState
from ...domain.states import HANDLING_STATES, State
from ...models import Case, Licence, Reminder
from .changing import write_down_the_day
from .deeming import deem_renewed

Failed = Callable[[str, Exception], None]

_HANDLED = [state.value for state in HANDLING_STATES]
_NOT_ACCEPTED_YET = [State.RECEIVED.value, State.CORRECTION_PENDING.value]
_LIVING = [state.value for state in LIVING_STATES]


def sweep_licences(*, at: datetime, on_failure: Failed, limit: int = 500) -> dict[str, int]:
    """Afterwards every licence and every renewal is what its dates make it by now; a second run changes nothing.

    Renewals come before expiries: what goes on by law never runs out in between. Returns the counts.
    """
    return {
        "deemed_renewed": deem_undecided_renewals(at=at, on_failure=on_failure, limit=limit),
        "licences_turned": turn_licences(at=at, limit=limit),
        "renewal_reminders": remind_of_renewals(at=at, limit=limit),
    }


def deem_undecided_renewals(*, at: datetime, on_failure: Failed, limit: int = 500) -> int:
    """Afterwards accepted renewals, asked for in time and undecided when the licence ran out, count as granted, one by one.

    With the rule ``deemed_renewal`` off nothing is recorded and a red reminder stands instead.
    """
    today = local_date(at)
    due = Case.objects.filter(
        purpose=Case.Purpose.RENEWAL,
        renewal_in_time=True,
        state__in=_HANDLED,
        decide_before_on__lt=today,
    ).order_by("decide_before_on", "id")
    if not rule_is_on("deemed_renewal", today):
        _remind(due, Reminder.Kind.RENEWAL_OVERDUE, today, at, limit)
        return 0
    deemed = 0
    for number in list(due.values_list("number", flat=True)[:limit]):
        try:
            deem_renewed(number, at=at)
            deemed += 1
        except StaleState:
            continue  # somebody decided between the look and the lock, or it was accepted too late
        except DomainError as error:
            on_failure(number, error)
    return deemed


def turn_licences(*, at: datetime, limit: int = 500) -> int:
    """Afterwards licences that ran out, were replaced from today on, or whose suspension is over, stand so on record.

    A licence whose renewal is still undecided, though asked for in time, does not run out (行政许可法第五十条第二款).
    """
    today = local_date(at)
    renewal_waits = Case.objects.filter(
        subject_licence=OuterRef("pk"),
        purpose=Case.Purpose.RENEWAL,
        renewal_in_time=True,
        state__in=_HANDLED,
        accepted_on__lte=OuterRef("valid_to"),
    )
    living = Licence.objects.filter(state__in=_LIVING)
    reached = (
        living.filter(~Exists(renewal_waits), valid_to__lt=today),
        living.filter(state=LicenceState.SUSPENDED.value, suspended_until_on__lt=today),
        living.filter(next__valid_from__lte=today),
    )
    numbers = {pk for some in reached for pk in some.order_by("id").values_list("pk", flat=True)[:limit]}
    turned = 0
    for pk in sorted(numbers):
        with transaction.atomic():
            licence = licences.lock_licence(pk)
            before = licence.state
            write_down_the_day(licence, on=today, at=at)
            turned += licence.state != before
    return turned


def remind_of_renewals(*, at: datetime, limit: int = 500) -> int:
    """Afterwards each licence near its expiry, each renewal near it undecided, and each one not accepted by then, has its reminder.

    The holder's reminder comes by the stricter reading of thirty days: working days (第五十条第一款).
    """
    today = local_date(at)
    warned_until = _horizon(today, rule_int("renewal_decide_warning", today))
    at_risk = Case.objects.filter(state__in=_HANDLED, decide_before_on__gte=today, decide_before_on__lte=warned_until)
    stuck = Case.objects.filter(state__in=_NOT_ACCEPTED_YET, decide_before_on__lt=today)
    return (
        _remind_holders(today, at, limit)
        + _remind(at_risk, Reminder.Kind.RENEWAL_AT_RISK, today, at, limit)
        + _remind(stuck, Reminder.Kind.RENEWAL_STUCK, today, at, limit)
    )


def _remind_holders(today: date, at: datetime, limit: int) -> int:
    """One reminder a licence, dated the day the rule names; none once a renewal is asked for or a new version stands."""
    asked = Case.objects.filter(subject_licence=OuterRef("pk"), purpose=Case.Purpose.RENEWAL).exclude(
        state__in=[State.WITHDRAWN.value, State.LAPSED.value, State.NOT_ACCEPTED.value, State.NOT_REQUIRED.value]
    )
    told = Reminder.objects.filter(case=OuterRef("case"), kind=Reminder.Kind.RENEWAL_DUE)
    due = (
        Licence.objects.filter(
            state__in=_LIVING,
            next__isnull=True,
            valid_to__gte=today,
            valid_to__lte=_horizon(today, rule_int("renewal_reminder", today)),
        )
        .filter(~Exists(asked), ~Exists(told))
        .order_by("valid_to", "id")
    )
    rows = [
        Reminder(
            case_id=case_id,
            kind=Reminder.Kind.RENEWAL_DUE,
            reached_on=licences.renewal_dates(valid_to, today).remind_on or today,
            created_at=at,
        )
        for case_id, valid_to in due.values_list("case_id", "valid_to")[:limit]
    ]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _remind(cases: QuerySet[Case], kind: str, today: date, at: datetime, limit: int) -> int:
    """One reminder of this kind a case, whenever it was that the sweep first saw it."""
    told = Reminder.objects.filter(case=OuterRef("pk"), kind=kind)
    rows = [
        Reminder(case_id=pk, kind=kind, reached_on=today, created_at=at)
        for pk in cases.filter(~Exists(told)).order_by("id").values_list("pk", flat=True)[:limit]
    ]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _horizon(today: date, days: int) -> date:
    """The last expiry whose ``days``-th working day before it has come by ``today`` (K9).

    Past the published calendar it looks twice as many calendar days ahead: a reminder may come early, never late.
    """
    try:
        return current_calendar().add_workdays(today, days)
    except CalendarMissing:
        return today + timedelta(2 * days)
