"""完成划转: what one body has handed over in a batch takes effect on a day, and with it, in one transaction, the new competence."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.errors import DomainError, InvalidInput, StaleState
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text
from matters.commands.authorities import Succession, move_powers
from matters.models import Power

from .. import permissions, queries
from ..domain.states import OPINION, ItemEvent, ItemState
from ..models import TransferBatch, TransferItem
from .acting import take
from .items import require_day_to_come

#: 受委托的: the bureau acts in the name of the organ that entrusts it, which decides and seals (行政许可法第二十四条).
POWERS_OF = {
    TransferItem.Source.OWN: frozenset(Power),
    TransferItem.Source.HANDED_DOWN: frozenset(Power),
    TransferItem.Source.ENTRUSTED: frozenset({Power.ACCEPT}),
}

#: Blockers named in one refusal; the page shows all.
MOST_NAMED = 3


@dataclass(frozen=True)
class Completion:
    """完成: from which day, by which document (else the batch's own)."""

    on: date
    instrument: str = ""


@transaction.atomic
def complete_handover(
    batch_id: int, department_id: int, *, completion: Completion, actor: User, at: datetime
) -> list[TransferItem]:
    """Afterwards every matter the body hands over in the batch is in effect from that day: the successor's competence stands,
    the former's ends the day before, and no earlier answer has changed.

    Raises InvalidInput for a day before the basis document or before tomorrow, DomainError naming what blocks, StaleState when
    there is nothing (more) to complete.
    """
    permissions.require_office(actor)
    batch = queries.get_batch(batch_id)
    items = queries.lock_handover(batch_id, department_id)
    if not items:
        raise StaleState("没有可以完成的划转：该部门在本批次的事项都已完成，或者还没有启动。请刷新页面查看。")
    require_lawful_day(batch, completion.on, at)
    _require_unblocked(items)
    instrument = clean_text(completion.instrument, max_length=100) or batch.basis
    for item in items:
        take(item, ItemEvent.COMPLETE, actor=actor, at=at, note=f"自{completion.on.isoformat()}起（{instrument}）",
             effective_on=completion.on)  # fmt: skip
        # A fee goes with its licence: it has no competence of its own.
        if item.kind != TransferItem.Kind.FEE:
            move_powers(
                item.matter_id,
                succession=Succession(
                    item.from_department, item.to_department, completion.on, instrument, POWERS_OF[item.source]
                ),
            )
    return items


def require_lawful_day(batch: TransferBatch, on: date, at: datetime) -> None:
    """Returns when a transfer by this batch may take effect on that day; raises InvalidInput."""
    if on < batch.basis_issued_on:
        raise InvalidInput(
            f"生效日不能早于依据文件：{batch.basis}于{batch.basis_issued_on.isoformat()}印发。",
            article=OPINION,
            fields={"on": f"不能早于依据文件印发日{batch.basis_issued_on.isoformat()}。"},
        )
    require_day_to_come(on, at)


def _require_unblocked(items: list[TransferItem]) -> None:
    lines = queries.lines_of(items)
    found = []
    for item in items:
        own = queries.blockers_of(lines[item.pk])
        if item.current_state is ItemState.PLANNED:
            found.append(f"{item.matter.name}：还没有登记政策风险评估。")
        elif own:
            found.append(f"{item.matter.name}：{own[0].sentence}")
    if found:
        named = "".join(found[:MOST_NAMED])
        more = f"另有{len(found) - MOST_NAMED}项，详见页面。" if len(found) > MOST_NAMED else ""
        raise DomainError(f"不能完成划转，有{len(found)}项还有阻碍。{named}{more}", article=OPINION)
