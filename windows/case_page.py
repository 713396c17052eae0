"""What the case page and the public status page show of one case: plain data, every read in one place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.models import User
from matters import queries as catalogue

from . import permissions, queries
from .domain.clock import ClockResult, Limit, Unit, run_clock
from .domain.states import DECISION_STATES, DELIVERY_STATES, INTAKE_STATES, State
from .events import LABELS
from .models import Case, CaseEvent, CaseMaterial, CorrectionNotice, Letter, Opinion


@dataclass(frozen=True)
class ActView:
    """一个办理动作: its name, whether this person may do it now, and if not, why and who could."""

    action: str
    label: str
    allowed: bool
    reason: str


@dataclass(frozen=True)
class TimelineEntry:
    """时间线上的一行"""

    at: object
    label: str
    who: str
    note: str = ""


@dataclass(frozen=True)
class Clocks:
    """两个时限: the promised and the statutory clock of a case, as results with their ledgers."""

    promised: ClockResult
    statutory: ClockResult


@dataclass(frozen=True)
class CasePage:
    """办件页: one case with everything that stands on its page."""

    case: Case
    materials: Sequence[CaseMaterial]
    files_by_material: dict[int, list]
    loose_files: list
    opinions: Sequence[Opinion]
    notices: Sequence[CorrectionNotice]
    letters: Sequence[Letter]
    timeline: Sequence[TimelineEntry]
    clocks: Clocks | None
    acts: dict[str, ActView]


#: In the order in which they stand on the page.
ACTS = (
    ("accept", "受理"),
    ("give_correction", "一次性告知补正"),
    ("resubmit", "登记补正材料"),
    ("not_accept", "不予受理"),
    ("not_required", "不受理"),
    ("start_review", "领取审查"),
    ("submit_opinion", "提交审查意见"),
    ("grant", "准予许可"),
    ("refuse", "不予许可"),
    ("return_to_review", "退回重审"),
    ("issue", "制发证件"),
    ("deliver", "登记送达"),
    ("withdraw", "撤回申请"),
)


def case_page(user: User, number: str) -> CasePage:
    """Everything the case page shows; a constant number of queries. Raises NotFound for what is not this person's."""
    case = queries.get_visible_case(user, number)
    materials = queries.material_rows(case)
    files = list(case.files.select_related("stored", "material").order_by("id"))
    by_material: dict[int, list] = {}
    for one in files:
        by_material.setdefault(one.material_id or 0, []).append(one)
    return CasePage(
        case=case,
        materials=materials,
        files_by_material=by_material,
        loose_files=by_material.get(0, []),
        opinions=list(case.opinions.select_related("author")),
        notices=list(case.correction_notices.prefetch_related("items__material__edition_material")),
        letters=list(queries.letters_of(case)),
        timeline=timeline(case),
        clocks=clocks_of(case),
        acts=acts_for(user, case),
    )


def acts_for(user: User, case: Case) -> dict[str, ActView]:
    """The acts that belong to the case's present state, each allowed or grey with its reason."""
    views = {}
    for action, label in ACTS:
        permission = permissions.may(user, action, case)
        if permission.fits_state:
            views[action] = ActView(action, label, permission.allowed, permission.reason)
    return views


def timeline(case: Case) -> list[TimelineEntry]:
    """The case's events, oldest first, in words."""
    events = CaseEvent.objects.filter(case=case).select_related("actor").order_by("sequence")
    return [
        TimelineEntry(at=event.at, label=LABELS[event.kind], who=event.actor.display_name if event.actor else "系统")
        for event in events
    ]


def clocks_of(case: Case) -> Clocks | None:
    """The two clocks of a case whose decision clock has started, else None."""
    if case.clock_from_on is None:
        return None
    edition = catalogue.edition_with_materials(case.edition_id)
    calendar = current_calendar()
    return Clocks(
        promised=run_clock(case.clock_from_on, Limit(edition.promised_value, Unit(edition.promised_unit)), calendar),
        statutory=run_clock(case.clock_from_on, Limit(edition.statutory_value, Unit(edition.statutory_unit)), calendar),
    )


def running_due_on(case: Case) -> date | None:
    """The due date of whichever clock runs now: intake, promised or delivery."""
    state = case.current_state
    if state in INTAKE_STATES:
        return case.intake_due_on
    if state in DECISION_STATES:
        return case.promised_due_on or case.statutory_due_on
    if state in DELIVERY_STATES:
        return case.delivery_due_on
    return case.correction_deadline_on if state is State.CORRECTION_PENDING else None
