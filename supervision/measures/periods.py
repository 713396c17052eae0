"""考核期间: a day, a month or a year, its days and its instants in Asia/Shanghai."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from laiyang_approval.kernel.clock import SHANGHAI
from laiyang_approval.kernel.errors import InvalidInput

UNITS = {"day": "日", "month": "月", "year": "年"}
#: The columns of a day's picture: this day and those before it.
DAYS_SHOWN = 14
#: The portal's own years: the opinion is of 2018.
FIRST_YEAR, LAST_YEAR = 2018, 2999


@dataclass(frozen=True)
class Period:
    """考核期间: ``first`` to ``last``, both counted; ``today`` tells which terms are over."""

    unit: str
    first: date
    last: date
    today: date

    @property
    def start_at(self) -> datetime:
        return midnight(self.first)

    @property
    def end_at(self) -> datetime:
        """The instant after its last one."""
        return midnight(self.last + timedelta(1))

    @property
    def label(self) -> str:
        if self.unit == "year":
            return f"{self.first.year}年"
        if self.unit == "month":
            return f"{self.first.year}年{self.first.month}月"
        return f"{self.first.year}年{self.first.month}月{self.first.day}日"

    @property
    def report_name(self) -> str:
        """日报、月报、年报"""
        return f"{UNITS[self.unit]}报"

    @property
    def key(self) -> str:
        """2026, 2026-03 or 2026-03-02: in addresses and file names."""
        return self.first.isoformat()[: {"year": 4, "month": 7, "day": 10}[self.unit]]

    @property
    def previous(self) -> "Period | None":
        before = self.first - timedelta(1)
        return period_of(self.unit, before, self.today) if before.year >= FIRST_YEAR else None

    @property
    def following(self) -> "Period | None":
        """The next one, as long as it has begun."""
        after = self.last + timedelta(1)
        return period_of(self.unit, after, self.today) if after <= self.today else None

    @property
    def in_picture(self) -> "Sequence[Period]":
        """The columns of its picture: the months of a year, the days of a month, a day with those before it."""
        if self.unit == "year":
            return [period_of("month", date(self.first.year, month, 1), self.today) for month in range(1, 13)]
        first = self.first if self.unit == "month" else self.last - timedelta(DAYS_SHOWN - 1)
        return [period_of("day", first + timedelta(days), self.today) for days in range((self.last - first).days + 1)]


def midnight(day: date) -> datetime:
    """The instant at which ``day`` begins in Laiyang."""
    return datetime.combine(day, time(), tzinfo=SHANGHAI)


def period_of(unit: str, day: date, today: date) -> Period:
    """The day, month or year that ``day`` lies in."""
    if unit == "year":
        return Period(unit, date(day.year, 1, 1), date(day.year, 12, 31), today)
    if unit == "month":
        return Period(unit, day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]), today)
    return Period(unit, day, day, today)


def asked_period(unit: str, on: str, today: date) -> Period:
    """The period asked for by 2026, 2026-03 or 2026-03-02, this month when nothing is asked. Raises InvalidInput."""
    unit = unit or "month"
    if unit not in UNITS:
        raise InvalidInput("统计期间有误；请选择日、月或者年。")
    if not on:
        return period_of(unit, today, today)
    try:
        day = date.fromisoformat(on + {4: "-01-01", 7: "-01"}.get(len(on), ""))
    except ValueError:
        raise InvalidInput("日期有误；请按2026-03-02的样子填写。") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InvalidInput(f"没有该年度的办件；请填写{FIRST_YEAR}年以后的日期。")
    return period_of(unit, day, today)
