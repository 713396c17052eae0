"""What every answer tells the browser besides its content (control C13, promise R24)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# Nothing of the person's machine is used by any page.
_PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)

#: What every answer says unless it says something narrower itself.
ALWAYS = {
    "Content-Security-Policy": settings.CONTENT_SECURITY_POLICY,
    "Permissions-Policy": _PERMISSIONS_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class PrivatePages:
    """Afterwards no cache keeps a page about a person, an answer to a signed-in person, or a refusal; and every answer has its headers."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        if is_private(request, response):
            response.headers["Cache-Control"] = "no-store"
        return response


def is_private(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether this answer must not be kept by the browser or anything on the way; costs no query."""
    if response.status_code >= 400:
        return True
    rule = getattr(request, "access_rule", None)
    if rule is None:  # static files, redirects of the house
        return False
    # Only a user some layer has read already: a page that never asked who reads it is the same for everybody.
    user = getattr(request, "_cached_user", None)
    return rule.personal or (user is not None and user.is_authenticated)
