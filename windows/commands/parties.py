"""Applicants: registered once by number, kept up to date at each intake."""

from dataclasses import dataclass
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS, connections

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.crypto import blind_index
from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.id_codes import IdKind, check_id
from laiyang_approval.kernel.names import clean_organisation_name, clean_person_name, clean_phone, clean_text

from ..models import Party


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
_REGISTER = """
INSERT INTO windows_party (kind, name, id_kind, id_number, id_index, phone, address, legal_representative, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id_kind, id_index) DO UPDATE SET
    kind = excluded.kind,
    name = excluded.name,
    phone = CASE excluded.phone WHEN '' THEN windows_party.phone ELSE excluded.phone END,
    address = CASE excluded.address WHEN '' THEN windows_party.address ELSE excluded.address END,
    legal_representative = CASE excluded.legal_representative
        WHEN '' THEN windows_party.legal_representative ELSE excluded.legal_representative END
RETURNING id, phone, address, legal_representative, user_id
"""

_KINDS = frozenset(Party.Kind.values)


def register_party(data: PartyData, *, at: datetime) -> Party:
    """The party with this number, created or brought up to date with what was typed (blank fields keep what is known).

    Part of the act that receives an application: runs in its transaction.

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
    with connection.cursor() as cursor:
        cursor.execute(_REGISTER, values)
        party.pk, phone, party.address, party.legal_representative, party.user_id = cursor.fetchone()
    party.phone = field("phone").from_db_value(phone, None, connection)
    party._state.adding, party._state.db = False, connection.alias
