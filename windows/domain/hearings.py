"""听证的日期: when a hearing may be held, and by when it must be told (行政许可法第四十七条、第四十八条). Pure."""

from dataclasses import dataclass
from datetime import date

from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.working_days import WorkCalendar

from .periods import after_caldays

ART_36 = "行政许可法第三十六条"
ART_46 = "行政许可法第四十六条"
ART_47 = "行政许可法第四十七条第一款"
ART_48_NOTICE = "行政许可法第四十八条第一款第一项"
ART_48_OPEN = "行政许可法第四十八条第一款第二项"
ART_48_HOST = "行政许可法第四十八条第一款第三项"
ART_48_REVIEWER = "行政许可法第四十八条第一款第四项"
ART_48_RECORD = "行政许可法第四十八条第一款第五项"
ART_48_BASIS = "行政许可法第四十八条第二款"

#: Whose part in a hearing a line of its record tells; an interested party stands under its own id.
APPLICANT, REVIEWER, OTHER = "applicant", "reviewer", "other"
#: How they signed.
SIGNED, REFUSED, ABSENT = "signed", "refused", "absent"
SIGNATURES = {SIGNED: "已签字", REFUSED: "拒绝签字", ABSENT: "未到场"}


@dataclass(frozen=True)
class Terms:
    """听证的期限, as the rules in force give them: working days."""

    notice_days: int
    hold_days: int


def latest_notice_on(held_on: date, notice_days: int, calendar: WorkCalendar) -> date:
    """The last day on which the notice may be served: ``notice_days`` working days before the hearing (K9)."""
    return calendar.workdays_before(held_on, notice_days)


def earliest_hearing_on(told_on: date, notice_days: int, calendar: WorkCalendar) -> date:
    """The first day a hearing told on ``told_on`` may be held."""
    # A day off on which it is told is itself none of the working days that must lie before the hearing.
    return calendar.add_workdays(told_on, notice_days + (not calendar.is_workday(told_on)))


def hold_by(requested_on: date, hold_days: int, calendar: WorkCalendar) -> date:
    """The last day of the twenty working days within which a hearing asked for is organised."""
    return calendar.add_workdays(requested_on, hold_days)


def require_hearing_day(
    held_on: date, *, today: date, hold_by_on: date | None, terms: Terms, calendar: WorkCalendar
) -> None:
    """Returns when a hearing called today may be held on ``held_on``; raises DomainError with the rule it breaks.

    A term already lost does not lose the right: then the hearing is held on the earliest day that still leaves the notice.
    """
    if not calendar.is_workday(held_on):
        name = calendar.day_name(held_on) or "休息日"
        raise DomainError(f"{_day(held_on)}是{name}，听证应在工作日举行；请另选日期。", article="听证安排（业务规则）")
    latest = latest_notice_on(held_on, terms.notice_days, calendar)
    earliest = earliest_hearing_on(today, terms.notice_days, calendar)
    if latest < today:
        raise DomainError(
            f"{_day(held_on)}的听证最迟应于{_day(latest)}送达通知，今天已来不及；最早可定于{_day(earliest)}。",
            article=ART_48_NOTICE,
        )
    if hold_by_on is not None and held_on > max(hold_by_on, earliest):
        raise DomainError(
            f"听证应在收到申请后{terms.hold_days}个工作日内组织，即{_day(hold_by_on)}前；请另选日期"
            + (f"（该期限已不能遵守，须定于{_day(earliest)}）。" if earliest > hold_by_on else "。"),
            article=ART_47,
        )


def took_effect_on(served_on: date, *, by_public_notice: bool, public_service_days: int) -> date:
    """When a paper counts as served: the day of service, or for a public notice the end of its days (民事诉讼法第九十五条)."""
    return after_caldays(served_on, public_service_days, ()) if by_public_notice else served_on


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
