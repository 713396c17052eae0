"""四交接: the giver draws up the lists, each party signs or disputes line by line; the last signature hands the matter over."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from laiyang_approval.kernel.chain import GENESIS, link
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, StaleState
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text

from .. import permissions, queries
from ..domain.inventories import Inventory, Party
from ..domain.number_ranges import as_text, missing_of, range_of
from ..domain.states import ItemEvent, ItemState
from ..models import InventoryLine, LineSignature, TransferItem
from .acting import record, required_text, take

#: Written on a list that has nothing on it.
NOTHING = "无"
#: One list of one matter; longer ones are split by volume.
MOST_LINES = 2000


@dataclass(frozen=True)
class LineInput:
    """一行清单，如所填写: a quantity, or a number range whose missing numbers are named and accounted for."""

    inventory: str
    description: str
    quantity: int | None = 1
    unit: str = ""
    condition: str = ""
    number_from: str = ""
    number_to: str = ""
    missing_numbers: str = ""
    missing_explained: str = ""
    note: str = ""


_TEXTS = {
    "unit": 10, "condition": 100, "number_from": 40, "number_to": 40, "missing_explained": 300, "note": 300,
}  # fmt: skip


def cleaned(given: LineInput) -> dict[str, object]:
    """The columns of a line; raises InvalidInput for what cannot be taken. Quantity follows from a number range if left out."""
    if given.inventory not in {one.value for one in Inventory}:
        raise InvalidInput("请选择清单。", fields={"inventory": "请选择清单。"})
    values: dict[str, object] = {
        name: clean_text(getattr(given, name), max_length=limit) for name, limit in _TEXTS.items()
    }
    values["description"] = required_text(given.description, name="description", label="名称", limit=200)
    quantity, missing_text = given.quantity, clean_text(given.missing_numbers, max_length=500)
    first, last = str(values["number_from"]), str(values["number_to"])
    if bool(first) != bool(last):
        raise InvalidInput("号段须同时填写起号和止号。", fields={"number_to" if first else "number_from": "请填写。"})
    if first:
        numbers = range_of(first, last)
        missing = missing_of(numbers, missing_text)
        missing_text = as_text(numbers, missing)
        if len(missing_text) > 500:
            raise InvalidInput("缺号太多，一行写不下；请按号段分行登记。", fields={"missing_numbers": "请分行登记。"})
        quantity = numbers.count - len(missing) if quantity is None else quantity
    elif missing_text:
        raise InvalidInput("没有号段的行不能登记缺号。", fields={"missing_numbers": "请先填写起号和止号。"})
    if quantity is None or not 0 <= quantity <= 2**31 - 1:
        raise InvalidInput("请填写数量。", fields={"quantity": "请填写0以上的整数。"})
    return values | {"inventory": given.inventory, "quantity": quantity, "missing_numbers": missing_text}


@transaction.atomic
def write_lines(item_id: int, *, given: Sequence[LineInput], actor: User, at: datetime) -> list[InventoryLine]:
    """Afterwards the lines stand at the end of their lists, unsigned. All of them or none.

    Raises InvalidInput for what cannot be taken, StaleState once the matter is handed over.
    """
    item = _for_giver(item_id, actor)
    following = dict(
        InventoryLine.objects.filter(item=item)
        .values_list("inventory")
        .annotate(last=Max("seq"))
        .values_list("inventory", "last")
    )
    rows = []
    for one in given:
        values = cleaned(one)
        seq = following[values["inventory"]] = following.get(values["inventory"], 0) + 1
        if seq > MOST_LINES:
            raise InvalidInput(f"一张清单最多{MOST_LINES}行；请按卷、按类合并后登记。")
        rows.append(InventoryLine(item=item, seq=seq, written_by=actor, written_at=at, **values))
    if not rows:
        raise InvalidInput("没有可登记的行；请核对表格。")
    InventoryLine.objects.bulk_create(rows)
    record(item, "lines_written", actor=actor, at=at, note=f"登记{len(rows)}行")
    return rows


@transaction.atomic
def rewrite_line(line_id: int, *, given: LineInput, actor: User, at: datetime) -> InventoryLine:
    """Afterwards the line says what is given; signatures under what it said before, and a dispute about it, are gone."""
    line = _line(line_id)
    item = _for_giver(line.item_id, actor)
    values = cleaned(given) | {"inventory": line.inventory}
    for name, value in values.items():
        setattr(line, name, value)
    line.disputed_reason, line.disputed_by = "", None
    line.written_by, line.written_at = actor, at
    line.save()
    line.signatures.all().delete()
    record(item, "line_rewritten", actor=actor, at=at, note=f"{line.get_inventory_display()}第{line.seq}行")
    return line


@transaction.atomic
def remove_line(line_id: int, *, actor: User, at: datetime) -> TransferItem:
    """Afterwards the line is gone; raises StaleState when somebody has signed it: then it is written anew, not removed."""
    line = _line(line_id)
    item = _for_giver(line.item_id, actor)
    if line.signatures.exists():
        raise StaleState("这一行已有人签字，不能删除；内容有误的，请改正后重新签字。")
    record(
        item,
        "line_removed",
        actor=actor,
        at=at,
        note=f"{line.get_inventory_display()}第{line.seq}行“{line.description}”",
    )
    line.delete()
    return item


@transaction.atomic
def draw_up_lists(item_id: int, *, actor: User, at: datetime) -> list[InventoryLine]:
    """Afterwards the first list names the matter and the former body's open cases; lists it would leave empty stay empty.

    Raises StaleState when the first list has lines already.
    """
    item = _for_giver(item_id, actor)
    if item.lines.filter(inventory=Inventory.MATTERS.value).exists():
        raise StaleState("“事项和在办件”清单已有内容；请在原有各行上增补。")
    matter = item.matter
    given = [
        LineInput(
            Inventory.MATTERS.value, f"{matter.name}（{matter.code}）", 1, "项", note="含办事指南、流程和系统账号"
        )
    ]
    given += [
        LineInput(
            Inventory.MATTERS.value,
            f"在办件 {case.number}",
            1,
            "件",
            condition=case.state_label,
            note="受理日期" + (case.accepted_on.isoformat() if case.accepted_on else "未受理"),
        )
        for case in queries.cases_in_flight(item)[: MOST_LINES - 1]
    ]
    return write_lines(item.pk, given=given, actor=actor, at=at)


@transaction.atomic
def declare_nothing(item_id: int, inventory: str, *, actor: User, at: datetime) -> list[InventoryLine]:
    """Afterwards the list says 无, a line that all three sign like any other."""
    item = _for_giver(item_id, actor)
    if item.lines.filter(inventory=inventory).exists():
        raise StaleState("这张清单已有内容，不能登记为“无”。")
    return write_lines(item.pk, given=[LineInput(inventory, NOTHING, 0)], actor=actor, at=at)


@transaction.atomic
def sign_lists(item_ids: Sequence[int], *, actor: User, at: datetime) -> dict[int, int]:
    """Afterwards every line of these matters that is not disputed bears the signature of the party ``actor`` signs for.

    A matter whose four lists now bear all three signatures, and in whose way nothing stands, is handed over. Returns for each item
    how many lines were signed. Raises StaleState before the risk assessment, DomainError for lists without a line and for somebody
    who has signed for another party.
    """
    items = [queries.lock_item(pk) for pk in sorted(set(item_ids))]
    lines = queries.lines_of(items)
    signed = {}
    for item in items:
        party = permissions.require_party(actor, item, *Party)
        _require_assessed(item)
        signed[item.pk] = _sign(item, lines[item.pk], party, actor, at)
    fresh = queries.lines_of(items)
    for item in items:
        if item.current_state is ItemState.RISK_ASSESSED and not queries.blockers_of(fresh[item.pk]):
            take(item, ItemEvent.HAND_OVER, actor=actor, at=at, note="四张清单三方签字完毕")
    return signed


def _sign(item: TransferItem, lines: Sequence[InventoryLine], party: Party, actor: User, at: datetime) -> int:
    if not lines:
        raise DomainError(f"{item.matter.name}的清单还没有内容，不能签字；请移交方先登记。")
    mine = []
    for line in lines:
        there = {one.party: one.signed_by_id for one in line.signatures.all()}
        if actor.pk in {who for side, who in there.items() if side != party.value}:
            raise DomainError("您已为另一方签过字；移交、接收、监交须由三个不同的人签字。")
        if party.value not in there and not line.disputed_reason:
            mine.append(line)
    LineSignature.objects.bulk_create(
        LineSignature(line=line, party=party.value, signed_by=actor, signed_at=at, line_sha256=content_hash(line))
        for line in mine
    )
    if mine:
        record(item, "signed", actor=actor, at=at, note=f"{party.label}签字{len(mine)}行")
    return len(mine)


def content_hash(line: InventoryLine) -> str:
    """What a signature stands for: the hash of everything the line says."""
    values = {name: getattr(line, name) for name in asdict(LineInput("", ""))}
    return link(GENESIS, values | {"item": line.item_id, "seq": line.seq})


@transaction.atomic
def dispute_line(line_id: int, *, reason: str, actor: User, at: datetime) -> InventoryLine:
    """Afterwards the line is disputed, with the reason; the giver has to write it anew. A matter handed over is so no longer."""
    line = _line(line_id)
    item = queries.lock_item(line.item_id)
    party = permissions.require_party(actor, item, Party.RECEIVER, Party.SUPERVISOR)
    text = required_text(reason, name="reason", label="异议", limit=300)
    _require_assessed(item)
    line.disputed_reason, line.disputed_by = text, actor
    line.save(update_fields=["disputed_reason", "disputed_by"])
    line.signatures.all().delete()
    note = f"{party.label}对{line.get_inventory_display()}第{line.seq}行：{text}"
    if item.current_state is ItemState.HANDED_OVER:
        take(item, ItemEvent.DISPUTE, actor=actor, at=at, note=note)
    else:
        record(item, "dispute", actor=actor, at=at, note=note)
    return line


def _require_assessed(item: TransferItem) -> None:
    if item.current_state is ItemState.PLANNED:
        raise StaleState(f"{item.matter.name}还没有登记政策风险评估，不能签字；请协调机制人员先登记。")
    if item.current_state not in (ItemState.RISK_ASSESSED, ItemState.HANDED_OVER):
        raise StaleState(f"{item.matter.name}目前为“{item.current_state.label}”，清单不再变动。")


def _for_giver(item_id: int, actor: User) -> TransferItem:
    """The item, locked, if ``actor`` draws up its lists and they may still change."""
    item = queries.lock_item(item_id)
    permissions.require_party(actor, item, Party.GIVER)
    if item.current_state not in (ItemState.PLANNED, ItemState.RISK_ASSESSED):
        raise StaleState(
            f"{item.matter.name}目前为“{item.current_state.label}”，清单不能改动；"
            + ("内容有误的，请接收方或监交方先提出异议。" if item.current_state is ItemState.HANDED_OVER else "")
        )
    return item


def _line(line_id: int) -> InventoryLine:
    found = InventoryLine.objects.filter(pk=line_id).first()
    if found is None:
        raise NotFound("没有查到清单的这一行，可能已被删除；请刷新页面。")
    return found
