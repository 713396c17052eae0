"""办件状态: the procedure as one table (domain reference 1.7). Pure.

Rows not yet in the table are acts the portal cannot do yet; nothing else may change a state.
"""

from enum import StrEnum

from laiyang_approval.kernel.state_table import Row, StateTable


class Labelled(StrEnum):
    """A string enum whose members carry the official Chinese term."""

    label: str

    def __new__(cls, value: str, label: str):
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class State(Labelled):
    """办件状态"""

    DRAFT = "draft", "草稿"
    RECEIVED = "received", "已收件"
    CORRECTION_PENDING = "correction_pending", "待补正"
    NOT_REQUIRED = "not_required", "不受理（无需许可）"
    NOT_ACCEPTED = "not_accepted", "不予受理"
    WITHDRAWN = "withdrawn", "申请人已撤回"
    LAPSED = "lapsed", "逾期未补正终止"
    ACCEPTED = "accepted", "已受理"
    IN_REVIEW = "in_review", "审查中"
    SUSPENDED = "suspended", "暂停计时"
    PENDING_DECISION = "pending_decision", "待决定"
    GRANTED = "granted", "准予许可"
    REFUSED = "refused", "不予许可"
    TERMINATED = "terminated", "终止办理"
    ISSUED = "issued", "已制证"
    DELIVERED = "delivered", "已送达"
    CLOSED = "closed", "已办结"
    ARCHIVED = "archived", "已归档"


class Event(Labelled):
    """办件事件; the label reads after “不能”."""

    SUBMIT = "submit", "收件"
    DECLARE_NOT_REQUIRED = "not_required", "作不受理处理"
    NOT_ACCEPT = "not_accept", "不予受理"
    GIVE_CORRECTION = "give_correction", "出具补正告知"
    RESUBMIT = "resubmit", "接收补正材料"
    ACCEPT = "accept", "受理"
    DEEM_ACCEPTED = "deem_accepted", "记为视为受理"
    START_REVIEW = "start_review", "开始审查"
    SUBMIT_OPINION = "submit_opinion", "提交审查意见"
    RETURN = "return_to_review", "退回重审"
    GRANT = "grant", "准予许可"
    REFUSE = "refuse", "不予许可"
    ISSUE = "issue", "制发证件"
    DELIVER = "deliver", "登记送达"
    WITHDRAW = "withdraw", "撤回申请"


#: The correction clock of Article 32 runs in these states.
INTAKE_STATES = (State.RECEIVED,)
#: The decision clock of Article 42 runs in these states.
DECISION_STATES = (State.ACCEPTED, State.IN_REVIEW, State.PENDING_DECISION)
#: The delivery clock of Article 44 runs in these states.
DELIVERY_STATES = (State.GRANTED, State.REFUSED, State.ISSUED)
OPEN_STATES = (State.RECEIVED, State.CORRECTION_PENDING, *DECISION_STATES, *DELIVERY_STATES)

TABLE = StateTable(
    [
        Row("1", (State.DRAFT,), Event.SUBMIT, State.RECEIVED, "行政许可法第二十九条", "D01", "收件时限开始"),
        Row(
            "2",
            (State.RECEIVED,),
            Event.DECLARE_NOT_REQUIRED,
            State.NOT_REQUIRED,
            "行政许可法第三十二条第一款第一项",
            "D02",
            "停止",
        ),
        Row(
            "3",
            (State.RECEIVED,),
            Event.NOT_ACCEPT,
            State.NOT_ACCEPTED,
            "行政许可法第三十二条第一款第二项",
            "D03",
            "停止",
        ),
        Row(
            "4",
            (State.RECEIVED,),
            Event.GIVE_CORRECTION,
            State.CORRECTION_PENDING,
            "行政许可法第三十二条第一款第四项",
            "D04",
            "收件时限停止",
        ),
        Row(
            "5",
            (State.CORRECTION_PENDING,),
            Event.RESUBMIT,
            State.RECEIVED,
            "行政许可法第三十二条第一款第五项",
            "D01",
            "重新起算收件时限",
        ),
        Row(
            "7",
            (State.RECEIVED,),
            Event.ACCEPT,
            State.ACCEPTED,
            "行政许可法第三十二条第一款第五项",
            "D06",
            "办理时限开始",
        ),
        Row(
            "8",
            (State.RECEIVED,),
            Event.DEEM_ACCEPTED,
            State.ACCEPTED,
            "行政许可法第三十二条第一款第四项",
            "D06",
            "办理时限自收到材料之日起算",
        ),
        Row("11", (State.ACCEPTED,), Event.START_REVIEW, State.IN_REVIEW, "行政许可法第三十四条第一款", "", "继续"),
        Row(
            "16",
            (State.IN_REVIEW,),
            Event.SUBMIT_OPINION,
            State.PENDING_DECISION,
            "行政许可法第三十四条",
            "审批表",
            "继续",
        ),
        Row("16a", (State.PENDING_DECISION,), Event.RETURN, State.IN_REVIEW, "行政许可法第三十四条", "", "继续"),
        Row(
            "17",
            (State.PENDING_DECISION,),
            Event.GRANT,
            State.GRANTED,
            "行政许可法第三十八条第一款",
            "D15",
            "送达时限开始",
        ),
        Row(
            "18",
            (State.PENDING_DECISION,),
            Event.REFUSE,
            State.REFUSED,
            "行政许可法第三十八条第二款",
            "D16",
            "送达时限开始",
        ),
        Row(
            "19",
            (
                State.RECEIVED,
                State.CORRECTION_PENDING,
                State.ACCEPTED,
                State.IN_REVIEW,
                State.SUSPENDED,
                State.PENDING_DECISION,
            ),
            Event.WITHDRAW,
            State.WITHDRAWN,
            "申请人的书面请求",
            "D17",
            "停止",
        ),
        Row("21", (State.GRANTED,), Event.ISSUE, State.ISSUED, "行政许可法第三十九条", "证照", "继续"),
        Row(
            "22",
            (State.ISSUED, State.REFUSED, State.GRANTED),
            Event.DELIVER,
            State.DELIVERED,
            "行政许可法第四十四条",
            "D18",
            "停止",
        ),
    ]
)
