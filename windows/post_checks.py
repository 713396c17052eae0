"""承诺核查, read: whose checks they are, and who may say what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from laiyang_approval.kernel.errors import InvalidInput, NotFound, NotPermitted
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.roles import Role

from . import permissions
from .models import Letter, Licence, PostCheck

#: Who checks for the supervising department, and who for the body that granted.
SUPERVISING = (Role.REGULATOR, Role.DEPARTMENT_STAFF)
CHECKERS = (*SUPERVISING, Role.INSPECTOR)
#: Who may look besides: whoever handles the case, and whoever watches over all.
READERS = (*CHECKERS, Role.REVIEWER, *permissions.DECIDERS, *permissions.WATCHERS)
#: What a checker may read of the case's papers: what was promised, granted, and ordered.
LETTERS = ("D08", "D15", "D26")
PAGE_SIZE = 50

NO_SUCH_CHECK = "没有查到这件承诺核查；请核对受理编号，或确认该件是否由您所在单位核查。"


def checks_visible_to(user: User) -> QuerySet[PostCheck]:
    """The checks this person may know of."""
    found = PostCheck.objects.select_related(
        "case__party",
        "case__edition",
        "case__matter",
        "case__handling_department",
        "case__deciding_department",
        "supervising_department",
        "restriction",
    )
    if user.has_role(*permissions.WATCHERS):
        return found
    mine = Q(pk__in=())
    if user.department_id and user.has_role(*SUPERVISING):
        mine |= Q(supervising_department_id=user.department_id)
    if user.department_id and user.has_role(Role.INSPECTOR):
        mine |= _granted_by(user.department_id)
    if user.has_role(Role.REVIEWER, *permissions.DECIDERS):
        rights = permissions.rights_of(user)
        for body in rights.departments.get(permissions.REVIEW, frozenset()) | rights.departments.get(
            permissions.DECIDE, frozenset()
        ):
            mine |= _granted_by(body)
    return found.filter(mine)


def _granted_by(department_id: int) -> Q:
    return Q(case__handling_department_id=department_id) | Q(case__deciding_department_id=department_id)


def get_visible_check(user: User, number: str) -> PostCheck:
    """The check of this case; raises NotFound if it is not this person's to know of."""
    check = checks_visible_to(user).filter(case__number=number).first()
    if check is None:
        raise NotFound(NO_SUCH_CHECK)
    return check


def require_checker(user: User, check: PostCheck) -> None:
    """Returns when ``user`` may record what was found; raises NotPermitted with who could."""
    if not may_check(user, check):
        raise NotPermitted(
            f"不能由本人登记核查：须由{check.supervising_department.name}的监管部门人员，"
            f"或者{check.case.deciding_department.name}的现场核查人员办理。"
        )


def may_check(user: User, check: PostCheck) -> bool:
    if user.department_id is None:
        return False
    for_supervisor = user.has_role(*SUPERVISING) and user.department_id == check.supervising_department_id
    bodies = {check.case.handling_department_id, check.case.deciding_department_id}
    return for_supervisor or (user.has_role(Role.INSPECTOR) and user.department_id in bodies)


def letters_of(check: PostCheck) -> QuerySet[Letter]:
    """The papers a checker reads, oldest first, without their stored inputs."""
    return check.case.letters.defer("snapshot").filter(kind__in=LETTERS).order_by("id")


def broken_promise_of(licence: Licence) -> PostCheck | None:
    """The check that found the promise behind this licence, or behind the one it replaced, false and not mended."""
    cases, version = [], licence
    while version is not None:
        cases.append(version.case_id)
        version = version.previous
    return PostCheck.objects.filter(case_id__in=cases, state=PostCheck.State.BROKEN).first()


@dataclass(frozen=True)
class CheckPage:
    """一页: the checks, and the cursor of the next page ("" on the last)."""

    rows: Sequence[PostCheck]
    next_cursor: str


def checks_page(user: User, *, is_done: bool, cursor: str = "") -> CheckPage:
    """One page: those still to be made, first due first; or those ended, newest first. Raises InvalidInput for a cursor."""
    found = checks_visible_to(user)
    after = _read_cursor(cursor) if cursor else None
    if is_done:
        found = found.filter(closed_at__isnull=False).order_by("-id")
        found = found.filter(id__lt=after[1]) if after else found
    else:
        found = found.filter(closed_at__isnull=True)
        found = found.annotate(next_on=Coalesce("rectify_due_on", "due_on", date.max)).order_by("next_on", "id")
        if after:
            found = found.filter(Q(next_on__gt=after[0]) | Q(next_on=after[0], id__gt=after[1]))
    rows = list(found[: PAGE_SIZE + 1])
    more = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    last = rows[-1] if more else None
    return CheckPage(rows, f"{getattr(last, 'next_on', date.max):%Y%m%d}-{last.pk}" if last else "")


def _read_cursor(cursor: str) -> tuple[date, int]:
    day, _, pk = cursor.partition("-")
    try:
        if cursor.isascii() and day.isdigit() and pk.isdigit() and len(day) == 8 and len(pk) <= 18:
            return date(int(day[:4]), int(day[4:6]), int(day[6:])), int(pk)
    except ValueError:
        pass
    raise InvalidInput("翻页位置无效；请从第一页重新查看。")
