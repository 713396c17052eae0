"""Applicants: registered once by number, kept up to date at each intake."""

from dataclasses import dataclass
from datetime import datetime

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


def register_party(data: PartyData, *, at: datetime) -> Party:
    """The party with this number, created or brought up to date with what was typed (blank fields keep what is known).

    Part of the act that receives an application: runs in its transaction.

    Raises InvalidInput with a sentence for the field that cannot be taken.
    """
    if data.kind not in Party.Kind.values:
        raise InvalidInput("请选择申请人类别。", fields={"kind": "请选择申请人类别。"})
    id_kind = IdKind(data.id_kind)
    natural = data.kind == Party.Kind.NATURAL
    if natural == (id_kind is IdKind.CREDIT_CODE):
        sentence = "自然人请填写身份证件号码。" if natural else "单位和个体工商户请填写统一社会信用代码。"
        raise InvalidInput(sentence, fields={"id_kind": sentence})
    number = check_id(id_kind, data.id_number, today=local_date(at))
    name = clean_person_name(data.name) if natural else clean_organisation_name(data.name)
    phone = clean_phone(data.phone) if data.phone.strip() else ""
    index = blind_index(number, "party")
    values = {
        "kind": data.kind,
        "name": name,
        "address": clean_text(data.address, max_length=200),
        "legal_representative": clean_person_name(data.legal_representative)
        if data.legal_representative.strip()
        else "",
        "phone": phone,
    }
    party = Party.objects.filter(id_kind=id_kind.value, id_index=index).first()
    if party is None:
        party = Party(id_kind=id_kind.value, id_index=index, id_number=number, created_at=at, **values)
        # Two windows may register the same applicant at once: the second one's row becomes the first one's.
        Party.objects.bulk_create(
            [party], update_conflicts=True, unique_fields=["id_kind", "id_index"], update_fields=["name"]
        )
        return party
    changed = {key: value for key, value in values.items() if value and getattr(party, key) != value}
    if changed:
        for key, value in changed.items():
            setattr(party, key, value)
        party.save(update_fields=list(changed))
    return party
