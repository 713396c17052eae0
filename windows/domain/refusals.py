"""Why an event does not belong to a state: one sentence for every pair the table does not have, with its article. Pure."""

from .vocabulary import Event, State

_ENDED = frozenset(
    {
        State.NOT_REQUIRED,
        State.NOT_ACCEPTED,
        State.WITHDRAWN,
        State.LAPSED,
        State.TERMINATED,
        State.CLOSED,
        State.ARCHIVED,
    }
)
_DECIDED = frozenset({State.GRANTED, State.REFUSED, State.ISSUED, State.DELIVERED})
_BEFORE_ACCEPTANCE = frozenset({State.DRAFT, State.RECEIVED, State.CORRECTION_PENDING})
_OPENING = frozenset({Event.SUBMIT, Event.OPEN_EX_OFFICIO, Event.IMPORT, Event.IMPORT_OPEN})
_OF_INTAKE = frozenset(
    {
        Event.DECLARE_NOT_REQUIRED,
        Event.NOT_ACCEPT,
        Event.GIVE_CORRECTION,
        Event.RESUBMIT,
        Event.LAPSE,
        Event.ACCEPT,
        Event.DEEM_ACCEPTED,
        Event.ACCEPT_DEFERRED,
        Event.GRANT_BY_COMMITMENT,
    }
)
_DECISIONS = frozenset({Event.GRANT, Event.REFUSE, Event.DECIDE_EX_OFFICIO})
_BY_SILENCE = "行政许可法第五十条第二款"
_AFTER_DECISION = frozenset({Event.ISSUE, Event.DELIVER, Event.CLOSE, Event.ARCHIVE})
_PROCEDURE = frozenset(
    {
        Event.SUSPEND,
        Event.END_PROCEDURE,
        Event.RESUME,
        Event.EXTEND,
        Event.INFORM_INTERESTED,
        Event.TELL_HEARING_RIGHT,
        Event.CALL_HEARING,
        Event.RECORD_HEARING,
    }
)


def refusal_for(state: State, event: Event) -> tuple[str, str]:
    """The sentence and the article that refuse ``event`` in ``state``; only for pairs that are no transition."""
    cannot = f"办件目前为“{state.label}”，不能{event.label}"
    if event in _OPENING:
        return f"{cannot}：本件已经登记；新的申请或者新的立案请另行登记。", ""
    if state in _ENDED:
        return _ended(cannot, state, event)
    if state in _DECIDED:
        return _decided(cannot, state, event)
    if state in _BEFORE_ACCEPTANCE:
        return _not_yet_accepted(cannot, state, event)
    return _in_handling(cannot, state, event)


def _ended(cannot: str, state: State, event: Event) -> tuple[str, str]:
    if state is State.LAPSED and event is Event.RESUBMIT:
        return f"{cannot}：补正期限已过，本件已终止；申请人可以重新申请。", "行政许可法第三十二条第一款第四项"
    if state in {State.CLOSED, State.ARCHIVED}:
        return f"{cannot}：本件已经办结归卷；需要改变已作出的许可的，请在证照页另行办理。", ""
    return f"{cannot}：本件已经终结；申请人可以重新申请。", ""


def _decided(cannot: str, state: State, event: Event) -> tuple[str, str]:
    if event is Event.DEEM_RENEWED:
        return f"{cannot}：决定已经作出，没有因逾期视为准予的余地。", _BY_SILENCE
    if event in {Event.GRANT, Event.REFUSE, Event.RETURN, Event.GRANT_BY_COMMITMENT, Event.DECIDE_EX_OFFICIO}:
        return (
            f"{cannot}：决定已经作出，不再重新决定；确有错误的，依法变更、撤回或者撤销。",
            "行政许可法第八条、第六十九条",
        )
    if event in {Event.WITHDRAW, Event.TERMINATE}:
        return f"{cannot}：决定已经作出；持证人不再需要许可的，请申请注销。", "行政许可法第七十条"
    if event in _AFTER_DECISION:
        if event is Event.ISSUE and state is State.REFUSED:
            return f"{cannot}：不予许可的件没有证件；请登记决定书的送达。", "行政许可法第三十八条第二款"
        if event is Event.ISSUE and state is State.ISSUED:
            return f"{cannot}：证件已经制成；请登记送达。", "行政许可法第四十四条"
        if state is State.DELIVERED:
            return f"{cannot}：决定和证件都已经送达，不必再办。", "行政许可法第四十四条"
        return f"{cannot}：决定书和证件还没有送达；请先登记送达。", "行政许可法第四十四条"
    if event in _PROCEDURE:
        return f"{cannot}：办理时限在作出决定时已停止计算。", "行政许可法第四十二条"
    return f"{cannot}：决定已经作出，本步骤已经过去。", ""


def _not_yet_accepted(cannot: str, state: State, event: Event) -> tuple[str, str]:
    if state is State.DRAFT:
        return f"{cannot}：申请尚未提交；请先收件。", "行政许可法第二十九条"
    if event is Event.DEEM_RENEWED:
        return f"{cannot}：延续申请尚未受理；证照届满后只能按新办申请。", _BY_SILENCE
    if event in _OF_INTAKE:
        if state is State.CORRECTION_PENDING:
            return f"{cannot}：已一次告知补正；请先登记收到的补正材料。", "行政许可法第三十二条第一款第四项"
        return f"{cannot}：没有出具过补正告知。", "行政许可法第三十二条第一款第四项"
    return f"{cannot}：本件尚未受理；请先作出受理或者不予受理的处理。", "行政许可法第三十二条"


def _in_handling(cannot: str, state: State, event: Event) -> tuple[str, str]:
    if event in _OF_INTAKE:
        return f"{cannot}：本件已经受理，受理不能重来。", "行政许可法第三十二条第一款第五项"
    if event in _AFTER_DECISION:
        return f"{cannot}：尚未作出决定；请等候决定人作出决定。", "行政许可法第三十八条"
    if state is State.SUSPENDED:
        return (
            f"{cannot}：特别程序尚未结束；请先登记结果、恢复计时。",
            "行政许可法第四十五条",
        )
    if event in {Event.RESUME, Event.END_PROCEDURE}:
        return f"{cannot}：目前没有正在进行的特别程序。", "行政许可法第四十五条"
    if state is State.ACCEPTED:
        return f"{cannot}：本件还没有人审查；请先领取审查。", "行政许可法第三十四条第一款"
    if state is State.PENDING_DECISION:
        if event is Event.START_REVIEW or event is Event.SUBMIT_OPINION:
            return f"{cannot}：审查意见已经提交；需要重审的由决定人退回。", "行政许可法第三十四条第一款"
        return f"{cannot}：本件已送决定；需要补做程序的由决定人先退回审查。", "行政许可法第三十四条第一款"
    if event in _DECISIONS or event is Event.RETURN:
        return f"{cannot}：审查人员尚未提交审查意见。", "行政许可法第三十四条"
    return f"{cannot}：本件正在审查，本步骤已经过去。", "行政许可法第三十四条第一款"
