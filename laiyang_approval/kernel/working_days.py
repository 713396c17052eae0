"""The working-day calendar: which days count, by the State Council's yearly notices (rule K1). Pure.

A year is known only when its notice is loaded; past the last published year every question raises CalendarMissing. The
answers come from two prefix tables over all days of the published years, so adding 20 or 2,000 working days costs the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

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
    """工作日历 of consecutive published years; unchanging once made.

    Where two notices name the same day (a December arranged by the next year's notice), the later year's notice decides.
    """

    def __init__(self, notices: Iterable[YearNotice]):
        found = {notice.year: notice for notice in notices}
        if not found:
            raise ValueError("a calendar needs at least one published year")
        self.first_year = min(found)
        # Years after a gap are not published: nothing may be counted across a year nobody has arranged.
        self.last_year = self.first_year
        while self.last_year + 1 in found:
            self.last_year += 1
        self._notices = tuple(found[year] for year in range(self.first_year, self.last_year + 1))
        self._off: dict[date, str] = {}
        self._work: dict[date, str] = {}
        for notice in self._notices:
            for day, name in notice.off.items():
                self._off[day] = name
                self._work.pop(day, None)
            for day, name in notice.work.items():
                self._work[day] = name
                self._off.pop(day, None)
        self.notice_numbers = {notice.year: notice.notice_no for notice in self._notices}
        first = date(self.first_year, 1, 1)
        #: Index of a day in the tables: its ordinal minus this. Index 0 is the eve of the first published day.
        self._eve = first.toordinal() - 1
        self._days = date(self.last_year, 12, 31).toordinal() - self._eve
        self._upto = [0]  # working days up to and including the day of this index
        self._workdays: list[date] = []
        for ordinal in range(self._eve + 1, self._eve + 1 + self._days):
            day = date.fromordinal(ordinal)
            if self._is_workday(day):
                self._workdays.append(day)
            self._upto.append(len(self._workdays))

    def _is_workday(self, day: date) -> bool:
        if day in self._work:
            return True
        return day.weekday() < 5 and day not in self._off

    def _check(self, day: date) -> None:
        if not self.first_year <= day.year <= self.last_year:
            raise CalendarMissing(day.year)

    def is_published(self, year: int) -> bool:
        return self.first_year <= year <= self.last_year

    def is_workday(self, day: date) -> bool:
        """Whether ``day`` counts; raises CalendarMissing outside the published years."""
        self._check(day)
        return self._is_workday(day)

    def day_kind(self, day: date) -> DayKind:
        """What kind of day it is; raises CalendarMissing outside the published years."""
        self._check(day)
        if day in self._work:
            return DayKind.MAKEUP if day.weekday() >= 5 else DayKind.WORKDAY
        if day in self._off:
            return DayKind.HOLIDAY
        return DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORKDAY

    def day_name(self, day: date) -> str:
        """The holiday's name, or "" on a plain day."""
        return self._off.get(day) or self._work.get(day) or ""

    def workdays_between(self, after: date, until: date) -> int:
        """How many working days d have after < d <= until (0 if until <= after). Raises CalendarMissing."""
        if until <= after:
            return 0
        start, end = after.toordinal() - self._eve, until.toordinal() - self._eve
        if start < 0:
            raise CalendarMissing(after.year)
        if end > self._days:
            raise CalendarMissing(max(self.last_year + 1, after.year))
        return self._upto[end] - self._upto[start]

    def add_workdays(self, after: date, days: int) -> date:
        """The ``days``-th working day after ``after``, which is not counted (K2); ``days`` 0 is ``after`` itself.

        ``after`` may be the eve of the first published day. Raises CalendarMissing with the first year not published.
        """
        if days < 1:
            if days == 0:
                return after
            raise ValueError("working days are counted forwards here")
        index = after.toordinal() - self._eve
        if index < 0:
            raise CalendarMissing(after.year)
        try:
            return self._workdays[self._upto[index] + days - 1]
        except IndexError:
            raise CalendarMissing(max(self.last_year + 1, after.year)) from None

    def workdays_before(self, event: date, days: int) -> date:
        """The ``days``-th working day counted back from ``event``, which is not counted (K9); 0 is ``event`` itself.

        ``event`` may be the day after the last published one. Raises CalendarMissing.
        """
        if days < 1:
            if days == 0:
                return event
            raise ValueError("working days are counted backwards by a positive number")
        index = event.toordinal() - self._eve - 1
        if index > self._days:
            raise CalendarMissing(event.year)
        position = self._upto[index] - days if index >= 0 else -1
        if position < 0:
            raise CalendarMissing(min(self.first_year - 1, event.year))
        return self._workdays[position]

    def next_workday(self, day: date) -> date:
        """``day`` if it is a working day, else the next one (K4). Raises CalendarMissing."""
        return day if self.is_workday(day) else self.add_workdays(day, 1)

    def workdays_in(self, year: int) -> int:
        """How many working days ``year`` has. Raises CalendarMissing when it is not published."""
        self._check(date(year, 1, 1))
        start, end = date(year, 1, 1).toordinal() - self._eve, date(year, 12, 31).toordinal() - self._eve
        return self._upto[end] - self._upto[start - 1]

    def estimate(self) -> "WorkCalendar":
        """This calendar with the next years taken as plain Monday to Friday: for showing 暂定 dates, never stored or printed."""
        return self._estimate

    @cached_property
    def _estimate(self) -> "WorkCalendar":
        guessed = (YearNotice(self.last_year + ahead, {}, {}) for ahead in range(1, _ESTIMATED_YEARS + 1))
        return WorkCalendar([*self._notices, *guessed])


#: How far an estimate reaches; a limit longer than this shows 待公布 alone.
_ESTIMATED_YEARS = 3
