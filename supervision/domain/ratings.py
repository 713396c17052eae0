"""好差评: levels and the two national code orders, which services may be rated, and what follows a bad rating (domain reference 6). Pure."""

from dataclasses import dataclass
from datetime import date

from laiyang_approval.kernel.state_table import Row, StateTable
from windows.domain.services import SERVICE_EVENTS
from windows.domain.vocabulary import Labelled

#: 国务院办公厅关于建立政务服务“好差评”制度提高政务服务水平的意见.
_OPINION = "国办发〔2019〕51号"


class Level(Labelled):
    """评价等级; the best first."""

    VERY_SATISFIED = "very_satisfied", "非常满意"
    SATISFIED = "satisfied", "满意"
    FAIRLY_SATISFIED = "fairly_satisfied", "基本满意"
    DISSATISFIED = "dissatisfied", "不满意"
    VERY_DISSATISFIED = "very_dissatisfied", "非常不满意"


LEVELS = tuple(Level)
#: 差评: somebody has to call back.
BAD = frozenset({Level.DISSATISFIED, Level.VERY_DISSATISFIED})


def is_bad(level: str) -> bool:
    return Level(level) in BAD


def standard_code(level: Level) -> int:
    """GB/T 39046-2020 表A.8: 1 非常满意 … 5 非常不满意."""
    return LEVELS.index(level) + 1


def interface_code(level: Level) -> int:
    """The 好差评 interfaces used in Shandong count the other way: 5 非常满意 … 1 非常不满意; below 3 is bad."""
    return len(LEVELS) - LEVELS.index(level)


def level_of_standard(code: int) -> Level:
    """The level that GB/T 39046-2020 gives this code; raises ValueError for none."""
    return _level(code)


def level_of_interface(code: int) -> Level:
    """The level that the 好差评 interface gives this code; raises ValueError for none."""
    return _level(len(LEVELS) + 1 - code)


def _level(place: int) -> Level:
    if not 1 <= place <= len(LEVELS):
        raise ValueError("levels are coded 1 to 5")
    return LEVELS[place - 1]


class Channel(Labelled):
    """评价渠道 (GB/T 39046-2020 表9)"""

    WINDOW = "window", "窗口评价器"
    KIOSK = "kiosk", "大厅自助终端"
    QR = "qr", "扫码"
    WEB = "web", "网上"


class Reason(Labelled):
    """差评原因"""

    SLOW = "slow", "办得慢、等得久"
    ATTITUDE = "attitude", "服务态度不好"
    NOT_TOLD_AT_ONCE = "not_told_at_once", "没有一次告知"
    EXTRA_PAPERS = "extra_papers", "要求清单以外的材料"
    EXTRA_VISITS = "extra_visits", "让我多跑了路"
    FEE = "fee", "收费不清楚"
    OTHER = "other", "其他"


SERVICE_LABELS = dict(zip(SERVICE_EVENTS, ("收件", "补正收件", "容缺材料收件", "送达"), strict=True))


class RectificationState(Labelled):
    """差评整改状态"""

    OPEN = "open", "待联系"
    CONTACTED = "contacted", "待办结"
    CLOSED = "closed", "已办结"
    VOIDED = "voided", "经复核不计入"


class RectificationEvent(Labelled):
    """差评整改事件; the label reads after “不能”."""

    CONTACT = "contact", "登记联系情况"
    EXTEND = "extend", "延长办结期限"
    CLOSE = "close", "登记处理结果"
    VOID = "void", "作不计入处理"


class Outcome(Labelled):
    """差评处理结果"""

    FIXED = "fixed", "情况属实，已经改正"
    LEDGER = "ledger", "情况复杂，已列入台账限期解决"
    EXPLAINED = "explained", "诉求没有依据，已经解释说明"


#: Still to be done by the body.
WAITING = (RectificationState.OPEN, RectificationState.CONTACTED)

_S, _E = RectificationState, RectificationEvent


def _refusal(state: RectificationState, event: RectificationEvent) -> tuple[str, str]:
    cannot = f"本条差评目前为“{state.label}”，不能{event.label}"
    if state is _S.OPEN:
        return f"{cannot}：请先联系评价人核实。", _OPINION
    return f"{cannot}；请刷新页面查看最新情况。", _OPINION


RECTIFICATION_TABLE = StateTable(
    [
        Row("R1", WAITING, _E.CONTACT, _S.CONTACTED, _OPINION, actor="办理机关", guard="被评价人以外的人员"),
        Row("R2", WAITING, _E.EXTEND, None, _OPINION, actor="审批决定人", guard="一次"),
        Row("R3", (_S.CONTACTED,), _E.CLOSE, _S.CLOSED, _OPINION, actor="办理机关", guard="被评价人以外的人员"),
        Row("R4", (*WAITING, _S.CLOSED), _E.VOID, _S.VOIDED, _OPINION, actor="监督检查人员", guard="申诉成立"),
    ],
    refusal=_refusal,
)


@dataclass(frozen=True)
class Tally:
    """评价统计: counts of one period or body; ``bad_closed_in_time`` of those ``bad_due`` whose term is over or that are closed."""

    services: int = 0
    levels: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    defaults: int = 0
    bad_due: int = 0
    bad_closed_in_time: int = 0
    revisits: int = 0
    revisits_satisfied: int = 0

    @property
    def ratings(self) -> int:
        return sum(self.levels)

    @property
    def satisfied(self) -> int:
        return sum(self.levels[:3])

    @property
    def bad(self) -> int:
        return self.ratings - self.satisfied

    @property
    def participation(self) -> float | None:
        """参评率: default praise is nobody's rating."""
        return share(self.ratings, self.services)

    @property
    def satisfaction(self) -> float | None:
        """满意率: the first three levels of all ratings; default praise counts on neither side."""
        return share(self.satisfied, self.ratings)

    @property
    def bad_rate(self) -> float | None:
        return share(self.bad, self.ratings)

    @property
    def closing_rate(self) -> float | None:
        """差评按期整改率"""
        return share(self.bad_closed_in_time, self.bad_due)

    @property
    def revisit_rate(self) -> float | None:
        """回访满意率"""
        return share(self.revisits_satisfied, self.revisits)


def share(part: int, whole: int) -> float | None:
    """A rate in percent with one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


@dataclass(frozen=True)
class Term:
    """期限的灯: how near a due date is, as shape, look and words."""

    light: str
    words: str


def term_light(due: date | None, *, today: date, days_left: int | None) -> Term:
    """Yellow from the last working day of the term, red once it is over; ``days_left`` None while no calendar says."""
    if due is None:
        return Term("none", "期限待公布")
    if due < today:
        return Term("red", "已逾期")
    if due == today:
        return Term("yellow", "今天到期")
    if days_left is None:
        return Term("green", "")
    return Term("yellow" if days_left <= 1 else "green", f"剩{days_left}个工作日")
