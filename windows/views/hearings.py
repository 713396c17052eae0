"""Hearings and visits ahead, for those who take part; and the public announcements of hearings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from laiyang_approval.kernel import clock
from windows.programme import announced_hearings, programme_for


@require_GET
def hearings(request: HttpRequest) -> HttpResponse:
    """Hearings, site checks, expert panels and joint visits of the cases this person may see, next first."""
    return render(request, "windows/hearings/programme.html", {"rows": programme_for(request.user)})


@require_GET
def hearing_notices(request: HttpRequest) -> HttpResponse:
    """Hearings announced to everybody and not held yet (行政许可法第四十六条、第四十八条)."""
    found = announced_hearings(clock.today())
    return render(request, "windows/hearings/notices.html", {"hearings": found, "section": "hearing-notices"})
