"""Hand-overs at each stage, made by the real commands."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.roles import Role
from transfers.commands.completing import Completion, complete_handover
from transfers.commands.inventories import LineInput, declare_nothing, draw_up_lists, sign_lists, write_lines
from transfers.commands.items import Assessment, activate_item, assess_item
from transfers.commands.loading import load_transfers
from transfers.domain.inventories import Inventory
from transfers.models import TransferItem

from .cases import MONDAY, person

EFFECTIVE = date(2026, 3, 10)
EVIDENCE = "莱阳市机构改革方案已经批准并组织实施（莱发〔2026〕2号）"
ASSESSMENT = Assessment("move", date(2026, 2, 27), "市司法局", "不涉及重大公共安全，可以划转。", "莱司评〔2026〕3号")
CERTIFICATES = LineInput(
    Inventory.ASSETS.value, "道路运输经营许可证（空白）", None, "份", number_from="鲁交000101", number_to="鲁交000200"
)


@dataclass
class Office:
    """The opinion's batches, and who plans, gives, receives and watches; the giver is of 市交通运输局."""

    giver: User = field(init=False)
    receiver: User = field(init=False)
    overseer: User = field(init=False)

    def __post_init__(self) -> None:
        load_transfers(at=MONDAY)
        self.giver = person(
            "giver", Role.DEPARTMENT_STAFF, department="JY", right="intake_for_department", name="苗立新"
        )
        self.receiver = person("receiver", Role.CATALOGUE_ADMIN, department="SP", name="兰心怡")
        self.overseer = person("overseer", Role.COORDINATOR, department="GOV", name="尹和平")


def item_of(code: str) -> TransferItem:
    return TransferItem.objects.select_related("batch", "matter", "from_department", "to_department").get(
        matter__code=code
    )


def activated(office: Office, code: str = "JY-01", *, at: datetime = MONDAY) -> TransferItem:
    activate_item(item_of(code).pk, evidence=EVIDENCE, actor=office.overseer, at=at)
    return item_of(code)


def assessed(office: Office, code: str = "JY-01", *, at: datetime = MONDAY) -> TransferItem:
    item = activated(office, code, at=at)
    assess_item(item.pk, assessment=ASSESSMENT, actor=office.overseer, at=at)
    return item_of(code)


def drawn_up(office: Office, code: str = "JY-01", *, at: datetime = MONDAY, extra: tuple = ()) -> TransferItem:
    item = assessed(office, code, at=at)
    draw_up_lists(item.pk, actor=office.giver, at=at)
    if extra:
        write_lines(item.pk, given=extra, actor=office.giver, at=at)
    for inventory in Inventory:
        if not item.lines.filter(inventory=inventory.value).exists():
            declare_nothing(item.pk, inventory.value, actor=office.giver, at=at)
    return item


def handed_over(office: Office, code: str = "JY-01", *, at: datetime = MONDAY, extra: tuple = ()) -> TransferItem:
    item = drawn_up(office, code, at=at, extra=extra)
    for who in (office.giver, office.receiver, office.overseer):
        sign_lists([item.pk], actor=who, at=at + timedelta(hours=1))
    return item_of(code)


def completed(
    office: Office, code: str = "JY-01", *, at: datetime = MONDAY, on: date = EFFECTIVE, extra: tuple = ()
) -> TransferItem:
    item = handed_over(office, code, at=at, extra=extra)
    complete_handover(
        item.batch_id,
        item.from_department_id,
        completion=Completion(on),
        actor=office.overseer,
        at=at + timedelta(hours=2),
    )
    return item_of(code)
