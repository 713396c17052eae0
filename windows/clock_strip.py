"""时限条: the clock of a case as one cell a calendar day, from the trigger day to the statutory due date.

Plain data for ``{% clock_strip %}``: the same in page, phone and print. Whole months far from today and from the due
dates fold into one cell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from laiyang_approval.kernel.errors import CalendarMissing
from laiyang_approval.kernel.working_days import WorkCalendar

from .domain.clock import ClockResult, LedgerDay, Status, Unit, elapsed, remaining, run_clock

#: Longer spans fold the months in which nothing happens.
FOLD_FROM_DAYS = 50


@dataclass(frozen=True)
class Cell:
    """一格: a day (or a folded month), its mark, its look, what a reader is told of it, and the flags it carries."""

    top: str
    mark: str
    look: str
    told: str
    month: str = ""
    is_today: bool = False
    is_promised: bool = False
    is_statutory: bool = False
    is_folded: bool = False


@dataclass(frozen=True)
class ClockStrip:
    """时限条: its cells, the sentence under it, and the full ledger as a table."""

    cells: Sequence[Cell]
    sentence: str
    ledger: Sequence[LedgerDay]
    missing_year: int | None
    estimate: date | None

    @cached_property
    def html(self) -> SafeString:
        """The strip as it stands in a page; the same for every case of that day and limit, so it is made once."""
        return mark_safe(render_to_string("components/clock_strip.html", {"strip": self}))  # noqa: S308  a template's output


KIND_WORDS = {
    "trigger": "起算触发日，不计入",
    "workday": "计入",
    "makeup": "调休上班，计入",
    "weekend": "休息日，不计入",
    "holiday": "节假日，不计入",
    "excluded": "依法不计入",
    "rolled": "期限末日为休息日，顺延",
}


def strip_of(promised: ClockResult, statutory: ClockResult, *, today: date) -> ClockStrip:
    """The strip of a case whose two clocks are given (K11: the promised date never stands after the statutory one).

    Cases of one trigger day and limit share it, so a busy day asks for a few dozen different ones.
    """
    return _strip(promised, statutory, today, statutory.calendar)


@lru_cache(maxsize=2048)
def _strip(promised: ClockResult, statutory: ClockResult, today: date, _calendar: WorkCalendar) -> ClockStrip:
    ledger = statutory.ledger
    promised_on = _promised_on(promised, statutory)
    cells = [_cell(day, today, promised_on, statutory.due) for day in ledger]
    missing = statutory.missing_year
    if missing is not None:
        cells.append(Cell(str(missing), "待公布", "unknown", f"{missing}年放假安排公布后计算"))
    return ClockStrip(
        cells=_with_months(_fold(cells, ledger, today, promised_on, statutory.due)),
        sentence=_sentence(promised, statutory, today, promised_on),
        ledger=ledger,
        missing_year=missing,
        estimate=_estimate(statutory),
    )


def _promised_on(promised: ClockResult, statutory: ClockResult) -> date | None:
    known = [day for day in (promised.due, statutory.due) if day is not None]
    return min(known) if promised.due and known else promised.due


def _cell(day: LedgerDay, today: date, promised_on: date | None, statutory_on: date | None) -> Cell:
    mark, look = {
        "trigger": ("○", "trigger"),
        "weekend": ("休", "off"),
        "holiday": ("休", "off"),
        "excluded": ("‖", "excluded"),
        "rolled": ("顺延", "off"),
        "makeup": (f"{day.counted}班", "counted"),
    }.get(day.kind, (str(day.counted), "counted"))
    if day.counted is None and day.kind == "makeup":
        mark, look = "班", "off"
    if look == "counted" and day.date <= today:
        look = "used"
    words = KIND_WORDS.get(day.kind, "")
    ordinal = f"，第{day.counted}日" if day.counted else ""
    note = f"（{day.note}）" if day.note and day.kind in {"holiday", "makeup", "excluded"} else ""
    return Cell(
        top=str(day.date.day),
        mark=mark,
        look=look,
        told=f"{day.date.month}月{day.date.day}日 {words}{ordinal}{note}",
        is_today=day.date == today,
        is_promised=day.date == promised_on,
        is_statutory=day.date == statutory_on,
    )


def _fold(
    cells: list[Cell], ledger: Sequence[LedgerDay], today: date, promised_on: date | None, statutory_on: date | None
) -> list[tuple[date | None, Cell]]:
    """Months that hold neither today nor a flag nor the start become one cell each; the rest stay day by day."""
    dated: list[tuple[date | None, Cell]] = [(day.date, cell) for day, cell in zip(ledger, cells, strict=False)]
    dated += [(None, cell) for cell in cells[len(ledger) :]]
    if len(ledger) <= FOLD_FROM_DAYS:
        return dated
    kept = {(day.year, day.month) for day in (ledger[0].date, today, promised_on, statutory_on) if day is not None}
    folded: list[tuple[date | None, Cell]] = []
    for day, cell in dated:
        if day is None or (day.year, day.month) in kept:
            folded.append((day, cell))
            continue
        if folded and folded[-1][1].is_folded and folded[-1][0] is not None and folded[-1][0].month == day.month:
            continue
        counted = sum(
            one.counted is not None for one in ledger if (one.date.year, one.date.month) == (day.year, day.month)
        )
        folded.append(
            (
                day,
                Cell(
                    f"{day.month}月", f"计{counted}日", "counted", f"{day.month}月全月计入{counted}日", is_folded=True
                ),
            )
        )
    return folded


def _with_months(dated: list[tuple[date | None, Cell]]) -> list[Cell]:
    """Each month's name stands on its first cell."""
    named, last = [], None
    for day, cell in dated:
        month = (day.year, day.month) if day else None
        if month is not None and month != last and not cell.is_folded:
            cell = Cell(**{**_fields(cell), "month": f"{day.month}月"})
        last = month
        named.append(cell)
    return named


def _fields(cell: Cell) -> dict:
    return {name: getattr(cell, name) for name in cell.__dataclass_fields__}


def _sentence(promised: ClockResult, statutory: ClockResult, today: date, promised_on: date | None) -> str:
    unit = "个工作日" if promised.limit.unit is Unit.WORKDAY else "日"
    try:
        used = elapsed(promised, min(today, promised_on) if promised_on else today)
        left = remaining(promised, today)
    except CalendarMissing as missing:
        return f"{missing.year}年放假安排尚未公布，届满日待公布。"
    parts = [f"自{statutory.trigger.month}月{statutory.trigger.day}日次日起算，已用{used}{unit}"]
    if left is not None:
        parts.append(
            f"距承诺届满还有{left}{unit}" if left > 0 else "今日承诺届满" if left == 0 else f"已超承诺{-left}{unit}"
        )
    elif promised.status is Status.OPEN:
        parts.append("目前暂停计时，届满日待恢复后确定")
    else:
        parts.append(f"承诺届满日待{promised.missing_year}年放假安排公布")
    excluded = sum(day.kind == "excluded" for day in statutory.ledger)
    if excluded:
        references = "、".join(dict.fromkeys(one.reference for one in statutory.suspensions if one.reference))
        parts.append(f"其中{excluded}个工作日依法不计入{f'（{references}）' if references else ''}")
    return "，".join(parts) + "。"


def _estimate(statutory: ClockResult) -> date | None:
    """暂定: for the eye only, as if every day of the unpublished year were a plain weekday; never stored or printed."""
    if statutory.status is not Status.CALENDAR_MISSING or statutory.calendar is None:
        return None
    return run_clock(
        statutory.trigger,
        statutory.limit,
        statutory.calendar.estimate(),
        suspensions=statutory.suspensions,
        extension=statutory.extension,
    ).due
