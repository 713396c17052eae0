"""出示过查询码的办件: a signed cookie lets this browser go on for half an hour with the one case whose code it showed.

For the status page and for the pages above it that are about the same case (rating, complaint). The cookie names the case,
and the way it was shown where that matters: a QR code, a machine in the hall.
"""

from functools import cache

from django.core.signing import BadSignature, Signer, get_cookie_signer
from django.http import HttpRequest, HttpResponse

from laiyang_approval.kernel.errors import NotFound

from .public_status import PublicCase, find_by_number

COOKIE, COOKIE_SECONDS = "status_case", 1800


def let_in(request: HttpRequest) -> PublicCase | None:
    """The case this browser was let in to; None once the half hour is over, or where it never was."""
    try:
        return find_by_number(_carried(request)[0])
    except (KeyError, BadSignature, NotFound):
        return None


def shown_by(request: HttpRequest) -> str:
    """The way the code was shown, as ``remember`` was told; "" where nobody said."""
    try:
        return _carried(request)[1]
    except (KeyError, BadSignature):
        return ""


def remember(request: HttpRequest, response: HttpResponse, number: str, *, by: str = "") -> None:
    """Afterwards this browser is let in to the case for half an hour."""
    response.set_cookie(
        COOKIE,
        _signer().sign(f"{number}.{by}" if by else number),
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Strict",
        secure=request.is_secure(),
    )


def forget(response: HttpResponse) -> None:
    """Afterwards this browser is let in to no case."""
    response.delete_cookie(COOKIE)


@cache
def _signer() -> Signer:
    """What ``set_signed_cookie`` makes anew for each cookie."""
    return get_cookie_signer(salt=COOKIE)


def _carried(request: HttpRequest) -> tuple[str, str]:
    number, _, by = request.get_signed_cookie(COOKIE, max_age=COOKIE_SECONDS).partition(".")
    return number, by
