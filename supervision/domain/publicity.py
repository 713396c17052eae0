"""双公示: which decisions are published, under which field names and codes (domain reference 5), and what never is. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.id_codes import IdKind, check_credit_code, resident_id_check_digit
from windows.domain.licences import LicenceState

from .pushes import TYPE_OF_EVENT, DecisionType

#: Only what was granted is published as 许可 (trap 19); a refusal never, an end shows in the state of what it ends.
PUBLISHED_TYPES = frozenset({DecisionType.GRANT, DecisionType.CHANGE, DecisionType.RENEW, DecisionType.REPLACE})
PUBLISHED_EVENTS = tuple(event for event, kind in TYPE_OF_EVENT.items() if kind in PUBLISHED_TYPES)
#: 双公示 is of licences; 备案, 确认 and the like are not.
PUBLISHED_MATTER_TYPE = "行政许可"

#: Every field of a published licence, code and item, in the order of the table.
FIELDS = (
    ("XK_XDR_MC", "行政相对人名称"),
    ("XK_XDR_LB", "行政相对人类别"),
    ("XK_XDR_SHXYM", "行政相对人代码_1（统一社会信用代码）"),
    ("XK_XDR_GSZC", "行政相对人代码_2（工商注册号）"),
    ("XK_XDR_ZZJG", "行政相对人代码_3（组织机构代码）"),
    ("XK_XDR_SWDJ", "行政相对人代码_4（税务登记号）"),
    ("XK_XDR_SYDW", "行政相对人代码_5（事业单位证书号）"),
    ("XK_XDR_SHZZ", "行政相对人代码_6（社会组织登记证号）"),
    ("XK_FRDB", "法定代表人"),
    ("XK_XKWS", "行政许可决定文书名称"),
    ("XK_WSH", "行政许可决定文书号"),
    ("XK_XKLB", "许可类别"),
    ("XK_XKZS", "许可证书名称"),
    ("XK_XKBH", "许可编号"),
    ("XK_NR", "许可内容"),
    ("XK_JDRQ", "许可决定日期"),
    ("XK_YXQZ", "有效期自"),
    ("XK_YXQZI", "有效期至"),
    ("XK_XKJG", "许可机关"),
    ("XK_XKJGDM", "许可机关统一社会信用代码"),
    ("XK_ZT", "当前状态"),
    ("XK_LYDW", "数据来源单位"),
    ("XK_LYDWDM", "数据来源单位统一社会信用代码"),
    ("BZ", "备注"),
)
#: Fields of the same table that hold numbers of persons: reported to nobody by this portal, and in no file of it.
NEVER_PUBLISHED = frozenset({"XK_FR_ZJLX", "XK_FR_ZJHM", "XK_FR_SFZH", "XK_XDR_ZJLX", "XK_XDR_ZJHM"})

#: 许可类别
CATEGORIES = {"01": "普通", "02": "特许", "03": "认可", "04": "核准", "05": "登记", "06": "其他"}
#: 行政相对人类别, by the kind of the party.
HOLDER_KINDS = {
    "natural": "自然人",
    "legal": "法人及非法人组织",
    "unincorporated": "法人及非法人组织",
    "sole_trader": "个体工商户",
}
#: 有效期至 of what has no end.
NO_END = "2099-12-31"


@dataclass(frozen=True)
class Standing:
    """当前状态: the code of XK_ZT and the remark that says why a licence does not hold."""

    code: str
    label: str
    remark: str = ""


def standing_of(state: LicenceState) -> Standing:
    """1 有效 while the licence may be used, else 2 无效 with the reason."""
    return Standing("1", "有效") if state is LicenceState.VALID else Standing("2", "无效", state.label)


def public_code(*, natural: bool, id_kind: str, id_number: str) -> str:
    """The unified social credit code of an organisation or a sole trader; "" for a person and for whatever is no such code."""
    if natural or id_kind != IdKind.CREDIT_CODE.value:
        return ""
    try:
        code = check_credit_code(id_number)
    except InvalidInput:
        return ""
    if code[:17].isdigit() and _RESIDENT.fullmatch(code) and resident_id_check_digit(code[:17]) == code[17]:
        return ""  # it may be a person's number that happens to pass for a code
    return code


# Numbers of persons in what people typed. Digits in any script and any guise count; what may stand between the parts of one
# number does not help either.

_CHINESE = dict(zip("〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖", "00123456789123456789", strict=True))
_X = frozenset("xXｘＸхХχΧ×✕")
_BETWEEN = re.compile("[\\s\\-\u2010-\u2015－_.·\u200b-\u200f\u2060\ufeff\u00ad]{1,3}")
_PIECE = re.compile("[0-9]+X?|X(?![0-9A-Za-z])")
_RESIDENT = re.compile(r"[1-9]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
_OLD_RESIDENT = re.compile(r"[1-9]\d{5}\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")
_MOBILE = re.compile(r"(?:00)?(?:86)?0?1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:00)?(?:86)?0(?:10|2\d|[3-9]\d\d)[2-9]\d{6,7}")
_TRAVEL_DOCUMENT = re.compile(
    r"(?<![0-9A-Za-z])(?:[A-Za-z]{1,2}[0-9]{7,8}(?:[0-9]{2})?|[A-Za-z]{3}[0-9]{12})(?![0-9A-Za-z])"
)
#: Longest number of a person: 0086 before a landline's sixteen.
_LONGEST = 18
_HIDDEN = "***"


def _folded(text: str) -> str:
    """The text with every digit as 0 to 9 and every kind of X as X, one character for one."""
    return "".join(_fold(letter) for letter in text)


def _fold(letter: str) -> str:
    if letter in _X:
        return "X"
    if letter in _CHINESE:
        return _CHINESE[letter]
    digit = unicodedata.digit(letter, None)
    return letter if digit is None else str(digit)


def _is_of_a_person(parts: tuple[str, ...]) -> bool:
    number, whole = "".join(parts), len(parts) == 1
    if _RESIDENT.fullmatch(number) or _OLD_RESIDENT.fullmatch(number) or _MOBILE.fullmatch(number):
        return True
    if len(parts) <= 2 and _LANDLINE.fullmatch(number):
        return True
    # A mistyped number is still somebody's; a longer run may have one in it.
    return whole and (len(number) in {15, 18} or (len(number) > 18 and _RESIDENT.search(number) is not None))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    folded = _folded(text)
    pieces = list(_PIECE.finditer(folded))
    for first, start in enumerate(pieces):
        parts: tuple[str, ...] = ()
        for place in range(first, len(pieces)):
            piece = pieces[place]
            if parts and not _BETWEEN.fullmatch(folded, pieces[place - 1].end(), piece.start()):
                break
            parts += (piece.group(),)
            if len(parts) > 1 and sum(map(len, parts)) > _LONGEST:
                break
            if _is_of_a_person(parts):
                yield start.start(), piece.end()
    for found in _TRAVEL_DOCUMENT.finditer(folded):
        yield found.span()


def has_personal_number(text: str) -> bool:
    """Whether an identity, travel document, mobile or landline number stands in ``text``, in whatever writing."""
    return next(_spans(text), None) is not None


def without_personal_numbers(text: str) -> str:
    """``text`` with three stars for each such number: on public pages not even a masked one stands (domain reference 9.4)."""
    kept, done = [], 0
    for start, end in _joined(sorted(_spans(text))):
        kept += [text[done:start], _HIDDEN]
        done = end
    return "".join(kept) + text[done:]


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
