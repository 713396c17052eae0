"""委托的读取: who may stand in for whom, what was delegated, and the tasks that wait for the delegate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from laiyang_approval.kernel.models import Delegation, User
from laiyang_approval.kernel.roles import Role

from . import permissions
from .approvals import Approval, approvals_for
from .domain.states import State
from .inbox import Filter, Page, cases_page

#: Whose tasks can be delegated, and to whom: people who handle cases. Inspectors and hosts are named in person.
HANDLERS = permissions.HANDLERS
REVIEWED = (State.ACCEPTED, State.IN_REVIEW, State.SUSPENDED)


def may_delegate_for(actor: User, principal: User) -> bool:
    """Whether ``actor`` may give away the tasks of ``principal``: their own, or as a head those of the same body's people."""
    if not actor.is_active or not principal.has_role(*HANDLERS):
        return False
    if actor.pk == principal.pk:
        return True
    heads = actor.has_role(*permissions.DECIDERS)
    return heads and principal.department_id in permissions.departments_for(actor, permissions.DECIDE)


def possible_delegates(principal: User) -> QuerySet[User]:
    """Active people of the same body who handle cases themselves."""
    return (
        User.objects.filter(is_active=True, department_id=principal.department_id, role_rows__role__in=HANDLERS)
        .exclude(pk=principal.pk)
        .distinct()
        .order_by("display_name", "pk")
    )


def possible_principals(actor: User) -> QuerySet[User]:
    """Whose tasks ``actor`` may delegate, oneself first in no order."""
    bodies = permissions.departments_for(actor, permissions.DECIDE) if actor.has_role(*permissions.DECIDERS) else ()
    return (
        User.objects.filter(Q(pk=actor.pk) | Q(department_id__in=bodies), is_active=True, role_rows__role__in=HANDLERS)
        .distinct()
        .order_by("display_name", "pk")
    )


def delegations_of(actor: User) -> Sequence[Delegation]:
    """What this person gave, took, or as a head answers for; newest first."""
    bodies = permissions.departments_for(actor, permissions.DECIDE) if actor.has_role(*permissions.DECIDERS) else ()
    return list(
        Delegation.objects.select_related("principal", "delegate", "registered_by", "revoked_by").filter(
            Q(principal=actor) | Q(delegate=actor) | Q(principal__department_id__in=bodies)
        )[:50]
    )


@dataclass(frozen=True)
class DelegatedTasks:
    """受托的事: whose, until when, on which basis, and what waits: cases first due first, and requests to approve."""

    delegation: Delegation
    cases: Page
    approvals: Sequence[Approval]


def tasks_delegated_to(user: User, today: date) -> list[DelegatedTasks]:
    """The tasks of everybody who delegated them to ``user`` for ``today``."""
    standing = Delegation.objects.select_related("principal").filter(
        delegate=user, revoked_at__isnull=True, from_on__lte=today, to_on__gte=today, principal__is_active=True
    )
    return [
        DelegatedTasks(one, _cases_of(one.principal), _approvals_of(one.principal))
        for one in standing.order_by("from_on", "pk")
    ]


def _cases_of(principal: User) -> Page:
    if principal.has_role(*permissions.DECIDERS):
        return cases_page(principal, Filter((State.PENDING_DECISION,)), right=permissions.DECIDE)
    if principal.has_role(*permissions.REVIEWERS):
        return cases_page(principal, Filter(REVIEWED, mine=True), right=permissions.REVIEW)
    if principal.has_role(Role.ISSUING_CLERK):
        return cases_page(principal, Filter((State.GRANTED, State.REFUSED, State.ISSUED)), right=permissions.INTAKE)
    return cases_page(principal, Filter((State.RECEIVED, State.CORRECTION_PENDING)), right=permissions.INTAKE)


def _approvals_of(principal: User) -> Sequence[Approval]:
    return approvals_for(principal) if principal.has_role(*permissions.DECIDERS) else ()
