"""移交办理: a case goes on at the body that has the powers now; its clock runs on and the applicant is told."""

from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, StaleState
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.numbering import allot_number
from matters import queries as catalogue
from matters.models import Power

from .. import queries
from ..documents import DocumentKind
from ..domain.states import HANDLING_STATES, State
from ..events import EventWriter
from ..events.moves import record_move
from ..models import Case, CaseMove
from .acting import finish_act
from .intake.acceptance import order_series
from .letters import seal_letter

#: Decided cases are served by the body that decided.
MOVABLE = (State.RECEIVED, State.CORRECTION_PENDING, *HANDLING_STATES)


@transaction.atomic
def move_case(number: str, *, instrument: str, actor: User, at: datetime) -> Case:
    """Afterwards the body with the powers today handles the case, every date of its clock as it was, and letter N05 tells so.

    Who may is asked by whoever calls. Raises StaleState for a decided case or one that is there already, DomainError when no
    body has the powers.
    """
    case = queries.lock_case(number)
    today, former = local_date(at), case.handling_department
    if case.current_state not in MOVABLE:
        raise StaleState(f"办件目前为“{case.current_state.label}”，不能移交；已作出决定的，由作出决定的机关送达。")
    accept = catalogue.authority_on(case.matter, today, Power.ACCEPT)
    if accept is None:
        raise DomainError("本事项今天没有登记受理机关，不能移交；请事项管理员先补录职权。")
    if accept.department_id == former.pk:
        raise StaleState(f"本件由{former.name}办理，本事项的职权也在该机关，不用移交。")
    writer = EventWriter(case=case, at=at, recorded_at=clock.now(), actor=actor)
    _hand_to(case, accept.department, former)
    order = None
    if case.accepted_on is not None:
        series, period = order_series(accept.department)
        order = case.acceptance_order = allot_number(series, period=period)
    letter = seal_letter(
        case,
        DocumentKind.N05,
        department=accept.department,
        actor=actor,
        at=at,
        former=former.name,
        basis=instrument,
        moved_on=today,
    )
    move = CaseMove.objects.create(
        case=case,
        from_department=former,
        to_department=accept.department,
        moved_on=today,
        instrument=instrument[:200],
        letter=letter,
        moved_by=actor,
        moved_at=at,
    )
    record_move(
        writer,
        move_id=move.pk,
        from_id=former.pk,
        to_id=accept.department_id,
        order=order,
        letter=letter.number,
    )
    finish_act(case, writer)
    return case


def _hand_to(case: Case, successor: Department, former: Department) -> None:
    """Afterwards the successor handles the case, and decides it where the former body would have."""
    case.handling_department = successor
    if case.deciding_department_id == former.pk:
        case.deciding_department = successor
