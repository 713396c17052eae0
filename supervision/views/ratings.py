"""好差评 for the public: show the code, rate each service once, read what became of a bad rating; and the figures of all."""

from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.addresses import client_address
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.views.showing import show_refusal
from supervision.commands.ratings import Opinion, rate_service, revisit_rectification
from supervision.domain.ratings import Channel
from supervision.rating_forms import RatingForm, RevisitForm
from supervision.satisfaction import period_of, satisfaction
from supervision.services import Service, services_of
from windows.forms.public import StatusForm
from windows.public_status import PublicCase, find_by_code, find_by_token
from windows.shown_code import let_in, remember, shown_by

#: Where a machine of the hall opens the page: its address says so.
PLACES = (Channel.WINDOW, Channel.KIOSK)
#: The public figures may be this old (seconds).
FRESH_SECONDS = 600


@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest) -> HttpResponse:
    """Number and query code in (or the QR code of the receipt), the services to rate out."""
    place = _place(request)
    if request.method == "GET":
        return _asked(request, StatusForm(), place)
    form, token = StatusForm(request.POST), request.POST.get("token", "")
    try:
        if token:
            case = find_by_token(token, address=client_address(request), at=clock.now())
        elif form.is_valid():
            given = form.cleaned_data
            case = find_by_code(given["number"], given["code"], address=client_address(request), at=clock.now())
        else:
            return _asked(request, form, place, status=422)
    except DomainError as error:
        form.is_valid()
        if token:
            form.errors.clear()
        form.add_error(None, error.message)
        return _asked(request, form, place, status=error.status)
    response = redirect("rate-case")
    remember(request, response, case.number, by=place or ("qr" if token else ""))
    return response


@dataclass(frozen=True)
class Shown:
    """一次服务 on the page, with the form that fits it now."""

    service: Service
    form: RatingForm | None = None
    revisit: RevisitForm | None = None


@require_http_methods(["GET", "POST"])
def rate_case(request: HttpRequest) -> HttpResponse:
    """The services of the case somebody showed the code of: each rated once, and what was done about a bad rating."""
    case = let_in(request)
    if case is None:
        return _asked(request, StatusForm(), "", status=403, is_ended=True)
    wrong, status = None, 200
    if request.method == "POST":
        is_revisit = "satisfied" in request.POST or "revisit" in request.POST
        wrong = RevisitForm(request.POST) if is_revisit else RatingForm(request.POST)
        if wrong.is_valid():
            try:
                (_revisited if is_revisit else _rated)(case, wrong.cleaned_data, _channel(request))
                return redirect("rate-case")
            except DomainError as error:
                show_refusal(wrong, error)
                status = error.status
        else:
            status = 422
    services = [_shown(one, wrong) for one in reversed(services_of(case.id))]
    context = {
        "case": case,
        "services": services,
        "section": "status",
        "wrong": wrong,
        # A form whose service can no longer take it has no place of its own: what was wrong stands at the top.
        "is_placed": wrong is None or any(wrong in (one.form, one.revisit) for one in services),
    }
    return render(request, "supervision/ratings/case.html", context, status=status)


@require_GET
def public_satisfaction(request: HttpRequest) -> HttpResponse:
    """满意度: this year's figures, or those of one month, for everybody."""
    today = clock.today()
    from_on, to_on, month = period_of(request.GET.get("month", ""), today)
    key = f"satisfaction:{from_on}:{to_on}:{today}"
    found = cache.get_or_set(key, lambda: satisfaction(from_on, to_on, today=today), FRESH_SECONDS)
    months = [(f"{today.year}-{number:02d}", f"{number}月") for number in range(today.month, 0, -1)]
    context = {"found": found, "from_on": from_on, "to_on": to_on, "month": month, "months": months, "today": today}
    return render(request, "supervision/ratings/satisfaction.html", context)


def _rated(case: PublicCase, given: dict, channel: Channel) -> None:
    opinion = Opinion(given["level"], channel.value, tuple(given["reasons"]), given["text"])
    rate_service(case.number, given["number"], opinion=opinion, at=clock.now())


def _revisited(case: PublicCase, given: dict, channel: Channel) -> None:
    revisit_rectification(case.number, given["number"], satisfied=given["satisfied"], at=clock.now())


def _shown(service: Service, wrong: RatingForm | RevisitForm | None) -> Shown:
    is_this = wrong is not None and wrong.data.get("number") == str(service.number)
    if service.is_open(clock.today()):
        form = RatingForm(initial={"number": service.number}, auto_id=f"s{service.number}-%s")
        if is_this and isinstance(wrong, RatingForm):
            form = wrong
            form.auto_id = f"s{service.number}-%s"
        return Shown(service, form=form)
    row = getattr(service.rating, "rectification", None)
    if row is None or row.closed_at is None or row.revisited_at is not None or row.state != "closed":
        return Shown(service)
    form = RevisitForm(initial={"number": service.number}, auto_id=f"r{service.number}-%s")
    if is_this and isinstance(wrong, RevisitForm):
        form = wrong
        form.auto_id = f"r{service.number}-%s"
    return Shown(service, revisit=form)


def _channel(request: HttpRequest) -> Channel:
    by = shown_by(request)
    return Channel(by) if by in {channel.value for channel in Channel} else Channel.WEB


def _place(request: HttpRequest) -> str:
    asked = request.POST.get("at") or request.GET.get("at", "")
    return asked if asked in {place.value for place in PLACES} else ""


def _asked(
    request: HttpRequest, form: StatusForm, place: str, *, status: int = 200, is_ended: bool = False
) -> HttpResponse:
    context = {"form": form, "place": place, "is_ended": is_ended, "section": "status"}
    return render(request, "supervision/ratings/ask.html", context, status=status)
