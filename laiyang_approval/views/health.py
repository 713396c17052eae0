"""For the machine room: /health/live says that the process answers, /health/ready that the portal is well and why not.

A load balancer asks the first, a monitor that calls a person the second: a calendar not yet imported is a reason to
call somebody, not to take the portal off the air.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from laiyang_approval.health import ailments
from laiyang_approval.kernel import clock


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    found = ailments(clock.now())
    well = not any(found.values())
    body = {"status": "ok" if well else "failing", "checks": {name: reasons or "ok" for name, reasons in found.items()}}
    return JsonResponse(body, status=200 if well else 503, json_dumps_params={"ensure_ascii": False})
