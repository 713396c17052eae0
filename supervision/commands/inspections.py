"""检查任务: given out by a supervisor, done by somebody who did not handle the case; recordings are pointed to, never stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted, StaleState
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.names import clean_text
from laiyang_approval.kernel.numbering import allot_number
from laiyang_approval.kernel.rules import rule_int
from laiyang_approval.kernel.transactions import joining
from windows.domain.periods import add_months
from windows.models import Case

from .. import review_rights
from ..clocks import due_after
from ..models import InspectionTask, RecordingLink

#: A span longer than this points at nothing.
LONGEST_SPAN = timedelta(hours=24)


@dataclass(frozen=True)
class Order:
    """检查任务的内容: by which method, what, at whom (a body, or a case and its body), by whom."""

    method: str
    subject: str
    inspector: str
    department: str = ""
    case_number: str = ""


@dataclass(frozen=True)
class Span:
    """一段录音录像: the camera or desk, from when to when, and where it lies."""

    place: str
    camera: str
    from_at: datetime
    to_at: datetime
    reference: str


@joining
def open_inspection(order: Order, *, actor: User, at: datetime) -> InspectionTask:
    """Afterwards the inspection is given out with its term. Raises NotPermitted, InvalidInput."""
    review_rights.require_supervisor(actor, "下达检查任务")
    subject = clean_text(order.subject, max_length=500, multiline=True)
    if not subject:
        raise InvalidInput("请写明检查内容。", fields={"subject": "请写明检查什么。"})
    if order.method not in InspectionTask.Method.values:
        raise InvalidInput("请选择检查方式。", fields={"method": "请从列表中选择。"})
    case = _case(order.case_number)
    body = case.handling_department if case else Department.objects.filter(code=order.department).first()
    if body is None:
        raise InvalidInput("请写明检查哪个单位或者哪一件。", fields={"department": "请选择单位，或者填写受理编号。"})
    inspector = User.objects.filter(username=order.inspector, is_active=True).first()
    if inspector is None or not inspector.has_role(*review_rights.FILE_REVIEWERS):
        raise InvalidInput("请选择检查人。", fields={"inspector": "请从列表中选择。"})
    if case is not None:
        _require_not_handler(inspector, case)
    year = f"{local_date(at):%Y}"
    return InspectionTask.objects.create(
        number=f"JC{year}{allot_number('检查任务', period=year):04d}",
        method=order.method,
        subject=subject,
        department=body,
        case=case,
        inspector=inspector,
        opened_at=at,
        opened_by=actor,
        due_on=due_after("inspection_days", local_date(at)),
    )


@transaction.atomic
def link_recording(number: str, *, span: Span, actor: User, at: datetime) -> RecordingLink:
    """Afterwards the task points at this span of a recording, with the day until which the recording is to be kept.

    Raises NotFound, NotPermitted, InvalidInput, StaleState once the task is done, DomainError for a span linked before.
    """
    task = _begin(number, actor)
    if span.place not in RecordingLink.Place.values:
        raise InvalidInput("请选择场所。", fields={"place": "请从列表中选择。"})
    camera, reference = clean_text(span.camera, max_length=60), clean_text(span.reference, max_length=200)
    if not camera or not reference:
        fields = {"camera": "请填写摄像机或者窗口。"} if not camera else {"reference": "请填写存储位置。"}
        raise InvalidInput("请写明是哪一路录像、存在哪里。", fields=fields)
    if span.to_at <= span.from_at:
        raise InvalidInput("结束时间须晚于开始时间。", fields={"to_at": "须晚于开始时间。"})
    if span.to_at - span.from_at > LONGEST_SPAN:
        raise InvalidInput("一段不超过24小时；请分段登记。", fields={"to_at": "请分段登记。"})
    if span.to_at > at:
        raise InvalidInput("录像时间不能晚于现在。", fields={"to_at": "不能晚于现在。"})
    if RecordingLink.objects.filter(task=task, reference=reference, from_at=span.from_at).exists():
        raise DomainError("这段录像已经登记，不必重复登记。")
    recorded_on = local_date(span.from_at)
    keep = None
    if span.place == RecordingLink.Place.WINDOW:
        keep = add_months(recorded_on, rule_int("window_recording_months", recorded_on))
    return RecordingLink.objects.create(
        task=task,
        place=span.place,
        camera=camera,
        from_at=span.from_at,
        to_at=span.to_at,
        reference=reference,
        keep_until_on=keep,
        added_at=at,
        added_by=actor,
    )


@transaction.atomic
def finish_inspection(
    number: str, *, result: str, finding: str, measures: str, actor: User, at: datetime
) -> InspectionTask:
    """Afterwards what was found stands, once; what is bad says what has to be done about it.

    A check by recordings needs one it looked at. Raises NotFound, NotPermitted, InvalidInput, StaleState.
    """
    task = _begin(number, actor)
    found = clean_text(finding, max_length=2000, multiline=True)
    measure = clean_text(measures, max_length=2000, multiline=True)
    if result not in InspectionTask.Result.values:
        raise InvalidInput("请选择检查结果。", fields={"result": "请选择。"})
    if not found:
        raise InvalidInput("请写明检查情况。", fields={"finding": "请写明看了什么、看到什么。"})
    if result == InspectionTask.Result.BAD and not measure:
        raise InvalidInput("发现问题的，请写明处理意见。", fields={"measures": "请写明处理意见。"})
    if task.method == InspectionTask.Method.RECORDINGS and not task.recordings.exists():
        raise InvalidInput("音视频监控须先登记所看的录像。", fields={"finding": "请先登记录像的起止时间和存储位置。"})
    task.result, task.finding, task.measures, task.done_at = result, found, measure, at
    task.save(update_fields=["result", "finding", "measures", "done_at"])
    return task


def _begin(number: str, actor: User) -> InspectionTask:
    task = (
        InspectionTask.objects.select_for_update(of=("self",))
        .select_related("inspector", "case__party")
        .filter(number=number)
        .first()
    )
    if task is None or not review_rights.inspections_visible_to(actor).filter(pk=task.pk).exists():
        raise NotFound(review_rights.NO_SUCH_INSPECTION)
    if task.inspector_id != actor.pk:
        raise NotPermitted(f"不能由本人办理：本任务由{task.inspector.display_name}检查。")
    if task.done_at is not None:
        raise StaleState("本任务已经完成，不能再登记。")
    if task.case is not None:
        _require_not_handler(actor, task.case)
    return task


def _require_not_handler(user: User, case: Case) -> None:
    if user.pk in review_rights.handlers_of([case.pk])[case.pk]:
        raise NotPermitted(f"{user.display_name}办理过{case.number}，不能检查本件；请另选检查人。")


def _case(number: str) -> Case | None:
    text = clean_text(number, max_length=20)
    if not text:
        return None
    found = Case.objects.select_related("handling_department", "party").filter(number=text).first()
    if found is None:
        raise InvalidInput("没有查到这件办件。", fields={"case_number": "请核对受理编号。"})
    return found
