"""申请人限制, read: what holds for an applicant on a day."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet

from laiyang_approval.kernel.crypto import blind_index
from laiyang_approval.kernel.models import User

from . import permissions
from .domain.restrictions import BAN_ARTICLES, RestrictionKind
from .models import Party, PartyRestriction

_BANS = [kind.value for kind in BAN_ARTICLES]


def in_force_on(on: date) -> Q:
    """Restrictions that hold on ``on``: both ends included, a lifted one no longer from the day it was lifted."""
    return (
        Q(from_on__lte=on)
        & (Q(to_on__isnull=True) | Q(to_on__gte=on))
        & (Q(lifted_on__isnull=True) | Q(lifted_on__gt=on))
    )


def restrictions_of(party: Party, on: date) -> list[PartyRestriction]:
    """What holds for ``party`` on ``on``, oldest first; one query."""
    return list(_with_sources().filter(in_force_on(on), party=party))


def restrictions_of_number(id_kind: str, id_number: str, on: date) -> list[PartyRestriction]:
    """What holds on ``on`` for whoever bears this (normalised) number, before they are registered again; one query."""
    if not id_kind or not id_number:
        return []
    index = blind_index(id_number, "party")
    return list(_with_sources().filter(in_force_on(on), party__id_kind=id_kind, party__id_index=index))


def ban_among(found: Sequence[PartyRestriction], matter_id: int) -> PartyRestriction | None:
    """The ban of Article 78 or 79 on this matter that ends last, or None."""
    bans = [one for one in found if one.kind in _BANS and one.matter_id == matter_id]
    return max(bans, key=lambda one: one.to_on, default=None)


def favour_bar_among(found: Sequence[PartyRestriction], matter_id: int) -> PartyRestriction | None:
    """What keeps the applicant from 容缺受理 and 告知承诺 for this matter, or None."""
    kind = RestrictionKind.NO_DEFERRAL_NO_COMMITMENT.value
    return next((one for one in found if one.kind == kind and one.matter_id in {None, matter_id}), None)


def restrictions_for(user: User) -> QuerySet[PartyRestriction]:
    """The restrictions this person may see: all for whoever watches, else those that came of a case they may see."""
    if user.has_role(*permissions.WATCHERS):
        return _with_sources()
    return _with_sources().filter(Q(source_case__isnull=True) | _through_source(user))


PAGE_SIZE = 50


def restrictions_page(user: User, *, on: date, is_done: bool, cursor: str = "") -> tuple[list[PartyRestriction], str]:
    """One page, newest first, with the cursor of the next ("" on the last): those in force on ``on``, or those that ended."""
    held = in_force_on(on) | Q(from_on__gt=on, lifted_on__isnull=True)
    found = restrictions_for(user).filter(~held if is_done else held).order_by("-id")
    if cursor.isascii() and cursor.isdigit() and len(cursor) < 19:
        found = found.filter(pk__lt=int(cursor))
    rows = list(found[: PAGE_SIZE + 1])
    more = len(rows) > PAGE_SIZE
    return rows[:PAGE_SIZE], str(rows[PAGE_SIZE - 1].pk) if more else ""


def _through_source(user: User) -> Q:
    rights = permissions.rights_of(user)
    bodies = rights.any_department | ({user.department_id} if user.department_id else set())
    return Q(source_case__handling_department_id__in=bodies) | Q(source_case__deciding_department_id__in=bodies)


def _with_sources() -> QuerySet[PartyRestriction]:
    return PartyRestriction.objects.select_related("party", "matter", "source_case__deciding_department").order_by("id")
