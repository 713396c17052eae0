"""Who may see and do what in a file review: reviewers never handled the case, and never mended what they re-check."""

from collections.abc import Collection, Iterable, Mapping

from django.db.models import Q, QuerySet

from laiyang_approval.kernel.errors import NotFound, NotPermitted
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.roles import Role
from windows.models import Case, CaseEvent, Decision, Hearing, Opinion, SiteCheck
from windows.permissions import WATCHERS
from windows.permissions import is_visible as case_is_visible

from .domain.review_files import FileState
from .models import CaseReview, InspectionTask, ReviewFile
from .permissions import answering_bodies

#: Who may be asked to review files: supervisors, and colleagues of the reviewing and deciding kind who did not handle the case.
FILE_REVIEWERS = (Role.SUPERVISOR, Role.REVIEWER, Role.DECIDER)
NO_SUCH_FILE = "没有查到这份抽中案卷；请从列表中打开。"
NO_SUCH_REVIEW = "没有查到这次抽查；请核对抽查编号。"
NO_SUCH_INSPECTION = "没有查到这项检查任务；请核对任务编号。"
HANDLED_IT = "案卷抽查须由没有办理过本件的人员评查；请更换评查人"


def require_supervisor(user: User, label: str) -> None:
    """Returns when ``user`` directs reviews; raises NotPermitted."""
    if not (user.is_active and user.has_role(Role.SUPERVISOR)):
        raise NotPermitted(f"不能由本人{label}：须由{Role.SUPERVISOR.label}办理。")


def reviews_visible_to(user: User) -> QuerySet[CaseReview]:
    """Reviews as a whole are the watchers' to know."""
    return CaseReview.objects.all() if user.is_active and user.has_role(*WATCHERS) else CaseReview.objects.none()


def files_visible_to(user: User) -> QuerySet[ReviewFile]:
    """Drawn files this person may know of: all for watchers, one's own to review, and, once scored, those of one's own body."""
    if not user.is_authenticated or not user.is_active:
        return ReviewFile.objects.none()
    if user.has_role(*WATCHERS):
        return ReviewFile.objects.all()
    mine = Q(reviewer=user) if user.has_role(*FILE_REVIEWERS) else Q(pk__in=())
    of_my_body = Q(case__handling_department_id__in=answering_bodies(user))
    return ReviewFile.objects.filter(mine | of_my_body & ~Q(state=FileState.TO_SCORE.value))


def handlers_of(case_ids: Collection[int]) -> Mapping[int, frozenset[int]]:
    """Who had a hand in each of these cases: whoever acted on it, was named for it, or asked for it."""
    found: dict[int, set[int]] = {pk: set() for pk in case_ids}
    named = Case.objects.filter(pk__in=case_ids).values_list(
        "pk", "received_by", "accepted_by", "reviewer", "party__user"
    )
    acted: Iterable[tuple] = (
        *named,
        *CaseEvent.objects.filter(case_id__in=case_ids).order_by().values_list("case_id", "actor_id").distinct(),
        *Opinion.objects.filter(case_id__in=case_ids).values_list("case_id", "author_id"),
        *Decision.objects.filter(case_id__in=case_ids).values_list("case_id", "decider_id"),
        *SiteCheck.objects.filter(case_id__in=case_ids).values_list(
            "case_id", "first_inspector_id", "second_inspector_id"
        ),
        *Hearing.objects.filter(case_id__in=case_ids).values_list("case_id", "host_id"),
    )
    for case_id, *people in acted:
        found[case_id] |= {person for person in people if person is not None}
    return {case_id: frozenset(people) for case_id, people in found.items()}


def why_not_reviewer(user: User, case: Case, handlers: frozenset[int]) -> str:
    """Why this person cannot review the file of ``case``, one sentence; "" if they can."""
    if not user.is_active or not user.has_role(*FILE_REVIEWERS):
        who = "、".join(role.label for role in Role if role in FILE_REVIEWERS)
        return f"{user.display_name}不能评查案卷：评查人须为在岗的{who}。"
    if user.pk in handlers:
        return f"{user.display_name}办理过{case.number}，不能评查本案卷：{HANDLED_IT}。"
    if not case_is_visible(user, case):
        return f"{user.display_name}无权查阅{case.number}的案卷，不能评查；请另选评查人。"
    return ""


def why_not(user: User, action: str, file: ReviewFile) -> str:
    """Why this person may not ``score``, ``rectify``, ``recheck`` or ``assign`` a file they see; "" if they may.

    That the reviewer has not handled the case in the meantime is asked by the command.
    """
    if action == "assign":
        return "" if user.has_role(Role.SUPERVISOR) else f"更换评查人须由{Role.SUPERVISOR.label}办理。"
    if action == "rectify":
        if file.case.handling_department_id not in answering_bodies(user):
            return f"整改须由{file.case.handling_department.name}的审查人员或者决定人提交。"
        return "您是本案卷的评查人，整改须由他人提交。" if file.reviewer_id == user.pk else ""
    if file.reviewer_id != user.pk:
        who = file.reviewer.display_name if file.reviewer else "指定的评查人"
        return f"本案卷由{who}评查。"
    if action == "recheck" and file.rectified_by_id == user.pk:
        return "整改由您提交，复查须由他人进行。"
    return ""


def require(user: User, action: str, file: ReviewFile) -> None:
    """Returns when ``user`` may do ``action``; raises NotFound for what is not theirs to know, NotPermitted."""
    if not files_visible_to(user).filter(pk=file.pk).exists():
        raise NotFound(NO_SUCH_FILE)
    if reason := why_not(user, action, file):
        raise NotPermitted(f"不能由本人办理：{reason}")


def require_not_handler(user: User, file: ReviewFile) -> None:
    """Returns when ``user`` had no hand in the case, not even since the draw; raises NotPermitted."""
    if reason := why_not_reviewer(user, file.case, handlers_of([file.case_id])[file.case_id]):
        raise NotPermitted(reason)


def inspections_visible_to(user: User) -> QuerySet[InspectionTask]:
    """Inspections this person may know of: all for watchers, and one's own to make."""
    if not user.is_authenticated or not user.is_active:
        return InspectionTask.objects.none()
    return InspectionTask.objects.all() if user.has_role(*WATCHERS) else InspectionTask.objects.filter(inspector=user)
