"""Every read of batches, items and their lists, and the locks that writes begin with."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from laiyang_approval.kernel.errors import NotFound
from laiyang_approval.kernel.models import Department, User
from matters.domain.reconciliation import Line as Figure
from matters.models import Authority, MatterKind, Power
from matters.queries import in_force
from windows.commands.moving import MOVABLE
from windows.domain.states import OPEN_STATES
from windows.models import Case

from . import permissions
from .domain.inventories import Blocker, Inventory, Line, Party, blockers
from .domain.number_ranges import NumberRange, missing_of, range_of
from .domain.reconciliation import Standing, reconcile
from .domain.states import ON_THE_WAY, OPINION, ItemState
from .models import InventoryLine, TransferBatch, TransferItem

#: 意见: handed over within one month of its issue.
HANDED_OVER_BY = date(2018, 12, 26)
_OPEN = [state.value for state in OPEN_STATES]
_UNACCEPTED = ["received", "correction_pending"]


def get_batch(batch_id: int) -> TransferBatch:
    """One batch; raises NotFound."""
    found = TransferBatch.objects.filter(pk=batch_id).first()
    if found is None:
        raise NotFound("没有查到这个划转批次；请从划转台账打开。")
    return found


def get_visible_item(user: User, item_id: int) -> TransferItem:
    """One item with its batch, matter and bodies; raises NotFound if it is not this person's to know of."""
    found = (
        permissions.items_visible_to(user)
        .select_related("batch", "matter__original_department", "from_department", "to_department")
        .filter(pk=item_id)
        .first()
    )
    if found is None:
        raise NotFound(permissions.NO_SUCH_ITEM)
    return found


def lock_item(item_id: int) -> TransferItem:
    """The item, locked until the transaction ends; raises NotFound. Only commands call this."""
    found = (
        TransferItem.objects.select_for_update(of=("self",))
        .select_related("batch", "matter", "from_department", "to_department")
        .filter(pk=item_id)
        .first()
    )
    if found is None:
        raise NotFound(permissions.NO_SUCH_ITEM)
    return found


def lock_handover(batch_id: int, department_id: int) -> list[TransferItem]:
    """The items one body hands over in a batch and that are on their way, locked in order. Only commands call this."""
    return list(
        TransferItem.objects.select_for_update(of=("self",))
        .select_related("batch", "matter", "from_department", "to_department")
        .filter(batch_id=batch_id, from_department_id=department_id, state__in=[state.value for state in ON_THE_WAY])
        .order_by("pk")
    )


# --- lists ----------------------------------------------------------------------------------------------------------


def numbers_of(line: InventoryLine) -> NumberRange | None:
    """The number range of a line; None where it is not about numbered certificates."""
    return range_of(line.number_from, line.number_to) if line.number_from else None


def as_fact(line: InventoryLine) -> Line:
    """The line as the pure rules see it."""
    numbers = numbers_of(line)
    return Line(
        seq=line.seq,
        inventory=Inventory(line.inventory),
        description=line.description,
        quantity=line.quantity,
        signed=frozenset(Party(one.party) for one in line.signatures.all()),
        numbers=numbers,
        missing=missing_of(numbers, line.missing_numbers) if numbers else (),
        explained=line.missing_explained,
        disputed=line.disputed_reason,
    )


def lines_of(items: Iterable[TransferItem]) -> dict[int, list[InventoryLine]]:
    """The lines of each item in order, with their signatures; two queries."""
    found: dict[int, list[InventoryLine]] = {item.pk: [] for item in items}
    rows = InventoryLine.objects.filter(item_id__in=found).select_related("disputed_by")
    order = {one.value: place for place, one in enumerate(Inventory)}
    for line in sorted(rows.prefetch_related("signatures__signed_by"), key=lambda row: (order[row.inventory], row.seq)):
        found[line.item_id].append(line)
    return found


def blockers_of(lines: Iterable[InventoryLine]) -> list[Blocker]:
    """What keeps the matter with these lines from being handed over."""
    return blockers([as_fact(line) for line in lines])


# --- cases in flight ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class InFlight:
    """在办件: of one item, how many cases the former body still has; ``unaccepted`` it may no longer accept."""

    open: int = 0
    unaccepted: int = 0


def cases_in_flight(item: TransferItem) -> QuerySet[Case]:
    """The former body's open cases of the matter, first due first."""
    return (
        Case.objects.filter(matter_id=item.matter_id, handling_department_id=item.from_department_id, state__in=_OPEN)
        .select_related("edition", "party", "handling_department")
        .order_by("next_due_on", "id")
    )


def cases_to_move(item: TransferItem, on: date) -> QuerySet[Case]:
    """Those of the former body's open cases that the successor goes on with, from the day the transfer takes effect.

    Always those not accepted before (the former body may no longer accept them); those accepted too where the batch says so.
    """
    cases = cases_in_flight(item).filter(state__in=[state.value for state in MOVABLE])
    if item.current_state is not ItemState.EFFECTIVE or item.effective_on is None or on < item.effective_on:
        return cases.none()
    if item.batch.in_flight == TransferBatch.InFlight.MOVE:
        return cases
    return cases.filter(state__in=_UNACCEPTED)


def in_flight_counts(items: Iterable[TransferItem]) -> dict[int, InFlight]:
    """For each item the former body's open cases; one query."""
    wanted = {(item.matter_id, item.from_department_id): item.pk for item in items}
    rows = (
        Case.objects.filter(matter_id__in={matter for matter, _ in wanted}, state__in=_OPEN)
        .values_list("matter_id", "handling_department_id")
        .annotate(open=Count("pk"), unaccepted=Count("pk", filter=Q(state__in=_UNACCEPTED)))
    )
    return {
        wanted[matter, department]: InFlight(open_, unaccepted)
        for matter, department, open_, unaccepted in rows
        if (matter, department) in wanted
    }


# --- the board ------------------------------------------------------------------------------------------------------


@dataclass
class Giver:
    """移交机关: one body in a batch, its items by state, its cases in flight."""

    department: Department
    total: int = 0
    states: dict[str, int] = field(default_factory=dict)
    in_flight: int = 0

    @property
    def state_counts(self) -> list[tuple[str, str, int]]:
        return [
            (state.value, state.label, self.states[state.value]) for state in ItemState if state.value in self.states
        ]


@dataclass
class BatchView:
    """批次一览: what was announced, what it holds, by body."""

    batch: TransferBatch
    givers: list[Giver]
    licences: int
    related: int
    fees: int
    differences: list[str]

    @property
    def total(self) -> int:
        return self.licences + self.related + self.fees

    @property
    def effective(self) -> int:
        return sum(giver.states.get(ItemState.EFFECTIVE.value, 0) for giver in self.givers)

    @property
    def in_flight(self) -> int:
        return sum(giver.in_flight for giver in self.givers)


def batch_views(user: User) -> list[BatchView]:
    """Each batch with what of it this person may see; a fixed number of queries."""
    items = list(permissions.items_visible_to(user).select_related("batch", "from_department").order_by("batch", "pk"))
    counts = in_flight_counts(items)
    by_batch: dict[int, list[TransferItem]] = defaultdict(list)
    for item in items:
        by_batch[item.batch_id].append(item)
    sees_all = user.has_role(*permissions.WATCHERS)
    return [
        _batch_view(batch, by_batch[batch.pk], counts, sees_all=sees_all)
        for batch in TransferBatch.objects.all()
        if sees_all or by_batch[batch.pk]
    ]


def _batch_view(batch, items, counts, *, sees_all: bool) -> BatchView:
    givers: dict[int, Giver] = {}
    for item in items:
        giver = givers.setdefault(item.from_department_id, Giver(item.from_department))
        giver.total += 1
        giver.states[item.state] = giver.states.get(item.state, 0) + 1
        giver.in_flight += counts.get(item.pk, InFlight()).open
    number = {kind: sum(item.kind == kind for item in items) for kind in TransferItem.Kind.values}
    announced = (("许可事项", batch.announced_licences, number["licence"]),
                 ("关联事项", batch.announced_related, number["related"]))  # fmt: skip
    return BatchView(
        batch,
        sorted(givers.values(), key=lambda giver: (-giver.total, giver.department.code)),
        number["licence"],
        number["related"],
        number["fee"],
        [
            f"{batch.title}公布{label}{said}项，登记{there}项"
            for label, said, there in announced
            if sees_all and said is not None and said != there
        ],
    )


def figures_on(day: date) -> list[Figure]:
    """133 = 103 + 30 and 19, as the opinion's batches stand on ``day``."""
    items = TransferItem.objects.filter(batch__basis=OPINION).select_related("batch", "matter__original_department")
    return reconcile(
        [
            Standing(item.kind, bool(item.batch.condition), item.matter.original_department.code, state_on(item, day))
            for item in items
        ],
        is_due=day >= HANDED_OVER_BY,
    )


def state_on(item: TransferItem, day: date) -> ItemState:
    """Where the item stands on ``day``: a completed one takes effect, and a returned one goes back, on its day."""
    state = item.current_state
    if state is ItemState.RETURNED and item.returned_on is not None and day < item.returned_on:
        state = ItemState.EFFECTIVE
    if state is ItemState.EFFECTIVE and item.effective_on is not None and day < item.effective_on:
        return ItemState.HANDED_OVER
    return state


def differences_on(day: date) -> list[str]:
    """Every difference between batches, catalogue and competence on ``day``, one sentence each; [] when they agree."""
    figures = [f"{line.label}：应为{line.expected}，实为{line.actual}" for line in figures_on(day) if not line.agrees]
    items = list(
        TransferItem.objects.select_related("matter", "from_department", "to_department", "batch").order_by("pk")
    )
    holders: dict[int, set[int]] = defaultdict(set)
    for matter, department in Authority.objects.filter(in_force(day), power=Power.ACCEPT).values_list(
        "matter_id", "department_id"
    ):
        holders[matter].add(department)
    return [*figures, *_catalogue_differences(items), *_competence_differences(items, holders, day)]


def _catalogue_differences(items: list[TransferItem]) -> list[str]:
    decided = (MatterKind.LICENCE, MatterKind.RELATED, MatterKind.DEFERRED)
    there = {item.matter_id for item in items}
    missing = (
        TransferItem.matter.field.related_model.objects.filter(kind__in=decided).exclude(pk__in=there).order_by("code")
    )
    return [f"{matter.code}在目录中属于“{matter.get_kind_display()}”，没有列入任何批次" for matter in missing]


def _competence_differences(items, holders: dict[int, set[int]], day: date) -> list[str]:
    found = []
    again = {item.matter_id for item in items if item.current_state is not ItemState.RETURNED}
    for item in items:
        if item.current_state is ItemState.RETURNED and item.matter_id in again:
            continue
        state, now = state_on(item, day), holders.get(item.matter_id, set())
        if len(now) != 1:
            found.append(f"{item.matter.code}当日{'没有受理机关' if not now else '有两个以上受理机关'}")
        elif state is ItemState.EFFECTIVE and now != {item.to_department_id}:
            found.append(f"{item.matter.code}已划转，受理机关却不是{item.to_department.short_name}")
        elif state is not ItemState.EFFECTIVE and now == {item.to_department_id}:
            found.append(f"{item.matter.code}状态为“{state.label}”，受理机关却已是{item.to_department.short_name}")
    return found


def items_of(user: User, batch: TransferBatch, department_id: int | None = None) -> list[TransferItem]:
    """The items of a batch this person may see, of one giving body if asked."""
    found = permissions.items_visible_to(user).filter(batch=batch)
    if department_id is not None:
        found = found.filter(from_department_id=department_id)
    return list(
        found.select_related("matter", "from_department", "to_department", "batch").order_by(
            F("effective_on").asc(nulls_first=True), "matter__code", "kind"
        )
    )
