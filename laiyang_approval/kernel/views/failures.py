"""Pages for what never reaches a view of ours: a form whose page is too old, and a fault of the portal itself."""

import logging
import sys

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from ..middleware.errors import BUSY, refusal_page

log = logging.getLogger("portal.failures")


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the CSRF token does not fit; nothing was done. ``reason`` is for the log only."""
    log.warning("csrf refused reason=%s", reason)
    return refusal_page(request, 403, "页面已过期或登录状态已改变，刚才的操作没有生效；请刷新页面后重新提交。")


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database is away; asks nothing of the database and repeats nothing of the request."""
    busy = isinstance(sys.exc_info()[1], OperationalError)
    message = BUSY if busy else ""
    return HttpResponse(render_to_string("500.html", {"message": message}), status=503 if busy else 500)
