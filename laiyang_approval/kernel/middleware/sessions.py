"""会话规则 (promise R17; GB/T 22239 8.1.4.1 b): a session ends by itself, on the server, whatever the browser does.

A disabled account or a changed password ends it on the next request (Django's session hash and ``is_active``); roles and rights
are read afresh on every request. What is left to hold here is time: without use, and in all.
"""

from datetime import UTC, datetime, timedelta

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from .. import clock
from ..addresses import client_address
from ..auditing import AuditAction, record
from ..models import User
from ..permissions import mark_signed_in
from ..roles import Role
from ..security_rules import hours, minutes

#: The time of last use is written at most this often, so that reading costs no write.
TOUCH_EVERY = timedelta(seconds=60)
#: Pages that refresh themselves send this header; a machine's requests do not keep a person signed in.
BACKGROUND_HEADER = "X-Background"


class SessionRules:
    """Afterwards ``request.user`` is somebody only while their session is young enough and in use.

    A session that ended goes on as an anonymous request; ``request.session_ended`` says so to the log-in page.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.session_ended = False
        # No cookie, no session: an anonymous page costs no query.
        if request.session.session_key and request.user.is_authenticated:
            # The person, no longer the lazy wrapper: what follows asks for their attributes hundreds of times.
            request.user = request._cached_user
            self._hold(request, clock.now())
        return self.get_response(request)

    @staticmethod
    def _hold(request: HttpRequest, at: datetime) -> None:
        session = request.session
        begun, seen = _moment(session.get("signed_in_at")), _moment(session.get("seen_at"))
        if begun is None or seen is None:
            mark_signed_in(request, at)
            return
        idle, whole = session_limits(request.user, at)
        if at - begun > whole or at - seen > idle:
            record(
                AuditAction.SESSION_EXPIRED,
                actor=request.user,
                at=at,
                object_ref=f"user:{request.user.pk}",
                address=client_address(request),
            )
            logout(request)
            request.session_ended = True
        elif abs(at - seen) >= TOUCH_EVERY and BACKGROUND_HEADER not in request.headers:
            session["seen_at"] = at.timestamp()


def session_limits(user: User, at: datetime) -> tuple[timedelta, timedelta]:
    """How long this person's session may lie unused, and how long it may last."""
    on = clock.local_date(at)
    who = "citizen" if user.roles <= {Role.CITIZEN} else "staff"
    return minutes(f"{who}_idle_minutes", on), hours(f"{who}_session_hours", on)


def _moment(value: object) -> datetime | None:
    return datetime.fromtimestamp(value, tz=UTC) if isinstance(value, int | float) else None
