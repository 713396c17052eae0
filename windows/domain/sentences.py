"""The clock in plain Chinese: what is used, what is left, and which days do not count and why. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta

from .clock import ClockResult, Status, Suspension, Unit, elapsed, in_order, promised_due, remaining


def days_text(number: int, unit: Unit) -> str:
    """5个工作日, 5日"""
    return f"{number}个工作日" if unit in {Unit.WORKDAY, Unit.WORKDAY_BEFORE} else f"{number}日"


def span_text(start: date, end: date) -> str:
    """3月9日至13日; 3月9日 for a single day; the year where it is not that of the start."""
    first = f"{start.month}月{start.day}日"
    if start == end:
        return first
    if start.year != end.year:
        return f"{first}至{end.year}年{end.month}月{end.day}日"
    return f"{first}至{end.day}日" if start.month == end.month else f"{first}至{end.month}月{end.day}日"


def clock_sentence(promised: ClockResult, statutory: ClockResult, today: date) -> str:
    """Both clocks in one sentence, as it stands under their picture."""
    parts = [_used_and_left(promised, statutory, today), *_excluded(promised, statutory, today)]
    return f"{'；'.join(parts)}。"


def _used_and_left(promised: ClockResult, statutory: ClockResult, today: date) -> str:
    used = elapsed(statutory, today)
    if used is None or elapsed(promised, today) is None:
        return f"{statutory.calendar.last_year + 1}年放假安排尚未公布，已用和剩余时间待公布后计算"
    unit, kept = statutory.limit.unit, promised_due(promised, statutory)
    if promised.limit.unit is not unit:
        # Two ways of counting run side by side; each says its own.
        words = [_apart(promised, today, "承诺时限", kept), _apart(statutory, today, "法定时限", None)]
    elif promised.due == statutory.due and promised.total == statutory.total:
        words = [f"已用{days_text(used, unit)}", _left(statutory, today, "", "时限")]
    else:
        words = [
            f"已用{days_text(used, unit)}",
            _left(promised, today, "距承诺届满", "承诺时限", kept=kept),
            _left(statutory, today, "距法定届满", "法定时限"),
        ]
    return "，".join(word for word in (*words, *_not_known(promised, statutory)) if word)


def _apart(result: ClockResult, today: date, name: str, kept: date | None) -> str:
    left = _left(result, today, "", name, kept=kept)
    return f"{name}已用{days_text(elapsed(result, today), result.limit.unit)}、{left}" if left else ""


def _left(result: ClockResult, today: date, to: str, name: str, *, kept: date | None = None) -> str:
    """剩15个工作日, 今天届满, 已超法定时限2个工作日; "" where it is not known."""
    left = remaining(result, today)
    if left is None or (kept is not None and result.due != kept):
        return ""  # a promise later than the law's date is not what counts (K11)
    unit = result.limit.unit
    if result.due is not None and today > result.due:
        # After the last day a weekend may pass without a working day: over is over all the same.
        return f"已超{name}{days_text(-left, unit)}" if left < 0 else f"已过{name}"
    if result.due == today:
        return f"今天{to[1:] or '届满'}" if to else "今天届满"
    return f"{to}剩{days_text(left, unit)}"


def _not_known(promised: ClockResult, statutory: ClockResult) -> Iterable[str]:
    missing = [
        (result.missing_year, name)
        for result, name in ((promised, "承诺"), (statutory, "法定"))
        if result.status is Status.CALENDAR_MISSING
    ]
    if missing:
        names = "和".join(name for _, name in missing)
        yield f"{names}届满日待{missing[-1][0]}年放假安排公布"


def _excluded(promised: ClockResult, statutory: ClockResult, today: date) -> Iterable[str]:
    """One phrase for each suspension that took days out of either clock, or still does."""
    both = in_order({*promised.suspensions, *statutory.suspensions})
    for one in both:
        first = max(one.start, statutory.trigger) + timedelta(1)
        over = [result.due for result in (promised, statutory) if result.due is not None]
        if (one.end is not None and one.end < first) or (len(over) == 2 and one.start >= max(over)):
            continue
        yield _phrase(one, first, today)


def _phrase(one: Suspension, first: date, today: date) -> str:
    reason = f"因{one.label}" if one.label else "依法"
    paper = f"（{one.reference}）" if one.reference else ""
    only = "" if one.excluded_from_statutory else "（只停承诺时限）"
    if one.end is None:
        begins = "自" if first <= today else "将自"
        return f"{begins}{first.month}月{first.day}日起{reason}暂停计时{only}，恢复后确定届满日{paper}"
    return f"{span_text(first, one.end)}{reason}不计入{only}{paper}"
