"""Failed look-ups of a case's status are counted and, past the limits of the business rules, refused (control C3).

The counts are shared by all processes (the cache). A wrong code is always checked against them before it is answered. A right one
only where this process has cause: it has seen this address or this case fail in this hour, or much failing at all in this
minute. So an applicant who mistypes nothing does not wait for Redis, and whoever tries codes is refused the right one too.
"""

from datetime import datetime

from django.core.cache import cache

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.crypto import token_digest
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.rules import rule_int

TOO_MANY = "查询次数过多，请一小时后再试；也可以持收件凭证到窗口或拨打咨询电话查询。"
#: While no process alone has seen this part of the site's limit in a minute, so many processes together have not reached it.
MOST_PROCESSES = 20
#: More failures than these in an hour, and every look-up is cause enough.
MOST_KEPT = 50_000


class TooManyTries(DomainError):
    """查询过于频繁"""

    status = 429


class Suspicion:
    """What has failed in this process: addresses and cases of this hour, and how many in this minute."""

    def __init__(self):
        self._hour = self._minute = -1
        self._failed: set[str] = set()
        self._in_minute = 0

    def note(self, address: str, number: str, at: datetime) -> None:
        """Afterwards this address and this case are suspect for the rest of the hour."""
        self._turn(at)
        if len(self._failed) < MOST_KEPT:
            self._failed |= {f"address {address}", f"case {number}"}
        self._in_minute += 1

    def falls_on(self, address: str, number: str, at: datetime) -> bool:
        """Whether the shared counts must be asked before this look-up."""
        self._turn(at)
        if not self._failed:
            return False
        return (
            f"address {address}" in self._failed
            or f"case {number}" in self._failed
            or len(self._failed) >= MOST_KEPT
            or self._in_minute * MOST_PROCESSES >= rule_int("query_attempts_global", local_date(at))
        )

    def _turn(self, at: datetime) -> None:
        hour, minute = _hour(at), _minute(at)
        if hour != self._hour:
            self._hour, self._failed = hour, set()
        if minute != self._minute:
            self._minute, self._in_minute = minute, 0


_suspicion = Suspicion()


class LookupGuard:
    """One look-up: ``check`` before it, ``failed`` when number or code was wrong; both raise TooManyTries past a limit."""

    def __init__(self, number: str, address: str, at: datetime):
        self._number, self._address, self._at = number, address, at

    def check(self) -> None:
        if _suspicion.falls_on(self._address, self._number, self._at):
            self._refuse_past_a_limit()

    def failed(self) -> None:
        """Afterwards this failure counts."""
        _suspicion.note(self._address, self._number, self._at)
        self._refuse_past_a_limit()
        for key, seconds in zip(self._keys(), (3600, 3600, 3600, 60), strict=True):
            if not cache.add(key, 1, timeout=seconds):
                try:
                    cache.incr(key)
                except ValueError:  # the key ended between the two calls
                    cache.add(key, 1, timeout=seconds)

    def _keys(self) -> tuple[str, str, str, str]:
        """Of the shared counts: this address with this case, the case, the address, the site."""
        hour, number, address = _hour(self._at), self._number, self._address
        pair = token_digest(f"{address}|{number}")[:24]
        return (
            f"q:pair:{pair}:{hour}",
            f"q:case:{token_digest(number)[:24]}:{hour}",
            f"q:addr:{token_digest(address)[:24]}:{hour}",
            f"q:site:{_minute(self._at)}",
        )

    def _refuse_past_a_limit(self) -> None:
        keys, today = self._keys(), local_date(self._at)
        counts = cache.get_many(keys)
        pair, case, from_address, on_site = (counts.get(key, 0) for key in keys)
        per_case = rule_int("query_attempts_per_case", today)
        if (
            pair >= per_case
            # Somebody who has not failed gets in even while a case is attacked from elsewhere.
            or (pair and case >= 10 * per_case)
            or from_address >= rule_int("query_attempts_per_address", today)
            or on_site >= rule_int("query_attempts_global", today)
        ):
            raise TooManyTries(TOO_MANY)


def _hour(at: datetime) -> int:
    return int(at.timestamp() // 3600)


def _minute(at: datetime) -> int:
    return int(at.timestamp() // 60)
