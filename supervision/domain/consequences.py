"""监管反馈的后果: what a report of a regulator brings about for the licence, the holder and the bureau (domain reference 4.4). Pure.

吊销 is the regulator's own penalty and ends the licence; 撤回、撤销、注销 are the approving body's decisions, which a report can only
suggest. Nothing here touches the right to apply: only the bans of Articles 78 and 79 do.
"""

from dataclasses import dataclass

from windows.domain.vocabulary import Labelled


class FeedbackKind(Labelled):
    """反馈种类"""

    INSPECTION = "inspection", "监督检查"
    PENALTY = "penalty", "行政处罚"
    COERCION = "coercion", "行政强制"
    SUSPENSION = "suspension", "暂扣许可证件"
    RESUMPTION = "resumption", "解除暂扣"
    FORFEITURE = "forfeiture", "吊销许可证件"
    COMPLAINT = "complaint", "投诉举报"
    COMMITMENT_CHECK = "commitment_check", "承诺核查"
    POLICY_CHANGE = "policy_change", "政策变化"
    SUGGEST_CHANGE = "suggestion_change", "建议变更"
    SUGGEST_WITHDRAWAL = "suggestion_withdraw", "建议撤回"
    SUGGEST_REVOCATION = "suggestion_revoke", "建议撤销"
    SUGGEST_CANCELLATION = "suggestion_cancel", "建议注销"


class LicenceEffect(Labelled):
    """对证照的作用"""

    NONE = "", "无"
    SUSPEND = "suspend", "暂扣"
    RESUME = "resume", "恢复效力"
    FORFEIT = "forfeit", "吊销"


class TaskKind(Labelled):
    """审批机关的任务"""

    CANCEL = "cancel", "办理注销"
    BROKEN_PROMISE = "broken_promise", "核实承诺不实"
    CONSIDER_CHANGE = "change", "研究变更建议"
    CONSIDER_WITHDRAWAL = "withdraw", "研究撤回建议"
    CONSIDER_REVOCATION = "revoke", "研究撤销建议"
    CONSIDER_CANCELLATION = "cancellation", "研究注销建议"
    LOOK = "look", "核实反馈情况"


#: The task whose answer may be a case of the office's own motion, and its 办理项.
OPENS = {
    TaskKind.CANCEL: "cancellation",
    TaskKind.CONSIDER_WITHDRAWAL: "withdrawal",
    TaskKind.CONSIDER_REVOCATION: "revocation",
    TaskKind.CONSIDER_CANCELLATION: "cancellation",
}


@dataclass(frozen=True)
class Consequence:
    """后果: for the licence, whether the holder loses 容缺受理 and 告知承诺 for a time, the bureau's task, what must be written."""

    licence: LicenceEffect = LicenceEffect.NONE
    restricts: bool = False
    task: TaskKind | None = None
    needs_document: bool = False
    is_bad: bool = False

    @property
    def needs_licence(self) -> bool:
        return self.licence is not LicenceEffect.NONE or self.task in OPENS


_K, _L, _T = FeedbackKind, LicenceEffect, TaskKind
_RULES = {
    _K.INSPECTION: Consequence(),
    _K.PENALTY: Consequence(restricts=True, needs_document=True, is_bad=True),
    _K.COERCION: Consequence(needs_document=True, is_bad=True),
    _K.SUSPENSION: Consequence(_L.SUSPEND, restricts=True, needs_document=True, is_bad=True),
    _K.RESUMPTION: Consequence(_L.RESUME, needs_document=True),
    _K.FORFEITURE: Consequence(_L.FORFEIT, restricts=True, task=_T.CANCEL, needs_document=True, is_bad=True),
    _K.COMPLAINT: Consequence(),
    _K.COMMITMENT_CHECK: Consequence(),
    _K.POLICY_CHANGE: Consequence(task=_T.LOOK),
    _K.SUGGEST_CHANGE: Consequence(task=_T.CONSIDER_CHANGE),
    _K.SUGGEST_WITHDRAWAL: Consequence(task=_T.CONSIDER_WITHDRAWAL),
    _K.SUGGEST_REVOCATION: Consequence(task=_T.CONSIDER_REVOCATION, is_bad=True),
    _K.SUGGEST_CANCELLATION: Consequence(task=_T.CONSIDER_CANCELLATION),
}


def for_feedback(kind: FeedbackKind, *, abnormal: bool, requires_action: bool) -> Consequence:
    """What a report of this kind brings about; ``abnormal``: the inspection or the check of a promise found something wrong."""
    rule = _RULES[kind]
    if kind is FeedbackKind.COMMITMENT_CHECK and abnormal:
        return Consequence(restricts=True, task=TaskKind.BROKEN_PROMISE, is_bad=True)
    if rule.task is None and requires_action:
        rule = Consequence(rule.licence, rule.restricts, TaskKind.LOOK, rule.needs_document, rule.is_bad)
    if abnormal and not rule.is_bad:
        rule = Consequence(rule.licence, rule.restricts, rule.task, rule.needs_document, True)
    return rule
