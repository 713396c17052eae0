"""What others may see of a person (domain reference 9.4). Pure; masking hides, it never proves anything about its input."""

import re
import unicodedata

_STAR = "*"
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}

# Anything of 18 digits is masked, its date right or wrong: a mistyped number is still somebody's.
_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:[0-9]{17}[0-9Xx]|[0-9]{15})(?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9A-Za-z])1[3-9][0-9](?:[- ]?[0-9]{4}){2}(?![0-9A-Za-z])")
_LANDLINE = re.compile(r"(?<![0-9A-Za-z])(0(?:10|2[0-9]|[3-9][0-9]{2}))([- ]?)([2-9][0-9]{6,7})(?![0-9A-Za-z])")
_TRAVEL_DOCUMENT = re.compile(
    r"(?<![0-9A-Za-z])(?:[EGHMeghm][0-9]{8}(?:[0-9]{2})?|[A-Za-z]{3}[0-9]{12})(?![0-9A-Za-z])"
)

# A town's 镇 or 乡 inside a street's name (镇江路, 城乡街) is not a town.
_TOWN = re.compile(r"^.*?(?:街道(?:办事处)?|[镇乡](?!.{0,4}[路街巷]))")
_COUNTY = re.compile(r"^(?:[^省市区县旗]{1,12}(?:省|自治区|特别行政区|市|自治州|地区|盟|区|县|旗)){1,3}")


def mask_name(name: str, *, natural: bool = True) -> str:
    """张伟 → 张*, 王小明 → 王*明, longer names first and last; an organisation's name (``natural=False``) stays."""
    if not natural or not name:
        return name
    letters = _letters(name)
    if len(letters) == 1:
        return _STAR
    return letters[0] + _STAR + (letters[-1] if len(letters) > 2 else "")


def mask_id_number(number: str) -> str:
    """370682199001019996 → 370***********9996; of numbers under 15 characters only the first and the last two stay."""
    if len(number) >= 15:
        return number[:3] + _STAR * (len(number) - 7) + number[-4:]
    if len(number) >= 7:
        return number[:1] + _STAR * (len(number) - 3) + number[-2:]
    return _STAR * len(number)


def mask_phone(phone: str) -> str:
    """13812345678 → 138****5678; of other numbers the area code and the last two digits stay."""
    if re.fullmatch(r"1[0-9]{10}", phone):
        return f"{phone[:3]}****{phone[-4:]}"
    if "-" in phone:
        area, rest = phone.split("-", 1)
        main = rest.split("-", 1)[0]
        return f"{area}-{_STAR * max(len(main) - 2, 3)}{main[-2:] if len(main) > 4 else ''}"
    if len(phone) > 6:
        return phone[:4] + _STAR * (len(phone) - 6) + phone[-2:]
    return _STAR * len(phone)


def mask_address(address: str) -> str:
    """山东省烟台市莱阳市城厢街道富水南路1号 → 山东省烟台市莱阳市城厢街道***: to the street office or town, else to the county."""
    if not address:
        return address
    place = _TOWN.match(address) or _COUNTY.match(address)
    if place is None:
        return _STAR * 3
    return place.group() + (_STAR * 3 if place.end() < len(address) else "")


def mask_in_text(text: str) -> str:
    """``text`` with every ID number, travel document, mobile and landline number in it masked; full-width digits too."""
    spans: list[tuple[int, int, str]] = []
    folded = text.translate(_FULL_WIDTH)  # one character for one: places in it are places in the text
    for pattern, mask in (
        (_ID_NUMBER, lambda found: mask_id_number(found.group())),
        (_TRAVEL_DOCUMENT, lambda found: mask_id_number(found.group())),
        (_MOBILE, lambda found: mask_phone(re.sub("[- ]", "", found.group()))),
        (_LANDLINE, lambda found: mask_phone(f"{found.group(1)}-{found.group(3)}")),
    ):
        spans += [(found.start(), found.end(), mask(found)) for found in pattern.finditer(folded)]
    masked, done = [], 0
    for start, end, replacement in sorted(spans):
        if start >= done:
            masked += [text[done:start], replacement]
            done = end
    return "".join(masked) + text[done:]


def _letters(name: str) -> list[str]:
    """The name in letters as people see them: a base character with the accents that follow it is one."""
    letters: list[str] = []
    for character in name:
        if letters and unicodedata.category(character)[0] == "M":
            letters[-1] += character
        else:
            letters.append(character)
    return letters
