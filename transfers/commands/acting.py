"""What every act on an item begins and ends with: the lock, the table, the state saved, the record written."""

from datetime import datetime

from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text
from laiyang_approval.kernel.state_table import next_state

from .. import permissions, queries
from ..domain.states import TABLE, ItemEvent
from ..models import TransferEvent, TransferItem


def begin(item_id: int, *, actor: User) -> TransferItem:
    """The item, locked, if ``actor`` runs the transfers; call inside the act. Raises NotFound, NotPermitted."""
    permissions.require_office(actor)
    return queries.lock_item(item_id)


def take(item: TransferItem, event: ItemEvent, *, actor: User | None, at: datetime, note: str = "", **fields) -> None:
    """Afterwards the item has gone through ``event`` and its record stands; raises StaleState when it may not."""
    item.state = next_state(TABLE, item.current_state, event).value
    for name, value in fields.items():
        setattr(item, name, value)
    item.save(update_fields=["state", *fields])
    record(item, event.value, actor=actor, at=at, note=note)


def record(item: TransferItem, kind: str, *, actor: User | None, at: datetime, note: str = "") -> None:
    """Afterwards what was done to the item stands in its records."""
    TransferEvent.objects.create(batch_id=item.batch_id, item=item, kind=kind, at=at, actor=actor, note=note[:500])


def required_text(value: str, *, name: str, label: str, limit: int, multiline: bool = False) -> str:
    """The cleaned text; raises InvalidInput when nothing is left of it."""
    text = clean_text(value, max_length=limit, multiline=multiline)
    if not text:
        raise InvalidInput(f"请填写{label}。", fields={name: f"请填写{label}。"})
    return text
