"""放假安排变更: every open case is counted again when a calendar version becomes active (trap 5, control T20).

Dates move both ways and both are kept in the case's events; a later date is marked to be told; a term that is the
applicant's own never gets shorter.
"""

from copy import copy
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.models import CalendarNotice, Department, User
from laiyang_approval.kernel.rules import rule_int
from laiyang_approval.kernel.working_days import WorkCalendar
from windows import events
from windows.domain.clock import Limit, Unit, run_clock
from windows.domain.states import DELIVERY_STATES, HANDLING_STATES, OPEN_STATES, State
from windows.events import EventWriter
from windows.events.clock import record_told_time_moved
from windows.models import Case, SpecialProcedure

from .clocking import recount_decision_clock, start_delivery_clock, start_intake_clock
from .intake_mode_terms import recount_terms
from .stopping import served_notices, tell_again

DATES = {
    "intake_due_on": "收件时限",
    "correction_deadline_on": "补正期限",
    "promised_due_on": "承诺期限",
    "statutory_due_on": "法定期限",
    "delivery_due_on": "送达期限",
}


@dataclass(frozen=True)
class MovedDate:
    """一个变动的届满日: of which case, which limit, from what to what (None: 待公布)."""

    case_number: str
    label: str
    old: date | None
    new: date | None


def preview_recomputation(calendar: WorkCalendar) -> list[MovedDate]:
    """Every due date of an open case that ``calendar`` would move; writes nothing."""
    today = clock.today()
    moved = []
    for case in _open_cases():
        after = _counted_again(case, calendar, today)
        moved.extend(
            MovedDate(case.number, label, getattr(case, name), getattr(after, name))
            for name, label in DATES.items()
            if getattr(case, name) != getattr(after, name)
        )
    return moved


def recompute_open_cases(calendar: WorkCalendar, notice: CalendarNotice, *, actor: User, at: datetime) -> int:
    """Afterwards every open case has the dates ``calendar`` gives, each change in its events; returns cases changed.

    Runs inside the transaction that makes the calendar active.
    """
    today, changed = local_date(at), 0
    for case in _open_cases().select_for_update(of=("self",)):
        told = {row.pk: row.told_until_on for row in case.special_procedures.all()}
        after = _counted_again(case, calendar, today)
        old = {name: _iso(getattr(case, name)) for name in DATES if getattr(case, name) != getattr(after, name)}
        moved = [row for row in case.special_procedures.all() if row.told_until_on != told[row.pk]]
        if not old and not moved:
            continue
        new = {name: _iso(getattr(after, name)) for name in old}
        later = any(_is_later(getattr(case, name), getattr(after, name)) for name in old)
        after.version += 1
        writer = EventWriter(case=after, at=at, recorded_at=clock.now(), actor=actor)
        if moved:
            SpecialProcedure.objects.bulk_update(moved, ["told_until_on"])
            record_told_time_moved(writer, last_days={row.pk: row.told_until_on for row in moved})
        events.record_recomputation(writer, old=old, new=new, notice=notice.notice_no, tell_applicant=later)
        writer.flush()
        after.save()
        changed += 1
    recount_terms(calendar, notice, actor=actor, at=at)
    return changed


def _open_cases():
    return (
        Case.objects.filter(state__in=[state.value for state in OPEN_STATES])
        # With a body above, the office's own term has been met: nothing of ours runs.
        .exclude(state=State.PENDING_DECISION.value, deciding_department__kind=Department.Kind.UPPER)
        .select_related("edition")
        .prefetch_related("correction_notices", Prefetch("special_procedures", served_notices()))
        .order_by("pk")
    )


def _counted_again(case: Case, calendar: WorkCalendar, today: date) -> Case:
    """A copy of ``case`` with the dates of whichever clock runs counted by ``calendar``."""
    after, state = copy(case), case.current_state
    if state is State.RECEIVED:
        start_intake_clock(after, from_on=case.materials_on, calendar=calendar, today=today)
    elif state is State.CORRECTION_PENDING:
        notice = max(case.correction_notices.all(), key=lambda one: one.sequence)
        days = rule_int("correction_deadline_days", local_date(notice.given_at))
        start = max(notice.served_on or date.min, local_date(notice.given_at))
        again = run_clock(start, Limit(days, Unit.WORKDAY), calendar).due
        old = case.correction_deadline_on
        # A term already told to the applicant stands, and is never shortened.
        after.correction_deadline_on = max((day for day in (old, again) if day is not None), default=None)
    elif state in HANDLING_STATES and case.clock_from_on is not None:
        if notices := case.special_procedures.all():
            tell_again(after, notices, calendar)
        recount_decision_clock(after, calendar=calendar, today=today)
    elif state in DELIVERY_STATES:
        start_delivery_clock(after, from_on=local_date(case.decided_at), calendar=calendar, today=today)
    return after


def _is_later(old: date | None, new: date | None) -> bool:
    return new is not None and (old is None or new > old)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
