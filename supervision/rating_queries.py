"""Every read of ratings and complaints for pages."""

from datetime import date, datetime

from django.db.models import F, QuerySet

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.crypto import query_code_hmac, same_digest
from laiyang_approval.kernel.errors import CalendarMissing, NotFound
from laiyang_approval.kernel.models import User
from windows.public_status import LookupGuard

from . import rating_permissions as permissions
from .domain.complaints import ComplaintState
from .domain.ratings import WAITING, Term, term_light
from .models import Complaint, RatingAppeal, Rectification, ServiceRating

NOT_FOUND = "没有查到。请核对编号和查询码；查询码在提交以后的页面上。"
_WAITING = [state.value for state in WAITING]


def bad_ratings(user: User, name: str) -> QuerySet[ServiceRating]:
    """One list of the desk: ``open`` and ``appeals`` due first, ``all`` newest first."""
    found = permissions.bad_ratings_visible_to(user).select_related(
        "rectification", "appeal", "case__edition", "department", "clerk"
    )
    if name == "open":
        return found.filter(rectification__state__in=_WAITING).order_by(
            F("rectification__close_by_on").asc(nulls_last=True), "id"
        )
    if name == "appeals":
        return found.filter(appeal__state=RatingAppeal.State.PENDING).order_by("appeal__rule_by_on", "id")
    return found.order_by("-id")


def get_bad_rating(user: User, rating_id: int) -> ServiceRating:
    """One bad rating with everything about it; raises NotFound for what is not this person's to know of."""
    found = bad_ratings(user, "all").select_related("rectification__closed_by", "appeal__made_by", "appeal__ruled_by")
    rating = found.filter(pk=rating_id).first()
    if rating is None:
        raise NotFound(permissions.NO_SUCH_RATING)
    return rating


def complaints(user: User, name: str) -> QuerySet[Complaint]:
    """``open`` due first, ``all`` newest first."""
    found = permissions.complaints_visible_to(user).select_related("department", "about", "case", "answered_by")
    if name == "open":
        found = found.filter(state=ComplaintState.OPEN.value)
        return found.order_by(F("answer_by_on").asc(nulls_last=True), "id")
    return found.order_by("-id")


def get_complaint(user: User, number: str) -> Complaint:
    """One complaint; raises NotFound for what is not this person's to know of."""
    found = complaints(user, "all").filter(number=number).first()
    if found is None:
        raise NotFound(permissions.NO_SUCH_COMPLAINT)
    return found


def complaint_by_code(number: str, code: str, *, address: str, at: datetime) -> Complaint:
    """The complaint with this number and query code; raises NotFound alike for unknown and wrong, and (429) when throttled."""
    number = number.strip().upper()[:20]
    guard = LookupGuard(number, address, at)
    guard.check()
    found = Complaint.objects.select_related("department", "about").filter(number=number).first()
    is_right = same_digest(found.query_code_hmac if found else "0" * 64, query_code_hmac(code))
    if found is None or not is_right:
        guard.failed()
        raise NotFound(NOT_FOUND)
    return found


def next_term(rating: ServiceRating, today: date) -> tuple[str, date | None, Term] | None:
    """What is due next about a bad rating: its name, the day and its light; None once it is done."""
    row: Rectification = rating.rectification
    if row.state not in _WAITING:
        return None
    label, due = ("联系期限", row.contact_by_on) if row.contacted_at is None else ("办结期限", row.close_by_on)
    return label, due, light_of(due, today)


def light_of(due: date | None, today: date) -> Term:
    """The light of a term."""
    left = None
    if due is not None:
        try:
            left = current_calendar().workdays_between(today, due)
        except CalendarMissing:
            left = None
    return term_light(due, today=today, days_left=left)


def waiting_counts(user: User, wanted: set[str]) -> dict[str, int]:
    """How many bad ratings and complaints wait, of those this person may know of; one short query each."""
    found = {}
    if "bad_ratings" in wanted:
        found["bad_ratings"] = (
            permissions.bad_ratings_visible_to(user).filter(rectification__state__in=_WAITING).count()
        )
    if "complaints" in wanted:
        found["complaints"] = permissions.complaints_visible_to(user).filter(state=ComplaintState.OPEN.value).count()
    return found
