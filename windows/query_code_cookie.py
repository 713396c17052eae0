"""查询码 between the post and the page that shows it once: in an encrypted cookie of that page alone (ADR 0066).

The database holds its HMAC only. The cookie opens for the clerk who took the application in, for that case, for minutes.
"""

from datetime import datetime

from django.http import HttpRequest, HttpResponse

from laiyang_approval.kernel.crypto import Undecipherable, decrypt_text, encrypt_text
from laiyang_approval.kernel.models import User

NAME, SECONDS = "query_code", 600
_COLUMN = "cookie.query_code"


def send_code(response: HttpResponse, code: str, *, number: str, page: str, user: User, at: datetime, secure: bool):
    """Afterwards the browser carries the code, sealed, to ``page`` and nowhere else."""
    sealed = encrypt_text(f"{number} {user.pk} {int(at.timestamp())} {code}", _COLUMN)
    response.set_cookie(NAME, sealed, max_age=SECONDS, path=page, httponly=True, samesite="Strict", secure=secure)


def carried_code(request: HttpRequest, *, number: str, at: datetime) -> str:
    """The code this request carries for the case; "" when there is none, or it is another's, or too old."""
    try:
        case, user, since, code = decrypt_text(request.COOKIES.get(NAME, ""), _COLUMN).split(" ")
    except (Undecipherable, ValueError):
        return ""
    is_fresh = 0 <= at.timestamp() - int(since) <= SECONDS
    return code if (case, user) == (number, str(request.user.pk)) and is_fresh else ""


def forget_code(response: HttpResponse, *, page: str) -> None:
    """Afterwards the browser no longer carries the code."""
    response.delete_cookie(NAME, path=page, samesite="Strict")
