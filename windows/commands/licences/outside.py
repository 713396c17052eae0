"""吊销、暂扣 arrive from outside: penalties of an enforcing body (行政处罚法第九条第三项), never a decision of the approving body."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.names import clean_text

from ... import licence_acts, licences, queries
from ...domain.licences import LicenceEvent
from ...events import EventWriter
from ...events import licences as events
from ...models import Case, Licence, LicenceChange
from ..acting import finish_act
from .changing import change_licence, write_down_the_day

PENALTY_LAW = "行政处罚法第九条第三项"


@dataclass(frozen=True)
class Penalty:
    """处罚决定: its document number, the body that made it, its day, and until when a suspension lasts."""

    document_number: str
    department: Department
    decided_on: date
    until_on: date | None = None
    note: str = ""


@transaction.atomic
def forfeit_licence(licence_id: int, *, penalty: Penalty, actor: User | None, at: datetime) -> Licence:
    """Afterwards the licence is 吊销 by another body's penalty, and a reminder asks to strike it off (第七十条第四项).

    ``actor`` None: it came from the supervising system. Raises InvalidInput for the penalty, StaleState for a licence that has
    ended, DomainError when this penalty is on record already.
    """
    licence, case, writer = _begin(licence_id, "forfeit", penalty, LicenceEvent.FORFEIT, actor=actor, at=at)
    change = _change(licence, LicenceEvent.FORFEIT, penalty, actor=actor, at=at)
    events.record_forfeiture(
        writer, licence_id=licence.pk, change_id=change.pk, department_id=penalty.department.pk, on=change.on
    )
    finish_act(case, writer)
    return licence


@transaction.atomic
def suspend_licence(licence_id: int, *, penalty: Penalty, actor: User | None, at: datetime) -> Licence:
    """Afterwards the licence is 暂扣 by another body's penalty, until its last day or until it is given back. Raises as above."""
    if penalty.until_on is not None and penalty.until_on < penalty.decided_on:
        raise InvalidInput("暂扣的最后一日早于处罚决定日期，请核对。", fields={"until_on": "不能早于决定日期。"})
    licence, case, writer = _begin(licence_id, "suspend", penalty, LicenceEvent.SUSPEND, actor=actor, at=at)
    change = _change(licence, LicenceEvent.SUSPEND, penalty, actor=actor, at=at)
    events.record_licence_suspension(
        writer,
        licence_id=licence.pk,
        change_id=change.pk,
        department_id=penalty.department.pk,
        on=change.on,
        until_on=penalty.until_on,
    )
    finish_act(case, writer)
    return licence


@transaction.atomic
def resume_licence(licence_id: int, *, penalty: Penalty, actor: User | None, at: datetime) -> Licence:
    """Afterwards a suspended licence is valid again before its time, on the enforcing body's word. Raises as above."""
    licence, case, writer = _begin(licence_id, "resume", penalty, LicenceEvent.RESUME, actor=actor, at=at)
    change = _change(licence, LicenceEvent.RESUME, penalty, actor=actor, at=at)
    events.record_licence_resumption(writer, licence_id=licence.pk, change_id=change.pk, on=change.on)
    finish_act(case, writer)
    return licence


def _begin(
    licence_id: int, action: str, penalty: Penalty, event: LicenceEvent, *, actor: User | None, at: datetime
) -> tuple[Licence, Case, EventWriter]:
    """The licence's own case locked first, then the licence itself, up to date and open to this change."""
    number = Case.objects.filter(licence=licence_id).values_list("number", flat=True).first()
    if number is None:
        raise NotFound(licences.NO_SUCH_LICENCE)
    case = queries.lock_case(number)
    licence = licences.lock_licence(licence_id)
    on = local_date(at)
    if actor is not None:
        licence_acts.require(actor, action, licence, on)
    _require_document(licence, penalty, event, on)
    write_down_the_day(licence, on=on, at=at)
    return licence, case, EventWriter(case=case, at=at, recorded_at=clock.now(), actor=actor)


def _require_document(licence: Licence, penalty: Penalty, event: LicenceEvent, on: date) -> None:
    number = clean_text(penalty.document_number, max_length=60)
    if not number:
        raise InvalidInput(
            "请填写处罚决定书文号。", article=PENALTY_LAW, fields={"document_number": "请填写处罚决定书文号。"}
        )
    if penalty.decided_on > on:
        raise InvalidInput("处罚决定日期不能晚于今天。", fields={"decided_on": "不能晚于今天。"})
    if penalty.decided_on < licence.issued_on:
        raise InvalidInput("处罚决定早于发证日期，请核对证照。", fields={"decided_on": "不能早于发证日期。"})
    if LicenceChange.objects.filter(licence=licence, kind=event.value, document_number=number).exists():
        raise DomainError(f"处罚决定{number}已经登记，不能重复登记。", article=PENALTY_LAW)


def _change(
    licence: Licence, event: LicenceEvent, penalty: Penalty, *, actor: User | None, at: datetime
) -> LicenceChange:
    return change_licence(
        licence,
        event,
        on=penalty.decided_on,
        at=at,
        actor=actor,
        basis=PENALTY_LAW,
        note=clean_text(penalty.note, max_length=500),
        document_number=clean_text(penalty.document_number, max_length=60),
        department=penalty.department,
        until_on=penalty.until_on,
    )
