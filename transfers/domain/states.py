"""划转状态: what an item of a batch goes through, as one table; every other pair of state and event has its refusal. Pure."""

from enum import StrEnum

from laiyang_approval.kernel.state_table import Row, StateTable

OPINION = "莱政发〔2018〕18号"


class ItemState(StrEnum):
    """划转状态"""

    PLANNED = "planned"
    RISK_ASSESSED = "risk_assessed"
    HANDED_OVER = "handed_over"
    EFFECTIVE = "effective"
    DEFERRED = "deferred"
    RETAINED = "retained"
    RETURNED = "returned"

    @property
    def label(self) -> str:
        return _STATE_LABELS[self]


class ItemEvent(StrEnum):
    """划转行为; the label reads after “不能”."""

    ACTIVATE = "activate"
    CLEAR = "clear"
    HAND_OVER = "hand_over"
    DISPUTE = "dispute"
    COMPLETE = "complete"
    DEFER = "defer"
    RETAIN = "retain"
    RECONSIDER = "reconsider"
    GIVE_BACK = "give_back"

    @property
    def label(self) -> str:
        return _EVENT_LABELS[self]


_STATE_LABELS = {
    ItemState.PLANNED: "列入计划",
    ItemState.RISK_ASSESSED: "已评估",
    ItemState.HANDED_OVER: "已交接",
    ItemState.EFFECTIVE: "已划转",
    ItemState.DEFERRED: "暂缓划转",
    ItemState.RETAINED: "部门保留",
    ItemState.RETURNED: "已退回",
}
_EVENT_LABELS = {
    ItemEvent.ACTIVATE: "启动划转",
    ItemEvent.CLEAR: "登记风险评估",
    ItemEvent.HAND_OVER: "交接",
    ItemEvent.DISPUTE: "提出异议",
    ItemEvent.COMPLETE: "完成划转",
    ItemEvent.DEFER: "暂缓",
    ItemEvent.RETAIN: "保留在部门",
    ItemEvent.RECONSIDER: "重新列入计划",
    ItemEvent.GIVE_BACK: "退回",
}

_S, _E = ItemState, ItemEvent

TABLE = StateTable(
    [
        Row("1", (_S.DEFERRED,), _E.ACTIVATE, _S.PLANNED, OPINION, guard="暂缓的条件已经具备，事项没有停办"),
        Row("2", (_S.PLANNED,), _E.CLEAR, _S.RISK_ASSESSED, OPINION, guard="政策风险评估的结论为可以划转"),
        Row("3", (_S.RISK_ASSESSED,), _E.HAND_OVER, _S.HANDED_OVER, OPINION, guard="四张清单三方签字，没有阻碍"),
        Row("4", (_S.HANDED_OVER,), _E.DISPUTE, _S.RISK_ASSESSED, OPINION),
        Row("5", (_S.HANDED_OVER,), _E.COMPLETE, _S.EFFECTIVE, OPINION, guard="生效日不早于依据文件和次日"),
        Row("6", (_S.PLANNED, _S.RISK_ASSESSED), _E.DEFER, _S.DEFERRED, OPINION),
        Row("7", (_S.PLANNED, _S.RISK_ASSESSED, _S.DEFERRED), _E.RETAIN, _S.RETAINED, OPINION),
        Row("8", (_S.RETAINED,), _E.RECONSIDER, _S.PLANNED, OPINION),
        Row("9", (_S.EFFECTIVE,), _E.GIVE_BACK, _S.RETURNED, OPINION, guard="退回之日在划转生效之后"),
    ],
    refusal=lambda state, event: (
        f"事项目前为“{state.label}”，不能{event.label}；请刷新页面查看最新状态。",
        "",
    ),
)

#: On its way to the new body: its lists may be drawn up.
ON_THE_WAY = (_S.PLANNED, _S.RISK_ASSESSED, _S.HANDED_OVER)
