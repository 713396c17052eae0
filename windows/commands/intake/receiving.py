"""收件: an application is received, and the clerk's choice among the five outcomes of Article 32 takes effect with it."""

from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.crypto import new_query_code, new_token, query_code_hmac, token_digest
from laiyang_approval.kernel.id_codes import IdKind, check_id
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.names import clean_person_name, clean_phone, clean_text
from laiyang_approval.kernel.numbering import allot_number
from matters.models import Edition

from ... import events, permissions
from ...documents import DocumentKind
from ...domain.case_numbers import case_number
from ...domain.intake import Outcome
from ...domain.states import Event
from ...events import EventWriter
from ...models import Case, IntakeDraft, Letter, Party
from ..acting import finish_act, take_event
from ..clocking import start_intake_clock
from ..letters import seal_letter
from ..parties import register_party
from .answering import ACTS
from .inputs import Application, OutcomeInput, TakenIn
from .judging import judge_application, keep_override, require_reason_to_differ
from .materials import create_materials


@transaction.atomic
def take_in(application: Application, *, chosen: OutcomeInput, actor: User, at: datetime) -> TakenIn:
    """Afterwards the application is received, with receipt D01, and the chosen outcome of Article 32 has taken effect.

    Raises InvalidInput for what was typed, NotPermitted when ``actor`` may not take in for the body, DomainError when the
    outcome is not lawful (incomplete materials, no power that day, an overriding choice without a reason).
    """
    today = local_date(at)
    edition, handling, deciding, judgement = judge_application(application, actor=actor, on=today)
    permissions.require_intake(actor, handling)
    require_reason_to_differ(chosen, judgement)
    party = register_party(application.party, at=at)
    case, writer, code, receipt = _receive(
        application, edition=edition, party=party, handling=handling, deciding=deciding, actor=actor, at=at
    )
    letters = [receipt]
    keep_override(case, chosen, judgement, actor=actor, at=at)
    if chosen.outcome is not Outcome.KEEP:
        letters += ACTS[chosen.outcome](case, writer, chosen, judgement, actor=actor, at=at)
    finish_act(case, writer)
    IntakeDraft.objects.filter(clerk=actor).delete()
    return TakenIn(case, code, judgement, letters)


def _receive(
    application: Application,
    *,
    edition: Edition,
    party: Party,
    handling: Department,
    deciding: Department,
    actor: User,
    at: datetime,
) -> tuple[Case, EventWriter, str, Letter]:
    today = local_date(at)
    code, token = new_query_code(), new_token()
    serial = allot_number("办件", period=f"{today:%Y%m%d}")
    case = Case(
        number=case_number(today, serial),
        matter=application.matter,
        edition=edition,
        party=party,
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
        query_code_hmac=query_code_hmac(code),
        query_token_hash=token_digest(token),
    )
    take_event(case, Event.SUBMIT)
    start_intake_clock(case, from_on=today, calendar=current_calendar(), today=today)
    case.save(force_insert=True)
    writer = EventWriter(case=case, at=at, recorded_at=clock.now(), actor=actor)
    events.record_receipt(writer, channel=case.channel, edition_id=edition.pk, intake_due_on=case.intake_due_on)
    rows = create_materials(case, edition, application.materials, writer, actor=actor, at=at)
    letter = seal_letter(
        case,
        DocumentKind.D01,
        department=handling,
        actor=actor,
        at=at,
        materials=rows,
        is_correction=False,
        query_code=code,
        query_token=token,
        intake_due_on=case.intake_due_on,
    )
    return case, writer, code, letter


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
