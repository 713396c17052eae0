"""重试: how long to wait before the next attempt, and when a person must look. Pure."""

import zlib
from datetime import datetime, timedelta

#: Technical pauses, not rules of the bureau: they double, and end well below the time a receiver may be away.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=2)
#: After so many failures one after the other the receiver is left alone for a while, whatever else waits for it (T25).
FAILURES_BEFORE_REST = 3


def pause_after(attempts: int, *, spread_by: str) -> timedelta:
    """The wait after the ``attempts``-th failure: it grows, and is spread by ±25 % so that a crowd does not come back at once."""
    pause = min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)
    jitter = zlib.crc32(f"{spread_by}/{attempts}".encode()) / 0xFFFFFFFF
    return pause * (0.75 + jitter / 2)


def next_attempt(since: datetime, attempts: int, *, at: datetime, hours: int, spread_by: str) -> datetime | None:
    """When to try again, the last time just when ``hours`` after ``since`` are over; None: a person must look."""
    end = since + timedelta(hours=hours)
    if at >= end:
        return None
    return min(at + pause_after(attempts, spread_by=spread_by), end)
