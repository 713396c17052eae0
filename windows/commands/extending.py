"""延长办理期限: once, asked for by the reviewer, approved by the right head, of effect when D10 is served in time (行政许可法第四十二条)."""

from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotPermitted, StaleState
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text

from ..clock_procedures import extension_rule_of
from ..clocks import clocks_of
from ..documents import DocumentKind
from ..domain.clock import ART_42
from ..domain.extensions import ExtensionRule
from ..domain.states import Event
from ..events import clock as events
from ..models import Case, Extension
from .acting import begin_act, finish_act, take_event
from .clocking import recount_decision_clock
from .letters import seal_letter
from .procedures import TWO_PEOPLE
from .serving import Service, record_service

ONCE = "办理期限只能延长一次"


@transaction.atomic
def request_extension(
    number: str, *, reason: str, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the reviewer's request waits for the head; nothing is longer yet.

    Raises DomainError for a second extension, after the due date, and where the matter's law knows no extension.
    """
    reason = _filled(reason, "请写明延长的理由；理由将告知申请人。")
    case, writer = begin_act(number, action="request_extension", actor=actor, at=at, expected_version=expected_version)
    standing = Extension.objects.filter(case=case, declined_at__isnull=True).first()
    if standing is not None:
        raise DomainError(_why_not_again(standing), article=ART_42)
    today = local_date(at)
    rule = _rule(case, today)
    _require_before_due(case, today)
    row = Extension.objects.create(
        case=case,
        value=rule.value,
        reason=reason,
        requested_by=actor,
        requested_at=at,
        old_due_on=case.statutory_due_on,
    )
    events.record_extension_request(writer, extension_id=row.pk, value=row.value)
    finish_act(case, writer)
    return case


@transaction.atomic
def approve_extension(number: str, *, actor: User, at: datetime, expected_version: int | None = None) -> Case:
    """Afterwards D10 is numbered and sealed; the limit is longer once it has been served, if that is in time.

    Raises StaleState when somebody approved first, DomainError after the due date.
    """
    case, writer = begin_act(number, action="answer_extension", actor=actor, at=at, expected_version=expected_version)
    row = _waiting(case)
    if row.requested_by_id == actor.pk:
        raise NotPermitted(TWO_PEOPLE)
    today = local_date(at)
    rule = _rule(case, today)
    _require_before_due(case, today)
    take_event(case, Event.EXTEND)
    row.value, row.approved_by, row.approved_at = rule.value, actor, at
    row.old_due_on = case.statutory_due_on
    row.new_due_on = clocks_of(case, case.edition, current_calendar(), extension=rule.value).statutory.due
    row.letter = seal_letter(
        case,
        DocumentKind.D10,
        department=case.handling_department,
        actor=actor,
        at=at,
        extension=row,
        rule=rule,
    )
    row.save()
    events.record_extension_approval(
        writer, extension_id=row.pk, letter_id=row.letter_id, old_due_on=row.old_due_on, new_due_on=row.new_due_on
    )
    finish_act(case, writer)
    return case


@transaction.atomic
def decline_extension(
    number: str, *, reason: str, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the request is closed with the head's reason; another one may be made before the due date."""
    reason = _filled(reason, "请写明不批准的理由。", limit=300)
    case, writer = begin_act(number, action="answer_extension", actor=actor, at=at, expected_version=expected_version)
    row = _waiting(case)
    row.declined_by, row.declined_at, row.decline_reason = actor, at, reason
    row.save()
    events.record_extension_declined(writer, extension_id=row.pk)
    finish_act(case, writer)
    return case


@transaction.atomic
def serve_extension(
    number: str, *, service: Service, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards D10 has been served and both limits are longer (row 14).

    Raises DomainError when the applicant was told after the due date as it was: such an extension is void (rule K7).
    """
    case, writer = begin_act(number, action="serve_extension", actor=actor, at=at, expected_version=expected_version)
    row = _approved(case)
    take_event(case, Event.EXTEND)
    record = record_service(case, row.letter, service, actor=actor, at=at)
    row.served_on, row.old_due_on = local_date(record.served_at), case.statutory_due_on
    if case.statutory_due_on is not None and row.served_on > case.statutory_due_on:
        raise DomainError(
            f"延长无效：告知书在原届满日{case.statutory_due_on.isoformat()}以后才送达；本件已超期，请立即作出决定。",
            article=ART_42,
        )
    case.extension_value = row.value
    recount_decision_clock(case, calendar=current_calendar(), today=local_date(at))
    row.new_due_on = case.statutory_due_on
    row.save()
    events.record_extension(
        writer,
        extension_id=row.pk,
        service_id=record.pk,
        value=row.value,
        served_on=row.served_on,
        promised_due_on=case.promised_due_on,
        statutory_due_on=case.statutory_due_on,
    )
    finish_act(case, writer)
    return case


def _rule(case: Case, on: date) -> ExtensionRule:
    rule = extension_rule_of(case, on)
    if rule is None:
        raise DomainError(
            "本事项的法定时限由单行法规定，办事指南没有登记可以延长，不能延长；确有规定的，请事项管理员先补录依据。",
            article=f"{ART_42}第一款",
        )
    return rule


def _require_before_due(case: Case, on: date) -> None:
    if case.statutory_due_on is not None and on > case.statutory_due_on:
        raise DomainError(
            f"不能延长：办理期限已于{case.statutory_due_on.isoformat()}届满，延长须在届满以前批准并告知；请立即作出决定。",
            article=ART_42,
        )


def _why_not_again(standing: Extension) -> str:
    if standing.served_on is not None:
        return f"{ONCE}：本件已于{standing.served_on.isoformat()}告知延长，不能再次延长；请在届满以前作出决定。"
    if standing.approved_at is not None:
        return f"{ONCE}：本件的延长已经批准，请在原届满日以前送达告知书。"
    return f"{ONCE}：本件已提出延长，正等待批准。"


def _waiting(case: Case) -> Extension:
    row = Extension.objects.select_related("letter").filter(case=case, declined_at__isnull=True).first()
    if row is None:
        raise StaleState("没有待批准的延长；请审查人员先提出。", article=ART_42)
    if row.approved_at is not None:
        raise StaleState(_why_not_again(row), article=ART_42)
    return row


def _approved(case: Case) -> Extension:
    row = (
        Extension.objects.select_related("letter")
        .defer("letter__snapshot")
        .filter(case=case, declined_at__isnull=True)
        .first()
    )
    if row is None or row.approved_at is None:
        raise DomainError("延长还没有批准，没有告知书可以送达；请先由负责人批准。", article=ART_42)
    if row.served_on is not None:
        raise StaleState(_why_not_again(row), article=ART_42)
    return row


def _filled(text: str, sentence: str, *, limit: int = 500) -> str:
    cleaned = clean_text(text, max_length=limit)
    if not cleaned:
        raise InvalidInput(sentence, fields={"reason": sentence})
    return cleaned
