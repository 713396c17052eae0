"""Where people who work here begin."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from ..navigation import landing_url


@require_GET
def workbench(request: HttpRequest) -> HttpResponse:
    """To the first page of the person's rail; citizens and people without a page yet to the public site."""
    return redirect(landing_url(request.user.roles))
