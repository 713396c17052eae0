"""咨询投诉: what the public may ask or complain of, and by which rule each is answered. Pure."""

from laiyang_approval.kernel.state_table import Row, StateTable
from windows.domain.vocabulary import Labelled


class ComplaintKind(Labelled):
    """种类"""

    QUESTION = "question", "咨询"
    COMPLAINT = "complaint", "投诉"
    SECOND_SEAL = "second_seal", "被要求重复盖章"


#: The business rule with the term of each, in working days.
TERM_RULES = {
    ComplaintKind.QUESTION: "question_days",
    ComplaintKind.COMPLAINT: "complaint_days",
    ComplaintKind.SECOND_SEAL: "second_seal_days",
}

#: After the transfer the former department may not ask for its own seal again.
SECOND_SEAL_BASIS = "莱政发〔2018〕18号"


class ComplaintState(Labelled):
    """状态"""

    OPEN = "open", "待答复"
    ANSWERED = "answered", "已答复"


class ComplaintEvent(Labelled):
    """事件; the label reads after “不能”."""

    PASS_ON = "pass_on", "转办"
    ANSWER = "answer", "答复"


class Finding(Labelled):
    """投诉查证结果"""

    TRUE = "true", "属实"
    PARTLY = "partly", "部分属实"
    UNTRUE = "untrue", "不属实"


_RULE = "局内规定（业务规则）"


def _refusal(state: ComplaintState, event: ComplaintEvent) -> tuple[str, str]:
    return f"本件目前为“{state.label}”，不能{event.label}；请刷新页面查看最新情况。", ""


COMPLAINT_TABLE = StateTable(
    [
        Row("C1", (ComplaintState.OPEN,), ComplaintEvent.PASS_ON, None, _RULE, actor="承办单位"),
        Row("C2", (ComplaintState.OPEN,), ComplaintEvent.ANSWER, ComplaintState.ANSWERED, _RULE, actor="承办单位"),
    ],
    refusal=_refusal,
)
