"""Who may see and do what between approval and supervision: a regulator what was told to it, the watchers everything."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from laiyang_approval.kernel.errors import NotFound, NotPermitted
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.roles import Role
from windows.permissions import DECIDE, DECIDERS, REVIEW, REVIEWERS, SUPERVISE, WATCHERS, departments_for

from .models import FollowUp, Push, ReconciliationPaper, SupervisionFeedback

NO_SUCH_PUSH = "没有查到这次推送；请核对推送编号，或确认是否推送给您所在部门。"


@dataclass(frozen=True)
class Rule:
    """一条权限: the act, who does it; ``label`` reads after “不能”. A regulator acts for its own body only."""

    label: str
    roles: frozenset[Role]


RULES = {
    "claim": Rule("认领", frozenset({Role.REGULATOR})),
    "dispute": Rule("提出异议", frozenset({Role.REGULATOR})),
    "plan": Rule("登记监管计划", frozenset({Role.REGULATOR})),
    "follow_up": Rule("登记监管情况", frozenset({Role.REGULATOR})),
    "reveal": Rule("查看完整证件号码", frozenset({Role.REGULATOR})),
    "uphold": Rule("维持原监管部门", frozenset({Role.COORDINATOR})),
    "move": Rule("改由他部门监管", frozenset({Role.COORDINATOR})),
    "send_again": Rule("重新推送", frozenset({Role.COORDINATOR, Role.SUPERVISOR})),
}


def bodies_of(user: User) -> frozenset[int]:
    """The regulators this person acts for: their own body, and those they hold the right to supervise for."""
    if not (user.is_active and user.has_role(Role.REGULATOR)):
        return frozenset()
    own = {user.department_id} if user.department_id else set()
    return departments_for(user, SUPERVISE) | own


def visible_filter(user: User) -> Q:
    """Which pushes exist for this person."""
    if not user.is_authenticated or not user.is_active:
        return Q(pk__in=())
    if user.has_role(*WATCHERS):
        return Q()
    return Q(regulator_id__in=bodies_of(user))


def pushes_visible_to(user: User) -> QuerySet[Push]:
    """Every page, list and figure of pushes starts here."""
    return Push.objects.filter(visible_filter(user))


def is_visible(user: User, push: Push) -> bool:
    """The same answer as ``visible_filter``, for a push at hand."""
    return user.is_active and (user.has_role(*WATCHERS) or push.regulator_id in bodies_of(user))


def why_not(user: User, action: str, push: Push) -> str:
    """Why this person may not do ``action`` to a push they see, one sentence; "" if they may."""
    rule = RULES[action]
    if not user.has_role(*rule.roles):
        who = "、".join(role.label for role in Role if role in rule.roles)
        return f"不能由本人{rule.label}：须由{who}办理。"
    if Role.REGULATOR in rule.roles and push.regulator_id not in bodies_of(user):
        return f"不能由本人{rule.label}：本次推送由{push.regulator.short_name}办理。"
    return ""


def require(user: User, action: str, push: Push) -> None:
    """Returns when ``user`` may do ``action`` to ``push``; raises NotFound for what is not theirs to know, NotPermitted."""
    if not is_visible(user, push):
        raise NotFound(NO_SUCH_PUSH)
    if reason := why_not(user, action, push):
        raise NotPermitted(reason)


NO_SUCH_FEEDBACK = "没有查到这条反馈；请核对反馈编号。"


def answering_bodies(user: User) -> frozenset[int]:
    """The approving bodies this person answers reports for."""
    if not (user.is_active and user.has_role(*REVIEWERS, *DECIDERS)):
        return frozenset()
    return departments_for(user, REVIEW) | departments_for(user, DECIDE)


def feedback_visible_to(user: User) -> QuerySet[SupervisionFeedback]:
    """Reports this person may know of: all for watchers, one's own body's, and those one's body has to act on."""
    if not user.is_authenticated or not user.is_active:
        return SupervisionFeedback.objects.none()
    if user.has_role(*WATCHERS):
        return SupervisionFeedback.objects.all()
    answers = answering_bodies(user)
    return SupervisionFeedback.objects.filter(
        Q(department_id__in=bodies_of(user))
        | Q(follow_up__department_id__in=answers)
        | Q(case__handling_department_id__in=answers)
    )


def follow_ups_for(user: User) -> QuerySet[FollowUp]:
    """The tasks this person's bodies have to answer."""
    return FollowUp.objects.filter(department_id__in=answering_bodies(user))


def require_answering(user: User, task: FollowUp) -> None:
    """Returns when ``user`` answers for the body the task is with; raises NotFound for what is not theirs to know."""
    if task.department_id in answering_bodies(user):
        return
    if not feedback_visible_to(user).filter(pk=task.feedback_id).exists():
        raise NotFound(NO_SUCH_FEEDBACK)
    raise NotPermitted(f"不能由本人答复：须由{task.department.name}的审查人员或者决定人办理。")


def papers_visible_to(user: User) -> QuerySet[ReconciliationPaper]:
    """Certificates: all for watchers, a regulator's own for the regulator."""
    found = ReconciliationPaper.objects.select_related("regulator")
    return found if user.is_active and user.has_role(*WATCHERS) else found.filter(regulator_id__in=bodies_of(user))
