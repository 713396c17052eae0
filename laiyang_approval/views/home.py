"""The public home page: find a matter, ask for a case, see what the bureau did this year."""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.errors import CalendarMissing
from laiyang_approval.kernel.rules import rule_value
from matters import queries as catalogue
from windows import queries as cases
from windows.forms.public import StatusForm

#: Figures on the home page may be this old (seconds).
FRESH_SECONDS = 300


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What can be done here, in one look."""
    today = clock.today()
    context = {
        "domains": _kept("home:domains", catalogue.domain_counts),
        "packages": _kept("home:packages", _package_names),
        "figures": _kept(f"home:figures:{today}", lambda: cases.figures_of_year(today)),
        "hours": rule_value("service_hours", today),
        "is_open_day": _is_workday(today),
        "status_form": StatusForm(auto_id="home-%s"),
        "year": today.year,
    }
    return render(request, "home.html", context)


def _package_names() -> list[tuple[str, str]]:
    return list(catalogue.chains_with_counts().prefetch_related(None).values_list("code", "name"))


def _kept(key: str, make):
    return cache.get_or_set(key, make, FRESH_SECONDS)


def _is_workday(day) -> bool | None:
    try:
        return current_calendar().is_workday(day)
    except CalendarMissing:
        return None
