"""协调台: what needs a person between approval and supervision: disputes, pushes that do not arrive, claims by silence."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError
from supervision import queries
from supervision.commands.attempts import send_again
from supervision.inbox import rows_of

SHOWN = 100
#: A certificate that does not add up stands on the desk for so long.
ALARM_DAYS = 31


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Disputes to settle, pushes a person must look at, those late though still being tried, and whom silence made responsible."""
    today = clock.today()
    context = {
        "disputes": rows_of(queries.disputes()[:SHOWN], today),
        "stuck": rows_of(queries.stuck()[:SHOWN], today),
        "late": rows_of(queries.late_deliveries(today).filter(needs_person_at__isnull=True)[:SHOWN], today),
        "by_silence": queries.claimed_by_silence(since=today.replace(day=1)),
        "alarms": queries.alarms(since=today - timedelta(ALARM_DAYS)),
    }
    return render(request, "supervision/desk.html", context)


@require_POST
def push_again(request: HttpRequest, push_number: str) -> HttpResponse:
    """A stuck push is tried again at once."""
    try:
        send_again(push_number, actor=request.user, at=clock.now())
    except DomainError as error:
        if error.status == 404:
            raise
        messages.error(request, str(error))
    else:
        messages.success(request, f"{push_number}已重新推送。")
    return redirect("push-desk")
