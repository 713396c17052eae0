"""What can be done to an item on its page: each act with its words, its form, its command, and who may do it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms

from laiyang_approval.kernel.models import User

from . import forms as our_forms
from . import permissions
from .commands import in_flight, inventories, items
from .commands.inventories import LineInput
from .commands.items import Assessment, GivingBack
from .domain.inventories import Party
from .domain.states import TABLE, ItemEvent, ItemState
from .models import TransferItem

_DRAWN_UP = (ItemState.PLANNED, ItemState.RISK_ASSESSED)


@dataclass(frozen=True)
class ItemAct:
    """一个行为: ``event`` of the state table or the ``states`` it belongs to; ``parties`` who may (empty: the coordination
    mechanism); ``run`` calls the command with what the form gave."""

    action: str
    label: str
    form: type[forms.Form]
    run: Callable[[TransferItem, dict[str, Any], User, datetime], object]
    done: str
    event: ItemEvent | None = None
    states: tuple[ItemState, ...] = ()
    parties: tuple[Party, ...] = ()
    signs: bool = False

    def fits(self, item: TransferItem) -> bool:
        """Whether the act belongs to where the item stands."""
        if self.event is not None:
            return TABLE.row_for(item.current_state, self.event) is not None
        return item.current_state in self.states

    def refusal(self, user: User, item: TransferItem) -> str:
        """Why this person may not, naming who may; "" when they may."""
        if not self.parties:
            return "" if permissions.is_office(user) else f"须由市政府协调机制人员{self.label}。"
        if permissions.party_of(user, item) in self.parties:
            return ""
        return f"须由{'、'.join(one.label for one in self.parties)}{self.label}。"


ACTS = {
    act.action: act
    for act in (
        ItemAct(
            "sign", "签字", our_forms.NoForm,
            lambda item, data, user, at: inventories.sign_lists([item.pk], actor=user, at=at),
            "已签字。", states=(ItemState.RISK_ASSESSED,), parties=tuple(Party), signs=True,
        ),
        ItemAct(
            "draw_up", "按系统登记列出事项和在办件", our_forms.NoForm,
            lambda item, data, user, at: inventories.draw_up_lists(item.pk, actor=user, at=at),
            "已列出事项和在办件，请核对。", states=_DRAWN_UP, parties=(Party.GIVER,),
        ),
        ItemAct(
            "line", "登记一行", our_forms.LineForm,
            lambda item, data, user, at: inventories.write_lines(item.pk, given=[LineInput(**data)], actor=user, at=at),
            "已登记一行。", states=_DRAWN_UP, parties=(Party.GIVER,),
        ),
        ItemAct(
            "nothing", "登记为“无”", our_forms.InventoryForm,
            lambda item, data, user, at: inventories.declare_nothing(item.pk, data["inventory"], actor=user, at=at),
            "已登记为“无”。", states=_DRAWN_UP, parties=(Party.GIVER,),
        ),
        ItemAct(
            "activate", "启动划转", our_forms.EvidenceForm,
            lambda item, data, user, at: items.activate_item(item.pk, **data, actor=user, at=at),
            "已列入计划；请登记政策风险评估。", event=ItemEvent.ACTIVATE,
        ),
        ItemAct(
            "clear", "登记风险评估", our_forms.AssessmentForm,
            lambda item, data, user, at: items.assess_item(item.pk, assessment=Assessment(**data), actor=user, at=at),
            "风险评估已登记。", event=ItemEvent.CLEAR,
        ),
        ItemAct(
            "defer", "暂缓划转", our_forms.ReasonForm,
            lambda item, data, user, at: items.defer_item(item.pk, **data, actor=user, at=at),
            "已暂缓。", event=ItemEvent.DEFER,
        ),
        ItemAct(
            "retain", "保留在部门", our_forms.ReasonForm,
            lambda item, data, user, at: items.retain_item(item.pk, **data, actor=user, at=at),
            "已登记为部门保留。", event=ItemEvent.RETAIN,
        ),
        ItemAct(
            "reconsider", "重新列入计划", our_forms.ReasonForm,
            lambda item, data, user, at: items.reconsider_item(item.pk, **data, actor=user, at=at),
            "已重新列入计划；须重新评估。", event=ItemEvent.RECONSIDER,
        ),
        ItemAct(
            "move", "移交在办件", our_forms.NoForm,
            lambda item, data, user, at: in_flight.move_open_cases(item.pk, actor=user, at=at),
            "在办件已移交，告知书正在生成，请送达申请人。", states=(ItemState.EFFECTIVE,),
        ),
        ItemAct(
            "give_back", "退回原部门", our_forms.GivingBackForm,
            lambda item, data, user, at: items.give_back(item.pk, given=GivingBack(**data), actor=user, at=at),
            "已登记退回；职权自所填之日起由原部门行使。", event=ItemEvent.GIVE_BACK, signs=True,
        ),
    )
}  # fmt: skip
