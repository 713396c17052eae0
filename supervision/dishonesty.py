"""严重失信主体名单, read: what stands on a day, page by page, and the lists national rules allow."""

from datetime import date

from django.db.models import Q, QuerySet

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound
from laiyang_approval.kernel.laws import law_on
from laiyang_approval.kernel.models import LawRecord, User

from . import permissions
from .domain.dishonesty import DECIDED_BY
from .models import DishonestyListing

PAGE_SIZE = 50


def standing_on(on: date) -> Q:
    """Listings shown on ``on``: from the day of listing, no more from the day the period is full or they were taken off."""
    return Q(listed_on__lte=on, ends_on__gt=on) & (Q(removed_on__isnull=True) | Q(removed_on__gt=on))


def allowed_lists(on: date) -> list[LawRecord]:
    """The lists whose rule is in force on ``on``, each with its basis and period."""
    found = []
    for key in DECIDED_BY:
        try:
            found.append(law_on(key, on))
        except DomainError:
            continue  # not yet, or no longer, allowed
    return found


def public_listings(*, on: date, search: str = "", cursor: str = "") -> tuple[list[DishonestyListing], str]:
    """One page of what is shown, newest first, and the cursor of the next; one query. Raises InvalidInput for a cursor nobody gave out."""
    found = DishonestyListing.objects.filter(standing_on(on)).select_related("department")
    if search:
        found = found.filter(Q(subject_name__icontains=search) | Q(subject_code=search.upper()))
    return _page(found, cursor)


def desk_listings(user: User, *, cursor: str = "") -> tuple[list[DishonestyListing], str]:
    """One page of the listings this person's body made (of all, for watchers), ended ones too."""
    found = permissions.dishonesty_visible_to(user).select_related("department", "recorded_by", "removed_by")
    return _page(found, cursor)


def _page(found: QuerySet[DishonestyListing], cursor: str) -> tuple[list[DishonestyListing], str]:
    if cursor:
        if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
            raise InvalidInput("翻页位置无效；请从第一页重新查看。")
        found = found.filter(pk__lt=int(cursor))
    rows = list(found.order_by("-id")[: PAGE_SIZE + 1])
    return rows[:PAGE_SIZE], str(rows[PAGE_SIZE - 1].pk) if len(rows) > PAGE_SIZE else ""


def listings_of(code: str, on: date) -> list[DishonestyListing]:
    """What stands against the organisation with this code on ``on``: for whoever examines what it asks for."""
    if not code:
        return []
    return list(
        DishonestyListing.objects.filter(standing_on(on), subject_code=code)
        .select_related("department")
        .order_by("-id")
    )


def lock_listing(number: str) -> DishonestyListing:
    """The listing, locked until the transaction ends; raises NotFound. Only commands call this."""
    found = (
        DishonestyListing.objects.select_for_update(of=("self",))
        .select_related("department")
        .filter(number=number[:20])
        .first()
    )
    if found is None:
        raise NotFound(permissions.NO_SUCH_LISTING)
    return found
