"""登记历史证照: a licence issued before the portal, often by the body that had the power then, so that its life can go on here."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.names import clean_text
from matters import queries as catalogue
from matters.models import Matter

from ... import licences, permissions
from ...domain.states import Event
from ...events import licences as events
from ...models import Case, Licence
from ..acting import finish_act
from ..parties import PartyData, register_party
from .opening import edition_for, open_case


@dataclass(frozen=True)
class OldLicence:
    """历史证照 as its paper says."""

    matter: Matter
    number: str
    title: str
    holder: PartyData
    issued_by: Department
    issued_on: date
    valid_from: date
    valid_to: date | None
    content: str
    premises: str = ""


@transaction.atomic
def register_old_licence(old: OldLicence, *, actor: User, at: datetime) -> Licence:
    """Afterwards the licence stands in the register under its old number, with a case of its own (origin 历史登记).

    Raises InvalidInput for what cannot be, DomainError when the number is on record, NotPermitted.
    """
    on = local_date(at)
    known = catalogue.competence_on(old.matter, on)
    handling = known.accept.department if known.accept else catalogue.current_body(old.issued_by, on)
    permissions.require_intake(actor, handling)
    number = licences.normalised_number(clean_text(old.number, max_length=60))
    if not number:
        raise InvalidInput("请填写证照编号。", fields={"number": "请填写证照编号。"})
    if Licence.objects.filter(number=number).exists():
        raise DomainError(f"证照{number}已经登记，不能重复登记。")
    if old.issued_on > on or (old.valid_to is not None and old.valid_to < old.valid_from):
        raise InvalidInput("发证日期不能晚于今天，有效期止不能早于有效期起。", fields={"valid_to": "请核对日期。"})
    if not old.issued_by.valid_from <= old.issued_on <= (old.issued_by.valid_to or date.max):
        sentence = f"{old.issued_by.name}在{old.issued_on.isoformat()}不存在或者已撤销；请核对发证机关和日期。"
        raise InvalidInput(sentence, fields={"issued_on": sentence})
    case, writer = open_case(
        Event.IMPORT,
        origin=Case.Origin.IMPORTED,
        purpose=Case.Purpose.NEW,
        matter=old.matter,
        edition=edition_for(old.matter, on),
        party=register_party(old.holder, at=at),
        handling=handling,
        deciding=known.decide.department if known.decide else handling,
        subject=None,
        premises=clean_text(old.premises, max_length=200),
        actor=actor,
        at=at,
    )
    licence = Licence.objects.create(
        case=case,
        number=number,
        title=clean_text(old.title, max_length=100),
        matter=old.matter,
        holder=case.party,
        issued_by_department=old.issued_by,
        letter=None,
        issued_on=old.issued_on,
        valid_from=old.valid_from,
        valid_to=old.valid_to,
        content=clean_text(old.content, max_length=2000, multiline=True),
        premises=case.premises,
    )
    events.record_registration(writer, licence_id=licence.pk)
    finish_act(case, writer)
    return licence
