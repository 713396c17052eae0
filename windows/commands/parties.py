"""Applicants: registered once by number, kept up to date at each intake; restricted and freed again, with the basis."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.crypto import blind_index
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound
from laiyang_approval.kernel.id_codes import IdKind, check_id
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_organisation_name, clean_person_name, clean_phone, clean_text
from laiyang_approval.kernel.statements import Statement
from matters.models import Matter

from .. import permissions, queries
from ..domain.restrictions import BAN_ARTICLES, RestrictionKind, ban_end
from ..events import EventWriter
from ..events import restrictions as events
from ..models import Case, Party, PartyRestriction
from ..restrictions import restrictions_for
from .acting import finish_act


@dataclass(frozen=True)
class PartyData:
    """申请人登记内容, as typed; ``register_party`` cleans and checks it."""

    kind: str
    name: str
    id_kind: str
    id_number: str
    phone: str = ""
    address: str = ""
    legal_representative: str = ""


_COLUMNS = (
    "kind",
    "name",
    "id_kind",
    "id_number",
    "id_index",
    "phone",
    "address",
    "legal_representative",
    "created_at",
)
#: Blank fields keep what is known. Two windows may register one applicant at once: the second one's row becomes the first one's.
_REGISTER = Statement("""
INSERT INTO windows_party (kind, name, id_kind, id_number, id_index, phone, address, legal_representative, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id_kind, id_index) DO UPDATE SET
    kind = excluded.kind,
    name = excluded.name,
    phone = CASE excluded.phone WHEN '' THEN windows_party.phone ELSE excluded.phone END,
    address = CASE excluded.address WHEN '' THEN windows_party.address ELSE excluded.address END,
    legal_representative = CASE excluded.legal_representative
        WHEN '' THEN windows_party.legal_representative ELSE excluded.legal_representative END
RETURNING id, phone, address, legal_representative, user_id, EXISTS (
    SELECT 1 FROM windows_partyrestriction r WHERE r.party_id = windows_party.id AND r.lifted_on IS NULL
)
""")

_KINDS = frozenset(Party.Kind.values)


def register_party(data: PartyData, *, at: datetime) -> Party:
    """The party with this number, created or brought up to date with what was typed (blank fields keep what is known).

    Part of the act that receives an application: runs in its transaction. ``may_be_restricted`` on the party says whether it is
    worth asking what the party may not do.

    Raises InvalidInput with a sentence for the field that cannot be taken.
    """
    if data.kind not in _KINDS:
        raise InvalidInput("请选择申请人类别。", fields={"kind": "请选择申请人类别。"})
    id_kind = IdKind(data.id_kind)
    natural = data.kind == Party.Kind.NATURAL
    if natural == (id_kind is IdKind.CREDIT_CODE):
        sentence = "自然人请填写身份证件号码。" if natural else "单位和个体工商户请填写统一社会信用代码。"
        raise InvalidInput(sentence, fields={"id_kind": sentence})
    number = check_id(id_kind, data.id_number, today=local_date(at))
    party = Party(
        kind=data.kind,
        name=clean_person_name(data.name) if natural else clean_organisation_name(data.name),
        id_kind=id_kind.value,
        id_number=number,
        id_index=blind_index(number, "party"),
        phone=clean_phone(data.phone) if data.phone.strip() else "",
        address=clean_text(data.address, max_length=200),
        legal_representative=clean_person_name(data.legal_representative) if data.legal_representative.strip() else "",
        created_at=at,
    )
    _write(party)
    return party


def _write(party: Party) -> None:
    """Afterwards the row stands, and ``party`` says what is known of the applicant now."""
    field, connection = Party._meta.get_field, connections[DEFAULT_DB_ALIAS]
    values = [field(name).get_db_prep_save(getattr(party, name), connection) for name in _COLUMNS]
    party.pk, phone, party.address, party.legal_representative, party.user_id, restricted = _REGISTER.first(values)
    party.may_be_restricted = bool(restricted)
    party.phone = field("phone").from_db_value(phone, None, connection)
    party._state.adding, party._state.db = False, connection.alias


@transaction.atomic
def restrict_party(
    party: Party,
    *,
    kind: RestrictionKind,
    from_on: date,
    to_on: date | None,
    basis: str,
    matter: Matter | None = None,
    source_case: Case | None = None,
    actor: User | None,
    at: datetime,
) -> PartyRestriction:
    """Afterwards ``party`` is restricted from ``from_on`` to ``to_on``, both included (None: until it is lifted).

    Part of the act that has the reason: that act asks for the right and records ``record_restriction`` among its events.
    A ban of Article 78 or 79 names the one matter it closes and lasts what the law says, no more and no less (``to_on`` None
    leaves the counting to this command). Raises InvalidInput, and DomainError for what stands already.
    """
    kind = RestrictionKind(kind)
    basis = clean_text(basis, max_length=300)
    if not basis:
        raise InvalidInput("限制申请人须写明依据。", fields={"basis": "请写明依据，到条、款、项。"})
    if kind in BAN_ARTICLES:
        article, years = BAN_ARTICLES[kind]
        if matter is None:
            raise InvalidInput(f"{kind.label}须写明所涉事项，不能限制申请人申请其他许可。", article=article)
        lawful = ban_end(kind, from_on)
        if to_on not in {None, lawful}:
            raise InvalidInput(
                f"自{from_on.isoformat()}起{years}年，至{lawful.isoformat()}止；期限由法律规定。", article=article
            )
        to_on = lawful
    if to_on is not None and to_on < from_on:
        raise InvalidInput("限制的止日早于起日，请改正。", fields={"to_on": "止日不能早于起日。"})
    # Two acts that restrict one party at once come one after the other.
    Party.objects.select_for_update(of=("self",)).get(pk=party.pk)
    standing = PartyRestriction.objects.filter(
        party=party, kind=kind.value, matter=matter, source_case=source_case, from_on=from_on, lifted_on__isnull=True
    )
    if standing.exists():
        raise DomainError("同一事由的限制已经登记，不能重复登记。")
    return PartyRestriction.objects.create(
        party=party,
        kind=kind.value,
        matter=matter,
        from_on=from_on,
        to_on=to_on,
        basis=basis,
        source_case=source_case,
        set_by=actor,
        set_at=at,
    )


@transaction.atomic
def restrict_from_outside(
    number: str, *, to_on: date | None, basis: str, actor: User | None, at: datetime
) -> PartyRestriction | None:
    """Afterwards the party of this case may use neither 容缺受理 nor 告知承诺 from today on: another body found something wrong.

    Never the right to apply. The case's own events say so. None where the same restriction stands since today.
    """
    case = queries.lock_case(number)
    kind, today = RestrictionKind.NO_DEFERRAL_NO_COMMITMENT, local_date(at)
    same = PartyRestriction.objects.filter(
        party=case.party, kind=kind.value, source_case=case, from_on=today, lifted_on__isnull=True
    )
    if same.exists():
        return None
    restriction = restrict_party(
        case.party, kind=kind, from_on=today, to_on=to_on, basis=basis, source_case=case, actor=actor, at=at
    )
    writer = EventWriter(case=case, at=at, recorded_at=clock.now(), actor=actor)
    events.record_restriction(writer, restriction_id=restriction.pk, kind=restriction.kind, to_on=to_on)
    finish_act(case, writer)
    return restriction


@transaction.atomic
def lift_restriction(restriction_id: int, *, reason: str, actor: User, at: datetime) -> PartyRestriction:
    """Afterwards the restriction no longer holds from today on: repaired, or its ground was set aside; the reason is kept.

    Raises NotFound for what is not this person's to know of, NotPermitted for whoever does not decide for the body it came
    from, InvalidInput without a reason, DomainError for one that was lifted before.
    """
    reason = clean_text(reason, max_length=500)
    if not reason:
        raise InvalidInput(
            "请写明解除限制的理由和依据。", fields={"reason": "请写明理由和依据，如信用修复决定的文号。"}
        )
    found = restrictions_for(actor).select_for_update(of=("self",)).filter(pk=restriction_id).first()
    if found is None:
        raise NotFound("没有查到这条限制；请刷新页面后再办。")
    permissions.require_lifting(actor, found)
    if found.lifted_on is not None:
        raise DomainError(f"这条限制已于{found.lifted_on.isoformat()}解除，不必再办。")
    end_restriction(found, reason=reason, actor=actor, at=at)
    if found.source_case_id is not None:
        case = queries.lock_case(found.source_case.number)
        writer = EventWriter(case=case, at=at, recorded_at=clock.now(), actor=actor)
        events.record_lifting(writer, restriction_id=found.pk)
        finish_act(case, writer)
    return found


def end_restriction(found: PartyRestriction, *, reason: str, actor: User | None, at: datetime) -> None:
    """Afterwards the locked restriction no longer holds from the day of ``at`` on; part of the act that has the reason."""
    found.lifted_on, found.lift_reason, found.lifted_by = local_date(at), reason, actor
    found.save(update_fields=["lifted_on", "lift_reason", "lifted_by"])
