"""受理编号: LY + yymmdd + five digits + a check digit that catches a wrong or swapped digit. Pure."""

import re
from datetime import date

_NUMBER = re.compile(r"LY([0-9]{11})([0-9X])\Z")
# GB 32100-style weights would need letters; ISO 7064 MOD 11-2 works on digits and finds every single and swapped digit.


def _check(digits: str) -> str:
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2 % 11
    value = (12 - total) % 11
    return "X" if value == 10 else str(value)


def case_number(on: date, serial: int) -> str:
    """The public number of the ``serial``-th case (1–99999) received on ``on``; raises ValueError outside that range."""
    if not 1 <= serial <= 99999:
        raise ValueError("a day has at most 99,999 case numbers")
    digits = f"{on:%y%m%d}{serial:05d}"
    return f"LY{digits}{_check(digits)}"


def number_prefix(on: date) -> str:
    """What the numbers of all cases received on ``on`` begin with; prefixes sort as their days do."""
    return f"LY{on:%y%m%d}"


def is_case_number(text: str) -> bool:
    """Whether ``text`` has the form and the check digit of a case number (ASCII only)."""
    match = _NUMBER.match(text)
    return bool(match) and _check(match[1]) == match[2]
