"""登记在办件: a case its body accepted before the portal knew of it, so that it is finished here, its clock from its own day."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import SHANGHAI, local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text
from laiyang_approval.kernel.numbering import allot_number
from matters import queries as catalogue
from matters.models import Matter, Power

from .. import permissions
from ..clocks import clock_start_of
from ..domain.states import Event
from ..events.moves import record_open_import
from ..models import Case
from .acting import finish_act
from .clocking import start_decision_clock
from .intake.acceptance import order_series
from .licences.opening import edition_for, open_case
from .parties import PartyData, register_party


@dataclass(frozen=True)
class OldCase:
    """原登记簿上的在办件: the matter, the applicant, the old number, when it was received and accepted."""

    matter: Matter
    number: str
    party: PartyData
    received_on: date
    accepted_on: date
    request: str = ""
    premises: str = ""


@transaction.atomic
def import_open_case(old: OldCase, *, actor: User, at: datetime) -> Case:
    """Afterwards the case stands accepted as of its own day, with the body that had the powers then; its clock runs from there.

    Raises InvalidInput for dates that cannot be or a number that is missing, DomainError for one on record or a day without a
    competent body, NotPermitted for somebody who takes nothing in for that body.
    """
    today = local_date(at)
    if not old.received_on <= old.accepted_on <= today:
        raise InvalidInput("受理日期不能早于收件日期，也不能晚于今天。", fields={"accepted_on": "请核对日期。"})
    number = clean_text(old.number, max_length=60)
    if not number:
        raise InvalidInput("请填写原受理编号。", fields={"number": "请填写原受理编号。"})
    accept = catalogue.authority_on(old.matter, old.accepted_on, Power.ACCEPT)
    decide = catalogue.authority_on(old.matter, old.accepted_on, Power.DECIDE)
    if accept is None or decide is None:
        raise DomainError(f"{old.matter.name}在{old.accepted_on.isoformat()}没有登记受理或决定机关，不能登记。")
    permissions.require_intake(actor, accept.department)
    mark = f"原受理编号：{number}。"
    if Case.objects.filter(origin=Case.Origin.IMPORTED, matter_id=old.matter.pk, request__startswith=mark).exists():
        raise DomainError(f"在办件{number}已经登记，不能重复登记。")
    case, writer = open_case(
        Event.IMPORT_OPEN,
        origin=Case.Origin.IMPORTED,
        purpose=Case.Purpose.NEW,
        matter=old.matter,
        edition=edition_for(old.matter, today),
        party=register_party(old.party, at=at),
        handling=accept.department,
        deciding=decide.department,
        subject=None,
        premises=clean_text(old.premises, max_length=200),
        actor=actor,
        at=at,
    )
    case.reviewer = None
    case.request = mark + clean_text(old.request, max_length=1800, multiline=True)
    case.received_at = datetime.combine(old.received_on, time(9), tzinfo=SHANGHAI)
    case.materials_on = old.received_on
    case.accepted_on, case.accepted_at = old.accepted_on, at
    series, period = order_series(accept.department)
    case.acceptance_order = allot_number(series, period=period)
    start = clock_start_of(case, old.accepted_on)
    start_decision_clock(case, from_on=start, calendar=current_calendar(), today=today)
    record_open_import(
        writer,
        accepted_on=old.accepted_on,
        clock_from_on=case.clock_from_on,
        statutory_due_on=case.statutory_due_on,
        order=case.acceptance_order,
    )
    finish_act(case, writer)
    return case
