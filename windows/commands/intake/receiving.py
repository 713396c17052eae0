"""收件: an application is received, and the clerk's choice among the five outcomes of Article 32 takes effect with it."""

from collections.abc import Callable, Iterable
from datetime import date, datetime

from django.db.models import Model

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.crypto import new_query_code, new_token, query_code_hmac, token_digest
from laiyang_approval.kernel.id_codes import IdKind, check_id
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.names import clean_person_name, clean_phone, clean_text
from laiyang_approval.kernel.numbering import Series, allot_each
from laiyang_approval.kernel.transactions import joining
from matters.models import Edition

from ... import events, permissions
from ...documents import DocumentKind
from ...domain.case_numbers import case_number
from ...domain.intake import Outcome
from ...domain.states import Event
from ...events import EventWriter
from ...models import Case, Letter, Licence
from ...restrictions import restrictions_of
from ..acting import take_event
from ..clocking import start_intake_clock
from ..letters import series_of, write_with_letters
from ..licences.applying import find_licence, subject_of
from ..parties import register_party
from .answering import answer, series_for
from .inputs import Answer, Application, OutcomeInput, TakenIn
from .judging import judge_application, require_reason_to_differ
from .materials import new_files, new_materials


@joining
def take_in(
    application: Application,
    *,
    chosen: OutcomeInput,
    actor: User,
    at: datetime,
    along: Callable[[Case], Iterable[Model]] = lambda case: (),
) -> TakenIn:
    """Afterwards the application (行政许可法第二十九条) is received with receipt D01, and the outcome of Article 32 has taken effect.

    Everything is worked out in memory first; then each table is written once, with what ``along`` gives for the numbered case
    (the mark of a form that has taken effect). Raises InvalidInput for what was typed,
    NotPermitted when ``actor`` may not take in for the body, DomainError when the outcome is not lawful (incomplete
    materials, no power that day, an overriding choice without a reason) or when the licence it is about does not allow it.
    """
    today = local_date(at)
    # First, for it locks the applicant's row: of two that ask the same at once, the second is told of the first.
    party = register_party(application.party, at=at)
    restrictions = restrictions_of(party, today) if party.may_be_restricted else []
    edition, handling, deciding, judgement = judge_application(
        application, actor=actor, on=today, restrictions=restrictions
    )
    permissions.require_intake(actor, handling)
    require_reason_to_differ(chosen, judgement)
    licence = find_licence(application.purpose, application.licence_number, matter=application.matter, on=today)
    case = _new_case(application, edition=edition, handling=handling, deciding=deciding, actor=actor, at=at)
    case.party = party
    _say_what_is_asked(case, licence, application.purpose, on=today)
    series = _case_series(today)
    receipt_series = series_of(DocumentKind.D01, handling, today)
    numbers = allot_each([series, receipt_series, *series_for(chosen.outcome, edition, handling, today)])
    case.number = case_number(today, numbers[series])
    writer = EventWriter(case=case, at=at, recorded_at=clock.now(), actor=actor)
    events.record_receipt(
        writer,
        channel=case.channel,
        edition_id=edition.pk,
        intake_due_on=case.intake_due_on,
        purpose=case.purpose,
        licence_id=case.subject_licence_id,
    )
    materials = new_materials(case, edition, application.materials, at=at)
    files = new_files({row.edition_material_id: row for row in materials}, application.materials, writer)
    act = Answer(case, writer, materials, chosen, judgement, actor=actor, at=at, numbers=numbers)
    code = new_query_code()
    letters = [_receipt(act, code)]
    if chosen.outcome is not Outcome.KEEP:
        letters += answer(act)
    case.version = 1
    rows = [case, *materials, *files, *writer.taken()]
    write_with_letters(rows, letters, at=at, after=[*act.rows, *along(case)])
    return TakenIn(case, code, judgement, letters)


def _say_what_is_asked(case: Case, licence: Licence | None, purpose: str, *, on: date) -> None:
    """Afterwards the case names its 办理项 and the licence it is about; raises DomainError when the applicant does not hold it."""
    subject = subject_of(licence, purpose, party=case.party, on=on)
    case.purpose, case.subject_licence = subject.purpose, subject.licence
    case.decide_before_on, case.renewal_in_time = subject.decide_before_on, subject.renewal_in_time
    if subject.licence is not None:
        case.premises = case.premises or subject.licence.premises


def _case_series(on: date) -> Series:
    return "办件", f"{on:%Y%m%d}"


def _new_case(
    application: Application, *, edition: Edition, handling: Department, deciding: Department, actor: User, at: datetime
) -> Case:
    """The case as received, its intake clock running; still without number, party and codes."""
    today = local_date(at)
    case = Case(
        matter=application.matter,
        edition=edition,
        channel=application.channel,
        handling_department=handling,
        deciding_department=deciding,
        **_agent(application, today=today),
        premises=clean_text(application.premises, max_length=200),
        request=clean_text(application.request, max_length=2000, multiline=True),
        electronic_service=application.electronic_service,
        received_at=at,
        received_by=actor,
        materials_on=today,
    )
    take_event(case, Event.SUBMIT)
    start_intake_clock(case, from_on=today, calendar=current_calendar(), today=today)
    return case


def _agent(application: Application, *, today: date) -> dict[str, str]:
    """The cleaned particulars of whoever brings the application."""
    name, number, kind = application.agent_name.strip(), application.agent_id_number.strip(), application.agent_id_kind
    phone = application.contact_phone.strip()
    return {
        "agent_name": clean_person_name(name) if name else "",
        "agent_id_kind": kind if number else "",
        "agent_id_number": check_id(IdKind(kind), number, today=today) if number else "",
        "contact_phone": clean_phone(phone) if phone else "",
    }


def _receipt(act: Answer, code: str) -> Letter:
    """Receipt D01 with the query code and the token of its QR code, of which the case keeps only digests."""
    case, token = act.case, new_token()
    case.query_code_hmac, case.query_token_hash = query_code_hmac(code), token_digest(token)
    return act.letter(
        DocumentKind.D01,
        materials=act.materials,
        is_correction=False,
        query_code=code,
        query_token=token,
        intake_due_on=case.intake_due_on,
    )
