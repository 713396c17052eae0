"""What stands behind every permission table: which roles go together, and proof that it is still the same person.

A role says what kind of act a person may do; rights given on departments or matters (django-guardian) say for whom. The tables
of acts stand in each app (``windows.permissions``).
"""

from datetime import UTC, datetime

from django.http import HttpRequest

from . import clock
from .errors import NotPermitted
from .roles import OFFICER_ROLES, Role
from .security_rules import minutes
from .signing_in import check_password


def role_conflict(roles: set[str] | frozenset[str]) -> str:
    """Why one person may not hold these roles together, one sentence; "" if they may (三员分立, GB/T 22239 8.1.4.2)."""
    officers = sorted(Role(role).label for role in roles & OFFICER_ROLES)
    if len(officers) > 1:
        return f"{'、'.join(officers)}须由不同人员担任（三员分立），请只保留一项。"
    if officers and len(roles) > 1:
        return f"{officers[0]}不得兼任其他岗位（三员分立），请另设账号。"
    if Role.CITIZEN in roles and len(roles) > 1:
        return "申请人账号不得登录办理系统，请为工作人员另设账号。"
    return ""


class RecentLoginRequired(NotPermitted):
    """须再次验证身份: the act needs the password again; the answer is a page that asks and then goes on with the act.

    ``failed`` is the sentence for a password that was wrong just now.
    """

    def __init__(self, failed: str = ""):
        super().__init__(
            "决定、用印等操作前须再次输入登录密码，以确认是本人操作。", article="GB/T 22239-2019第8.1.4.1条"
        )
        self.failed = failed


#: The field of the page that asks again; stripped before the act's own form sees the post.
CONFIRM_FIELD = "confirm_password"


def mark_signed_in(request: HttpRequest, at: datetime) -> None:
    """Afterwards the session counts as begun, used and confirmed at ``at``."""
    moment = at.timestamp()
    request.session.update({"signed_in_at": moment, "seen_at": moment, "confirmed_at": moment})


def is_recently_confirmed(request: HttpRequest, at: datetime) -> bool:
    """Whether the person gave their password in this session within rule confirm_minutes."""
    confirmed = request.session.get("confirmed_at")
    if not isinstance(confirmed, int | float):
        return False
    age = at - datetime.fromtimestamp(confirmed, tz=UTC)
    return age <= minutes("confirm_minutes", clock.local_date(at))


def require_recent_login(request: HttpRequest) -> None:
    """Call first in a view that decides or seals, for GET and POST. Afterwards the password was given a short while ago.

    Raises RecentLoginRequired, which ShowDomainErrors turns into a page that asks for the password; a post is kept on that page
    and goes on when the password is right, so nothing typed is lost (promise R17).
    """
    at = clock.now()
    if is_recently_confirmed(request, at):
        return
    given = request.POST.get(CONFIRM_FIELD) if request.method == "POST" else None
    if not given:
        raise RecentLoginRequired
    confirm(request, given, at=at)


def confirm(request: HttpRequest, password: str, *, at: datetime) -> None:
    """Afterwards the session counts as confirmed now; raises RecentLoginRequired with the reason when the password is wrong."""
    attempt = check_password(request, username=request.user.username, password=password, at=at, confirming=True)
    if attempt.locked:
        raise RecentLoginRequired("密码多次错误，账号已临时锁定；请稍后再试，或请安全管理员解除锁定。")
    if attempt.user is None or attempt.user.pk != request.user.pk:
        raise RecentLoginRequired("密码不正确，请重新输入。")
    request.session["confirmed_at"] = at.timestamp()
