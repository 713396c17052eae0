"""严重失信主体名单: the public page, and the desk of the departments that decide on a list."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError, NotPermitted
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.views.showing import show_refusal
from supervision import dishonesty, permissions
from supervision.commands.dishonesty import NewListing, list_dishonest, remove_listing
from supervision.domain.dishonesty import lists_of
from supervision.forms import ListingForm, RemovalForm


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Who stands on which list today, on what basis and until when."""
    today, search, cursor = clock.today(), request.GET.get("q", "").strip()[:60], request.GET.get("after", "")
    rows, next_cursor = dishonesty.public_listings(on=today, search=search, cursor=cursor)
    query = request.GET.copy()
    query.pop("after", None)
    context = {
        "rows": rows,
        "search": search,
        "lists": dishonesty.allowed_lists(today),
        "next_cursor": next_cursor,
        "query": query.urlencode(),
        "is_first": not cursor,
    }
    return render(request, "supervision/dishonesty/list.html", context)


@require_http_methods(["GET", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """What one's department listed; a new listing is recorded here."""
    body = _body_of(request.user)
    if request.method == "GET":
        return _desk(request, body)
    form = _new_form(body, request.POST)
    if body is None or form is None:
        raise NotPermitted("不能由本人列入名单：须由认定名单的部门登记。")
    if not form.is_valid():
        return _desk(request, body, form=form, status=422)
    try:
        done = list_dishonest(NewListing(**form.cleaned_data), department=body, actor=request.user, at=clock.now())
    except DomainError as error:
        show_refusal(form, error)
        return _desk(request, body, form=form, status=error.status)
    messages.success(request, f"已列入，公示至{done.ends_on.isoformat()}前一日止。")
    return redirect("dishonesty-desk")


@require_POST
def remove(request: HttpRequest, number: str) -> HttpResponse:
    """Takes one off the list, with reason and document."""
    form = RemovalForm(request.POST)
    if not form.is_valid():
        return _desk(request, _body_of(request.user), removal=(number, form), status=422)
    try:
        remove_listing(number, actor=request.user, at=clock.now(), **form.cleaned_data)
    except DomainError as error:
        if error.status == 404:
            raise
        show_refusal(form, error)
        return _desk(request, _body_of(request.user), removal=(number, form), status=error.status)
    messages.success(request, "已移出名单，自今日起不再公示。")
    return redirect("dishonesty-desk")


def _desk(
    request: HttpRequest,
    body: Department | None,
    *,
    form: ListingForm | None = None,
    removal: tuple[str, RemovalForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    today, cursor = clock.today(), request.GET.get("after", "")
    rows, next_cursor = dishonesty.desk_listings(request.user, cursor=cursor)
    context = {
        "rows": [
            (one, one.removed_on is None and one.ends_on > today, _removal_form(one, request.user, removal))
            for one in rows
        ],
        "form": form or _new_form(body),
        "failed": form or (removal and removal[1]),
        "next_cursor": next_cursor,
        "is_first": not cursor,
    }
    return render(request, "supervision/dishonesty/desk.html", context, status=status)


def _removal_form(listing, user: User, bound: tuple[str, RemovalForm] | None) -> RemovalForm | None:
    if not permissions.may_remove_listing(user, listing):
        return None
    return bound[1] if bound and bound[0] == listing.number else RemovalForm(auto_id=f"remove-{listing.pk}-%s")


def _new_form(body: Department | None, data=None) -> ListingForm | None:
    """The form with the lists this department decides on; None for whoever decides on none."""
    keys = lists_of(body.code) if body else ()
    found = [(one.key, one.content) for one in dishonesty.allowed_lists(clock.today()) if one.key in keys]
    return ListingForm(data, lists=found) if found else None


def _body_of(user: User) -> Department | None:
    bodies = permissions.bodies_of(user)
    return user.department if user.department_id in bodies else None
