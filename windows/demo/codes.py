"""Fictitious identity codes with right check digits, of division 370682 (domain reference 9). Pure."""

from datetime import date

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def resident_id(born: date, serial: int) -> str:
    """A valid, made-up resident ID of somebody born on ``born`` (serial 0–999)."""
    body = f"370682{born:%Y%m%d}{serial % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def credit_code(serial: int, *, category: str = "91") -> str:
    """A valid, made-up unified social credit code: 91 enterprise, 92 sole trader, 52 private non-enterprise."""
    number, digits = serial, ""
    for _ in range(6):
        number, rest = divmod(number, 31)
        digits = _CREDIT_ALPHABET[rest] + digits
    organisation = f"MA{digits}"
    total = sum(
        _organisation_value(char) * weight for char, weight in zip(organisation, _ORGANISATION_WEIGHTS, strict=True)
    )
    check = (11 - total % 11) % 11
    body = f"{category}370682{organisation}{'X' if check == 10 else check}"
    total = sum(_CREDIT_ALPHABET.index(char) * weight for char, weight in zip(body, _CREDIT_WEIGHTS, strict=True))
    return body + _CREDIT_ALPHABET[(31 - total % 31) % 31]


def _organisation_value(char: str) -> int:
    return int(char) if char.isdigit() else ord(char) - ord("A") + 10


def mobile(serial: int) -> str:
    """A made-up mobile number in a range no operator has given out to the public."""
    return f"1{3 + serial % 7}{serial % 10}0000{serial % 10000:04d}"
