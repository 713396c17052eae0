"""办件的状态与事件: the words of the procedure. Pure."""

from enum import StrEnum


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
    LAPSE = "lapse", "按逾期未补正终止"
    ACCEPT = "accept", "受理"
    DEEM_ACCEPTED = "deem_accepted", "记为视为受理"
    ACCEPT_DEFERRED = "accept_deferred", "容缺受理"
    GRANT_BY_COMMITMENT = "grant_by_commitment", "按告知承诺准予"
    START_REVIEW = "start_review", "开始审查"
    SUSPEND = "suspend", "暂停计时"
    END_PROCEDURE = "end_procedure", "登记特别程序结果"
    RESUME = "resume", "恢复计时"
    EXTEND = "extend", "延长办理期限"
    INFORM_INTERESTED = "inform_interested", "告知利害关系人"
    TELL_HEARING_RIGHT = "tell_hearing_right", "告知听证权利"
    CALL_HEARING = "call_hearing", "通知听证"
    RECORD_HEARING = "record_hearing", "登记听证笔录"
    SUBMIT_OPINION = "submit_opinion", "提交审查意见"
    RETURN = "return_to_review", "退回重审"
    GRANT = "grant", "准予许可"
    DEEM_RENEWED = "deem_renewed", "记为视为准予延续"
    REFUSE = "refuse", "不予许可"
    WITHDRAW = "withdraw", "撤回申请"
    TERMINATE = "terminate", "终止办理"
    ISSUE = "issue", "制发证件"
    DELIVER = "deliver", "登记送达"
    CLOSE = "close", "办结"
    ARCHIVE = "archive", "归档"
    OPEN_EX_OFFICIO = "open_ex_officio", "依职权立案"
    DECIDE_EX_OFFICIO = "decide_ex_officio", "依职权作出决定"
    IMPORT = "import_case", "登记历史办件"
    IMPORT_OPEN = "import_open_case", "登记原部门的在办件"
