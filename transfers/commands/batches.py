"""划转批次: a new decision is registered, and matters are put on it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import InvalidInput, StaleState
from laiyang_approval.kernel.models import Department, User
from matters import queries as catalogue
from matters.models import MatterKind, Power

from .. import permissions, queries
from ..models import TransferBatch, TransferEvent, TransferItem
from .acting import record, required_text


@dataclass(frozen=True)
class NewBatch:
    """新批次: the document it rests on, its dates, and what becomes of cases in flight."""

    number: str
    title: str
    basis: str
    basis_issued_on: date
    decided_on: date
    deadline_on: date | None = None
    condition: str = ""
    in_flight: str = TransferBatch.InFlight.FINISH.value


@transaction.atomic
def register_batch(given: NewBatch, *, actor: User, at: datetime) -> TransferBatch:
    """Afterwards the batch stands, without items. Raises InvalidInput for what is missing or out of order."""
    permissions.require_office(actor)
    number = required_text(given.number, name="number", label="批次编号", limit=20)
    if TransferBatch.objects.filter(number=number).exists():
        raise InvalidInput("这个批次编号已经用过。", fields={"number": "请换一个编号。"})
    if given.basis_issued_on > local_date(at):
        raise InvalidInput("依据文件尚未印发。", fields={"basis_issued_on": "不能晚于今天。"})
    if given.deadline_on is not None and given.deadline_on < given.basis_issued_on:
        raise InvalidInput("交接期限早于文件印发日。", fields={"deadline_on": "不能早于文件印发日。"})
    if given.in_flight not in TransferBatch.InFlight.values:
        raise InvalidInput("请选择在办件怎样处理。", fields={"in_flight": "请选择。"})
    batch = TransferBatch.objects.create(
        number=number,
        title=required_text(given.title, name="title", label="批次名称", limit=100),
        basis=required_text(given.basis, name="basis", label="依据文件", limit=100),
        basis_issued_on=given.basis_issued_on,
        decided_on=given.decided_on,
        deadline_on=given.deadline_on,
        condition=given.condition.strip()[:200],
        in_flight=given.in_flight,
    )
    TransferEvent.objects.create(batch=batch, kind="registered", at=at, actor=actor, note=batch.basis)
    return batch


@dataclass(frozen=True)
class NewItem:
    """新事项: a matter of the catalogue to go to the bureau; ``source`` says whether it came from above."""

    matter_code: str
    kind: str = TransferItem.Kind.LICENCE.value
    source: str = TransferItem.Source.OWN.value


@transaction.atomic
def add_item(batch_id: int, given: NewItem, *, actor: User, at: datetime) -> TransferItem:
    """Afterwards the matter is planned on the batch; the body that accepts it today hands it over, the bureau takes over.

    Raises InvalidInput for an unknown matter or one on another batch, StaleState when the bureau has it already.
    """
    permissions.require_office(actor)
    batch = queries.get_batch(batch_id)
    today = local_date(at)
    matter = catalogue.matter_by_code(given.matter_code)
    if given.kind not in TransferItem.Kind.values or given.source not in TransferItem.Source.values:
        raise InvalidInput("请选择类型和职权来源。")
    if matter.kind == MatterKind.RELATED and given.kind == TransferItem.Kind.LICENCE:
        raise InvalidInput("该事项是关联事项，类型请选“关联”。", fields={"kind": "请选“关联”。"})
    taken = TransferItem.objects.filter(matter_id=matter.pk, kind=given.kind).exclude(state="returned").first()
    if taken is not None:
        sentence = f"该事项已列入“{taken.batch.title}”，目前为“{taken.current_state.label}”；请在原批次办理。"
        raise InvalidInput(sentence, fields={"matter_code": sentence})
    authority = catalogue.authority_on(matter, today, Power.ACCEPT)
    if authority is None:
        raise InvalidInput("该事项今天没有登记受理机关。", fields={"matter_code": "请事项管理员先补录职权。"})
    bureau = Department.objects.get(kind=Department.Kind.BUREAU)
    if authority.department_id == bureau.pk:
        raise StaleState(f"该事项自{authority.valid_from.isoformat()}起已由{bureau.name}办理，不用划转。")
    item = TransferItem.objects.create(
        batch=batch,
        matter_id=matter.pk,
        kind=given.kind,
        source=given.source,
        from_department=authority.department,
        to_department=bureau,
    )
    record(item, "planned", actor=actor, at=at, note=item.get_source_display())
    return item
