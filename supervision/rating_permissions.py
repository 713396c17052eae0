"""Who may see and do what about ratings and complaints: the body its own, the watchers everything, nobody judges themself."""

from django.db.models import QuerySet

from laiyang_approval.kernel.errors import NotFound, NotPermitted
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.roles import Role
from windows.permissions import DECIDERS, HANDLERS, WATCHERS, rights_of

from .models import Complaint, ServiceRating

NO_SUCH_RATING = "没有查到这条评价；请从“差评整改”中打开。"
NO_SUCH_COMPLAINT = "没有查到这件咨询投诉；请核对编号。"
#: Who calls back and answers, within the body.
ANSWERERS = (Role.WINDOW_CLERK, Role.REVIEWER, Role.DEPARTMENT_STAFF, *DECIDERS)
#: Who rules on an appeal.
RECHECKERS = (Role.SUPERVISOR,)


def bodies_of(user: User) -> frozenset[int]:
    """The bodies this person works for: their own, and those they hold a right for."""
    if not user.is_active or not user.has_role(*HANDLERS):
        return frozenset()
    own = {user.department_id} if user.department_id else set()
    return rights_of(user).any_department | own


def bad_ratings_visible_to(user: User) -> QuerySet[ServiceRating]:
    """The bad ratings this person may know of: one's own body's, all for watchers."""
    found = ServiceRating.objects.filter(rectification__isnull=False)
    if not user.is_authenticated or not user.is_active:
        return found.none()
    return found if user.has_role(*WATCHERS) else found.filter(department_id__in=bodies_of(user))


def complaints_visible_to(user: User) -> QuerySet[Complaint]:
    """The complaints this person may know of: those their body answers, all for watchers."""
    if not user.is_authenticated or not user.is_active:
        return Complaint.objects.none()
    if user.has_role(*WATCHERS):
        return Complaint.objects.all()
    return Complaint.objects.filter(department_id__in=bodies_of(user))


def why_not(user: User, action: str, rating: ServiceRating) -> str:
    """Why this person may not do ``action`` (contact extend close appeal recheck) about a rating they see; "" if they may."""
    if action == "recheck":
        if not user.has_role(*RECHECKERS):
            return "不能由本人复核：须由监督检查人员办理。"
        if user.pk in {rating.clerk_id, rating.appeal.made_by_id}:
            return "不能由本人复核：您是申诉人或者被评价人，须由其他人员复核。"
        return ""
    if rating.department_id not in bodies_of(user):
        return f"不能由本人办理：本条差评由{rating.department.short_name}整改。"
    if action == "extend" and not user.has_role(*DECIDERS):
        return "不能由本人延长：须由审批决定人（局领导）批准。"
    if action in {"contact", "close"}:
        if rating.clerk_id == user.pk:
            return "不能由本人办理：您是被评价人，须由其他人员联系和答复；认为评价不实的，可以申诉。"
        if not user.has_role(*ANSWERERS):
            return "不能由本人办理：须由窗口、审查人员或者局领导办理。"
    return ""


def require(user: User, action: str, rating: ServiceRating) -> None:
    """Returns when ``user`` may do ``action``; raises NotFound for what is not theirs to know, NotPermitted."""
    if not bad_ratings_visible_to(user).filter(pk=rating.pk).exists():
        raise NotFound(NO_SUCH_RATING)
    if reason := why_not(user, action, rating):
        raise NotPermitted(reason)


def why_not_answer(user: User, complaint: Complaint) -> str:
    """Why this person may not answer or pass on a complaint they see; "" if they may."""
    if complaint.department_id not in bodies_of(user) or not user.has_role(*ANSWERERS):
        return f"不能由本人办理：须由{complaint.department.short_name}的窗口、审查人员或者局领导办理。"
    case = complaint.case
    if (
        complaint.kind != "question"
        and case is not None
        and user.pk in {case.received_by_id, case.accepted_by_id, case.reviewer_id}
    ):
        return "不能由本人答复：您办理过所反映的办件，须由其他人员查证。"
    return ""


def require_answering(user: User, complaint: Complaint) -> None:
    """Returns when ``user`` may act; raises NotFound for what is not theirs to know, NotPermitted."""
    if not complaints_visible_to(user).filter(pk=complaint.pk).exists():
        raise NotFound(NO_SUCH_COMPLAINT)
    if reason := why_not_answer(user, complaint):
        raise NotPermitted(reason)
