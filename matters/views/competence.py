"""谁有权: one matter on one day, as a page and as JSON."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from matters import queries
from matters.competence import as_data, competence_day, day_from, tenures


@require_GET
def competence(request: HttpRequest, code: str) -> HttpResponse:
    """Who may accept, decide and seal the matter on the day asked for, and how it came to be so."""
    matter, today = queries.matter_by_code(code), clock.today()
    typed, error, status = request.GET.get("on", "")[:20], "", 200
    try:
        on = day_from(typed, today)
    except InvalidInput as refusal:
        on, error, status = today, refusal.message, 422
    context = {
        "matter": matter,
        "day": competence_day(matter, on),
        "history": tenures(matter),
        "typed": typed if error else on.isoformat(),
        "error": error,
        "today": today,
    }
    return render(request, "matters/competence.html", context, status=status)


@require_GET
def competence_data(request: HttpRequest, code: str) -> JsonResponse:
    """The same answer for machines: ``/api/v1/matters/SJ-04/competence/?on=2018-12-20``."""
    try:
        on = day_from(request.GET.get("on", "")[:20], clock.today())
        data, status = as_data(competence_day(queries.matter_by_code(code), on)), 200
    except DomainError as refusal:
        data, status = {"error": refusal.message}, refusal.status
    return JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})
