"""The only module that reads the time. Everything else is given ``at`` or a date."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(tz=UTC)


def local_date(at: datetime) -> date:
    """The calendar date of ``at`` in Asia/Shanghai (rule K8: convert before cutting to a date)."""
    return at.astimezone(SHANGHAI).date()


def today() -> date:
    """The present calendar date in Asia/Shanghai."""
    return local_date(now())
