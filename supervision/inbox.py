"""收件箱和推送页: what a regulator's pages show of pushes; plain data, read in one place."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.errors import CalendarMissing
from laiyang_approval.kernel.models import User
from windows.case_page import TimelineEntry
from windows.models import Licence

from . import permissions, queries
from .domain.pushes import PUSH_TABLE, DecisionType, PushEvent, PushState
from .models import Push

ROWS_A_PAGE = 50

#: What each step is called on the page of a push.
STEP_LABELS = {
    "queue": "生成推送",
    "stuck": "转人工处理",
    "again": "重新推送",
    PushEvent.DELIVER.value: "送达",
    PushEvent.READ.value: "查收",
    PushEvent.CLAIM.value: "认领",
    PushEvent.DISPUTE.value: "提出异议",
    PushEvent.UPHOLD.value: "协调：维持原监管部门",
    PushEvent.MOVE.value: "协调：改由他部门监管",
    PushEvent.PLAN.value: "列入监管计划",
    PushEvent.FOLLOW_UP.value: "登记监管情况",
}

#: What each kind of decision asks of a regulator, in one sentence.
MEANING = {
    DecisionType.GRANT: "请按职责开展事中事后监管。",
    DecisionType.REFUSE: "未取得许可；擅自从事的由监管部门查处。",
    DecisionType.CHANGE: "许可内容已变更，请按变更后的内容监管。",
    DecisionType.RENEW: "许可已延续，请继续监管。",
    DecisionType.REPLACE: "证件已补发，原证件不再使用。",
    DecisionType.WITHDRAW: "许可已撤回，请核实不再从事该活动。",
    DecisionType.REVOKE: "许可已撤销，请核实不再从事该活动。",
    DecisionType.CANCEL: "许可已注销，请核实不再从事该活动。",
}


@dataclass(frozen=True)
class Row:
    """收件箱的一行: the push, its words, and what is left to claim it."""

    push: Push
    said: dict[str, Any]
    light: str
    left: str

    @property
    def look(self) -> str:
        """The look of what is left to claim it: a word in its colour."""
        return {"red": "failed", "yellow": "draft"}.get(self.light, "received")


def rows_of(pushes: Sequence[Push], today: date) -> list[Row]:
    return [Row(push, json.loads(push.body), light_of(push, today), left_to_claim(push, today)) for push in pushes]


def light_of(push: Push, today: date) -> str:
    """The light of the claim: red when nobody claimed in time, yellow on the last day; "" once somebody did."""
    if push.claim_mode == Push.ClaimMode.AUTO:
        return "red"
    if not push.waits_for_claim or push.claim_by_on is None:
        return ""
    if push.claim_by_on < today:
        return "red"
    return "yellow" if push.claim_by_on == today else "green"


def left_to_claim(push: Push, today: date) -> str:
    """What is left to claim it, in words; how silence claimed it; "" where nothing is to be said."""
    if push.claim_mode == Push.ClaimMode.AUTO:
        return "逾期自动认领"
    if not push.waits_for_claim:
        return ""
    if push.claim_by_on is None:
        return "期限待公布"
    if push.claim_by_on < today:
        return "已逾期"
    try:
        days = current_calendar().workdays_between(today, push.claim_by_on)
    except CalendarMissing:
        return ""
    return f"剩{days}个工作日" if days else "今天到期"


@dataclass(frozen=True)
class PushActView:
    """一个动作: whether this person may do it now, and if not, why."""

    action: str
    label: str
    allowed: bool
    reason: str


@dataclass(frozen=True)
class PushPage:
    """推送页"""

    push: Push
    said: dict[str, Any]
    meaning: str
    light: str
    left: str
    licence: Licence | None
    timeline: Sequence[TimelineEntry]
    acts: dict[str, PushActView]
    may_report: bool
    may_reveal: bool


_ACTS = {
    "claim": ("认领", PushEvent.CLAIM),
    "dispute": ("提出异议", PushEvent.DISPUTE),
    "plan": ("登记监管计划", PushEvent.PLAN),
    "follow_up": ("登记监管情况", PushEvent.FOLLOW_UP),
    "uphold": ("维持原监管部门", PushEvent.UPHOLD),
    "move": ("改由他部门监管", PushEvent.MOVE),
}


def push_page(user: User, number: str, *, today: date) -> PushPage:
    """Everything the page of one push shows; raises NotFound for what is not this person's."""
    push = queries.get_visible_push(user, number)
    state = push.current_state
    acts = {}
    for action, (label, event) in _ACTS.items():
        reason = permissions.why_not(user, action, push)
        fits = PUSH_TABLE.row_for(state, event) is not None
        if not reason and not fits:
            reason = PUSH_TABLE.refusal(state, event)[0]
        acts[action] = PushActView(action, label, not reason, reason)
    steps = push.steps.select_related("actor__department")
    return PushPage(
        push=push,
        said=json.loads(push.body),
        meaning=MEANING[DecisionType(push.decision_type)],
        light=light_of(push, today),
        left=left_to_claim(push, today),
        licence=licence_of(push),
        timeline=[
            TimelineEntry(
                at=step.at,
                label=STEP_LABELS[step.kind],
                who=step.actor.display_name if step.actor else "系统",
                note=step.note,
            )
            for step in steps
        ],
        acts=acts,
        may_report=push.regulator_id in permissions.bodies_of(user) and state is not PushState.QUEUED,
        may_reveal=not permissions.why_not(user, "reveal", push),
    )


def licence_of(push: Push) -> Licence | None:
    """The licence the decision is about as it stands now: the one it led to, else the one it was about."""
    made = Licence.objects.filter(case_id=push.case_id).first()
    if made is not None or push.case.subject_licence_id is None:
        return made
    return Licence.objects.filter(pk=push.case.subject_licence_id).first()
