"""多部门办理: two or more departments of the county handle a case, and the law's 45 working days run (行政许可法第二十六条第二款、第四十二条第二款)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.names import clean_text

from ..clock_procedures import joint_candidates
from ..documents import DocumentKind
from ..events import clock as events
from ..models import Case, JointHandler
from .acting import begin_act, finish_act
from .clocking import recount_decision_clock
from .letters import seal_letter

ARTICLE = "行政许可法第二十六条第二款、第四十二条第二款"


@transaction.atomic
def declare_joint_handling(
    number: str,
    *,
    department_ids: Sequence[int],
    basis: str,
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> Case:
    """Afterwards the named departments handle the case with its own body, and the limit is the law's, not anybody's choice.

    An accepted case gets its acceptance notice again with the new dates. Raises DomainError unless at least one other
    department handles it: inner sections of one body are one body.
    """
    basis = clean_text(basis, max_length=300)
    if not basis:
        sentence = "请写明市人民政府确定统一、联合或者集中办理的文件。"
        raise InvalidInput(sentence, article=ARTICLE, fields={"basis": sentence})
    case, writer = begin_act(number, action="declare_joint", actor=actor, at=at, expected_version=expected_version)
    today = local_date(at)
    others = _other_departments(case, department_ids, at)
    if case.is_joint:
        raise DomainError("本件已登记为多部门办理，不必重复登记。", article=ARTICLE)
    if case.statutory_due_on is not None and today > case.statutory_due_on:
        raise DomainError(
            f"办理期限已于{case.statutory_due_on.isoformat()}届满，不能再改为多部门办理；请立即作出决定。",
            article=ARTICLE,
        )
    handlers = [case.handling_department, *others]
    JointHandler.objects.bulk_create(
        JointHandler(case=case, department=department, basis=basis, set_by=actor, set_at=at) for department in handlers
    )
    case.is_joint, letter = True, None
    if case.clock_from_on is not None:
        recount_decision_clock(case, calendar=current_calendar(), today=today)
        letter = seal_letter(case, DocumentKind.D06, department=case.handling_department, actor=actor, at=at)
    events.record_joint_handling(
        writer,
        department_ids=[department.pk for department in handlers],
        letter_id=letter.pk if letter else None,
        statutory_due_on=case.statutory_due_on,
    )
    finish_act(case, writer)
    return case


def _other_departments(case: Case, department_ids: Sequence[int], at: datetime) -> list[Department]:
    candidates = {department.pk: department for department in joint_candidates(case, local_date(at))}
    wanted = set(department_ids) - {case.handling_department_id}
    if wanted - candidates.keys():
        raise InvalidInput("所选机关不能参与办理本件（已撤并，或者不是本市部门）；请重新选择。")
    if not wanted:
        raise DomainError(
            f"不能适用四十五个工作日：本件由{case.handling_department.name}一个机关办理，机关内设机构分别审查仍是一个机关，"
            "适用本事项的时限；须有两个以上部门依市人民政府的决定统一、联合或者集中办理。",
            article=ARTICLE,
        )
    return [candidates[pk] for pk in sorted(wanted)]
