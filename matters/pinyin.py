"""拼音: the initials and full pinyin of a name, for people who type "spjy" and mean 食品经营许可."""

from pypinyin import Style, lazy_pinyin


def _of(text: str, style: Style) -> str:
    parts = lazy_pinyin(text, style=style, errors=lambda other: list(other))
    return "".join(part for part in "".join(parts).lower() if part.isascii() and part.isalnum())


def pinyin_initials(*names: str) -> str:
    """The initials of each name, the official name first, divided by semicolons."""
    return ";".join(_of(name, Style.FIRST_LETTER) for name in names if name)


def pinyin_full(*names: str) -> str:
    """The pinyin without tones of each name, the official name first, divided by semicolons."""
    return ";".join(_of(name, Style.NORMAL) for name in names if name)
