"""上级机关的决定: taken outside the portal, registered with its number, day and scan, in that body's name and with its remedies."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import StoredFile, User
from laiyang_approval.kernel.names import clean_text

from .. import events, queries
from ..documents import DocumentKind, has_certificate
from ..documents.parts import certificate_name
from ..domain.states import Event
from ..events import preconditions as own_events
from ..models import Case, CaseFile, Decision, Letter, Licence, OutsideDecision
from ..preconditions import report_of
from .acting import begin_act, finish_act, take_event
from .clocking import start_delivery_clock
from .letters import seal_letter
from .licences.granting import GRANTED_AS, Grant, licence_asked_about, take_effect, terms_of
from .licences.making import Terms, make_licence, replaced_by

ART_35 = "行政许可法第三十五条"


@dataclass(frozen=True)
class DecisionAbove:
    """收到的决定: what the document says, its number and day, and the certificate where that body made one."""

    result: str
    document_number: str
    document_on: date
    basis: str
    content: str = ""
    reasons: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    certificate_number: str = ""


@transaction.atomic
def record_outside_decision(
    number: str,
    *,
    decided: DecisionAbove,
    scan: StoredFile | None,
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> Case:
    """Afterwards the case is granted or refused as the body above decided, and a letter (N04) hands its decision on with the
    remedies against that body; a licence it granted stands in the register under its own number and that body's name.

    Raises DomainError before the file has gone up, InvalidInput for what is missing or cannot be.
    """
    said = _checked(decided, on=local_date(at))
    case, writer = begin_act(
        number, action="record_outside_decision", actor=actor, at=at, expected_version=expected_version
    )
    report = report_of(case)
    if report is None:
        raise DomainError("本件还没有报送决定机关，不能登记其决定；请负责人先报送初步审查意见和案卷。", article=ART_35)
    if said.document_on < local_date(report.sent_at):
        sentence = f"决定日期早于报送日期{local_date(report.sent_at).isoformat()}，请核对文书。"
        raise InvalidInput(sentence, fields={"document_on": sentence})
    if scan is None:
        sentence = "请上传决定书的扫描件。"
        raise InvalidInput(sentence, fields={"scan": sentence})
    granted = said.result == Decision.Result.GRANTED
    grant = Grant(said.content, said.valid_from or said.document_on, said.valid_to)
    licence = licence_asked_about(case, at=at) if granted else None
    terms = terms_of(case, licence, grant, on=said.document_on) if granted else None
    take_event(case, Event.GRANT if granted else Event.REFUSE)
    decision = _decide(case, said, terms, actor=actor, at=at)
    start_delivery_clock(case, from_on=said.document_on, calendar=current_calendar(), today=local_date(at))
    file = CaseFile.objects.create(
        case=case, stored=scan, label=f"{said.document_number}决定书扫描件", added_by=actor, added_at=at
    )
    letter = seal_letter(
        case,
        DocumentKind.N04,
        department=case.handling_department,
        actor=actor,
        at=at,
        decision=decision,
        document_number=said.document_number,
        certificate_number=said.certificate_number,
        remedy_route=queries.remedy_route_on(case.deciding_department, said.document_on),
    )
    OutsideDecision.objects.create(
        decision=decision,
        body=case.deciding_department,
        document_number=said.document_number,
        document_on=said.document_on,
        certificate_number=said.certificate_number,
        scan=file,
        letter=letter,
        recorded_by=actor,
        recorded_at=at,
    )
    if terms is not None:
        _take_effect(case, decision, letter, licence, grant, terms, said, actor=actor, at=at)
    own_events.record_outside_decision(
        writer,
        decision_id=decision.pk,
        body_id=case.deciding_department_id,
        document_number=said.document_number,
        document_on=said.document_on,
        file_id=file.pk,
    )
    events.record_decision(
        writer,
        result=GRANTED_AS[case.purpose] if granted else decision.result,
        decision_id=decision.pk,
        letter=letter.number,
        decided_on=said.document_on,
        delivery_due_on=case.delivery_due_on,
    )
    finish_act(case, writer)
    return case


def _checked(decided: DecisionAbove, *, on: date) -> DecisionAbove:
    """What was typed, cleaned; raises InvalidInput."""
    number, basis = clean_text(decided.document_number, max_length=60), clean_text(decided.basis, max_length=2000)
    reasons = clean_text(decided.reasons, max_length=4000, multiline=True)
    if decided.result not in Decision.Result.values:
        raise InvalidInput("请选择准予或者不予。", fields={"result": "请选择一项。"})
    if not number:
        raise InvalidInput("请填写决定书的文号。", fields={"document_number": "请照文书填写文号。"})
    if not basis:
        raise InvalidInput("请填写决定的依据。", fields={"basis": "请照文书填写依据。"})
    if decided.document_on > on:
        raise InvalidInput("决定日期不能晚于今天。", fields={"document_on": "决定日期不能晚于今天。"})
    if decided.result == Decision.Result.REFUSED and not reasons:
        raise InvalidInput(
            "不予许可须说明理由，请照文书填写。",
            article="行政许可法第三十八条第二款",
            fields={"reasons": "请照文书填写理由。"},
        )
    return DecisionAbove(
        result=decided.result,
        document_number=number,
        document_on=decided.document_on,
        basis=basis,
        content=decided.content,
        reasons=reasons,
        valid_from=decided.valid_from,
        valid_to=decided.valid_to,
        certificate_number=clean_text(decided.certificate_number, max_length=60),
    )


def _decide(case: Case, said: DecisionAbove, terms: Terms | None, *, actor: User, at: datetime) -> Decision:
    """The decision in the name of the body above; ``decider`` is whoever registered it, the document says who decided."""
    decision = Decision.objects.create(
        case=case,
        result=said.result,
        department=case.deciding_department,
        decider=actor,
        decided_at=at,
        decided_on=said.document_on,
        content=terms.content if terms else "",
        conditions=terms.conditions if terms else "",
        reasons=said.reasons,
        basis=said.basis,
        valid_from=terms.valid_from if terms else None,
        valid_to=terms.valid_to if terms else None,
    )
    case.decided_at = at
    return decision


def _take_effect(
    case: Case,
    decision: Decision,
    letter: Letter,
    licence: Licence | None,
    grant: Grant,
    terms: Terms,
    said: DecisionAbove,
    *,
    actor: User,
    at: datetime,
) -> None:
    if case.purpose == Case.Purpose.CANCELLATION:
        take_effect(case, decision, letter, licence, grant, actor=actor, at=at)
        return
    name = certificate_name(case.edition.result_document) if has_certificate(case.edition) else ""
    make_licence(
        case,
        letter,
        terms,
        department=case.deciding_department,
        previous=replaced_by(case, on=said.document_on, at=at),
        on=said.document_on,
        at=at,
        actor=actor,
        number=said.certificate_number or said.document_number,
        title=name or DocumentKind.D15.spec.title,
    )
