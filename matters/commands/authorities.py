"""职权: which body holds the powers over a matter changes on a day; no day is without a holder, none has two."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from laiyang_approval.kernel.errors import DomainError, StaleState
from laiyang_approval.kernel.models import Department

from ..models import Authority, BoundaryItem, Matter, Power
from ..queries import forget_cached_competence


@dataclass(frozen=True)
class Succession:
    """职权的承接: from which body to which, from when on, by which document; ``powers`` which of them go."""

    former: Department
    successor: Department
    on: date
    instrument: str
    powers: frozenset[Power] = frozenset(Power)


@transaction.atomic
def move_powers(matter_id: int, *, succession: Succession) -> list[Authority]:
    """Afterwards every power over the matter that the former body held is the successor's from that day on.

    What the former body held ends the day before; earlier days answer as they did; powers of a third body (the county
    government decides) stay where they are. The boundary names the new approving body from the same day. Returns the new
    rows. Raises StaleState when somebody else has the powers then or a later change is on record, DomainError for a body that
    does not exist that day.
    """
    former, successor, on = succession.former, succession.successor, succession.on
    matter = Matter.objects.select_for_update().get(pk=matter_id)
    _require_exists(successor, on)
    rows = list(matter.authorities.select_for_update().order_by("power", "valid_from"))
    later = next((row for row in rows if row.valid_from >= on), None)
    if later is not None:
        raise StaleState(
            f"{matter.name}已登记自{later.valid_from.isoformat()}起的职权变动；"
            f"{on.isoformat()}的变动须排在它之后，或先由事项管理员核对。"
        )
    held = [
        row
        for row in rows
        if row.department_id == former.pk
        and row.power in succession.powers
        and (row.valid_to is None or row.valid_to >= on)
    ]
    if not held:
        raise StaleState(f"{on.isoformat()}时{matter.name}的职权不在{former.name}，不能由该机关移交；请核对职权登记。")
    if any(row.valid_to is not None for row in held):
        raise StaleState(f"{matter.name}的职权登记有截止日，之后没有机关行使；请事项管理员先核对。")
    last = on - timedelta(days=1)
    for row in held:
        row.valid_to = last
        row.save(update_fields=["valid_to"])
    made = [
        Authority(
            matter=matter,
            department=successor,
            power=row.power,
            valid_from=on,
            instrument=succession.instrument[:200],
        )
        for row in held
    ]
    Authority.objects.bulk_create(made)
    _move_boundary(matter, successor, on, succession.instrument)
    forget_cached_competence()
    return made


def _require_exists(body: Department, on: date) -> None:
    if body.valid_from > on or (body.valid_to is not None and body.valid_to < on):
        raise DomainError(f"{body.name}在{on.isoformat()}不存在，不能承接职权；请选择当日存续的机关。")


def _move_boundary(matter: Matter, successor: Department, on: date, basis: str) -> None:
    """Afterwards the boundary of that day names the new approving body; who supervises and enforces stays."""
    current = matter.boundary_items.select_for_update().filter(valid_from__lte=on).order_by("-valid_from").first()
    ends = current.valid_to if current else None
    if current is None or (ends is not None and ends < on) or current.approve_org_id == successor.pk:
        return
    if current.valid_from == on:
        current.approve_org = successor
        current.save(update_fields=["approve_org"])
        return
    current.valid_to = on - timedelta(days=1)
    current.save(update_fields=["valid_to"])
    following = BoundaryItem.objects.create(
        matter=matter,
        approve_org=successor,
        supervise_org=current.supervise_org,
        enforce_org=current.enforce_org,
        basis=f"{basis}（审批机关变更）"[:200],
        memo_no=current.memo_no,
        valid_from=on,
        valid_to=ends,
    )
    following.further_orgs.set(current.further_orgs.all())
