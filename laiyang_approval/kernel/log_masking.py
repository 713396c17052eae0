"""The net under the log rule (house rule 33): whatever a line says, no ID number and no mobile number stays in it."""

import re

# Not within a longer run of hexadecimal digits: request ids and hashes must stay readable.
# A number mistyped in its date is still somebody's, so every run of 18 is masked, whatever its digits say.
_ID_NUMBER = re.compile(r"(?<![0-9a-f])\d{17}[0-9Xx](?![0-9a-f])")
_MOBILE = re.compile(r"(?<![0-9a-f])(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?![0-9a-f])")


def mask_text(text: str) -> str:
    """``text`` with every 18-digit ID number and 11-digit mobile number replaced by a fixed mark."""
    return _MOBILE.sub("[phone]", _ID_NUMBER.sub("[id-number]", text))


def mask_values(value: object) -> object:
    """``value`` with mask_text applied to every text in it; a number is masked as its digits would be."""
    match value:
        case str():
            return mask_text(value)
        case bool() | None | float():
            return value
        case int():
            masked = mask_text(str(value))
            return value if masked == str(value) else masked
        case dict():
            return {mask_values(key): mask_values(each) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [mask_values(each) for each in value]
        case _:
            return mask_text(str(value))


def mask_event(_logger, _method, event: dict) -> dict:
    """A structlog processor: see mask_values."""
    return mask_values(event)
