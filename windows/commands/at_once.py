"""当场决定: acceptance, review and decision in one act — on a signed commitment (row 10), or for an instant matter.

行政许可法第三十四条第二款: what can be decided on the spot is decided on the spot, in writing; 第五十六条 says the same of registrations.
"""

from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, NotPermitted
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.numbering import allot_number
from matters.commitment import commitment_bar
from matters.models import Handling

from .. import events, permissions
from ..documents import DocumentKind
from ..domain.states import Event
from ..events import EventWriter
from ..models import Case, Commitment, Opinion
from ..restrictions import favour_bar_among, restrictions_of
from . import gates
from .acting import begin_act, take_event
from .decision import Grant, deciding_body, grant_and_conclude
from .intake.acceptance import order_series, record_acceptance, start_handling
from .intake.commitment import ARTICLE, standing_commitment
from .letters import seal_letter
from .preconditions import CreditQuery, log_credit_check

_ON_PROMISE = "申请人已签署告知承诺书（{number}），承诺符合许可条件；依承诺直接作出决定，决定后核查。"
_ON_THE_SPOT = "即办件：申请材料齐全、符合法定形式，当场审查，符合许可条件，建议准予。"


@transaction.atomic
def grant_by_commitment(
    number: str, *, grant: Grant, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the case is accepted, reviewed and granted in one act, D06 and D15 of the same day, and its check is due.

    Raises NotPermitted for the clerk who took it in, DomainError where no signed commitment stands or the applicant, or the
    matter, may no longer use one.
    """
    case, writer = begin_act(
        number, action="grant_by_commitment", actor=actor, at=at, expected_version=expected_version
    )
    today = local_date(at)
    commitment = _usable_commitment(case, actor=actor, at=at)
    take_event(case, Event.GRANT_BY_COMMITMENT)
    body = case.handling_department
    series, period = order_series(body)
    order = allot_number(series, period=period)
    start_handling(case, accepted_on=today, accepted_by=commitment.taken_by, order=order, at=at)
    notice = seal_letter(case, DocumentKind.D06, department=body, actor=commitment.taken_by, at=at)
    record_acceptance(case, writer, notice)
    department = deciding_body(case, actor)
    _review(case, writer, _ON_PROMISE.format(number=commitment.letter.number), actor=actor, at=at)
    gates.require_open((*gates.OPINION, *gates.DECISION, *gates.GRANT), case, today)
    grant_and_conclude(case, writer, grant, department=department, actor=actor, at=at)
    return case


@transaction.atomic
def grant_at_once(
    number: str,
    *,
    grant: Grant,
    credit: CreditQuery,
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> Case:
    """Afterwards an accepted instant matter is reviewed and granted in one act; on the day of acceptance with one paper.

    Raises NotPermitted for the accepting clerk, DomainError for a matter that is not instant.
    """
    case, writer = begin_act(number, action="grant_at_once", actor=actor, at=at, expected_version=expected_version)
    if case.edition.handling != Handling.INSTANT:
        raise DomainError("本事项不是即办件，须由审查人员审查后再决定。", article="行政许可法第三十四条第一款")
    department = deciding_body(case, actor)
    log_credit_check(case, writer, credit, actor=actor, at=at)
    take_event(case, Event.START_REVIEW)
    take_event(case, Event.SUBMIT_OPINION)
    take_event(case, Event.GRANT)
    _review(case, writer, _ON_THE_SPOT, actor=actor, at=at)
    gates.require_open((*gates.OPINION, *gates.DECISION, *gates.GRANT), case, local_date(at))
    grant_and_conclude(case, writer, grant, department=department, actor=actor, at=at)
    return case


def _usable_commitment(case: Case, *, actor: User, at: datetime) -> Commitment:
    commitment = standing_commitment(case)
    if commitment is None:
        raise DomainError("本件没有签署告知承诺书，须受理、审查后再决定。", article=ARTICLE)
    if commitment.taken_by_id == actor.pk:
        raise NotPermitted(permissions.FOUR_EYES)
    today = local_date(at)
    broken = favour_bar_among(restrictions_of(case.party, today), case.matter_id)
    if broken is not None:
        raise DomainError(
            f"申请人有未修复的失信记录（{broken.basis}），不能凭承诺准予；请转普通程序。", article=ARTICLE
        )
    if bar := commitment_bar(case.matter, today):
        raise DomainError(f"{bar}请转普通程序。", article=ARTICLE)
    return commitment


def _review(case: Case, writer: EventWriter, text: str, *, actor: User, at: datetime) -> None:
    """Who examined what, and what was proposed, stands on record as of every other case."""
    case.reviewer = actor
    events.record_review_start(writer, reviewer_id=actor.pk)
    opinion = Opinion.objects.create(case=case, kind=Opinion.Kind.GRANT, text=text, author=actor, at=at)
    events.record_opinion(writer, opinion_id=opinion.pk, proposal=opinion.kind)
