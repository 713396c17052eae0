"""证照的一生: the states of a licence, its four ends that are never merged, and what ends it (domain reference 1.8). Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from laiyang_approval.kernel.state_table import Row, StateTable

from .periods import add_months
from .vocabulary import Labelled


class LicenceState(Labelled):
    """证照状态"""

    VALID = "valid", "有效"
    SUPERSEDED = "superseded", "已被新证替代"
    SUSPENDED = "suspended", "暂扣"
    EXPIRED = "expired", "有效期届满"
    WITHDRAWN = "withdrawn", "已撤回"
    REVOKED = "revoked", "已撤销"
    FORFEITED = "forfeited", "已吊销"
    CANCELLED = "cancelled", "已注销"


class LicenceEvent(Labelled):
    """证照变动; the label reads after “不能”."""

    SUPERSEDE = "superseded", "由新证替代"
    SUSPEND = "suspended", "登记暂扣"
    RESUME = "resumed", "恢复效力"
    EXPIRE = "expired", "记为有效期届满"
    WITHDRAW = "withdrawn", "撤回"
    REVOKE = "revoked", "撤销"
    FORFEIT = "forfeited", "登记吊销"
    CANCEL = "cancelled", "注销"


#: The licence stands: it may be used, or will be again.
LIVING_STATES = (LicenceState.VALID, LicenceState.SUSPENDED)
#: Ended, and still to be struck off the register (行政许可法第七十条第一项、第四项).
TO_CANCEL_STATES = (LicenceState.EXPIRED, LicenceState.WITHDRAWN, LicenceState.REVOKED, LicenceState.FORFEITED)

_LAW, _PENALTY = "行政许可法", "行政处罚法第九条第三项"


def _refusal(state: LicenceState, event: LicenceEvent) -> tuple[str, str]:
    cannot = f"证照目前为“{state.label}”，不能{event.label}"
    if state is LicenceState.CANCELLED:
        return f"{cannot}：证照已经注销，不再有任何变动。", f"{_LAW}第七十条"
    if state is LicenceState.SUPERSEDED:
        return f"{cannot}：请在现行有效的新证上办理。", ""
    if event is LicenceEvent.RESUME:
        return f"{cannot}：证照没有被暂扣。", _PENALTY
    if event is LicenceEvent.SUSPEND and state is LicenceState.SUSPENDED:
        return f"{cannot}：证照已经暂扣；须延长的，先登记原暂扣的结束。", _PENALTY
    if state is LicenceState.EXPIRED:
        return f"{cannot}：有效期已经届满；请办理注销。", f"{_LAW}第七十条第一项"
    return f"{cannot}：许可已经终止效力；请办理注销。", f"{_LAW}第七十条第四项"


#: 撤回、撤销、吊销、注销 are four different ends; only the last strikes the licence off.
LICENCE_TABLE = StateTable(
    [
        Row("L1", (LicenceState.VALID, LicenceState.SUSPENDED, LicenceState.EXPIRED), LicenceEvent.SUPERSEDE,
            LicenceState.SUPERSEDED, f"{_LAW}第四十九条、第五十条", "新证", "", "出件人员、系统",
            "变更、延续、补发的新证已制成"),
        Row("L2", (LicenceState.VALID,), LicenceEvent.SUSPEND, LicenceState.SUSPENDED, _PENALTY, "处罚决定（外部）", "",
            "执法部门", "写明处罚文号和执法部门"),
        Row("L3", (LicenceState.SUSPENDED,), LicenceEvent.RESUME, LicenceState.VALID, _PENALTY, "", "",
            "执法部门、系统", "暂扣期满或者执法部门通知"),
        Row("L4", (LicenceState.VALID, LicenceState.SUSPENDED), LicenceEvent.EXPIRE, LicenceState.EXPIRED,
            f"{_LAW}第七十条第一项", "", "", "系统", "届满未延续；届满日不顺延"),
        Row("L5", (LicenceState.VALID, LicenceState.SUSPENDED), LicenceEvent.WITHDRAW, LicenceState.WITHDRAWN,
            f"{_LAW}第八条第二款", "D22", "", "决定人", "为了公共利益；依法补偿"),
        Row("L6", (LicenceState.VALID, LicenceState.SUSPENDED, LicenceState.EXPIRED), LicenceEvent.REVOKE,
            LicenceState.REVOKED, f"{_LAW}第六十九条", "D23", "", "决定人", "事先告知，听取陈述申辩"),
        Row("L7", (LicenceState.VALID, LicenceState.SUSPENDED), LicenceEvent.FORFEIT, LicenceState.FORFEITED, _PENALTY,
            "处罚决定（外部）", "", "执法部门", "写明处罚文号和执法部门；本机关不作撤销决定"),
        Row("L8", (LicenceState.VALID, LicenceState.SUSPENDED, *TO_CANCEL_STATES), LicenceEvent.CANCEL,
            LicenceState.CANCELLED, f"{_LAW}第七十条", "D24", "", "决定人", "写明第七十条的哪一项"),
    ],
    refusal=_refusal,
)  # fmt: skip


#: 行政许可法第七十条: why a licence is struck off; the number is the item of the article.
CANCEL_REASONS = {
    1: "行政许可有效期届满未延续",
    2: "赋予公民特定资格的行政许可，该公民死亡或者丧失行为能力",
    3: "法人或者其他组织依法终止",
    4: "行政许可依法被撤销、撤回，或者行政许可证件依法被吊销",
    5: "因不可抗力导致行政许可事项无法实施",
    6: "法律、法规规定的应当注销行政许可的其他情形",
}
CN_ITEMS = {1: "一", 2: "二", 3: "三", 4: "四", 5: "五", 6: "六"}


def cancel_reasons_for(state: LicenceState) -> tuple[int, ...]:
    """The items of Article 70 that can be the reason while the licence stands in ``state``."""
    if state is LicenceState.EXPIRED:
        return (1,)
    if state in {LicenceState.WITHDRAWN, LicenceState.REVOKED, LicenceState.FORFEITED}:
        return (4,)
    return (2, 3, 5, 6) if state in LIVING_STATES else ()


def cancel_article(reason: int) -> str:
    """行政许可法第七十条第N项"""
    return f"行政许可法第七十条第{CN_ITEMS[reason]}项"


class Money(Labelled):
    """补偿与赔偿: never the same, and each only where the law has it."""

    NONE = "none", "不涉及"
    COMPENSATION = "compensation", "补偿"
    DAMAGES = "damages", "赔偿"


@dataclass(frozen=True)
class GroundRule:
    """一种事由: its article (and the law record a paper cites it by), what it allows or demands, and what money follows."""

    label: str
    purpose: str
    article: str
    law_key: str
    money: Money = Money.NONE
    must: bool = False
    is_fraud: bool = False
    cancel_reason: int | None = None


#: The ground that a re-check gives, and nothing else.
BROKEN_PROMISE = "broken_promise"

#: Why a licence is taken back without an application; the key is stored with the case.
GROUNDS: dict[str, GroundRule] = {
    "law_changed": GroundRule("许可所依据的法律、法规、规章修改或者废止", "withdrawal", f"{_LAW}第八条第二款", "xkf_8_2",
                              Money.COMPENSATION),
    "facts_changed": GroundRule("准予许可所依据的客观情况发生重大变化", "withdrawal", f"{_LAW}第八条第二款", "xkf_8_2",
                                Money.COMPENSATION),
    "abuse": GroundRule("工作人员滥用职权、玩忽职守作出准予决定", "revocation", f"{_LAW}第六十九条第一款第一项",
                        "xkf_69_1_1", Money.DAMAGES),
    "no_power": GroundRule("超越法定职权作出准予决定", "revocation", f"{_LAW}第六十九条第一款第二项", "xkf_69_1_2",
                           Money.DAMAGES),
    "procedure": GroundRule("违反法定程序作出准予决定", "revocation", f"{_LAW}第六十九条第一款第三项", "xkf_69_1_3",
                            Money.DAMAGES),
    "unqualified": GroundRule("对不具备申请资格或者不符合法定条件的申请人准予许可", "revocation",
                              f"{_LAW}第六十九条第一款第四项", "xkf_69_1_4", Money.DAMAGES),
    "other": GroundRule("依法可以撤销的其他情形", "revocation", f"{_LAW}第六十九条第一款第五项", "xkf_69_1_5",
                        Money.DAMAGES),
    "fraud": GroundRule("被许可人以欺骗、贿赂等不正当手段取得许可", "revocation", f"{_LAW}第六十九条第二款", "xkf_69_2",
                        must=True, is_fraud=True),
    BROKEN_PROMISE: GroundRule("不符合告知承诺的条件，责令限期整改后仍不符合", "revocation",
                                 "山东省优化营商环境条例第二十九条", "sdys_29", must=True),
    **{f"cancel_{item}": GroundRule(label, "cancellation", cancel_article(item), f"xkf_70_{item}", must=True,
                                    cancel_reason=item)
       for item, label in CANCEL_REASONS.items()},
}  # fmt: skip


def live_state(
    state: LicenceState,
    *,
    valid_to: date | None,
    suspended_until: date | None,
    successor_from: date | None,
    on: date,
) -> LicenceState:
    """What the licence is on ``on``, whether or not a sweep has written it down yet."""
    if state not in {*LIVING_STATES, LicenceState.EXPIRED}:
        return state
    if successor_from is not None and successor_from <= on:
        return LicenceState.SUPERSEDED
    if valid_to is not None and valid_to < on:
        return LicenceState.EXPIRED
    if state is LicenceState.SUSPENDED and suspended_until is not None and suspended_until < on:
        return LicenceState.VALID
    return state


def following_period(valid_from: date, valid_to: date) -> tuple[date, date]:
    """The period of the same length that follows: in whole months where the first was, else in days. Never moved (K5)."""
    start = valid_to + timedelta(1)
    months = (start.year - valid_from.year) * 12 + start.month - valid_from.month
    try:
        if months > 0 and start.day == valid_from.day:
            return start, add_months(start, months) - timedelta(1)
        return start, valid_to + (valid_to - valid_from) + timedelta(1)
    except OverflowError:  # so far away that it is for good
        return start, date.max
