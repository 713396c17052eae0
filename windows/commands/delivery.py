"""颁发与送达: the certificate is made, the papers are served, and what proves it is kept (行政许可法第三十九条、第四十四条)."""

from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.models import Department, User

from .. import events, licences, queries
from ..documents import SERVED, DocumentKind, certificate_kind, has_certificate
from ..domain.states import Event, State
from ..events import EventWriter
from ..models import Case, Licence
from ..preconditions import is_decided_outside
from .acting import begin_act, finish_act, take_event
from .clocking import stop_clock
from .letters import seal_letter
from .licences.making import Terms, has_ended, make_licence, replaced_by
from .serving import Service, record_service


@transaction.atomic
def issue_certificate(number: str, *, actor: User, at: datetime, expected_version: int | None = None) -> Case:
    """Afterwards the certificate of a granted case is numbered, sealed and waits for the worker; the licence is valid.

    Raises DomainError where there is nothing to make out, or when the licence it would replace has ended.
    """
    case, writer = begin_act(number, action="issue", actor=actor, at=at, expected_version=expected_version)
    if case.purpose == Case.Purpose.CANCELLATION:
        raise DomainError("注销没有新的证件，决定书即为办理结果；请直接登记送达。", article="行政许可法第七十条")
    if is_decided_outside(case):
        raise DomainError("本件由上级机关决定，证件由该机关制发；请直接登记送达。", article="行政许可法第三十九条")
    if not has_certificate(case.edition):
        raise DomainError("本事项没有证件，决定书即为办理结果；请直接登记送达。")
    take_event(case, Event.ISSUE)
    decision = case.decision
    seal_certificate(
        case,
        writer,
        Terms.of(decision),
        department=decision.department,
        previous=replaced_by(case, on=local_date(at), at=at),
        actor=actor,
        at=at,
    )
    finish_act(case, writer)
    return case


def seal_certificate(
    case: Case,
    writer: EventWriter,
    terms: Terms,
    *,
    department: Department,
    previous: Licence | None,
    actor: User | None,
    at: datetime,
) -> Licence:
    """Afterwards the certificate stands in the case and its licence in the register; ``previous`` (locked) is replaced.

    Call inside the act that takes the event, for a matter that has a certificate.
    """
    letter = seal_letter(
        case,
        certificate_kind(case.edition),
        department=department,
        actor=actor,
        at=at,
        decision=terms,
        replaces=previous,
    )
    licence = make_licence(
        case, letter, terms, department=department, previous=previous, on=local_date(at), at=at, actor=actor
    )
    case.issued_at = at
    events.record_issue(writer, licence_id=licence.pk, letter=letter.number)
    return licence


@transaction.atomic
def deliver_case(
    number: str, *, service: Service, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the decision (and certificate) count as served, with D18 as the proof; the delivery clock has stopped.

    Raises InvalidInput when what proves this way of service is missing.
    """
    case, writer = begin_act(number, action="deliver", actor=actor, at=at, expected_version=expected_version)
    if case.current_state is State.GRANTED and awaits_certificate(case):
        raise DomainError("本件准予后须先制发证件，再登记送达。", article="行政许可法第三十九条")
    take_event(case, Event.DELIVER)
    letters = list(queries.letters_of(case).filter(kind__in=[kind.value for kind in SERVED]))
    record = record_service(case, letters[-1], service, actor=actor, at=at)
    case.delivered_at = case.ended_at = at
    stop_clock(case)
    seal_letter(
        case,
        DocumentKind.D18,
        # Whoever hands the papers over signs for it: the body above decided, and is not here to serve.
        department=case.handling_department if is_decided_outside(case) else case.deciding_department,
        actor=actor,
        at=at,
        service=record,
        letters=letters,
    )
    events.record_delivery(writer, service_id=record.pk, method=record.method)
    finish_act(case, writer)
    return case


def awaits_certificate(case: Case) -> bool:
    """Whether a granted case still gets a certificate: not a cancellation, and not once the licence it is about has ended."""
    if case.purpose == Case.Purpose.CANCELLATION or not has_certificate(case.edition) or is_decided_outside(case):
        return False
    return case.subject_licence_id is None or not has_ended(licences.newest_version(case.subject_licence_id))
