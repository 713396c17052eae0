"""谁负责: who answers for an open case or a task in it, to whom it can go, and which cases nobody answers for. Reads only.

Under examination a case is its reviewer's, by name. Before and after that it waits in the list of a body: for whoever there has
the right and the post for the next step.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.roles import Role

from . import permissions
from .domain.states import DELIVERY_STATES, HANDLING_STATES, State
from .models import Case, Hearing, OwnerGap, SiteCheck

#: In these a case is its reviewer's.
OWNED_STATES = (State.IN_REVIEW, State.SUSPENDED, State.PENDING_DECISION)
_HANDLED = [state.value for state in HANDLING_STATES]


def cases_of(person: User) -> QuerySet[Case]:
    """The open cases this person answers for as their reviewer, first due first."""
    return (
        Case.objects.filter(reviewer=person, state__in=[state.value for state in OWNED_STATES])
        .select_related("edition", "party", "handling_department", "matter")
        .order_by("next_due_on", "id")
    )


def checks_of(person: User) -> QuerySet[SiteCheck]:
    """The site checks this person was sent to and that are not made yet."""
    return (
        SiteCheck.objects.filter(Q(first_inspector=person) | Q(second_inspector=person))
        .filter(recorded_at__isnull=True, case__state__in=_HANDLED)
        .select_related("case__edition", "case__handling_department", "first_inspector", "second_inspector")
        .order_by("planned_at", "id")
    )


def hearings_of(person: User) -> QuerySet[Hearing]:
    """The hearings this person is to host."""
    return (
        Hearing.objects.filter(host=person, cancelled_at__isnull=True, record__isnull=True, case__state__in=_HANDLED)
        .select_related("case__edition", "case__handling_department")
        .order_by("held_at", "id")
    )


def open_work(person: User) -> list[str]:
    """What is still this person's, in words; nothing when the account may be closed."""
    counted = (
        (cases_of(person).count(), "件在办件"),
        (checks_of(person).count(), "项现场核查"),
        (hearings_of(person).count(), "次待主持的听证"),
    )
    return [f"{count}{what}" for count, what in counted if count]


def able(right: str, roles: Iterable[str], department_id: int) -> QuerySet[User]:
    """The active people with one of these posts and ``right`` for the body."""
    return (
        User.objects.filter(
            is_active=True,
            role_rows__role__in=tuple(roles),
            userobjectpermission__permission__codename=right,
            userobjectpermission__object_pk=str(department_id),
        )
        .distinct()
        .order_by("display_name", "pk")
    )


def possible_reviewers(case: Case) -> QuerySet[User]:
    """To whom the case can go: the body's reviewers but its own, and nobody who hosts its hearing (第四十八条第一款第三项)."""
    hosts = Hearing.objects.filter(case=case, cancelled_at__isnull=True, host__isnull=False).values("host")
    found = able(permissions.REVIEW, permissions.REVIEWERS, case.handling_department_id).exclude(pk__in=hosts)
    return found.exclude(pk=case.reviewer_id) if case.reviewer_id else found


# ---- who has something to hand over


@dataclass(frozen=True)
class Load:
    """一个人手上的事: how much of each kind."""

    person: User
    cases: int
    checks: int
    hearings: int

    @property
    def is_empty(self) -> bool:
        return not (self.cases or self.checks or self.hearings)


def loads_for(head: User) -> list[Load]:
    """Everybody of the bodies this head decides for who has something open, those who are gone first."""
    people = User.objects.filter(department_id__in=permissions.departments_for(head, permissions.DECIDE))
    cases = _counted(Case.objects.filter(state__in=[state.value for state in OWNED_STATES]), "reviewer_id")
    checks = SiteCheck.objects.filter(recorded_at__isnull=True, case__state__in=_HANDLED)
    first, second = _counted(checks, "first_inspector_id"), _counted(checks, "second_inspector_id")
    hearings = _counted(
        Hearing.objects.filter(
            host__isnull=False, cancelled_at__isnull=True, record__isnull=True, case__state__in=_HANDLED
        ),
        "host_id",
    )
    loads = [
        Load(one, cases.get(one.pk, 0), first.get(one.pk, 0) + second.get(one.pk, 0), hearings.get(one.pk, 0))
        for one in people.order_by("is_active", "display_name", "pk")
    ]
    return [load for load in loads if not load.is_empty]


def _counted(rows: QuerySet, column: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(column).annotate(count=Count("pk")))


# ---- which cases nobody answers for

#: Who does the next step of a case that waits in a body's list: the right, the posts, and of which body.
_NEXT: tuple[tuple[tuple[State, ...], str, tuple[Role, ...], str], ...] = (
    ((State.RECEIVED, State.CORRECTION_PENDING), permissions.INTAKE, permissions.CLERKS, "handling_department"),
    ((State.ACCEPTED,), permissions.REVIEW, permissions.REVIEWERS, "handling_department"),
    ((State.PENDING_DECISION,), permissions.DECIDE, permissions.DECIDERS, "deciding_department"),
    (DELIVERY_STATES, permissions.INTAKE, permissions.ISSUERS, "handling_department"),
)


def gaps() -> dict[int, str]:
    """The open cases nobody answers for now, each with the kind of its gap; a fixed number of queries at any size."""
    found: dict[int, str] = {}
    for states, right, roles, column in _NEXT:
        bodies = {int(pk) for pk in _able_bodies(right, roles)}
        waiting = Case.objects.filter(state__in=[state.value for state in states])
        unanswered = waiting.exclude(**{f"{column}_id__in": bodies}).exclude(matter_id__in=_granted_matters(roles))
        if right == permissions.DECIDE:
            # A body outside the portal decides by its own people; what it decided is registered here.
            unanswered = unanswered.exclude(deciding_department__kind="upper")
        found |= dict.fromkeys(unanswered.values_list("pk", flat=True), OwnerGap.Kind.NOBODY.value)
    return found | _gaps_of_reviewers()


def _gaps_of_reviewers() -> dict[int, str]:
    examined = Case.objects.filter(state__in=[State.IN_REVIEW.value, State.SUSPENDED.value])
    pairs = set(examined.order_by().values_list("reviewer_id", "handling_department_id", "matter_id"))
    people = {one.pk: one for one in User.objects.filter(pk__in={pk for pk, _, _ in pairs if pk})}
    found: dict[int, str] = {}
    for reviewer_id, body_id, matter_id in pairs:
        kind = _gap_of(people.get(reviewer_id), body_id, matter_id)
        if kind:
            cases = examined.filter(
                reviewer_id=reviewer_id, handling_department_id=body_id, matter_id=matter_id
            ).values_list("pk", flat=True)
            found |= dict.fromkeys(cases, kind)
    return found


def _gap_of(reviewer: User | None, body_id: int, matter_id: int) -> str:
    if reviewer is None:
        return OwnerGap.Kind.NO_REVIEWER.value
    if not reviewer.is_active:
        return OwnerGap.Kind.INACTIVE.value
    may_review = reviewer.has_role(*permissions.REVIEWERS) and (
        body_id in permissions.departments_for(reviewer, permissions.REVIEW)
        or matter_id in permissions.rights_of(reviewer).matters
    )
    return "" if may_review else OwnerGap.Kind.NO_RIGHT.value


def _able_bodies(right: str, roles: Iterable[str]) -> QuerySet:
    return User.objects.filter(
        is_active=True, role_rows__role__in=tuple(roles), userobjectpermission__permission__codename=right
    ).values_list("userobjectpermission__object_pk", flat=True)


def _granted_matters(roles: Iterable[str]) -> list[int]:
    granted = User.objects.filter(
        is_active=True,
        role_rows__role__in=tuple(roles),
        userobjectpermission__permission__codename="work_on_matter",
    ).values_list("userobjectpermission__object_pk", flat=True)
    return [int(pk) for pk in granted]


def open_gaps(user: User) -> Sequence[OwnerGap]:
    """The gaps of cases this person may see, oldest first."""
    return list(
        OwnerGap.objects.filter(
            closed_at__isnull=True, case__in=Case.objects.filter(permissions.visible_filter(user))
        ).select_related("case__edition", "case__handling_department", "case__reviewer")[:100]
    )
