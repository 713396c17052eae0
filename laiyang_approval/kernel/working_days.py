"""The working-day calendar: which days count, by the State Council's yearly notices (rule K1). Pure.

A year is known only when its notice is loaded; past the last published year every question raises CalendarMissing. The
answers come from two prefix tables over all days of the published years, so adding 20 or 2,000 working days costs the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from .errors import CalendarMissing


class DayKind(StrEnum):
    """一天的性质"""

    WORKDAY = "workday"
    MAKEUP = "makeup"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


@dataclass(frozen=True)
class YearNotice:
    """一年的放假安排: days off and make-up workdays a notice names; either may lie in the December before (K10)."""

    year: int
    off: Mapping[date, str]
    work: Mapping[date, str]
    notice_no: str = ""


class WorkCalendar:
    """工作日历 of consecutive published years; unchanging once made."""

    def __init__(self, notices: Iterable[YearNotice]):
        found = {notice.year: notice for notice in notices}
        if not found:
            raise ValueError("a calendar needs at least one published year")
        self.first_year = min(found)
        # Years after a gap are not published: nothing may be counted across a year nobody has arranged.
        self.last_year = self.first_year
        while self.last_year + 1 in found:
            self.last_year += 1
        self._off: dict[date, str] = {}
        self._work: dict[date, str] = {}
        for year in range(self.first_year, self.last_year + 1):
            self._off |= found[year].off
            self._work |= found[year].work
            for day in found[year].work:
                self._off.pop(day, None)
        self.notice_numbers = {year: found[year].notice_no for year in range(self.first_year, self.last_year + 1)}
        self._start = date(self.first_year, 1, 1).toordinal()
        end = date(self.last_year, 12, 31).toordinal()
        self._count = [0]  # working days among the first i days
        self._workdays: list[int] = []  # ordinals of working days
        for ordinal in range(self._start, end + 1):
            if self._is_workday(date.fromordinal(ordinal)):
                self._workdays.append(ordinal)
            self._count.append(len(self._workdays))

    def _is_workday(self, day: date) -> bool:
        if day in self._work:
            return True
        return day.weekday() < 5 and day not in self._off

    def _index(self, day: date) -> int:
        index = day.toordinal() - self._start
        if 0 <= index < len(self._count) - 1:
            return index
        raise CalendarMissing(day.year)

    def is_published(self, year: int) -> bool:
        return self.first_year <= year <= self.last_year

    def is_workday(self, day: date) -> bool:
        """Whether ``day`` counts; raises CalendarMissing outside the published years."""
        self._index(day)
        return self._is_workday(day)

    def day_kind(self, day: date) -> DayKind:
        """What kind of day it is; raises CalendarMissing outside the published years."""
        self._index(day)
        if day in self._work:
            return DayKind.MAKEUP if day.weekday() >= 5 else DayKind.WORKDAY
        if day in self._off:
            return DayKind.HOLIDAY
        return DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORKDAY

    def day_name(self, day: date) -> str:
        """The holiday's name, or "" on a plain day."""
        return self._off.get(day) or self._work.get(day) or ""

    def workdays_between(self, after: date, until: date) -> int:
        """How many working days d have after < d <= until (0 if until <= after)."""
        if until <= after:
            return 0
        return self._count[self._index(until) + 1] - self._count[self._index(after) + 1]

    def add_workdays(self, after: date, days: int) -> date:
        """The ``days``-th working day after ``after`` (which is not counted, K2); ``days`` 0 is ``after`` itself."""
        if days == 0:
            return after
        position = self._count[self._index(after) + 1] + days - 1
        if position >= len(self._workdays):
            raise CalendarMissing(self.last_year + 1)
        return date.fromordinal(self._workdays[position])

    def workdays_before(self, event: date, days: int) -> date:
        """The ``days``-th working day counted back from ``event``, which is not counted (K9)."""
        position = self._count[self._index(event)] - days
        if position < 0:
            raise CalendarMissing(self.first_year - 1)
        return date.fromordinal(self._workdays[position]) if days else event

    def next_workday(self, day: date) -> date:
        """``day`` if it is a working day, else the next one (K4)."""
        return day if self.is_workday(day) else self.add_workdays(day, 1)

    def estimate(self, years: int = 3) -> "WorkCalendar":
        """A calendar that takes the unpublished years as plain Monday to Friday: for showing 暂定 dates, nothing else."""
        known = [
            YearNotice(year, self._named(self._off, year), self._named(self._work, year))
            for year in range(self.first_year, self.last_year + 1)
        ]
        guessed = [YearNotice(year, {}, {}) for year in range(self.last_year + 1, self.last_year + 1 + years)]
        return WorkCalendar([*known, *guessed])

    @staticmethod
    def _named(days: Mapping[date, str], year: int) -> dict[date, str]:
        return {day: name for day, name in days.items() if day.year == year}


def days(start: date, until: date) -> Iterable[date]:
    """Every calendar day from ``start`` to ``until``, both included."""
    for offset in range((until - start).days + 1):
        yield start + timedelta(offset)
