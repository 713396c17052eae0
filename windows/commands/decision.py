"""决定: granted or refused, once, by somebody other than the accepting clerk, in the name of the body with the power."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotPermitted
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.names import clean_text
from matters import queries as catalogue
from matters.models import Power

from .. import events, permissions, queries
from ..documents import DocumentKind
from ..domain.states import Event
from ..events import EventWriter
from ..models import Case, Decision
from . import gates
from .acting import begin_act, finish_act, take_event
from .clocking import start_delivery_clock
from .hearing_records import cited_record
from .intake.acceptance import give_owed_receipt
from .letters import seal_letter
from .post_checks import open_post_check


@dataclass(frozen=True)
class Grant:
    """准予的内容: what is allowed, on which conditions, from when to when (``valid_to`` None: long-term).

    ``cites_hearing``: the decision says that it rests on the record of the hearing, where one was held.
    """

    content: str
    valid_from: date
    valid_to: date | None = None
    conditions: str = ""
    cites_hearing: bool = False


@dataclass(frozen=True)
class Refusal:
    """不予的内容: the facts found, the reasons, and the provision they rest on (行政许可法第三十八条第二款).

    ``cites_hearing`` as in ``Grant``.
    """

    facts: str
    reasons: str
    basis: str
    cites_hearing: bool = False


@transaction.atomic
def grant_case(number: str, *, grant: Grant, actor: User, at: datetime, expected_version: int | None = None) -> Case:
    """Afterwards the licence is granted, D15 is numbered and sealed, and the ten days of Article 44 run.

    Raises NotPermitted for the accepting clerk, StaleState when somebody decided first, InvalidInput for the content,
    DomainError when a gate of ``gates.DECISION`` or ``gates.GRANT`` is shut.
    """
    case, writer = begin_act(number, action="grant", actor=actor, at=at, expected_version=expected_version)
    department = deciding_body(case, actor)
    gates.require_open((*gates.DECISION, *gates.GRANT), case, local_date(at))
    decision = granting(case, grant)
    take_event(case, Event.GRANT)
    conclude(case, writer, decision, DocumentKind.D15, department=department, actor=actor, at=at)
    return case


def granting(case: Case, grant: Grant) -> Decision:
    """The decision that grants, not yet made; raises InvalidInput for its content."""
    content = clean_text(grant.content, max_length=2000, multiline=True)
    if not content:
        raise InvalidInput("请填写许可内容。", fields={"content": "请写明准予的内容和范围。"})
    if grant.valid_to is not None and grant.valid_to < grant.valid_from:
        raise InvalidInput("有效期止早于有效期起，请改正。", fields={"valid_to": "有效期止不能早于有效期起。"})
    return Decision(
        case=case,
        result=Decision.Result.GRANTED,
        content=content,
        conditions=clean_text(grant.conditions, max_length=2000, multiline=True),
        basis=_with(_basis(case), cited_record(case, cites=grant.cites_hearing)),
        valid_from=grant.valid_from,
        valid_to=grant.valid_to,
    )


@transaction.atomic
def refuse_case(
    number: str, *, refusal: Refusal, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the application is refused with reasons and remedies (D16), and the ten days of Article 44 run.

    Raises as ``grant_case`` does; DomainError when no remedy is on record for the deciding body (nothing is sealed).
    """
    reasons = clean_text(refusal.reasons, max_length=4000, multiline=True)
    if not reasons:
        raise InvalidInput(
            "不予许可须说明理由。", article="行政许可法第三十八条第二款", fields={"reasons": "请写明不予许可的理由。"}
        )
    case, writer = begin_act(number, action="refuse", actor=actor, at=at, expected_version=expected_version)
    department = deciding_body(case, actor)
    gates.require_open(gates.DECISION, case, local_date(at))
    heard = cited_record(case, cites=refusal.cites_hearing)
    take_event(case, Event.REFUSE)
    decision = Decision(
        case=case,
        result=Decision.Result.REFUSED,
        facts=clean_text(refusal.facts, max_length=4000, multiline=True),
        reasons=reasons,
        basis=_with(clean_text(refusal.basis, max_length=2000, multiline=True) or _basis(case), heard),
    )
    conclude(case, writer, decision, DocumentKind.D16, department=department, actor=actor, at=at)
    return case


def conclude(
    case: Case,
    writer: EventWriter,
    decision: Decision,
    kind: DocumentKind,
    *,
    department: Department,
    actor: User,
    at: datetime,
) -> None:
    """Afterwards the decision stands with its letter, the ten days of Article 44 run, and the act is written.

    An instant matter granted on the day of its acceptance has its notice of acceptance in the decision; where a promise stood in
    for papers, the clock of its check begins.
    """
    today = local_date(at)
    granted = decision.result == Decision.Result.GRANTED
    is_receipt = case.receipt_owed and granted and case.accepted_on == today
    if case.receipt_owed and not is_receipt:
        give_owed_receipt(case, writer, actor=actor, at=at)
    case.receipt_owed = False
    decision.department, decision.decider = department, actor
    decision.decided_at, decision.decided_on = at, today
    decision.save()
    case.decided_at = at
    start_delivery_clock(case, from_on=today, calendar=current_calendar(), today=today)
    letter = seal_letter(
        case,
        kind,
        department=department,
        actor=actor,
        at=at,
        decision=decision,
        remedy_route=queries.remedy_route_on(department, today),
        is_receipt=is_receipt,
    )
    events.record_decision(
        writer,
        result=decision.result,
        decision_id=decision.pk,
        letter=letter.number,
        decided_on=today,
        delivery_due_on=case.delivery_due_on,
    )
    if granted and case.by_commitment:
        open_post_check(case, writer, decided_on=today)
    finish_act(case, writer)


def deciding_body(case: Case, actor: User) -> Department:
    """The body that holds the power for this case, if ``actor`` is neither its accepting clerk nor without that body.

    A case stays with the body that had the power on the day it was accepted (handover rule, domain reference 8).
    """
    if actor.pk == case.accepted_by_id:  # said again here: the decision rests on it, not only the button
        raise NotPermitted(permissions.FOUR_EYES)
    authority = catalogue.authority_on(case.matter, case.accepted_on, Power.DECIDE)
    if authority is None:
        raise DomainError(
            f"{case.accepted_on}没有登记本事项的决定机关，不能作出决定；请事项管理员补录。",
            article="行政许可法第二十二条",
        )
    if authority.department_id != case.deciding_department_id:
        raise DomainError(
            f"本件的决定机关应为{authority.department.name}，与登记的{case.deciding_department.name}不一致；请联系事项管理员核对。",
            article="行政许可法第二十二条",
        )
    return authority.department


def _with(basis: str, heard: str) -> str:
    """The provisions and, where a hearing was held, its record (行政许可法第四十八条第二款)."""
    return "；".join(part for part in (basis.rstrip("。；;"), heard) if part) if heard else basis


def _basis(case: Case) -> str:
    edition = catalogue.edition_with_materials(case.edition_id)
    return "；".join(row.citation for row in edition.legal_bases.all()) or edition.statutory_basis
