"""时限条: the clock of a case as one cell a calendar day, from the trigger day to the statutory due date.

Plain data for ``{% clock_strip %}``: weeks of cells, the same on a page, a phone and paper; months far from everything that
matters fold into one block. ``strip_drawing`` makes the picture of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from laiyang_approval.kernel.working_days import WorkCalendar

from .domain.clock import ClockResult, LedgerDay, LedgerKind, Status, Unit, is_overdue, promised_due, run_clock
from .domain.sentences import clock_sentence
from .strip_drawing import draw_strip, ledger_rows

#: Longer spans fold the months in which nothing happens.
FOLD_FROM_DAYS = 70


@dataclass(frozen=True, slots=True)
class Cell:
    """一格: a day, its mark, its look, what a pointer is told of it, and the flags under it."""

    date: date
    look: str
    mark: str
    tip: str = ""
    is_makeup: bool = False
    is_today: bool = False
    flags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Week:
    """一周: those of its days, Monday to Sunday, that are shown."""

    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class FoldedMonth:
    """折叠的一个月: nothing happens in it but counting."""

    first: date
    counted: int
    excluded: int
    is_published: bool


@dataclass(frozen=True)
class ClockStrip:
    """时限条: its blocks, the sentence under it, and the full ledger; ``svg`` and ``table`` are drawn when first asked for."""

    blocks: Sequence[Week | FoldedMonth]
    sentence: str
    ledger: Sequence[LedgerDay]
    missing_year: int | None
    estimate: date | None

    @cached_property
    def html(self) -> SafeString:
        """The strip as it stands in a page; the same for every case of that day and limit, so it is made once."""
        return render_to_string("components/clock_strip.html", {"strip": self})

    @cached_property
    def svg(self) -> SafeString:
        return draw_strip(self.blocks)

    @cached_property
    def table(self) -> SafeString:
        return ledger_rows(self.ledger)


def strip_of(promised: ClockResult, statutory: ClockResult, *, today: date, is_printed: bool = False) -> ClockStrip:
    """The strip of a case whose two clocks are given. Paper shows no estimate of what is not published (K10)."""
    return _strip(promised, statutory, today, is_printed, statutory.calendar)


@lru_cache(maxsize=2048)
def _strip(
    promised: ClockResult, statutory: ClockResult, today: date, is_printed: bool, _calendar: WorkCalendar
) -> ClockStrip:
    """Cases accepted on one day under one limit have one strip; a status page then costs no drawing."""
    estimate = None if is_printed else _estimate(statutory)
    cells = list(_cells(promised, statutory, today, estimate))
    return ClockStrip(
        blocks=tuple(_blocks(cells)),
        sentence=clock_sentence(promised, statutory, today),
        ledger=statutory.ledger,
        missing_year=statutory.missing_year,
        estimate=estimate,
    )


def _estimate(statutory: ClockResult) -> date | None:
    """暂定: as if every day of the unpublished years were a plain weekday; for the eye only, never stored or printed."""
    if statutory.status is not Status.CALENDAR_MISSING:
        return None
    return run_clock(
        statutory.trigger,
        statutory.limit,
        statutory.calendar.estimate(),
        suspensions=statutory.suspensions,
        extension=statutory.extension,
    ).due


def _cells(promised: ClockResult, statutory: ClockResult, today: date, estimate: date | None) -> Iterable[Cell]:
    kept = promised_due(promised, statutory)
    flags: dict[date, tuple[tuple[str, str], ...]] = {}
    for day, name, look in (
        (kept, "承诺", "promised"),
        (statutory.due, "法定", "statutory"),
        (estimate, "暂定", "guess"),
    ):
        if day is not None:
            flags[day] = (*flags.get(day, ()), (name, look))
    by_day = {day.date: day for day in statutory.ledger_until(_last_judged(statutory, today))}
    last = max(by_day) if by_day else statutory.trigger
    for end in (statutory.due, estimate, kept, today if is_overdue(statutory, today) else None):
        last = max(last, end or last)
    if statutory.missing_year is not None and estimate is None:
        last += timedelta(7)  # on paper a dashed week stands for what is not known
    over = 0
    for offset in range((last - statutory.trigger).days + 1):
        day = statutory.trigger + timedelta(offset)
        row = by_day.get(day)
        if row is not None:
            cell = _counted_cell(row, today, kept)
        else:
            cell = _cell_beyond(day, statutory, over)
            over += cell.look == "over"
        yield replace(cell, is_today=day == today, flags=flags.get(day, ()))


def _last_judged(statutory: ClockResult, today: date) -> date:
    if statutory.status is Status.OPEN:
        return max(today, statutory.ledger[-1].date + timedelta(7))
    return statutory.ledger[-1].date


def _counted_cell(row: LedgerDay, today: date, kept: date | None) -> Cell:
    tip = f"{row.date.month}月{row.date.day}日　{KIND_WORDS[row.kind]}"
    if row.counted is not None:
        tip += f"，第{row.counted}日"
        late = kept is not None and kept < row.date <= today
        look = "late" if late else "used" if row.date <= today else "counted"
        return Cell(row.date, look, str(row.counted), _with_note(tip, row), row.kind == LedgerKind.MAKEUP)
    look, mark = {
        LedgerKind.TRIGGER: ("trigger", "○"),
        LedgerKind.EXCLUDED: ("excluded", "‖"),
        LedgerKind.HOLIDAY: ("free", "休"),
        LedgerKind.ROLLED: ("free", "顺"),
    }.get(LedgerKind(row.kind), ("free", "·"))
    return Cell(row.date, look, mark, _with_note(tip, row))


def _with_note(tip: str, row: LedgerDay) -> str:
    return f"{tip}（{row.note}）" if row.note and row.kind != LedgerKind.TRIGGER else tip


def _cell_beyond(day: date, statutory: ClockResult, over: int) -> Cell:
    """A day after the ledger: overdue, or of a year that nobody has arranged yet."""
    calendar: WorkCalendar = statutory.calendar
    if not calendar.is_published(day.year):
        return Cell(day, "unknown", "", f"{day.year}年放假安排待公布")
    if statutory.due is None:
        return Cell(day, "free", "·")
    counts = statutory.limit.unit is not Unit.WORKDAY or calendar.is_workday(day)
    if not counts:
        return Cell(day, "free", "休" if calendar.day_name(day) else "·")
    return Cell(day, "over", f"+{over + 1}", f"{day.month}月{day.day}日　已超法定时限")


KIND_WORDS = {
    "trigger": "起算日，不计入",
    "workday": "计入",
    "makeup": "调休上班，计入",
    "weekend": "休息日",
    "holiday": "放假",
    "excluded": "不计入",
    "rolled": "末日为休息日，顺延",
    "unpublished": "放假安排待公布",
    "due": "届满日",
    "event": "事件当日，不计入",
}


def _blocks(cells: Sequence[Cell]) -> Iterable[Week | FoldedMonth]:
    """Weeks from Monday on, and a block for each folded month."""
    folded = _folded_months(cells)
    week: list[Cell] = []
    open_month = None
    for cell in cells:
        month = (cell.date.year, cell.date.month)
        if week and (month in folded or _monday(week[0].date) != _monday(cell.date)):
            yield Week(tuple(week))
            week = []
        if month not in folded:
            week.append(cell)
        elif month != open_month:
            yield folded[month]
        open_month = month
    if week:
        yield Week(tuple(week))


def _monday(day: date) -> date:
    return day - timedelta(day.weekday())


def _folded_months(cells: Sequence[Cell]) -> dict[tuple[int, int], FoldedMonth]:
    """Of a long span, the whole months that hold neither an end nor today nor a flag."""
    if len(cells) <= FOLD_FROM_DAYS:
        return {}
    months: dict[tuple[int, int], list[Cell]] = {}
    for cell in cells:
        months.setdefault((cell.date.year, cell.date.month), []).append(cell)
    ends = {(cells[0].date.year, cells[0].date.month), (cells[-1].date.year, cells[-1].date.month)}
    return {
        month: FoldedMonth(
            first=inside[0].date,
            counted=sum(cell.look in {"used", "counted", "late", "over"} for cell in inside),
            excluded=sum(cell.look == "excluded" for cell in inside),
            is_published=all(cell.look != "unknown" for cell in inside),
        )
        for month, inside in months.items()
        if month not in ends and not any(cell.is_today or cell.flags for cell in inside)
    }
