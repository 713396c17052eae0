"""容缺受理、告知承诺、承诺核查 on the case page: what was promised, until when, and what was found."""

from dataclasses import dataclass
from datetime import date

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.models import User

from ..models import Case, Commitment, CommittedItem, Deferral, DeferredItem, PartyRestriction, PostCheck
from ..post_checks import may_check
from ..restrictions import restrictions_of
from ..rows import remaining_text


@dataclass(frozen=True)
class Deferred:
    """容缺受理"""

    deferral: Deferral
    items: list[DeferredItem]
    is_late: bool
    remaining: str


@dataclass(frozen=True)
class Promised:
    """告知承诺, and the check after it"""

    commitment: Commitment
    items: list[CommittedItem]


@dataclass(frozen=True)
class Checked:
    """承诺核查"""

    check: PostCheck
    findings: list
    is_late: bool
    remaining: str
    may_check: bool


def deferred(case: Case, user: User, today: date) -> Deferred | None:
    """The deferral of the case with its items and its term."""
    if not case.deferred_acceptance:
        return None
    deferral = Deferral.objects.select_related("letter", "taken_by").get(case=case)
    items = deferral.items.select_related("material__edition_material", "supplied_to")
    items = sorted(items, key=lambda item: item.material.edition_material.seq)
    due, is_open = deferral.due_on, deferral.is_open
    return Deferred(
        deferral,
        items,
        is_late=is_open and due is not None and due < today,
        remaining=remaining_text(due, today, current_calendar()) if is_open and due else "",
    )


def promised(case: Case, user: User, today: date) -> list[Promised] | None:
    """Every commitment of the case, the standing one last."""
    found = list(case.commitments.select_related("letter", "taken_by", "dropped_by"))
    if not found:
        return None
    return [Promised(one, list(one.items.select_related("material__edition_material"))) for one in found]


def checked(case: Case, user: User, today: date) -> Checked | None:
    """The check of the promise, with what was found."""
    if not case.by_commitment or case.decided_at is None:
        return None
    check = PostCheck.objects.select_related("supervising_department", "restriction").filter(case=case).first()
    if check is None:
        return None
    return checked_of(check, case, user, today)


def checked_of(check: PostCheck, case: Case, user: User, today: date) -> Checked:
    """What a page shows of one check."""
    check.case = case
    due = check.rectify_due_on or check.due_on
    is_open = check.closed_at is None
    return Checked(
        check,
        list(check.findings.select_related("checked_by", "letter")),
        is_late=is_open and due is not None and due < today,
        remaining=remaining_text(due, today, current_calendar()) if is_open and due else "",
        may_check=is_open and may_check(user, check),
    )


def restricted(case: Case, user: User, today: date) -> list[PartyRestriction] | None:
    """What holds for the applicant today."""
    return restrictions_of(case.party, today) or None
