"""受理: by the clerk's word, or because nobody answered within five working days (行政许可法第三十二条第一款第四、五项)."""

from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, StaleState
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.numbering import Series, allot_each

from ... import events, queries
from ...clocks import clock_start_of
from ...documents import DocumentKind
from ...domain.intake import Outcome
from ...domain.states import Event
from ...events import EventWriter
from ...models import Case, Letter, Reminder
from ..acting import begin_act, finish_act, take_event
from ..clocking import start_decision_clock
from ..letters import compose_letter, series_of, write_with_letters
from .inputs import Answer


def order_series(department: Department) -> Series:
    """受理次序: the one series in which the body numbers what it accepts (行政许可法第五十七条)."""
    return f"受理次序-{department.code}", "all"


def accept(act: Answer) -> Letter:
    """Afterwards the case (in memory) is accepted and its clock runs; raises DomainError unless the law calls for that."""
    if act.judgement.outcome is not Outcome.ACCEPT:
        raise DomainError(f"不能受理：{act.judgement.sentence}", article=act.judgement.article)
    case = act.case
    take_event(case, Event.ACCEPT)
    order = act.numbers[order_series(case.handling_department)]
    was_corrected = queries.was_corrected(case)
    accepted_on = case.materials_on if was_corrected else act.today
    _start_handling(case, accepted_on=accepted_on, accepted_by=act.actor, order=order, at=act.at)
    letter = act.letter(DocumentKind.D06, was_corrected=was_corrected)
    _record_acceptance(case, act.writer, letter)
    return letter


@transaction.atomic
def deem_accepted(number: str, *, at: datetime) -> Case:
    """Afterwards a case nobody answered within five working days counts as accepted on the day its materials came in.

    Article 32(4): D06 is dated at receipt, the decision clock is back-dated and a red reminder stands. Raises StaleState
    when the term is not over or somebody acted first.
    """
    case, writer = begin_act(number, action="deem_accepted", actor=None, at=at)
    today, department, since = local_date(at), case.handling_department, case.materials_on
    if case.intake_due_on is None or today <= case.intake_due_on:
        raise StaleState("一次性告知的期限尚未届满，不能视为受理。")
    take_event(case, Event.DEEM_ACCEPTED)
    series, order = series_of(DocumentKind.D06, department, since), order_series(department)
    numbers = allot_each([series, order])
    case.deemed_accepted = True
    _start_handling(case, accepted_on=since, accepted_by=None, order=numbers[order], at=at)
    letter = compose_letter(
        case, DocumentKind.D06, department=department, serial=numbers[series], actor=None, at=at, sealed_on=since
    )
    write_with_letters([], [letter], at=at)
    _record_acceptance(case, writer, letter)
    Reminder.objects.get_or_create(
        case=case, kind=Reminder.Kind.DEEMED_ACCEPTED, reached_on=today, defaults={"created_at": at}
    )
    finish_act(case, writer)
    return case


def _start_handling(case: Case, *, accepted_on: date, accepted_by: User | None, order: int, at: datetime) -> None:
    case.accepted_on, case.accepted_at, case.accepted_by = accepted_on, at, accepted_by
    case.acceptance_order = order
    start = clock_start_of(case, accepted_on)
    start_decision_clock(case, from_on=start, calendar=current_calendar(), today=local_date(at))


def _record_acceptance(case: Case, writer: EventWriter, letter: Letter) -> None:
    events.record_acceptance(
        writer,
        deemed=case.deemed_accepted,
        accepted_on=case.accepted_on,
        clock_from_on=case.clock_from_on,
        promised_due_on=case.promised_due_on,
        statutory_due_on=case.statutory_due_on,
        calendar_missing_year=case.calendar_missing_year,
        order=case.acceptance_order,
        letter=letter.number,
        overridden=False,
    )
