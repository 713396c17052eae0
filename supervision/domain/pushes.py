"""推送的状态与事件: from the decision to the follow-up (domain reference 4.3). Pure."""

from laiyang_approval.kernel.state_table import Row, StateTable
from windows.domain.vocabulary import Labelled


class PushState(Labelled):
    """推送状态"""

    QUEUED = "queued", "待送达"
    DELIVERED = "delivered", "已送达"
    READ = "read", "已查收"
    CLAIMED = "claimed", "已认领"
    DISPUTED = "disputed", "有异议"
    MOVED = "moved", "已改由他部门监管"
    PLANNED = "planned", "已列入监管计划"
    FOLLOWED_UP = "followed_up", "已监管"


class PushEvent(Labelled):
    """推送事件; the label reads after “不能”."""

    DELIVER = "deliver", "登记送达"
    READ = "read", "登记查收"
    CLAIM = "claim", "认领"
    DISPUTE = "dispute", "提出异议"
    UPHOLD = "uphold", "维持原监管部门"
    MOVE = "move", "改由他部门监管"
    PLAN = "plan", "登记监管计划"
    FOLLOW_UP = "follow_up", "登记监管情况"


class DecisionType(Labelled):
    """决定种类; code and word as the push carries them."""

    GRANT = "grant", "准予许可"
    REFUSE = "refuse", "不予许可"
    CHANGE = "change", "准予变更"
    RENEW = "renew", "准予延续"
    REPLACE = "replace", "准予补发"
    WITHDRAW = "withdraw", "撤回许可"
    REVOKE = "revoke", "撤销许可"
    CANCEL = "cancel", "注销许可"


#: Every decision event of windows.domain.decisions, and what it is called outside.
TYPE_OF_EVENT = {
    "granted": DecisionType.GRANT,
    "refused": DecisionType.REFUSE,
    "changed": DecisionType.CHANGE,
    "renewed": DecisionType.RENEW,
    "deemed_renewed": DecisionType.RENEW,
    "replaced": DecisionType.REPLACE,
    "licence_withdrawn": DecisionType.WITHDRAW,
    "revoked": DecisionType.REVOKE,
    "cancelled": DecisionType.CANCEL,
}

#: Delivered and not yet answered: claimed by silence when the term is over.
UNCLAIMED = (PushState.DELIVERED, PushState.READ)
#: Somebody answers for the supervision.
ANSWERED = (PushState.CLAIMED, PushState.PLANNED, PushState.FOLLOWED_UP)

_OPINION = "莱政发〔2018〕18号（信息推送与接收跟踪落实）"


def _refusal(state: PushState, event: PushEvent) -> tuple[str, str]:
    cannot = f"本次推送目前为“{state.label}”，不能{event.label}"
    if state is PushState.QUEUED:
        return f"{cannot}：尚未送达。", _OPINION
    if state is PushState.MOVED:
        return f"{cannot}：监管职责已改由其他部门承担。", _OPINION
    if event in {PushEvent.UPHOLD, PushEvent.MOVE}:
        return f"{cannot}：没有待处理的异议。", _OPINION
    if state is PushState.DISPUTED:
        return f"{cannot}：异议正由协调机制处理。", _OPINION
    if event is PushEvent.DISPUTE:
        return f"{cannot}：已经认领。职责确有变化的，请提请修改责任边界。", _OPINION
    if event in {PushEvent.PLAN, PushEvent.FOLLOW_UP}:
        return f"{cannot}：请先认领。", _OPINION
    return f"{cannot}；请刷新页面查看最新状态。", _OPINION


PUSH_TABLE = StateTable(
    [
        Row("P1", (PushState.QUEUED,), PushEvent.DELIVER, PushState.DELIVERED, _OPINION, actor="系统"),
        Row("P2", (PushState.DELIVERED,), PushEvent.READ, PushState.READ, _OPINION, actor="监管部门"),
        Row("P3", UNCLAIMED, PushEvent.CLAIM, PushState.CLAIMED, _OPINION, actor="监管部门、系统"),
        Row("P4", UNCLAIMED, PushEvent.DISPUTE, PushState.DISPUTED, _OPINION, actor="监管部门", guard="写明理由"),
        Row("P5", (PushState.DISPUTED,), PushEvent.UPHOLD, PushState.CLAIMED, _OPINION, actor="协调机制"),
        Row("P6", (PushState.DISPUTED,), PushEvent.MOVE, PushState.MOVED, _OPINION, actor="协调机制"),
        Row("P7", (PushState.CLAIMED, PushState.PLANNED), PushEvent.PLAN, PushState.PLANNED, _OPINION, actor="监管部门"),
        Row("P8", ANSWERED, PushEvent.FOLLOW_UP, PushState.FOLLOWED_UP, _OPINION, actor="监管部门"),
    ],
    refusal=_refusal,
)  # fmt: skip
