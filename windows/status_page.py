"""The public's status page: what each place of its stencil says of one case."""

from collections.abc import Iterable
from datetime import date
from html import escape

from django.utils.safestring import SafeString, mark_safe

from laiyang_approval.kernel.stencils import Stencil
from laiyang_approval.kernel.templatetags.ui import deadline_badge, light_tag, status_tag

from .clock_strip import ClockStrip
from .public_status import PublicCase, PublicStatus

STATUS_PAGE = Stencil("windows/public/status.html")


def status_values(shown: PublicStatus, strip: ClockStrip | None) -> dict[str, str]:
    """The values of STATUS_PAGE; ``strip`` while the case's clock runs."""
    case = shown.case
    limits_sentence, used_sentence = shown.clock_sentences
    return {
        "number": case.number,
        "matter": shown.matter_name,
        "state_sentence": shown.state_sentence,
        "tags": _tags(shown, is_running=strip is not None),
        "deadlines": _deadlines(case),
        "limits_sentence": limits_sentence,
        "used_sentence": used_sentence,
        "next_sentence": shown.next_sentence,
        "clock": strip.html if strip is not None else "",
        "milestones": _milestones(shown.milestones),
        "department": shown.department,
        "phone": shown.phone,
        "complaint_phone": shown.complaint_phone,
    }


def _tags(shown: PublicStatus, *, is_running: bool) -> SafeString:
    """The state, and a light only where the clock is overrun: the applicant need not know the bureau's warnings."""
    tags = status_tag(shown.case.state, shown.state.label)
    if is_running and shown.case.light in {"orange", "red"}:
        tags += mark_safe(" ") + light_tag(shown.case.light)
    return tags


def _deadlines(case: PublicCase) -> str:
    if not (case.promised_due_on or case.statutory_due_on or case.calendar_missing_year):
        return ""
    return deadline_badge("承诺办结", case.promised_due_on, "", case.calendar_missing_year) + deadline_badge(
        "法定办结", case.statutory_due_on, "", case.calendar_missing_year
    )


def _milestones(reached: Iterable[tuple[date, str]]) -> SafeString:
    items = (
        f'<li class="timeline-item"><span class="timeline-at">{day.isoformat()}</span>'
        f'<span class="timeline-label">{escape(label)}</span></li>'
        for day, label in reached
    )
    return mark_safe("".join(items))  # noqa: S308  a date and an escaped text
