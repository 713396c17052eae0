"""在办件: what the former body may not finish goes on at the successor, its clock kept and the applicant told."""

from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import StaleState
from laiyang_approval.kernel.models import User
from windows.commands.moving import move_case
from windows.models import Case

from .. import queries
from .acting import begin, record


@transaction.atomic
def move_open_cases(item_id: int, *, actor: User, at: datetime) -> list[Case]:
    """Afterwards the successor handles the matter's open cases that its batch does not leave with the former body.

    By default only those not accepted before the effective day; what was accepted is finished where it was. Raises StaleState
    when there is none.
    """
    item = begin(item_id, actor=actor)
    numbers = list(queries.cases_to_move(item, local_date(at)).order_by("pk").values_list("number", flat=True))
    if not numbers:
        raise StaleState("没有须移交的在办件：划转尚未生效，或者原部门已受理的办件由原部门办结。")
    moved = [move_case(number, instrument=item.batch.basis, actor=actor, at=at) for number in numbers]
    record(item, "cases_moved", actor=actor, at=at, note=f"{len(moved)}件，由{item.to_department.name}继续办理")
    return moved
