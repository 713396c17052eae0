"""Identity codes of persons and organisations: one check per kind of document, one Chinese reason per fault. Pure.

Check digits are computed by python-stdnum; everything else is ours, because ``stdnum.cn.ric`` refuses residence permits
and abolished area codes, takes birth dates in the future and stops with KeyError on some area codes.
"""

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum

from stdnum.cn import ric, uscc

from .errors import InvalidInput


class IdKind(StrEnum):
    """证件类型: the value is stored; ``label`` is shown; ``exchange_code`` goes into exchange tables."""

    label: str
    exchange_code: str

    def __new__(cls, value: str, label: str, exchange_code: str):
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.exchange_code = exchange_code
        return member

    # Codes 111 to 553 are those of GA/T 517; it has none for the codes given since 2015 and 2018, whose names are sent.
    RESIDENT_ID = "resident_id", "居民身份证", "111"
    HK_MACAU_RESIDENCE = "hk_macau_residence", "港澳居民居住证", "港澳居民居住证"
    TAIWAN_RESIDENCE = "taiwan_residence", "台湾居民居住证", "台湾居民居住证"
    HK_MACAU_PERMIT = "hk_macau_permit", "港澳居民来往内地通行证", "516"
    TAIWAN_PERMIT = "taiwan_permit", "台湾居民来往大陆通行证", "511"
    FOREIGN_PERMANENT = "foreign_permanent", "外国人永久居留身份证", "553"
    PASSPORT = "passport", "护照", "414"
    CREDIT_CODE = "credit_code", "统一社会信用代码", "统一社会信用代码"

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Pairs for a select box, in the order of use at the counter."""
        return [(kind.value, kind.label) for kind in cls]

    @classmethod
    def of_persons(cls) -> list["IdKind"]:
        """Every kind a natural person may show."""
        return [kind for kind in cls if kind is not cls.CREDIT_CODE]


#: Longest text looked at; a code is at most 18 long, the rest is room for spaces and hyphens somebody typed.
MAX_TYPED = 64
#: Nobody alive was born before; a mistyped century is found here.
EARLIEST_BIRTH_YEAR = 1850

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_SEPARATORS = re.compile(r"[ \t\u00a0-]+")
_CREDIT_ALPHABET = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")
# GB 32100-2015: registering department; A (military), N (village collectives, very common in a county) and Y (others) too.
_REGISTRARS = frozenset("123456789ANY")
# First two digits of GB/T 2260: provinces. The other four may be abolished: people keep the number they were given.
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

_ID = "身份证号码"


def _fold(text: str, what: str) -> str:
    """Upper-case ASCII after one explicit full-width fold; spaces and hyphens gone. Refuses over-long or empty text."""
    if not text or not text.strip():
        raise InvalidInput(f"请填写{what}。")
    if len(text) > MAX_TYPED:
        raise InvalidInput(f"{what}过长（{len(text)}个字符），请核对后重新填写。")
    folded = _SEPARATORS.sub("", text.strip().translate(_FULL_WIDTH))
    # str.upper() turns letters like ſ and ß into ASCII ones: only a to z may change.
    return "".join(letter.upper() if "a" <= letter <= "z" else letter for letter in folded)


def _shown(letter: str) -> str:
    """A character as it may stand in a message: unprintable ones by their number, so that nothing hidden is echoed."""
    return f"“{letter}”" if letter.isprintable() and not letter.isspace() else f"（编码U+{ord(letter):04X}）"


def _require_length(code: str, length: int, what: str) -> None:
    if len(code) != length:
        raise InvalidInput(f"{what}应为{length}位，现为{len(code)}位；请核对后重新填写。")


def _require_alphabet(code: str, allowed: Callable[[str], bool], what: str, rule: str, start: int = 1) -> None:
    for place, letter in enumerate(code, start):
        if not allowed(letter):
            raise InvalidInput(f"{what}第{place}位{_shown(letter)}不对，{rule}；请核对后重新填写。")


def _is_digit(letter: str) -> bool:
    return "0" <= letter <= "9"


def _is_letter(letter: str) -> bool:
    return "A" <= letter <= "Z"


def _birth_date(digits: str, what: str, today: date) -> date:
    shown = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise InvalidInput(f"{what}中的出生日期{shown}不存在（第7至14位）；请核对后重新填写。") from None
    if born > today:
        raise InvalidInput(f"{what}中的出生日期{shown}晚于今天（第7至14位）；请核对后重新填写。")
    if born.year < EARLIEST_BIRTH_YEAR:
        raise InvalidInput(f"{what}中的出生年份{born.year}过早（第7至10位）；请核对后重新填写。")
    return born


def _eighteen(code: str, what: str, today: date) -> None:
    """Length, alphabet, birth date and check digit shared by every number built after GB 11643."""
    _require_length(code, 18, what)
    _require_alphabet(code[:17], _is_digit, what, "前17位只能是数字")
    if not (_is_digit(code[17]) or code[17] == "X"):
        raise InvalidInput(f"{what}第18位{_shown(code[17])}不对，最后一位只能是数字或X；请核对后重新填写。")
    _birth_date(code[6:14], what, today)
    if code[17] != resident_id_check_digit(code[:17]):
        raise InvalidInput(f"{what}的校验位不对（第18位与前17位不符）；请逐位核对后重新填写。")


def resident_id_check_digit(first_seventeen: str) -> str:
    """第18位: the check digit for the first 17 digits (GB 11643-1999)."""
    return ric.calc_check_digit(first_seventeen + "0")


def organisation_check_digit(first_eight: str) -> str:
    """组织机构代码校验码: the check digit for the first 8 characters (GB 11714)."""
    total = sum(int(letter, 36) * weight for letter, weight in zip(first_eight, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def credit_code_check_digit(first_seventeen: str) -> str:
    """第18位: the check digit for the first 17 characters (GB 32100-2015)."""
    return uscc.calc_check_digit(first_seventeen)


def check_credit_code(text: str) -> str:
    """统一社会信用代码: the code in its one written form (18 half-width capitals and digits, GB 32100-2015).

    Raises InvalidInput with the reason: length, alphabet, registrar, area, organisation check digit, check digit.
    """
    what = IdKind.CREDIT_CODE.label
    code = _fold(text, what)
    _require_length(code, 18, what)
    _require_alphabet(code, _CREDIT_ALPHABET.__contains__, what, "只能用数字和大写字母，且不用I、O、S、V、Z")
    if code[0] not in _REGISTRARS:
        raise InvalidInput(f"{what}第1位“{code[0]}”不是登记管理部门代码；请核对后重新填写。")
    _require_alphabet(code[1:8], _is_digit, what, "第2至8位（机构类别和行政区划）只能是数字", start=2)
    if organisation_check_digit(code[8:16]) != code[16]:
        raise InvalidInput(f"{what}中的组织机构代码不对（第17位与第9至16位不符）；请逐位核对后重新填写。")
    if code[17] != credit_code_check_digit(code[:17]):
        raise InvalidInput(f"{what}的校验位不对（第18位与前17位不符）；请逐位核对后重新填写。")
    return code


def check_resident_id(text: str, *, today: date) -> str:
    """居民身份证号码: the 18 characters with a capital X (GB 11643-1999); the area may have been abolished since.

    Raises InvalidInput with the reason: old 15-digit number, length, alphabet, area, birth date, check digit.
    """
    code = _fold(text, _ID)
    if len(code) == 15 and code.isascii() and code.isdigit():
        raise InvalidInput("这是15位的旧身份证号码，已停止使用；请按现在的身份证填写18位号码。")
    _require_length(code, 18, _ID)
    _require_alphabet(code[:17], _is_digit, _ID, "前17位只能是数字")
    area = code[:6]
    if area[:2] in {"81", "82"}:
        raise InvalidInput("这是港澳居民居住证号码；请把证件类型改为“港澳居民居住证”。")
    if area[:2] == "83":
        raise InvalidInput("这是台湾居民居住证号码；请把证件类型改为“台湾居民居住证”。")
    if area[0] == "9":
        raise InvalidInput("这是外国人永久居留身份证号码；请把证件类型改为“外国人永久居留身份证”。")
    if area[:2] not in _PROVINCES:
        raise InvalidInput(f"{_ID}的地区代码{area}不存在（第1至6位）；请核对后重新填写。")
    _eighteen(code, _ID, today)
    return code


def _check_residence_permit(areas: tuple[str, ...], what: str) -> Callable[[str, date], str]:
    def check(text: str, today: date) -> str:
        code = _fold(text, f"{what}号码")
        _require_length(code, 18, f"{what}号码")
        if code[:6] not in areas:
            raise InvalidInput(f"{what}号码应以{'或'.join(areas)}开头；请核对号码和证件类型。")
        _eighteen(code, f"{what}号码", today)
        return code

    return check


def _check_foreign_permanent(text: str, today: date) -> str:
    """New cards (since 2023-12-01): 18 digits from 9; old ones, valid until they run out: 3 letters and 12 digits."""
    what = "外国人永久居留身份证号码"
    code = _fold(text, what)
    if len(code) == 15:
        _require_alphabet(code[:3], _is_letter, what, "旧版前3位是国家或地区的字母代码")
        _require_alphabet(code[3:], _is_digit, what, "旧版第4至15位只能是数字", start=4)
        return code
    if len(code) != 18:
        raise InvalidInput(f"{what}应为18位（旧版15位），现为{len(code)}位；请核对后重新填写。")
    if code[0] != "9":
        raise InvalidInput(f"{what}第1位应为9；请核对号码和证件类型。")
    _eighteen(code, what, today)
    return code


def _check_hk_macau_permit(text: str, today: date) -> str:
    """H or M, eight digits for life; older cards add two digits for how often they were replaced."""
    what = "港澳居民来往内地通行证号码"
    code = _fold(text, what)
    if code[:1] not in {"H", "M"}:
        raise InvalidInput(f"{what}应以字母H（香港）或M（澳门）开头；请核对号码和证件类型。")
    _require_alphabet(code[1:], _is_digit, what, "字母后面只能是数字", start=2)
    if len(code) not in {9, 11}:
        raise InvalidInput(f"{what}应为9位（旧版11位），现为{len(code)}位；请核对后重新填写。")
    return code


def _check_taiwan_permit(text: str, today: date) -> str:
    """Eight digits; on the card a replacement count may follow in brackets, single-entry permits have a letter and seven or nine digits."""
    what = "台湾居民来往大陆通行证号码"
    code = _fold(text, what)
    if re.fullmatch(r"[0-9]{8}\([0-9A-Z]{1,2}\)", code):
        code = code[:8]
    start = 1 if code[:1] in {"T", "L", "D"} else 0
    _require_alphabet(code[start:], _is_digit, what, "只能是数字", start=start + 1)
    if len(code) not in ({8, 10} if start else {8, 10, 11}):
        raise InvalidInput(f"{what}一般为8位数字，现为{len(code)}位；请核对后重新填写。")
    return code


def _check_passport(text: str, today: date) -> str:
    """Any country's: letters and digits, 5 to 17 of them (ICAO leaves 9 in the machine line, some states print more)."""
    what = "护照号码"
    code = _fold(text, what)
    _require_alphabet(code, lambda letter: _is_digit(letter) or _is_letter(letter), what, "只能是字母和数字")
    if not 5 <= len(code) <= 17:
        raise InvalidInput(f"{what}应为5至17位，现为{len(code)}位；请核对后重新填写。")
    if not any(map(_is_digit, code)):
        raise InvalidInput(f"{what}中没有数字；请核对后重新填写。")
    return code


_CHECKS: dict[IdKind, Callable[[str, date], str]] = {
    IdKind.RESIDENT_ID: lambda text, today: check_resident_id(text, today=today),
    IdKind.HK_MACAU_RESIDENCE: _check_residence_permit(("810000", "820000"), IdKind.HK_MACAU_RESIDENCE.label),
    IdKind.TAIWAN_RESIDENCE: _check_residence_permit(("830000",), IdKind.TAIWAN_RESIDENCE.label),
    IdKind.HK_MACAU_PERMIT: _check_hk_macau_permit,
    IdKind.TAIWAN_PERMIT: _check_taiwan_permit,
    IdKind.FOREIGN_PERMANENT: _check_foreign_permanent,
    IdKind.PASSPORT: _check_passport,
    IdKind.CREDIT_CODE: lambda text, today: check_credit_code(text),
}


def check_id(kind: IdKind | str, text: str, *, today: date) -> str:
    """The number of a document of ``kind`` in its one written form, so that equal documents are equal texts.

    Raises InvalidInput with its own Chinese reason for each fault, and for a kind that does not exist.
    """
    try:
        kind = IdKind(kind)
    except ValueError:
        raise InvalidInput("请选择证件类型。", fields={"id_kind": "请选择证件类型。"}) from None
    return _CHECKS[kind](text, today)


def check_person_id(kind: IdKind | str, text: str, *, today: date) -> str:
    """As check_id, for a natural person; raises InvalidInput for an organisation's code."""
    if kind == IdKind.CREDIT_CODE:
        raise InvalidInput("自然人请填写身份证件号码，不能填统一社会信用代码。")
    return check_id(kind, text, today=today)


def guess_kind(text: str) -> IdKind | None:
    """The kind of document a typed number looks like, or None; a guess for the form, never a check."""
    try:
        code = _fold(text, _ID)
    except InvalidInput:
        return None
    if not code.isascii():
        return None
    if re.fullmatch(r"[0-9]{17}[0-9X]", code):
        return _guess_eighteen(code)
    if len(code) == 18 and code[0] in _REGISTRARS and set(code) <= _CREDIT_ALPHABET:
        return IdKind.CREDIT_CODE
    for pattern, kind in (
        (r"[A-Z]{3}[0-9]{12}", IdKind.FOREIGN_PERMANENT),
        (r"[HM](?:[0-9]{8}|[0-9]{10})", IdKind.HK_MACAU_PERMIT),
        (r"[0-9]{8}(?:\([0-9A-Z]{1,2}\))?", IdKind.TAIWAN_PERMIT),
        (r"[A-Z]{1,2}[0-9]{6,9}", IdKind.PASSPORT),
    ):
        if re.fullmatch(pattern, code):
            return kind
    return None


def _guess_eighteen(code: str) -> IdKind:
    # A credit code may be all digits, and so is told by its own check digits rather than by its shape.
    if (
        organisation_check_digit(code[8:16]) == code[16]
        and credit_code_check_digit(code[:17]) == code[17]
        and resident_id_check_digit(code[:17]) != code[17]
    ):
        return IdKind.CREDIT_CODE
    if code[:2] in {"81", "82"}:
        return IdKind.HK_MACAU_RESIDENCE
    if code[:2] == "83":
        return IdKind.TAIWAN_RESIDENCE
    if code[0] == "9":
        return IdKind.FOREIGN_PERMANENT
    return IdKind.RESIDENT_ID
