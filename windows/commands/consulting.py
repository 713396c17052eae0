"""征求意见与联合踏勘: other departments are asked, answer in their term, are chased, and come once together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import CalendarMissing, DomainError, InvalidInput, NotFound
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.names import clean_person_name, clean_text
from laiyang_approval.kernel.rules import rule_int

from .. import permissions, queries
from ..events import EventWriter
from ..events import examination as events
from ..examination import VISIT_WORDS, asked_of, awaiting_visit, departments_to_ask, is_in_term
from ..hearings import hold_by_on
from ..models import Case, Consultation, Hearing, JointVisit, Reminder
from .acting import begin_act, finish_act

RULE = "征求意见（业务规则）"
NOT_ASKED = "没有查到这件征求意见；请从“征求意见”清单中打开。"


@dataclass(frozen=True)
class Question:
    """征求意见: whom, for an opinion or for people, what, and which materials they may read."""

    department_id: int
    kind: str
    question: str
    material_ids: Sequence[int] = ()


@transaction.atomic
def consult(number: str, *, question: Question, actor: User, at: datetime, expected_version: int | None = None) -> Case:
    """Afterwards the department has the question, the materials shared with it, and its term; the clock runs on.

    Raises InvalidInput for what is missing, DomainError while the same question to it is open.
    """
    text = clean_text(question.question, max_length=2000, multiline=True)
    if not text:
        raise InvalidInput("请填写征求的问题。", fields={"question": "请写明请对方答复什么。"})
    if question.kind not in Consultation.Kind.values:
        raise InvalidInput("请选择征求意见还是请求派员。", fields={"kind": "请选择。"})
    case, writer = begin_act(number, action="consult", actor=actor, at=at, expected_version=expected_version)
    department = _department(case, question.department_id, local_date(at))
    if Consultation.objects.filter(
        case=case, department=department, kind=question.kind, answered_at__isnull=True
    ).exists():
        raise DomainError(f"已向{department.name}提出同样的请求，尚未答复；请等待答复。", article=RULE)
    materials = list(case.materials.filter(pk__in=question.material_ids))
    if len(materials) != len(set(question.material_ids)):
        raise InvalidInput("所选材料不在本件内；请刷新页面后再选。", fields={"material_ids": "请重新选择。"})
    row = Consultation.objects.create(
        case=case,
        kind=question.kind,
        department=department,
        question=text,
        asked_by=actor,
        asked_at=at,
        due_on=_due_on(local_date(at)),
    )
    row.materials.set(materials)
    events.record_department_consulted(
        writer,
        consultation_id=row.pk,
        department_id=department.pk,
        kind=row.kind,
        due_on=row.due_on,
        material_ids=[one.pk for one in materials],
    )
    finish_act(case, writer)
    return case


def _department(case: Case, pk: int, on: date) -> Department:
    department = departments_to_ask(case, on).filter(pk=pk).first()
    if department is None:
        raise InvalidInput("请选择现有的其他部门。", fields={"department_id": "请重新选择部门。"})
    return department


def _due_on(asked_on: date) -> date | None:
    try:
        return current_calendar().add_workdays(asked_on, rule_int("consultation_days", asked_on))
    except CalendarMissing:
        return None


@dataclass(frozen=True)
class DepartmentAnswer:
    """部门答复: what it says; for a request for people, whom it sends, one name and position a line."""

    answer: str = ""
    text: str = ""
    people: Sequence[tuple[str, str]] = ()


@transaction.atomic
def answer_consultation(consultation_id: int, *, given: DepartmentAnswer, actor: User, at: datetime) -> Case:
    """Afterwards the answer of the asked department stands in the case.

    Raises NotFound for whoever is not its staff, StaleState once the case is decided, DomainError for a second answer,
    InvalidInput for what is missing.
    """
    found = permissions.consultations_visible_to(actor).filter(pk=consultation_id).first()
    if found is None:
        raise NotFound(NOT_ASKED)
    case = queries.lock_case(Case.objects.values_list("number", flat=True).get(pk=found.case_id))
    permissions.require_consulted("answer_consultation", case)
    row = Consultation.objects.select_related("department").get(pk=consultation_id)
    if row.answered_at is not None:
        raise DomainError("本件已经答复，不能重复答复；需要更正的，请与征求人联系。", article=RULE)
    text = clean_text(given.text, max_length=4000, multiline=True)
    if row.wants_people:
        row.answer, row.people = Consultation.Answer.SENT, _people(given.people)
    else:
        row.answer = _opinion(given.answer, text)
    row.answer_text, row.answered_by, row.answered_at = text, actor, at
    row.save()
    writer = EventWriter(case=case, at=at, recorded_at=clock.now(), actor=actor)
    events.record_consultation_answered(writer, consultation_id=row.pk, answer=row.answer)
    finish_act(case, writer)
    return case


def _opinion(answer: str, text: str) -> str:
    if answer not in set(Consultation.Answer.values) - {Consultation.Answer.SENT}:
        raise InvalidInput("请选择答复意见。", fields={"answer": "请选择答复意见。"})
    if not text and answer in {Consultation.Answer.CONDITIONAL, Consultation.Answer.OBJECTED}:
        raise InvalidInput(
            "附条件同意或者不同意的，请写明条件、理由和依据。", fields={"text": "请写明条件、理由和依据。"}
        )
    return answer


def _people(people: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    if not people:
        raise InvalidInput(
            "请写明派出的人员；有关部门应当派员参加现场踏勘、审图和验收。",
            article="莱政发〔2018〕18号",
            fields={"people": "请写明派出人员的姓名和职务。"},
        )
    return [{"name": clean_person_name(name), "title": clean_text(title, max_length=60)} for name, title in people]


@dataclass(frozen=True)
class VisitPlan:
    """联合踏勘安排: which kind, when and where."""

    kind: str
    meets_at: datetime
    place: str


@transaction.atomic
def appoint_visit(
    number: str, *, visit: VisitPlan, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards every department that named people for this kind comes once, together.

    Raises DomainError while a department asked may still name its people, or another appointment of this kind is open.
    """
    place = clean_text(visit.place, max_length=200)
    if not place:
        raise InvalidInput("请填写地点。", fields={"place": "请填写地点。"})
    if visit.kind not in VISIT_WORDS:
        raise InvalidInput("请选择踏勘、审图还是验收。", fields={"kind": "请选择。"})
    if visit.meets_at <= at:
        raise InvalidInput("约定的时间已过，请改正。", fields={"meets_at": "约定时间不能早于现在。"})
    case, writer = begin_act(number, action="appoint_visit", actor=actor, at=at, expected_version=expected_version)
    word = VISIT_WORDS[visit.kind]
    if JointVisit.objects.filter(case=case, kind=visit.kind, recorded_at__isnull=True).exists():
        raise DomainError(f"已约定{word}，尚未登记结果；同一事由只组织一次。", article=RULE)
    asked = awaiting_visit(case, visit.kind)
    waiting = [one for one in asked if one.answered_at is None and is_in_term(one, local_date(at))]
    if waiting:
        names = "、".join(one.department.name for one in waiting)
        raise DomainError(f"{names}还没有答复派员；须合并为一次{word}，请等待答复或者期满后再约定。", article=RULE)
    coming = [one for one in asked if one.answered_at is not None]
    if not coming:
        raise DomainError(f"还没有部门为{word}派员；请先请求有关部门派员。", article=RULE)
    row = JointVisit.objects.create(
        case=case, kind=visit.kind, meets_at=visit.meets_at, place=place, appointed_by=actor, appointed_at=at
    )
    row.consultations.set(coming)
    case.asked = asked_of(case)
    events.record_visit_appointed(writer, visit_id=row.pk, consultation_ids=[one.pk for one in coming])
    finish_act(case, writer)
    return case


@transaction.atomic
def record_visit(
    number: str, *, visit_id: int, result: str, actor: User, at: datetime, expected_version: int | None = None
) -> Case:
    """Afterwards the result of the joint visit stands in the case; not before it took place."""
    text = clean_text(result, max_length=4000, multiline=True)
    if not text:
        raise InvalidInput("请填写结果。", fields={"result": "请写明各部门的意见和结果。"})
    case, writer = begin_act(number, action="record_visit", actor=actor, at=at, expected_version=expected_version)
    visit = JointVisit.objects.filter(case=case, pk=visit_id).first()
    if visit is None:
        raise InvalidInput("没有这次约定；请刷新页面后再登记。", fields={"visit_id": "请重新选择。"})
    if visit.recorded_at is not None:
        raise DomainError("这次结果已经登记，不再改动。", article=RULE)
    if local_date(at) < local_date(visit.meets_at):
        raise DomainError(
            f"{VISIT_WORDS[visit.kind]}定于{local_date(visit.meets_at).isoformat()}，还没有进行；请在进行后登记。",
            article=RULE,
        )
    visit.result, visit.recorded_by, visit.recorded_at = text, actor, at
    visit.save()
    case.asked = asked_of(case)
    events.record_visit_recorded(writer, visit_id=visit.pk)
    finish_act(case, writer)
    return case


def chase_overdue(*, at: datetime, on_failure: Callable[[str, Exception], None], limit: int = 500) -> dict[str, int]:
    """Afterwards every department whose term passed in silence is chased once, and the reviewer reminded.

    So is the reviewer of a case whose hearing was not held within its term. Asks what should be so by now and is not, each
    row in its own transaction; a row that fails is reported and the rest go on. Returns {"chased", "hearings_late"}.
    """
    today = local_date(at)
    _count_terms_now_known()
    due = (
        Consultation.objects.filter(answered_at__isnull=True, chased_at__isnull=True, due_on__lt=today)
        .filter(case__state__in=[state.value for state in permissions.RULES["answer_consultation"].states])
        .order_by("due_on", "pk")
        .values_list("pk", "case__number")[:limit]
    )
    chased = 0
    for pk, number in list(due):
        try:
            chased += _chase(pk, number, at=at)
        except DomainError as error:
            on_failure(number, error)
    late = (
        Hearing.objects.filter(cancelled_at__isnull=True, record__isnull=True, hold_by_on__lt=today)
        .exclude(case__reminders__kind=Reminder.Kind.HEARING_OVERDUE)
        .filter(case__state__in=[state.value for state in permissions.RULES["call_hearing"].states])
        .values_list("case_id", "hold_by_on")[:limit]
    )
    rows = [
        Reminder(case_id=case_id, kind=Reminder.Kind.HEARING_OVERDUE, reached_on=on, created_at=at)
        for case_id, on in late
    ]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    return {"chased": chased, "hearings_late": len(rows)}


def _count_terms_now_known() -> None:
    """Afterwards terms that ran into a year not yet published when they began have their last day, if it is now."""
    for row in Consultation.objects.filter(due_on__isnull=True, answered_at__isnull=True):
        if due_on := _due_on(local_date(row.asked_at)):
            Consultation.objects.filter(pk=row.pk, due_on__isnull=True).update(due_on=due_on)
    waiting = Hearing.objects.filter(hold_by_on__isnull=True, requested_on__isnull=False, cancelled_at__isnull=True)
    for hearing in waiting:
        if last := hold_by_on(hearing.requested_on):
            Hearing.objects.filter(pk=hearing.pk, hold_by_on__isnull=True).update(hold_by_on=last)


@transaction.atomic
def _chase(pk: int, number: str, *, at: datetime) -> int:
    case = queries.lock_case(number)
    row = Consultation.objects.filter(pk=pk, answered_at__isnull=True, chased_at__isnull=True).first()
    if row is None:
        return 0  # answered between the look and the lock
    row.chased_at = at
    row.save(update_fields=["chased_at"])
    Reminder.objects.get_or_create(
        case=case, kind=Reminder.Kind.CONSULTATION_OVERDUE, reached_on=row.due_on, defaults={"created_at": at}
    )
    writer = EventWriter(case=case, at=at, recorded_at=clock.now(), actor=None)
    events.record_consultation_chased(writer, consultation_id=row.pk, due_on=row.due_on)
    finish_act(case, writer)
    return 1
