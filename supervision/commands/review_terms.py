"""评查的期限: recomputed when a calendar is published, and reminded of before and after their end; missed runs do no harm."""

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import CalendarMissing, DomainError
from laiyang_approval.kernel.rules import rule_int

from .. import reviewing
from ..clocks import due_after
from ..domain.review_files import FileState
from ..models import ReviewFile, ReviewReminder

TERM_IN = {
    FileState.TO_SCORE: "review_score_days",
    FileState.RECTIFYING: "review_rectify_days",
    FileState.RECTIFIED: "review_recheck_days",
}


def remind_of_reviews(*, at: datetime, on_failure: Callable[[object, Exception], None]) -> int:
    """Afterwards every open file has the term of the calendar in force, and the reminder that should exist by now; returns how many
    reminders are new."""
    made = 0
    for file_id in list(ReviewFile.objects.filter(state__in=reviewing.OPEN_STATES).values_list("pk", flat=True)):
        try:
            made += _look_at(file_id, at=at)
        except DomainError as error:
            on_failure(f"review_file:{file_id}", error)
    return made


@transaction.atomic
def _look_at(file_id: int, *, at: datetime) -> int:
    file, today = reviewing.lock_file(file_id), local_date(at)
    if file.state not in reviewing.OPEN_STATES:
        return 0
    due_on = due_after(TERM_IN[file.current_state], file.term_from_on)
    if due_on != file.due_on:
        file.due_on = due_on
        file.save(update_fields=["due_on"])
    kind = _kind(due_on, today) if due_on is not None else None
    if kind is None:
        return 0
    _, is_new = ReviewReminder.objects.get_or_create(
        file=file, kind=kind, state=file.state, due_on=due_on, defaults={"created_at": at}
    )
    return int(is_new)


def _kind(due_on: date, today: date) -> str | None:
    if due_on < today:
        return ReviewReminder.Kind.OVERDUE
    try:
        left = current_calendar().workdays_between(today, due_on)
    except CalendarMissing:
        return None
    return ReviewReminder.Kind.SOON if left <= rule_int("review_remind_days", today) else None
