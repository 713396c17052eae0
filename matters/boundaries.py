"""审管职责边界, read: whom a decision is told to on its day, and how the responsibility stands matter by matter."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from laiyang_approval.kernel.models import Department

from .models import BoundaryItem, Matter
from .queries import current_body, in_force, search_matters

#: In what capacity a body is told: it leads the supervision, shares it, or enforces.
LEAD, FURTHER, ENFORCING = "lead", "further", "enforcing"


@dataclass(frozen=True)
class Regulator:
    """监管方: a body and its part in supervising a matter."""

    department: Department
    part: str


def items_with_bodies() -> QuerySet[BoundaryItem]:
    """Boundary items with every body they name."""
    return BoundaryItem.objects.select_related(
        "approve_org", "supervise_org__successor", "enforce_org__successor", "set_by"
    ).prefetch_related(
        Prefetch("further_orgs", queryset=Department.objects.select_related("successor").order_by("code"))
    )


def item_on(matter: Matter, on: date) -> BoundaryItem | None:
    """The item in force for ``matter`` on ``on`` with every body it names; never more than one."""
    return items_with_bodies().filter(in_force(on), matter=matter).first()


def regulators_on(matter: Matter, on: date) -> list[Regulator]:
    """The bodies a decision of ``on`` about ``matter`` is told to, the lead first; none while no item is in force.

    A body that had ceased by then is told as the one that carried its functions that day. Nobody stands here twice.
    """
    item = item_on(matter, on)
    if item is None:
        return []
    named = [(item.supervise_org, LEAD), *((body, FURTHER) for body in item.further_orgs.all())]
    if item.enforce_org is not None:
        named.append((item.enforce_org, ENFORCING))
    found: dict[int, Regulator] = {}
    for body, part in named:
        standing = current_body(body, on)
        found.setdefault(standing.pk, Regulator(standing, part))
    return list(found.values())


def supervised_matters(departments: frozenset[int], on: date) -> QuerySet[Matter]:
    """The matters that one of these bodies supervises or enforces on ``on``."""
    named = Q(supervise_org_id__in=departments) | Q(further_orgs__in=departments) | Q(enforce_org_id__in=departments)
    return Matter.objects.filter(pk__in=BoundaryItem.objects.filter(in_force(on)).filter(named).values("matter_id"))


def boundary_list(on: date, *, wanted: str = "", department: str = "") -> QuerySet[Matter]:
    """All matters in order of code, each with the item in force on ``on`` as ``items_now``."""
    found = Matter.objects.order_by("code").prefetch_related(
        Prefetch("boundary_items", queryset=items_with_bodies().filter(in_force(on)), to_attr="items_now")
    )
    if wanted:
        found = found.filter(pk__in=[matter.pk for matter in search_matters(wanted, limit=200)])
    if department:
        found = found.filter(
            pk__in=BoundaryItem.objects.filter(in_force(on), supervise_org__code=department).values("matter_id")
        )
    return found


def history_of(matter: Matter) -> list[BoundaryItem]:
    """Every item of ``matter``, the newest first."""
    return list(items_with_bodies().filter(matter=matter).order_by("-valid_from"))


def supervisors_on(on: date) -> QuerySet[Department]:
    """The bodies that may be named as supervising on ``on``."""
    return Department.objects.filter(in_force(on), is_supervisor=True).order_by("code")
