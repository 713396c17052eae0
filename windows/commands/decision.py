"""决定: granted or refused, once, by somebody other than the accepting clerk, in the name of the body with the power."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotPermitted
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.names import clean_text
from matters import queries as catalogue
from matters.models import Power

from .. import events, permissions, queries
from ..documents import GRANTING, REFUSING, DocumentKind
from ..domain.restrictions import Falsehood, RestrictionKind, ban_end
from ..domain.states import Event
from ..events import EventWriter
from ..events.restrictions import record_restriction
from ..models import Case, CaseEvent, Decision, Letter
from ..preconditions import is_decided_above
from . import gates
from .acting import begin_act, finish_act, take_event
from .clocking import start_delivery_clock
from .hearing_records import cited_record
from .intake.acceptance import give_owed_receipt
from .letters import seal_letter
from .licences.granting import GRANTED_AS, Grant, facts_of, licence_asked_about, take_effect, terms_of
from .parties import restrict_party
from .post_checks import open_post_check


@dataclass(frozen=True)
class Refusal:
    """不予的内容: the facts found, the reasons, and the provision they rest on (行政许可法第三十八条第二款).

    ``falsehood``: whether the applicant hid facts or brought false papers, and whether that closes the matter (第七十八条).
    ``cites_hearing`` as in ``Grant``.
    """

    facts: str
    reasons: str
    basis: str
    falsehood: str = "none"
    cites_hearing: bool = False


@transaction.atomic
def grant_case(number: str, *, grant: Grant, actor: User, at: datetime, expected_version: int | None = None) -> Case:
    """Afterwards what was applied for is granted, its paper (D15, D20, D21, D24) is sealed, and Article 44's ten days run.

    Raises NotPermitted for the accepting clerk, StaleState when somebody decided first, InvalidInput for the content,
    DomainError when a gate of ``gates.DECISION`` or ``gates.GRANT`` is shut, or when the licence asked about has ended.
    """
    case, writer = begin_act(number, action="grant", actor=actor, at=at, expected_version=expected_version)
    department = deciding_body(case, actor)
    gates.require_open((*gates.DECISION, *gates.GRANT), case, local_date(at))
    take_event(case, Event.GRANT)
    grant_and_conclude(case, writer, grant, department=department, actor=actor, at=at)
    return case


def grant_and_conclude(
    case: Case, writer: EventWriter, grant: Grant, *, department: Department, actor: User, at: datetime
) -> None:
    """Afterwards the grant of a case in that state stands with its paper and its effect on the licence; raises for its content."""
    heard = cited_record(case, cites=grant.cites_hearing)
    licence = licence_asked_about(case, at=at)
    terms = terms_of(case, licence, grant, on=local_date(at))
    decision = Decision(
        case=case,
        result=Decision.Result.GRANTED,
        content=terms.content,
        conditions=terms.conditions,
        basis=_with(_basis(case), heard),
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
    )
    letter = conclude(
        case,
        writer,
        decision,
        GRANTING[case.purpose],
        department=department,
        actor=actor,
        at=at,
        **facts_of(case, licence, grant),
    )
    take_effect(case, decision, letter, licence, grant, actor=actor, at=at)
    finish_act(case, writer)


@transaction.atomic
def refuse_case(
    number: str, *, refusal: Refusal, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the application is refused with reasons and remedies (D16, or that of its 办理项), and Article 44 runs.

    Raises as ``grant_case`` does; DomainError when no remedy is on record for the deciding body (nothing is sealed).
    """
    reasons = clean_text(refusal.reasons, max_length=4000, multiline=True)
    if refusal.falsehood not in set(Falsehood):
        raise InvalidInput("请选择有没有隐瞒情况、提供虚假材料。", fields={"falsehood": "请选择一项。"})
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
    falsehood, on = Falsehood(refusal.falsehood), local_date(at)
    banned_until = ban_end(RestrictionKind.ONE_YEAR_BAN, on) if falsehood is Falsehood.BANNED else None
    conclude(
        case,
        writer,
        decision,
        REFUSING[case.purpose],
        department=department,
        licence=case.subject_licence,
        falsehood=falsehood,
        banned_until=banned_until,
        actor=actor,
        at=at,
    )
    if banned_until is not None:
        _ban_for_a_year(case, writer, on=on, actor=actor, at=at)
    finish_act(case, writer)
    return case


def _ban_for_a_year(case: Case, writer: EventWriter, *, on: date, actor: User, at: datetime) -> None:
    """行政许可法第七十八条: false papers for a matter of safety or health close it to the applicant for a year."""
    ban = restrict_party(
        case.party,
        kind=RestrictionKind.ONE_YEAR_BAN,
        from_on=on,
        to_on=None,
        basis="行政许可法第七十八条",
        matter=case.matter,
        source_case=case,
        actor=actor,
        at=at,
    )
    record_restriction(writer, restriction_id=ban.pk, kind=ban.kind, to_on=ban.to_on)


def conclude(
    case: Case,
    writer: EventWriter,
    decision: Decision,
    kind: DocumentKind,
    *,
    department: Department,
    actor: User,
    at: datetime,
    **facts: Any,
) -> Letter:
    """Afterwards the decision stands with its letter and the ten days of Article 44 run; the caller finishes the act.

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
        **facts,
        remedy_route=queries.remedy_route_on(department, today),
        is_receipt=is_receipt,
    )
    events.record_decision(
        writer,
        result=GRANTED_AS[case.purpose] if granted else decision.result,
        decision_id=decision.pk,
        letter=letter.number,
        decided_on=today,
        delivery_due_on=case.delivery_due_on,
    )
    if granted and case.by_commitment:
        open_post_check(case, writer, decided_on=today)
    return letter


def deciding_body(case: Case, actor: User) -> Department:
    """The body that holds the power for this case, if ``actor`` is neither its accepting clerk nor without that body.

    A case stays with the body that had the power on the day it was accepted, unless it was moved (domain reference 8).
    """
    # Said again here: the decision rests on it, not only the button. Whoever had it accepted by a delegate accepted it too.
    if actor.pk == case.accepted_by_id or _accepted_for(case, actor):
        raise NotPermitted(permissions.FOUR_EYES)
    if is_decided_above(case):
        raise DomainError(
            "本事项由上级机关决定，本机关只提出初步审查意见；请报送，收到决定后由窗口登记。",
            article="行政许可法第三十五条",
        )
    on = queries.competence_day_of(case)
    authority = catalogue.authority_on(case.matter, on, Power.DECIDE)
    if authority is None:
        raise DomainError(
            f"{on}没有登记本事项的决定机关，不能作出决定；请事项管理员补录。",
            article="行政许可法第二十二条",
        )
    if authority.department_id != case.deciding_department_id:
        raise DomainError(
            f"本件的决定机关应为{authority.department.name}，与登记的{case.deciding_department.name}不一致；请联系事项管理员核对。",
            article="行政许可法第二十二条",
        )
    return authority.department


def _accepted_for(case: Case, person: User) -> bool:
    return CaseEvent.objects.filter(case=case, kind="accepted", detail__for=person.pk).exists()


def _with(basis: str, heard: str) -> str:
    """The provisions and, where a hearing was held, its record (行政许可法第四十八条第二款)."""
    return "；".join(part for part in (basis.rstrip("。；;"), heard) if part) if heard else basis


def _basis(case: Case) -> str:
    edition = catalogue.edition_with_materials(case.edition_id)
    return "；".join(row.citation for row in edition.legal_bases.all()) or edition.statutory_basis
