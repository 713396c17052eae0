"""特别程序: asked for by the reviewer, approved by the head with D09, in force from the day after service (行政许可法第四十五条)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotPermitted, StaleState
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text

from ..clock_procedures import Stop, steps_that_count, stops_for
from ..documents import DocumentKind
from ..domain.clock import ART_45
from ..domain.states import Event
from ..events import clock as events
from ..models import Case, SpecialProcedure
from .acting import begin_act, finish_act, take_event
from .letters import seal_letter
from .serving import Service, record_service
from .stopping import last_day_told, rewrite_stops, stop_of

#: No case takes longer; what is typed beyond it is a slip.
MOST_DAYS = 999

TWO_PEOPLE = "不能由本人批准：您是提出人，提出与批准须由不同人员办理；可请其他负责人批准。"


@dataclass(frozen=True)
class ProcedureRequest:
    """提出特别程序: which one, by which provision it is required, why, and how many working days it needs."""

    kind: str
    reason: str
    needed_days: int
    legal_basis: str = ""


@transaction.atomic
def request_procedure(
    number: str, *, request: ProcedureRequest, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the reviewer's request waits for the head; the clock runs on until the notice has been served.

    Raises InvalidInput, or DomainError naming Article 45 for what does not stop the clock (a site check, publicity, ...).
    """
    reason = _filled(request.reason, "reason", "请写明为什么需要这项程序。")
    _require_days(request.needed_days)
    case, writer = begin_act(number, action="request_procedure", actor=actor, at=at, expected_version=expected_version)
    stop = _stop_named(case, request.kind, local_date(at))
    basis = stop.legal_basis or _filled(request.legal_basis, "legal_basis", "请写明依法需要这项程序的条款。")
    row = SpecialProcedure.objects.create(
        case=case,
        kind=stop.kind,
        label=stop.label,
        legal_basis=basis,
        reason=reason,
        needed_days=request.needed_days,
        excluded_from_statutory=stop.excluded_from_statutory,
        excluded_from_promised=stop.excluded_from_promised,
        requested_by=actor,
        requested_at=at,
    )
    events.record_procedure_request(writer, procedure_id=row.pk, kind=row.kind, needed_days=row.needed_days)
    finish_act(case, writer)
    return case


@transaction.atomic
def request_more_time(
    number: str,
    *,
    procedure_id: int,
    needed_days: int,
    reason: str,
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> Case:
    """Afterwards a second notice for a procedure that takes longer than told waits for the head.

    Until it is served, time beyond what was told counts.
    """
    reason = _filled(reason, "reason", "请写明为什么原告知的时间不够。")
    _require_days(needed_days)
    case, writer = begin_act(number, action="request_more_time", actor=actor, at=at, expected_version=expected_version)
    before = _under_way(case, procedure_id)
    if SpecialProcedure.objects.filter(continues=before, declined_at__isnull=True).exists():
        raise DomainError(f"“{before.label}”已提出过再次告知；请先办完该次告知。", article=ART_45)
    row = SpecialProcedure.objects.create(
        case=case,
        kind=before.kind,
        label=before.label,
        legal_basis=before.legal_basis,
        reason=reason,
        needed_days=needed_days,
        excluded_from_statutory=before.excluded_from_statutory,
        excluded_from_promised=before.excluded_from_promised,
        continues=before,
        requested_by=actor,
        requested_at=at,
    )
    events.record_procedure_request(writer, procedure_id=row.pk, kind=row.kind, needed_days=needed_days)
    finish_act(case, writer)
    return case


@transaction.atomic
def approve_procedure(
    number: str, *, procedure_id: int, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards D09 is numbered and sealed and can be served; nothing is left out of the clock before it is."""
    case, writer = begin_act(number, action="answer_procedure", actor=actor, at=at, expected_version=expected_version)
    row = _waiting(case, procedure_id)
    if row.requested_by_id == actor.pk:
        raise NotPermitted(TWO_PEOPLE)
    if row.continues is not None and row.continues.ended_on is not None:
        raise DomainError(f"“{row.label}”已经结束，不需要再次告知；请不予批准。", article=ART_45)
    row.approved_by, row.approved_at = actor, at
    row.letter = seal_letter(
        case,
        DocumentKind.D09,
        department=case.handling_department,
        actor=actor,
        at=at,
        procedure=row,
    )
    row.save()
    events.record_procedure_approval(writer, procedure_id=row.pk, letter_id=row.letter_id)
    finish_act(case, writer)
    return case


@transaction.atomic
def decline_procedure(
    number: str, *, procedure_id: int, reason: str, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the request is closed with the head's reason; the clock has run all the time."""
    reason = _filled(reason, "reason", "请写明不批准的理由。")
    case, writer = begin_act(number, action="answer_procedure", actor=actor, at=at, expected_version=expected_version)
    row = _waiting(case, procedure_id)
    row.declined_by, row.declined_at, row.decline_reason = actor, at, reason
    row.save()
    events.record_procedure_declined(writer, procedure_id=row.pk)
    finish_act(case, writer)
    return case


@transaction.atomic
def serve_procedure(
    number: str,
    *,
    procedure_id: int,
    service: Service,
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> Case:
    """Afterwards D09 has been served and the clock stands still from the next day (rows 12, 12a).

    Raises InvalidInput for what proves no service, DomainError when the statutory limit was over by then: a limit that has
    ended has nothing left to stop.
    """
    case, writer = begin_act(number, action="serve_procedure", actor=actor, at=at, expected_version=expected_version)
    row = _approved(case, procedure_id)
    take_event(case, Event.SUSPEND)
    record = record_service(case, row.letter, service, actor=actor, at=at)
    row.started_on = local_date(record.served_at)
    if case.statutory_due_on is not None and row.started_on >= case.statutory_due_on:
        raise DomainError(
            f"告知书送达时法定时限已于{case.statutory_due_on.isoformat()}届满，不能再暂停计时；程序可以继续进行，请尽快作出决定。",
            article=ART_45,
        )
    if case.promised_due_on is not None and row.started_on >= case.promised_due_on:
        row.excluded_from_promised = False  # the promise was over before: its light must not go out
    if not (row.excluded_from_statutory or row.excluded_from_promised):
        raise DomainError(
            f"承诺时限已于{case.promised_due_on.isoformat()}届满，而“{row.label}”只停止承诺时限，已没有时间可以暂停。",
            article=row.legal_basis,
        )
    calendar = current_calendar()
    row.told_until_on = last_day_told(row, row.started_on, row.continues, calendar)
    row.save()
    rewrite_stops(case, calendar=calendar, today=local_date(at))
    events.record_suspension(
        writer,
        procedure_id=row.pk,
        continues_id=row.continues_id,
        service_id=record.pk,
        stop=stop_of(row),
        told_until_on=row.told_until_on,
    )
    finish_act(case, writer)
    return case


@transaction.atomic
def end_procedure(
    number: str,
    *,
    procedure_id: int,
    ended_on: date,
    result: str,
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> Case:
    """Afterwards the result is on record; with the last procedure the clock runs again from the next working day (rows 13a, 13).

    ``ended_on`` is the day the result came in. Raises StaleState when the result is on record already.
    """
    result = _filled(result, "result", "请写明程序的结果。", limit=2000)
    if ended_on > local_date(at):
        raise InvalidInput("结束日期不能晚于今天。", fields={"ended_on": "结束日期不能晚于今天。"})
    case, writer = begin_act(number, action="end_procedure", actor=actor, at=at, expected_version=expected_version)
    notices = _chain(case, _under_way(case, procedure_id))
    first = min(row.started_on for row in notices)
    if ended_on < first:
        sentence = f"结束日期不能早于告知书送达日（{first.isoformat()}）。"
        raise InvalidInput(sentence, article=ART_45, fields={"ended_on": sentence})
    for row in notices:
        # A further notice served after the result came in leaves nothing out.
        row.ended_on, row.result, row.ended_by = max(ended_on, row.started_on), result, actor
        row.save()
    others = SpecialProcedure.objects.filter(case=case, started_on__isnull=False, ended_on__isnull=True)
    take_event(case, Event.END_PROCEDURE if others.exists() else Event.RESUME)
    rewrite_stops(case, calendar=current_calendar(), today=local_date(at))
    events.record_procedure_end(
        writer,
        procedure_ids=[row.pk for row in notices],
        ended_on=ended_on,
        promised_due_on=case.promised_due_on,
        statutory_due_on=case.statutory_due_on,
    )
    finish_act(case, writer)
    return case


def _stop_named(case: Case, kind: str, on: date) -> Stop:
    stops = stops_for(case, on)
    for stop in stops:
        if stop.value == kind:
            return stop
    name = clean_text(kind, max_length=40)
    if not name:
        raise InvalidInput("请选择特别程序。", fields={"kind": "请选择特别程序。"})
    named = name if name in steps_that_count(case, stops) else "所选程序"
    raise DomainError(
        f"{named}不能暂停计时：不在第四十五条所列听证、招标、拍卖、检验、检测、检疫、鉴定和专家评审之内，"
        "本事项的单行法也没有另行规定；所需时间计入办理时限，确需更多时间的，请在届满前申请延长。",
        article=ART_45,
    )


def _row(case: Case, procedure_id: int) -> SpecialProcedure:
    row = (
        SpecialProcedure.objects.select_related("letter", "continues")
        .defer("letter__snapshot")
        .filter(case=case, pk=procedure_id)
        .first()
    )
    if row is None:
        raise InvalidInput("没有这项特别程序；请刷新页面后再办。")
    return row


def _waiting(case: Case, procedure_id: int) -> SpecialProcedure:
    row = _row(case, procedure_id)
    if row.approved_at is not None:
        raise StaleState(f"“{row.label}”已经批准，告知书已出具；请送达告知书。")
    if row.declined_at is not None:
        raise StaleState(f"“{row.label}”已经作不批准处理；需要的请审查人员重新提出。")
    return row


def _approved(case: Case, procedure_id: int) -> SpecialProcedure:
    row = _row(case, procedure_id)
    if row.approved_at is None:
        raise DomainError(f"“{row.label}”还没有批准，没有告知书可以送达；请先由负责人批准。", article=ART_45)
    if row.started_on is not None:
        raise StaleState(f"“{row.label}”的告知书已登记送达，不能重复登记。")
    if row.continues is not None and row.continues.ended_on is not None:
        raise StaleState(f"“{row.label}”已经结束，再次告知不再需要送达。")
    return row


def _under_way(case: Case, procedure_id: int) -> SpecialProcedure:
    row = _row(case, procedure_id)
    if row.ended_on is not None:
        raise StaleState(f"“{row.label}”的结果已经登记，不能再次登记。", article=ART_45)
    if row.started_on is None:
        raise DomainError(f"“{row.label}”的告知书还没有送达，计时没有暂停；请先登记送达。", article=ART_45)
    return row


def _chain(case: Case, row: SpecialProcedure) -> list[SpecialProcedure]:
    """The served notices of the same procedure that have no end yet."""
    rows = (
        SpecialProcedure.objects.select_related("letter")
        .defer("letter__snapshot")
        .filter(case=case, started_on__isnull=False, ended_on__isnull=True)
        .order_by("id")
    )
    by_pk, first = {one.pk: one for one in rows}, row.pk
    while by_pk[first].continues_id is not None:
        first = by_pk[first].continues_id
    chain: list[SpecialProcedure] = []
    for one in by_pk.values():  # a further notice stands after the one it goes on from
        if one.pk == first or one.continues_id in {before.pk for before in chain}:
            chain.append(one)
    return chain


def _require_days(days: int) -> None:
    if not 1 <= days <= MOST_DAYS:
        sentence = f"所需工作日应为1至{MOST_DAYS}。"
        raise InvalidInput(sentence, article=ART_45, fields={"needed_days": sentence})


def _filled(text: str, name: str, sentence: str, *, limit: int = 300) -> str:
    cleaned = clean_text(text, max_length=limit, multiline=limit > 300)
    if not cleaned:
        raise InvalidInput(sentence, fields={name: sentence})
    return cleaned
