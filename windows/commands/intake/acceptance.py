"""受理: by the clerk's word, or because nobody answered within five working days (行政许可法第三十二条第一款第四、五项)."""

from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, StaleState
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.numbering import allot_number
from matters.models import ClockStart, Handling

from ... import events
from ...documents import DocumentKind
from ...domain.intake import Judgement, Outcome
from ...domain.states import HANDLING_STATES, Event
from ...events import EventWriter, intake_modes
from ...models import Case, Letter, Reminder
from ..acting import begin_act, finish_act, take_event
from ..clocking import start_decision_clock
from ..letters import seal_letter
from .inputs import OutcomeInput


@transaction.atomic
def deem_accepted(number: str, *, at: datetime) -> Case:
    """Afterwards a case nobody answered within five working days counts as accepted on the day its materials came in.

    Article 32(4): D06 is dated at receipt, the decision clock is back-dated and a red reminder stands. Raises StaleState
    when the term is not over or somebody acted first.
    """
    case, writer = begin_act(number, action="deem_accepted", actor=None, at=at)
    today = local_date(at)
    if case.intake_due_on is None or today <= case.intake_due_on:
        raise StaleState("一次性告知的期限尚未届满，不能视为受理。")
    take_event(case, Event.DEEM_ACCEPTED)
    case.deemed_accepted = True
    start_handling(case, accepted_on=case.materials_on, accepted_by=None, at=at)
    letter = acceptance_letter(case, actor=None, at=at, sealed_on=case.materials_on)
    record_acceptance(case, writer, letter_id=letter.pk)
    Reminder.objects.get_or_create(
        case=case, kind=Reminder.Kind.DEEMED_ACCEPTED, reached_on=today, defaults={"created_at": at}
    )
    finish_act(case, writer)
    return case


def accept(
    case: Case, writer: EventWriter, chosen: OutcomeInput, judgement: Judgement, *, actor: User, at: datetime
) -> list[Letter]:
    """The application is complete and proper: accepted, with its notice D06.

    An instant matter may be decided at once, and its notice then stands in the decision (行政许可法第三十四条第二款): it is owed
    until then, and made out by itself when the day passes without a decision.
    """
    if judgement.outcome is not Outcome.ACCEPT:
        raise DomainError(f"不能受理：{judgement.sentence}", article=judgement.article_against_acceptance)
    take_event(case, Event.ACCEPT)
    start_handling(case, accepted_on=local_date(at), accepted_by=actor, at=at)
    if case.edition.handling == Handling.INSTANT:
        case.receipt_owed = True
        record_acceptance(case, writer, letter_id=None)
        return []
    letter = acceptance_letter(case, actor=actor, at=at)
    record_acceptance(case, writer, letter_id=letter.pk)
    return [letter]


def start_handling(case: Case, *, accepted_on: date, accepted_by: User | None, at: datetime) -> None:
    """The decision clock starts where the edition says: acceptance, receipt, or the day all materials were in."""
    case.accepted_on, case.accepted_at, case.accepted_by = accepted_on, at, accepted_by
    case.acceptance_order = allot_number(f"受理次序-{case.handling_department.code}", period="all")
    start = {
        ClockStart.ACCEPTED: accepted_on,
        ClockStart.RECEIVED: local_date(case.received_at),
        ClockStart.COMPLETE_DOCS: case.materials_on,
    }[ClockStart(case.edition.clock_start)]
    start_decision_clock(case, from_on=start, calendar=current_calendar(), today=local_date(at))


def acceptance_letter(case: Case, *, actor: User | None, at: datetime, sealed_on: date | None = None) -> Letter:
    return seal_letter(
        case,
        DocumentKind.D06,
        department=case.handling_department,
        actor=actor,
        at=at,
        sealed_on=sealed_on,
    )


def record_acceptance(case: Case, writer: EventWriter, *, letter_id: int | None) -> None:
    events.record_acceptance(
        writer,
        deemed=case.deemed_accepted,
        accepted_on=case.accepted_on,
        clock_from_on=case.clock_from_on,
        promised_due_on=case.promised_due_on,
        statutory_due_on=case.statutory_due_on,
        calendar_missing_year=case.calendar_missing_year,
        order=case.acceptance_order,
        letter_id=letter_id,
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
    letter = acceptance_letter(case, actor=actor, at=at)
    case.receipt_owed = False
    intake_modes.record_receipt_given(writer, letter_id=letter.pk)
