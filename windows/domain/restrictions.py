"""申请人限制: what the law or a broken promise takes from an applicant for a time, and until when. Pure."""

from datetime import date

from .periods import add_months
from .vocabulary import Labelled


class RestrictionKind(Labelled):
    """限制种类"""

    NO_DEFERRAL_NO_COMMITMENT = "no_deferral", "不适用容缺受理和告知承诺"
    ONE_YEAR_BAN = "ban_78", "一年内不得再次申请本项许可"
    THREE_YEAR_BAN = "ban_79", "三年内不得再次申请本项许可"
    OTHER = "other", "其他限制"


class Falsehood(Labelled):
    """隐瞒情况、提供虚假材料 (行政许可法第七十八条): found when an application is refused, and what follows."""

    NONE = "none", "没有"
    WARNED = "warned", "有，给予警告"
    BANNED = "banned", "有，给予警告；属于直接关系公共安全、人身健康、生命财产安全事项，一年内不得再次申请"


#: The bans the law knows, each with its article and its years; they close one matter, never the right to apply for another.
BAN_ARTICLES = {
    RestrictionKind.ONE_YEAR_BAN: ("行政许可法第七十八条", 1),
    RestrictionKind.THREE_YEAR_BAN: ("行政许可法第七十九条", 3),
}


def ban_end(kind: RestrictionKind, from_on: date) -> date:
    """The last day of a ban that begins on ``from_on``: the corresponding date, which does not roll on a day off (K5)."""
    _, years = BAN_ARTICLES[kind]
    return add_months(from_on, 12 * years)
