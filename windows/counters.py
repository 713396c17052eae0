"""导航计数: how much waits behind each entry of the workbench's rail, for one person. A few short queries, no row read.

Lists that wait are counted whole: they are as long as the work that is open. What only grows (已办, 提醒) is counted up to
``MOST`` and no further, so the number costs the same in every year.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Count, QuerySet

from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.roles import Role

from . import permissions, queries
from .approvals import approvals_waiting
from .domain.case_numbers import number_prefix
from .domain.states import DELIVERY_STATES, State
from .examination import checks_to_make, consultations_to_answer
from .inbox import AT_ONCE
from .models import Case
from .post_checks import checks_visible_to
from .preconditions import reported

#: Beyond this a count reads “999+”.
MOST = 999

#: 已办: decided or ended, what is left is to serve it.
HANDLED_STATES = (
    *DELIVERY_STATES,
    State.DELIVERED,
    State.CLOSED,
    State.ARCHIVED,
    *(State.WITHDRAWN, State.NOT_REQUIRED, State.NOT_ACCEPTED, State.LAPSED, State.TERMINATED),
)

#: Lists that wait: under which right they stand, and which states they hold.
WAITING: dict[str, tuple[str, frozenset[State]]] = {
    "received": (permissions.INTAKE, frozenset({State.RECEIVED})),
    "correction": (permissions.INTAKE, frozenset({State.CORRECTION_PENDING})),
    "issuing": (permissions.INTAKE, frozenset(DELIVERY_STATES)),
    "review": (permissions.REVIEW, frozenset({State.ACCEPTED, State.IN_REVIEW, State.SUSPENDED})),
    "decide": (permissions.DECIDE, frozenset({State.PENDING_DECISION})),
}


def counts_for(user: User, wanted: Iterable[str], *, today: date) -> dict[str, str]:
    """The counts among ``wanted`` (``received`` ``correction`` ``today`` ``inbox`` ``done`` ``issuing`` ``reminders`` ``checks``
    ``consultations`` ``approvals`` ``above`` ``at_once`` ``post_checks``), as they read.

    At most one grouped query for each right the waiting lists stand under, and one for each other count.
    """
    wanted = set(wanted)
    own = "decide" if user.has_role(Role.DECIDER, Role.HEAD_OF_GOVERNMENT) else "review"
    waiting = {own if name == "inbox" else name for name in wanted} & set(WAITING)
    found = _waiting(user, waiting)
    if "inbox" in wanted:
        found["inbox"] = found.pop(own)
    if "today" in wanted:
        found["today"] = taken_in_on(user, today).count()
    if "done" in wanted:
        found["done"] = _up_to_most(_done(user, WAITING[own][0]))
    if "at_once" in wanted:
        found["at_once"] = Case.objects.filter(permissions.working_filter(user, permissions.DECIDE), AT_ONCE).count()
    if "post_checks" in wanted:
        found["post_checks"] = checks_visible_to(user).filter(closed_at__isnull=True).count()
    if "reminders" in wanted:
        found["reminders"] = _up_to_most(_unread(user))
    if "checks" in wanted:
        found["checks"] = checks_to_make(user).count()
    if "consultations" in wanted:
        found["consultations"] = consultations_to_answer(user).count()
    if "above" in wanted:
        found["above"] = reported(user).count()
    if "approvals" in wanted:
        found["approvals"] = approvals_waiting(user)
    return {name: f"{MOST}+" if count > MOST else str(count) for name, count in found.items()}


def taken_in_on(user: User, day: date) -> QuerySet[Case]:
    """The cases taken in on that day for the bodies this clerk works for; the day stands in the number, which is indexed."""
    first, after = number_prefix(day), number_prefix(day + timedelta(1))
    return Case.objects.filter(
        permissions.working_filter(user, permissions.INTAKE), number__gte=first, number__lt=after
    )


def _waiting(user: User, names: set[str]) -> dict[str, int]:
    counts = dict.fromkeys(names, 0)
    for right in {WAITING[name][0] for name in names}:
        mine = {name: WAITING[name][1] for name in names if WAITING[name][0] == right}
        states = [state.value for held in mine.values() for state in held]
        rows = Case.objects.filter(permissions.working_filter(user, right), state__in=states)
        for state, count in rows.order_by().values_list("state").annotate(count=Count("pk")):
            for name, held in mine.items():
                counts[name] += count if State(state) in held else 0
    return counts


def _done(user: User, right: str) -> QuerySet[Case]:
    states = [state.value for state in HANDLED_STATES]
    return Case.objects.filter(permissions.working_filter(user, right), state__in=states)


def _unread(user: User) -> QuerySet[Case]:
    """One row for each unread reminder of a case this person may see: joined, so that few reminders cost little."""
    return queries.cases_visible_to(user).filter(reminders__isnull=False, reminders__read_at__isnull=True)


def _up_to_most(rows: QuerySet) -> int:
    return rows.order_by().values("pk")[: MOST + 1].count()
