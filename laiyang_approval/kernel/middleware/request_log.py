"""One log line for each request, and its id and case on every line written meanwhile."""

import logging
import re
import uuid
from time import monotonic

import structlog

log = logging.getLogger("portal.request")

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestLog:
    """Outermost: sees the answer every other layer made. Says the route and who asked by id; never a path or a query."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        started = monotonic()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                response = self.get_response(request)
                self._write(request, response.status_code, started)
            finally:
                structlog.contextvars.unbind_contextvars("case", "route")
        response["X-Request-ID"] = request_id
        return response

    def process_view(self, request, view, args, kwargs):
        structlog.contextvars.bind_contextvars(route=request.resolver_match.view_name)
        if "number" in kwargs:
            structlog.contextvars.bind_contextvars(case=str(kwargs["number"]))

    @staticmethod
    def _write(request, status: int, started: float) -> None:
        # Only a user some layer has read already: the log line must not cost a query.
        user = getattr(request, "_cached_user", None)
        log.log(
            logging.WARNING if status >= 500 else logging.INFO,
            "request method=%s status=%s ms=%s user=%s",
            request.method,
            status,
            round((monotonic() - started) * 1000),
            user.pk if user is not None and user.is_authenticated else "-",
        )
