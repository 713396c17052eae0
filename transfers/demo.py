"""Demo hand-over: one department's matters on their way, one of them with what stands in the way. Never in production."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.models import User

from .commands.inventories import LineInput, declare_nothing, dispute_line, draw_up_lists, sign_lists, write_lines
from .commands.items import Assessment, activate_item, assess_item
from .domain.inventories import Inventory
from .domain.states import ItemState
from .models import TransferItem

EVIDENCE = "机构改革任务已经完成（演示）"


@transaction.atomic
def load_demo_transfers(*, at: datetime | None = None) -> int:
    """Afterwards three deferred matters of 市交通运输局 are on their way; returns how many were set going."""
    if settings.PRODUCTION:
        raise RuntimeError("demo hand-overs are never made in production")
    now = at or clock.now()
    people = {user.username: user for user in User.objects.filter(username__in=("jiaotong", "xietiao", "shixiang"))}
    items = {
        item.matter.code: item
        for item in TransferItem.objects.select_related("matter").filter(
            matter__code__in=("JY-01", "JY-02", "JY-06"), state=ItemState.DEFERRED.value
        )
    }
    if len(items) < 3 or len(people) < 3:
        return 0
    giver, office, receiver = people["jiaotong"], people["xietiao"], people["shixiang"]
    for item in items.values():
        activate_item(item.pk, evidence=EVIDENCE, actor=office, at=now)
    for code in ("JY-01", "JY-02"):
        found = Assessment("move", local_date(now), "市司法局", "不涉及重大公共安全，可以划转。", "演示评〔2026〕1号")
        assess_item(items[code].pk, assessment=found, actor=office, at=now)
        draw_up_lists(items[code].pk, actor=giver, at=now)
    first = items["JY-01"]
    papers = LineInput(
        Inventory.ASSETS.value, "道路运输经营许可证（空白）", None, "份", "完好",
        number_from="鲁交000101", number_to="鲁交000200", missing_numbers="000115",
    )  # fmt: skip
    files = LineInput(Inventory.ARCHIVES.value, "2016—2018年许可案卷", 126, "卷", "按年度装盒")
    lines = write_lines(first.pk, given=[papers, files], actor=giver, at=now)
    declare_nothing(first.pk, Inventory.PEOPLE.value, actor=giver, at=now)
    for inventory in (Inventory.PEOPLE, Inventory.ARCHIVES, Inventory.ASSETS):
        declare_nothing(items["JY-02"].pk, inventory.value, actor=giver, at=now)
    sign_lists([first.pk, items["JY-02"].pk], actor=giver, at=now + timedelta(minutes=5))
    sign_lists([items["JY-02"].pk], actor=receiver, at=now + timedelta(minutes=10))
    dispute_line(lines[1].pk, reason="实点125卷，缺2017年第12卷", actor=receiver, at=now + timedelta(minutes=10))
    return len(items)
