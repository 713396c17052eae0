"""受理: by the clerk's word, or because nobody answered within five working days (行政许可法第三十二条第一款第四、五项)."""

from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, StaleState
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.numbering import Series, allot_each
from matters.models import Edition, Handling

from ... import events, queries
from ...clocks import clock_start_of
from ...documents import DocumentKind
from ...domain.intake import Outcome
from ...domain.states import HANDLING_STATES, Event
from ...events import EventWriter, intake_modes
from ...models import Case, Letter, Reminder
from ..acting import begin_act, finish_act, take_event
from ..clocking import start_decision_clock
from ..letters import compose_letter, seal_letter, series_of, write_with_letters
from .inputs import Answer


def order_series(department: Department) -> Series:
    """受理次序: the one series in which the body numbers what it accepts (行政许可法第五十七条)."""
    return f"受理次序-{department.code}", "all"


def accept(act: Answer) -> list[Letter]:
    """Afterwards the case (in memory) is accepted and its clock runs; raises DomainError unless the law calls for that.

    An instant matter may be decided at once, and its notice then stands in the decision (行政许可法第三十四条第二款): it is owed
    until then, and made out by itself when the day passes without a decision.
    """
    if act.judgement.outcome is not Outcome.ACCEPT:
        raise DomainError(f"不能受理：{act.judgement.sentence}", article=act.judgement.article_against_acceptance)
    case = act.case
    take_event(case, Event.ACCEPT)
    was_corrected = queries.was_corrected(case)
    start_handling_of(act, accepted_on=case.materials_on if was_corrected else act.today)
    # No number was allotted for a notice that waits for the decision of the same day.
    case.receipt_owed = series_of(DocumentKind.D06, case.handling_department, act.today) not in act.numbers
    letters = [] if case.receipt_owed else [act.letter(DocumentKind.D06, was_corrected=was_corrected)]
    record_acceptance(case, act.writer, *letters)
    return letters


def gives_receipt_later(edition: Edition, case: Case | None = None) -> bool:
    """Whether the notice of acceptance waits for the decision of the same day: an instant matter, accepted as of today."""
    return edition.handling == Handling.INSTANT and not (case is not None and queries.was_corrected(case))


def start_handling_of(act: Answer, *, accepted_on: date) -> None:
    """Afterwards the case (in memory) is accepted by whoever answers, with the number allotted for it."""
    order = act.numbers[order_series(act.case.handling_department)]
    start_handling(act.case, accepted_on=accepted_on, accepted_by=act.actor, order=order, at=act.at)


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
    start_handling(case, accepted_on=since, accepted_by=None, order=numbers[order], at=at)
    letter = compose_letter(
        case, DocumentKind.D06, department=department, serial=numbers[series], actor=None, at=at, sealed_on=since
    )
    write_with_letters([], [letter], at=at)
    record_acceptance(case, writer, letter)
    Reminder.objects.get_or_create(
        case=case, kind=Reminder.Kind.DEEMED_ACCEPTED, reached_on=today, defaults={"created_at": at}
    )
    finish_act(case, writer)
    return case


def start_handling(case: Case, *, accepted_on: date, accepted_by: User | None, order: int, at: datetime) -> None:
    """The decision clock starts where the edition says: acceptance, receipt, or the day all materials were in."""
    case.accepted_on, case.accepted_at, case.accepted_by = accepted_on, at, accepted_by
    case.acceptance_order = order
    start = clock_start_of(case, accepted_on)
    start_decision_clock(case, from_on=start, calendar=current_calendar(), today=local_date(at))


def record_acceptance(case: Case, writer: EventWriter, letter: Letter | None = None) -> None:
    """The acceptance among the events, with its notice if that is a paper of its own."""
    events.record_acceptance(
        writer,
        deemed=case.deemed_accepted,
        accepted_on=case.accepted_on,
        clock_from_on=case.clock_from_on,
        promised_due_on=case.promised_due_on,
        statutory_due_on=case.statutory_due_on,
        calendar_missing_year=case.calendar_missing_year,
        order=case.acceptance_order,
        letter=letter.number if letter else None,
        overridden=False,
    )


@transaction.atomic
def give_receipt(number: str, *, at: datetime) -> Case:
    """Afterwards an instant matter that was not decided at once has its own notice of acceptance (行政许可法第三十二条第二款)."""
    case, writer = begin_act(number, action="give_receipt", actor=None, at=at)
    if not case.receipt_owed or case.current_state not in HANDLING_STATES:
        raise StaleState("本件的受理通知书已经出具，或者本件已经办结。")
    give_owed_receipt(case, writer, actor=None, at=at)
    finish_act(case, writer)
    return case


def give_owed_receipt(case: Case, writer: EventWriter, *, actor: User | None, at: datetime) -> None:
    """Afterwards the notice of acceptance that was to stand in the decision is a letter of its own."""
    letter = seal_letter(case, DocumentKind.D06, department=case.handling_department, actor=actor, at=at)
    case.receipt_owed = False
    intake_modes.record_receipt_given(writer, letter=letter.number)
