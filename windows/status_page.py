"""The public's status page: what each place of its stencil says of one case, drawn by the components (kernel.templatetags.ui)."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from html import escape

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from laiyang_approval.kernel.stencils import Stencil
from laiyang_approval.kernel.templatetags.ui import deadline_badge, light_tag, notice, status_tag

from .clock_strip import ClockStrip
from .public_status import PublicStatus

STATUS_PAGE = Stencil("windows/public/status.html")


def status_values(shown: PublicStatus, strip: ClockStrip | None) -> dict[str, str]:
    """The values of STATUS_PAGE; ``strip`` while the case's clock runs."""
    case = shown.case
    limits_sentence, used_sentence = shown.clock_sentences
    return {
        "number": case.number,
        "matter": shown.matter_name,
        "state_sentence": shown.state_sentence,
        "tags": _tags(case.state, shown.state.label, case.light if strip is not None else ""),
        "deadlines": _deadlines(case.promised_due_on, case.statutory_due_on, case.calendar_missing_year),
        "limits_sentence": limits_sentence,
        "used_sentence": used_sentence,
        "asked": _notices(shown.asked) if shown.asked else "",
        "next_sentence": shown.next_sentence,
        "clock": strip.html if strip is not None else "",
        "milestones": _milestones(shown.milestones),
        "department": shown.department,
        "phone": shown.phone,
        "complaint_phone": shown.complaint_phone,
    }


@lru_cache(maxsize=256)
def _tags(state: str, label: str, light: str) -> SafeString:
    """The state, and a light only where a limit is overrun: the applicant need not know the bureau's warnings."""
    tags = status_tag(state, label)
    return tags + mark_safe(" ") + light_tag(light) if light in {"orange", "red"} else tags


@lru_cache(maxsize=1024)
def _deadlines(promised: date | None, statutory: date | None, missing_year: int | None) -> str:
    if not (promised or statutory or missing_year):
        return ""
    return deadline_badge("承诺办结", promised, "", missing_year) + deadline_badge(
        "法定办结", statutory, "", missing_year
    )


def _notices(asked: Iterable[str]) -> SafeString:
    return mark_safe("".join(render_to_string("components/notice.html", notice("info", one)) for one in asked))  # noqa: S308


def _milestones(reached: Iterable[tuple[date, str]]) -> SafeString:
    items = (
        f'<li class="timeline-item"><span class="timeline-at">{day.isoformat()}</span>'
        f'<span class="timeline-label">{escape(label)}</span></li>'
        for day, label in reached
    )
    return mark_safe("".join(items))  # noqa: S308  a date and an escaped text
