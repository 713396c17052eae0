"""颁发与送达: the certificate is made, the papers are served, and what proves it is kept (行政许可法第三十九条、第四十四条)."""

from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.models import User

from .. import events, queries
from ..documents import DocumentKind, certificate_kind, has_certificate
from ..domain.states import Event, State
from ..models import Case, Licence
from .acting import begin_act, finish_act, take_event
from .clocking import stop_clock
from .letters import seal_letter
from .serving import Service, record_service


@transaction.atomic
def issue_certificate(number: str, *, actor: User, at: datetime, expected_version: int | None = None) -> Case:
    """Afterwards the certificate of a granted case is numbered, sealed and waits for the worker; the licence is valid."""
    case, writer = begin_act(number, action="issue", actor=actor, at=at, expected_version=expected_version)
    if not has_certificate(case.edition):
        raise DomainError("本事项没有证件，决定书即为办理结果；请直接登记送达。")
    take_event(case, Event.ISSUE)
    decision = case.decision
    kind = certificate_kind(case.edition)
    letter = seal_letter(case, kind, department=decision.department, actor=actor, at=at, decision=decision)
    licence = Licence.objects.create(
        case=case,
        number=letter.number,
        title=letter.title,
        matter=case.matter,
        holder=case.party,
        issued_by_department=decision.department,
        letter=letter,
        issued_on=local_date(at),
        valid_from=decision.valid_from,
        valid_to=decision.valid_to,
        content=decision.content,
        premises=case.premises,
    )
    case.issued_at = at
    events.record_issue(writer, licence_id=licence.pk, letter=letter.number)
    finish_act(case, writer)
    return case


@transaction.atomic
def deliver_case(
    number: str, *, service: Service, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the decision (and certificate) count as served, with D18 as the proof; the delivery clock has stopped.

    Raises InvalidInput when what proves this way of service is missing.
    """
    case, writer = begin_act(number, action="deliver", actor=actor, at=at, expected_version=expected_version)
    if case.current_state is State.GRANTED and has_certificate(case.edition):
        raise DomainError("本件准予后须先制发证件，再登记送达。", article="行政许可法第三十九条")
    take_event(case, Event.DELIVER)
    letters = list(queries.letters_of(case).filter(kind__in=_SERVED_KINDS))
    record = record_service(case, letters[-1], service, actor=actor, at=at)
    case.delivered_at = case.ended_at = at
    stop_clock(case)
    seal_letter(
        case,
        DocumentKind.D18,
        department=case.deciding_department,
        actor=actor,
        at=at,
        service=record,
        letters=letters,
    )
    events.record_delivery(writer, service_id=record.pk, method=record.method)
    finish_act(case, writer)
    return case


_SERVED_KINDS = [kind.value for kind in (DocumentKind.D15, DocumentKind.D16, DocumentKind.C01, DocumentKind.C02)]
