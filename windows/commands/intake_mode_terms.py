"""Terms of 容缺受理 and 承诺核查: announced before they end, shouted when they have, counted again with a new calendar.

Each sweep asks "what should be so by now and is not?", so a missed run loses nothing and a second one changes nothing.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.clock import SHANGHAI, local_date
from laiyang_approval.kernel.errors import DomainError, StaleState
from laiyang_approval.kernel.models import CalendarNotice, User
from laiyang_approval.kernel.rules import rule_int, rule_is_on
from laiyang_approval.kernel.working_days import WorkCalendar

from .. import queries
from ..domain.clock import Limit, Unit, run_clock
from ..domain.intake_modes import Consequence
from ..domain.states import HANDLING_STATES
from ..events import EventWriter
from ..events import intake_modes as events
from ..intake_modes import deferral_due_of, reminder_day
from ..models import Case, Deferral, PostCheck, Reminder
from .acting import finish_act
from .deferrals import end_deferral
from .intake.acceptance import give_receipt

KIND = Reminder.Kind
_HANDLED = [state.value for state in HANDLING_STATES]


def remind_of_terms(*, at: datetime) -> dict[str, int]:
    """Afterwards every deferral and every check whose day has come has its reminder. Returns {"term_reminders"}."""
    today, deferrals = local_date(at), _open_deferrals()
    checks = PostCheck.objects.filter(closed_at__isnull=True)
    waiting, mending = checks.filter(state=PostCheck.State.OPEN), checks.filter(state=PostCheck.State.RECTIFYING)
    soon = Q(remind_on__lte=today, due_on__gte=today)
    made = [
        *_missing(deferrals.filter(soon), KIND.DEFERRAL_SOON, "remind_on", at),
        *_missing(deferrals.filter(due_on__lt=today), KIND.DEFERRAL_OVERDUE, "due_on", at),
        *_missing(waiting.filter(soon), KIND.POST_CHECK_SOON, "remind_on", at),
        *_missing(waiting.filter(due_on__lt=today), KIND.POST_CHECK_OVERDUE, "due_on", at),
        *_missing(mending.filter(rectify_due_on__lt=today), KIND.RECTIFY_OVERDUE, "rectify_due_on", at),
    ]
    Reminder.objects.bulk_create(made, ignore_conflicts=True)
    return {"term_reminders": len(made)}


def _missing(found: QuerySet, kind: str, column: str, at: datetime) -> Iterable[Reminder]:
    """A reminder for each row that has none of this kind and day yet; its natural key lets a doubled run do no harm."""
    there = Reminder.objects.filter(case_id=OuterRef("case_id"), kind=kind, reached_on=OuterRef(column))
    for case_id, day in found.exclude(Exists(there)).values_list("case_id", column):
        yield Reminder(case_id=case_id, kind=kind, reached_on=day, created_at=at)


def _open_deferrals() -> QuerySet[Deferral]:
    return Deferral.objects.filter(settled_at__isnull=True, ended_at__isnull=True, case__state__in=_HANDLED)


OnFailure = Callable[[str, Exception], None]


def end_overdue_deferrals(*, at: datetime, on_failure: OnFailure, limit: int = 500) -> dict[str, int]:
    """Afterwards, where the rule says so, what was told for an overdue promise has followed; else nothing happens by itself.

    A refusal is never made by the system: it needs a decider.
    """
    today = local_date(at)
    if not rule_is_on("deferral_default_automatic", today):
        return {"deferrals_ended": 0}
    due = _open_deferrals().filter(due_on__lt=today).exclude(consequence=Consequence.REFUSE.value)
    numbers = list(due.order_by("due_on", "id").values_list("case__number", flat=True)[:limit])
    return {"deferrals_ended": _each(numbers, lambda number: end_deferral(number, actor=None, at=at), on_failure)}


def give_owed_receipts(*, at: datetime, on_failure: OnFailure, limit: int = 500) -> dict[str, int]:
    """Afterwards every instant matter still undecided at the hour of the rule, or from an earlier day, has its own D06."""
    today = local_date(at)
    owed = Case.objects.filter(receipt_owed=True, state__in=_HANDLED)
    if at.astimezone(SHANGHAI).hour < rule_int("instant_receipt_hour", today):
        owed = owed.filter(accepted_on__lt=today)
    numbers = list(owed.order_by("id").values_list("number", flat=True)[:limit])
    return {"receipts_given": _each(numbers, lambda number: give_receipt(number, at=at), on_failure)}


def _each(numbers: list[str], act: Callable[[str], object], on_failure: OnFailure) -> int:
    """One case a transaction; a case that fails is reported and the rest go on."""
    done = 0
    for number in numbers:
        try:
            act(number)
            done += 1
        except StaleState:
            continue  # somebody acted between the look and the lock
        except DomainError as error:
            on_failure(number, error)
    return done


def recount_terms(calendar: WorkCalendar, notice: CalendarNotice, *, actor: User, at: datetime) -> None:
    """Afterwards the terms are those ``calendar`` gives: the applicant's own never gets shorter, the checker's moves both ways.

    Runs inside the transaction that makes the calendar active.
    """
    for deferral in _open_deferrals().select_related("case__edition"):
        case = deferral.case
        due_on = deferral_due_of(case, case.edition, accepted_on=case.accepted_on, calendar=calendar)
        if due_on is not None and (deferral.due_on is None or due_on > deferral.due_on):
            _move(deferral, due_on, calendar, notice, actor=actor, at=at)
    for check in PostCheck.objects.filter(closed_at__isnull=True):
        due_on = run_clock(check.opened_on, Limit(check.limit_value, Unit(check.limit_unit)), calendar).due
        if due_on != check.due_on:
            remind_on = reminder_day(due_on, "post_check_remind_days", calendar)
            PostCheck.objects.filter(pk=check.pk).update(due_on=due_on, remind_on=remind_on)


def _move(
    deferral: Deferral, due_on: date, calendar: WorkCalendar, notice: CalendarNotice, *, actor: User, at: datetime
) -> None:
    case = queries.lock_case(deferral.case.number)
    writer = EventWriter(case=case, at=at, recorded_at=clock.now(), actor=actor)
    events.record_deferral_term(writer, old=deferral.due_on, new=due_on, notice=notice.notice_no)
    deferral.due_on = due_on
    deferral.remind_on = reminder_day(due_on, "deferral_remind_days", calendar)
    deferral.save(update_fields=["due_on", "remind_on"])
    finish_act(case, writer)
