"""利害关系人: told when a licence directly touches their major interest, and heard (行政许可法第三十六条)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import (
    clean_organisation_name,
    clean_person_name,
    clean_phone,
    clean_text,
    comparison_key,
)

from ..domain.hearings import ART_36
from ..domain.states import Event
from ..events import examination as events
from ..examination import asked_of
from ..models import Case, InterestedParty, ProcedureNotice, Statement
from .acting import begin_act, finish_act, take_event
from .noticing import seal_notice


@dataclass(frozen=True)
class Interested:
    """利害关系人: who, and which major interest of theirs the licence directly touches."""

    kind: str
    name: str
    interest: str
    phone: str = ""
    address: str = ""


@transaction.atomic
def inform_interested(
    number: str, *, party: Interested, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the interested party is on record and their notice D11 is sealed; their term runs once it is served.

    Raises InvalidInput for what is missing, DomainError for the applicant or somebody told already.
    """
    if party.kind not in InterestedParty.Kind.values:
        raise InvalidInput("请选择利害关系人的类别。", fields={"kind": "请选择类别。"})
    natural = party.kind == InterestedParty.Kind.NATURAL
    name = clean_person_name(party.name) if natural else clean_organisation_name(party.name)
    interest = clean_text(party.interest, max_length=500)
    if not interest:
        raise InvalidInput(
            "请写明该许可直接关系其什么重大利益。", article=ART_36, fields={"interest": "请写明利害关系。"}
        )
    phone = clean_phone(party.phone) if party.phone.strip() else ""
    case, writer = begin_act(number, action="inform_interested", actor=actor, at=at, expected_version=expected_version)
    if comparison_key(name) == comparison_key(case.party.name):
        raise DomainError("申请人不是本件的利害关系人；申请人的陈述申辩请直接登记。", article=ART_36)
    if InterestedParty.objects.filter(case=case, name=name).exists():
        raise DomainError(f"利害关系人{name}已经登记并告知；请登记送达或者其陈述。", article=ART_36)
    take_event(case, Event.INFORM_INTERESTED)
    row = InterestedParty.objects.create(
        case=case,
        kind=party.kind,
        name=name,
        phone=phone,
        address=clean_text(party.address, max_length=200),
        interest=interest,
        registered_by=actor,
        registered_at=at,
    )
    notice = seal_notice(case, ProcedureNotice.Kind.INTEREST, to=row, actor=actor, at=at)
    case.asked = asked_of(case)
    events.record_interested_informed(writer, party_id=row.pk, letter_id=notice.letter_id)
    finish_act(case, writer)
    return case


@dataclass(frozen=True)
class Stated:
    """陈述申辩: by whom (None: the applicant), what, on which day; or that they waive it."""

    interested_party_id: int | None
    stated_on: date
    text: str = ""
    waived: bool = False


@transaction.atomic
def record_statement(
    number: str, *, statement: Stated, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards what the applicant or an interested party stated stands in the case, or that they waived it."""
    text = clean_text(statement.text, max_length=4000, multiline=True)
    if not text and not statement.waived:
        raise InvalidInput("请填写陈述、申辩的内容；放弃的请勾选。", fields={"text": "请写明内容，或者勾选放弃。"})
    if statement.stated_on > local_date(at):
        raise InvalidInput("提出日期不能晚于今天。", fields={"stated_on": "提出日期不能晚于今天。"})
    case, writer = begin_act(number, action="record_statement", actor=actor, at=at, expected_version=expected_version)
    party = None
    if statement.interested_party_id is not None:
        party = InterestedParty.objects.filter(case=case, pk=statement.interested_party_id).first()
        if party is None:
            raise InvalidInput("没有这名利害关系人；请刷新页面后再选。", fields={"interested_party_id": "请重新选择。"})
    if case.accepted_on is not None and statement.stated_on < case.accepted_on:
        raise InvalidInput("提出日期早于受理日期，请核对。", fields={"stated_on": "不能早于受理日期。"})
    row = Statement.objects.create(
        case=case,
        interested_party=party,
        text=text,
        waived=statement.waived,
        stated_on=statement.stated_on,
        recorded_by=actor,
        recorded_at=at,
    )
    events.record_statement(writer, statement_id=row.pk, waived=row.waived)
    finish_act(case, writer)
    return case
