"""Where people who work here begin."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from laiyang_approval.kernel import clock
from windows.counters import counts_for

from ..navigation import counters, landing_url


@require_GET
def workbench(request: HttpRequest) -> HttpResponse:
    """To the first page of the person's rail; home for an account without a post."""
    return redirect(landing_url(request.user.roles))


@require_GET
def rail_counts(request: HttpRequest) -> HttpResponse:
    """Fragment: the counts beside the entries of the rail, asked for by the page itself now and then."""
    counts = counts_for(request.user, counters(request.user.roles), today=clock.today())
    return render(request, "rail_counts.html", {"counts": counts})
