"""Names, phones and free text as people type them: kept as written, refused only for what cannot be printed or is no text.

Never NFKC, and NFC only in ``comparison_key``: either would turn a person's own character (U+F900) into another one.
"""

import re
import unicodedata

from .errors import InvalidInput

#: The dot between the parts of a name, and everything people type for it.
DOT = "·"
_DOTS = str.maketrans(dict.fromkeys("•‧・･⋅∙·᛫⸱ꞏ●．﹒", DOT))
_ASCII_DOT_IN_CHINESE_NAME = re.compile(
    r"(?<=[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])\.(?=[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)

PERSON_NAME_LENGTH = 50
ORGANISATION_NAME_LENGTH = 200
PHONE_TYPED_LENGTH = 40

# Invisible and meaningless; they come with text copied from office programs and web pages.
_DROPPED = dict.fromkeys((0x00AD, 0x200B, 0x2060, 0xFEFF))
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

_EMOJI = re.compile("[\u200d\u20e3\ufe0e\ufe0f\U0001f000-\U0001fbff\U000e0000-\U000e007f]")
# Pictures of the symbol blocks; units and numbers in the letterlike and CJK blocks (℃ № ㎡ ㈱) are text.
_PICTURES = re.compile("[\u231a-\u23ff\u2600-\u27bf\u2b00-\u2bff\u3030\u303d]")
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LONG_NUMBER = re.compile(r"[0-9\uff10-\uff19]{11,}")
_SPACES = re.compile(r"[ \u00a0\u3000\u2000-\u200a\u202f\u205f]+")
_STACKED_MARKS = 4

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"(010|02[0-9]|0[3-9][0-9]{2})([2-9][0-9]{6,7})(?:(?:转|#|EXT)([0-9]{1,6}))?")
_SERVICE = re.compile(r"([48]00)([0-9]{7})")
_ABROAD = re.compile(r"\+[1-9][0-9]{6,14}")


def clean_person_name(text: str) -> str:
    """姓名: the name as written, without outer spaces, with every kind of dot between its parts as ·.

    Raises InvalidInput for an empty or over-long name and for what no name holds: emoji, control and invisible
    direction characters, private-use characters, angle brackets, a run of digits as long as a phone number.
    """
    folded = text[: 4 * PERSON_NAME_LENGTH].translate(_DOTS)
    name = _clean_name(text, _ASCII_DOT_IN_CHINESE_NAME.sub(DOT, folded), "姓名", PERSON_NAME_LENGTH)
    if not any(_is_letter(letter) for letter in name):
        raise InvalidInput("姓名中没有文字；请按身份证件填写姓名。")
    return name


def clean_organisation_name(text: str) -> str:
    """单位名称: the name as written, without outer spaces. Raises InvalidInput as clean_person_name does."""
    name = _clean_name(text, text[: 4 * ORGANISATION_NAME_LENGTH], "单位名称", ORGANISATION_NAME_LENGTH)
    if not any(_is_letter(letter) for letter in name):
        raise InvalidInput("单位名称中没有文字；请按营业执照或登记证书填写名称。")
    return name


def clean_text(text: str, max_length: int, *, multiline: bool = False) -> str:
    """文字: the text as written, without outer spaces; line ends become \\n, or a space where one line is wanted.

    May be empty. Raises InvalidInput when it is longer than ``max_length`` characters or holds emoji, control or
    invisible direction characters, or private-use characters: no font of the letters prints them.
    """
    if len(text) > 4 * max_length:  # before any pass over it; the exact limit is checked on the cleaned text
        raise _too_long("内容", len(text), max_length)
    cleaned = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").translate(_DROPPED)
    if not multiline:
        cleaned = cleaned.replace("\n", " ")
    cleaned = cleaned.strip()
    if len(cleaned) > max_length:
        raise _too_long("内容", len(cleaned), max_length)
    _refuse_unprintable(cleaned.replace("\n", ""), "内容")
    return cleaned


def clean_phone(text: str) -> str:
    """联系电话 in its one written form: 13800000000, 0535-7000000, 0535-7000000-8001, 400-0000000 or +85290000000.

    Raises InvalidInput with what is wrong: length, a character, a missing area code.
    """
    if not text.strip():
        raise InvalidInput("请填写联系电话。")
    if len(text) > PHONE_TYPED_LENGTH:
        raise InvalidInput(f"联系电话过长（{len(text)}个字符）；请只填写一个号码。")
    typed = text.strip().translate(_FULL_WIDTH).translate(_DROPPED)
    for letter in typed:
        if not (letter in "0123456789+-() .转#EXText" or letter in "\u2010\u2011\u2012\u2013\u2014\u00a0"):
            raise InvalidInput(
                f"联系电话中有不能识别的字符{_shown(letter)}；请只填写数字，如13800000000或0535-7000000。"
            )
    typed = re.sub(r"^\+?(?:00)?86[- ]?(?=1[3-9]|0)", "", typed)
    typed = re.sub(r"^00(?=[1-9])", "+", typed)
    # A third group behind a hyphen is an extension; anywhere else hyphens only separate.
    typed = re.sub(r"^(0[0-9]{2,3}-[0-9]{7,8})-([0-9]{1,6})$", r"\1转\2", typed)
    digits = re.sub(r"[-() .\u2010-\u2014\u00a0]", "", typed).upper()
    if _MOBILE.fullmatch(digits) or _ABROAD.fullmatch(digits):
        return digits
    if match := _LANDLINE.fullmatch(digits):
        return "-".join(part for part in match.groups() if part)
    if match := _SERVICE.fullmatch(digits):
        return "-".join(match.groups())
    if re.fullmatch(r"[2-9][0-9]{6,7}", digits):
        raise InvalidInput("固定电话缺少区号；请连区号填写，如0535-7000000。")
    if digits.startswith("1"):
        if len(digits) != 11:
            raise InvalidInput(f"手机号码应为11位，现为{len(digits)}位；请核对后重新填写。")
        raise InvalidInput("手机号码第2位应为3至9；请核对后重新填写。")
    raise InvalidInput("联系电话不是手机号码，也不是带区号的固定电话；请核对后重新填写，如13800000000或0535-7000000。")


def comparison_key(text: str) -> str:
    """A key that is equal for two spellings of one name; only for comparing, never stored in place of the name."""
    folded = text.translate(_DROPPED).translate(_FULL_WIDTH).translate(_DOTS)
    folded = _ASCII_DOT_IN_CHINESE_NAME.sub(DOT, folded)
    return unicodedata.normalize("NFC", _SPACES.sub("", folded)).casefold()


def _clean_name(text: str, folded: str, what: str, limit: int) -> str:
    name = _SPACES.sub(" ", folded.translate(_DROPPED).strip())
    if len(text) > 4 * limit or len(name) > limit:
        raise _too_long(what, len(text), limit)
    if not name:
        raise InvalidInput(f"请填写{what}。")
    if "<" in name or ">" in name:
        raise InvalidInput(f"{what}中不能有尖括号“<”“>”；请按证件填写{what}。")
    if match := _PICTURES.search(name):
        raise InvalidInput(f"{what}中不能有图形符号“{match.group()}”；请按证件填写{what}。")
    if _LONG_NUMBER.search(name):
        raise InvalidInput(f"{what}中有一串号码；请把号码填到证件号码或联系电话栏。")
    _refuse_unprintable(name, what)
    return name


def _refuse_unprintable(text: str, what: str) -> None:
    if match := _EMOJI.search(text):
        raise InvalidInput(f"{what}中不能有表情符号（编码U+{ord(match.group()):04X}）；请删去后重新填写。")
    if match := _DIRECTION.search(text):
        raise InvalidInput(f"{what}中有看不见的排版控制字符（编码U+{ord(match.group()):04X}）；请删去后手工重新输入。")
    marks = 0
    for letter in text:
        if letter < "\u02b0" and letter.isprintable():
            marks = 0
            continue
        if _is_ideograph(letter):
            marks = 0
            continue
        category = unicodedata.category(letter)
        if category in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
            raise InvalidInput(f"{what}中有看不见的控制字符（编码U+{ord(letter):04X}）；请删去后手工重新输入。")
        if category in {"Co", "Cn"}:
            raise InvalidInput(
                f"{what}中有无法打印的自造字（编码U+{ord(letter):04X}）；请改用标准汉字，或联系窗口工作人员处理。"
            )
        marks = marks + 1 if category[0] == "M" else 0
        if marks > _STACKED_MARKS:
            raise InvalidInput(f"{what}中的附加符号过多；请按证件填写。")


def _is_ideograph(letter: str) -> bool:
    # Planes 2 and 3 are ideographs by definition; those added after this Python's tables would count as unassigned.
    return "\u3400" <= letter <= "\u9fff" or "\uf900" <= letter <= "\ufaff" or "\U00020000" <= letter <= "\U0003fffd"


def _is_letter(letter: str) -> bool:
    return letter.isalpha() or _is_ideograph(letter)


def _too_long(what: str, length: int, limit: int) -> InvalidInput:
    return InvalidInput(f"{what}过长（{length}个字），最多{limit}个字；请缩短后重新填写。")


def _shown(letter: str) -> str:
    return f"“{letter}”" if letter.isprintable() and not letter.isspace() else f"（编码U+{ord(letter):04X}）"
