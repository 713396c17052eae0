"""django-csp joins the policy of the settings anew for each answer; an answer that changes nothing of it gets it ready-made."""

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse

#: What django-csp leaves on a request whose nonce was read, and on the response of a view with a policy of its own.
_ASKED = {"_csp_nonce"} | {
    f"_csp_{what}{ro}" for what in ("config", "update", "replace", "exempt") for ro in ("", "_ro")
}


class RememberedPolicy(CSPMiddleware):
    """Afterwards every answer has the policy of the settings, or what django-csp makes of it where a view or a nonce asked for more."""

    def __init__(self, get_response):
        super().__init__(get_response)
        self._policy = build_policy()

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if settings.DEBUG or _ASKED & (vars(request).keys() | vars(response).keys()):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._policy)
        return response
