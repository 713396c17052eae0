"""监管反馈的接收: a report takes effect once, together with what it brings about, or not at all (control C2).

One transaction: the report, the licence, the party, the bureau's task. Unique per department and message id; the same id with
another body is a conflict. What cannot take effect because somebody was faster is kept and put on a person's desk.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.names import clean_person_name, clean_text
from laiyang_approval.kernel.numbering import allot_number
from laiyang_approval.kernel.rules import rule_int
from matters.boundaries import supervised_matters
from windows import licences
from windows.commands.licences.outside import Penalty, forfeit_licence, resume_licence, suspend_licence
from windows.commands.parties import restrict_from_outside
from windows.domain.periods import add_months
from windows.models import Case, Licence

from ..clocks import due_after
from ..domain.consequences import Consequence, FeedbackKind, LicenceEffect, TaskKind, for_feedback
from ..domain.pushes import ANSWERED, PushEvent, PushState
from ..models import FollowUp, Push, SupervisionFeedback
from .stepping import take_step

NOT_YOURS = "没有查到这张证照或者这次推送，或者不由贵部门监管；请核对编号。"
_COMMANDS = {
    LicenceEffect.SUSPEND: suspend_licence,
    LicenceEffect.RESUME: resume_licence,
    LicenceEffect.FORFEIT: forfeit_licence,
}


class OtherBody(DomainError):
    """同号异文: the message id was used before for something else; nothing is taken."""

    def __init__(self):
        super().__init__("该来文编号已经用于内容不同的反馈，没有接收；请使用新的编号。")


@dataclass(frozen=True)
class Report:
    """监管反馈的内容, as typed or sent; about a push, or a licence by its number."""

    kind: str
    happened_on: date
    finding: str
    push_number: str = ""
    licence_number: str = ""
    document_number: str = ""
    officers: tuple[str, ...] = ()
    measures: str = ""
    until_on: date | None = None
    rectify_by_on: date | None = None
    abnormal: bool = False
    requires_action: bool = False


@dataclass(frozen=True)
class Message:
    """来文: from whom, under which id, with which hash, by which way."""

    department: Department
    external_id: str
    sha256: str
    source: str


@transaction.atomic
def receive_feedback(
    report: Report, *, message: Message, actor: User | None, at: datetime
) -> tuple[SupervisionFeedback, bool]:
    """Afterwards the report and everything it brings about stand, once; returns it, and whether it was new.

    Raises OtherBody, InvalidInput for what must be written, NotFound-like InvalidInput for a licence that is not theirs.
    """
    # One after the other per department: two copies of a message at once meet here, not at the constraint.
    Department.objects.select_for_update(no_key=True).get(pk=message.department.pk)
    first = SupervisionFeedback.objects.filter(department=message.department, external_id=message.external_id).first()
    if first is not None:
        if first.sha256 != message.sha256:
            raise OtherBody
        return first, False
    consequence = for_feedback(_kind(report.kind), abnormal=report.abnormal, requires_action=report.requires_action)
    cleaned = _cleaned(report, consequence, today=local_date(at))
    push, case, licence = _about(report, message.department, today=local_date(at))
    if consequence.needs_licence and licence is None:
        raise InvalidInput("这种反馈须写明证照编号。", fields={"licence_number": "请填写证照编号。"})
    done = _take_effect(cleaned, consequence, message, case, licence, at=at)
    feedback = SupervisionFeedback.objects.create(
        number=f"JG{local_date(at):%Y}{allot_number('监管反馈', period=f'{local_date(at):%Y}'):06d}",
        department=message.department,
        source=message.source,
        external_id=message.external_id,
        sha256=message.sha256,
        received_at=at,
        reported_by=actor,
        kind=cleaned.kind,
        happened_on=cleaned.happened_on,
        push=push,
        case=case,
        licence=licence,
        party=case.party,
        document_number=cleaned.document_number,
        officers=list(cleaned.officers),
        finding=cleaned.finding,
        measures=cleaned.measures,
        until_on=cleaned.until_on,
        rectify_by_on=cleaned.rectify_by_on,
        is_bad=consequence.is_bad,
        requires_action=cleaned.requires_action,
        effect="；".join(done.words)[:500],
    )
    if done.task is not None:
        _open_task(feedback, done.task, case, licence, at=at)
    if push is not None:
        _note_on(push, feedback, actor=actor, at=at)
    return feedback, True


@dataclass
class _Done:
    """What took effect, in words, and what is left for the bureau."""

    words: list[str]
    task: TaskKind | None


def _take_effect(
    report: Report, consequence: Consequence, message: Message, case: Case, licence: Licence | None, *, at: datetime
) -> _Done:
    done = _Done([], consequence.task)
    if consequence.licence is not LicenceEffect.NONE:
        penalty = Penalty(
            report.document_number, message.department, report.happened_on, report.until_on, report.finding[:500]
        )
        try:
            with transaction.atomic():
                _COMMANDS[consequence.licence](licence.pk, penalty=penalty, actor=None, at=at)
            done.words.append(f"证照{licence.number}已{consequence.licence.label}")
        except InvalidInput:
            raise
        except DomainError as refusal:
            # Somebody was faster, or it came twice by two ways: the report stays true, a person looks.
            done.words.append(f"证照没有变动：{refusal.message}")
            done.task = done.task or TaskKind.LOOK
    if consequence.restricts:
        months = rule_int("pushback_restriction_months", local_date(at))
        basis = f"{message.department.short_name}{FeedbackKind(report.kind).label}{report.document_number}"
        to_on = add_months(local_date(at), months)
        restricted = restrict_from_outside(case.number, to_on=to_on, basis=basis, actor=None, at=at)
        if restricted is not None:
            done.words.append(f"至{to_on.isoformat()}不适用容缺受理和告知承诺")
    return done


def _open_task(
    feedback: SupervisionFeedback, kind: TaskKind, case: Case, licence: Licence | None, *, at: datetime
) -> None:
    today = local_date(at)
    body = licences.bodies_on(licence, today)[0] if licence is not None else case.handling_department
    FollowUp.objects.create(
        feedback=feedback,
        kind=kind.value,
        department=body,
        opened_on=today,
        due_on=due_after("pushback_reply_days", today),
    )


def _note_on(push: Push, feedback: SupervisionFeedback, *, actor: User | None, at: datetime) -> None:
    """The report is what the regulator did about the push."""
    if push.current_state in ANSWERED:
        note = f"{FeedbackKind(feedback.kind).label}（反馈{feedback.number}）"
        take_step(push, PushEvent.FOLLOW_UP, actor=actor, at=at, note=note)
        push.save(update_fields=["state"])


def _kind(value: str) -> FeedbackKind:
    try:
        return FeedbackKind(value)
    except ValueError:
        raise InvalidInput("请选择反馈种类。", fields={"kind": "没有这种反馈。"}) from None


def _cleaned(report: Report, consequence: Consequence, *, today: date) -> Report:
    finding = clean_text(report.finding, max_length=2000, multiline=True)
    if not finding:
        raise InvalidInput("请写明情况。", fields={"finding": "请写明查明的情况。"})
    document = clean_text(report.document_number, max_length=60)
    if consequence.needs_document and not document:
        raise InvalidInput("请填写决定书文号。", fields={"document_number": "请填写决定书文号。"})
    if report.happened_on > today:
        raise InvalidInput("日期不能晚于今天。", fields={"happened_on": "不能晚于今天。"})
    if report.until_on is not None and report.until_on < report.happened_on:
        raise InvalidInput("截止日早于决定日期，请核对。", fields={"until_on": "不能早于决定日期。"})
    officers = tuple(clean_person_name(name) for name in report.officers if name.strip())
    if len(officers) > 2 or len(set(officers)) != len(officers):
        raise InvalidInput("执法人员填写两名不同的人员。", fields={"officers": "请填写两名不同的人员。"})
    return Report(
        kind=report.kind,
        happened_on=report.happened_on,
        finding=finding,
        push_number=report.push_number,
        licence_number=report.licence_number,
        document_number=document,
        officers=officers,
        measures=clean_text(report.measures, max_length=2000, multiline=True),
        until_on=report.until_on,
        rectify_by_on=report.rectify_by_on,
        abnormal=report.abnormal,
        requires_action=report.requires_action,
    )


def _about(report: Report, department: Department, *, today: date) -> tuple[Push | None, Case, Licence | None]:
    """The push, the case and the licence a report is about; all of them the department's own to report on."""
    push = licence = None
    if report.push_number:
        push = (
            Push.objects.select_for_update(of=("self",))
            .select_related("case__party", "case__subject_licence", "case__handling_department")
            .filter(number=report.push_number, regulator=department)
            .exclude(state__in=[PushState.QUEUED.value, PushState.MOVED.value])
            .first()
        )
        if push is None:
            raise InvalidInput(NOT_YOURS, fields={"push_number": NOT_YOURS})
    if report.licence_number:
        licence = _licence_of(report.licence_number, department, today=today)
        if licence is None:
            raise InvalidInput(NOT_YOURS, fields={"licence_number": NOT_YOURS})
    elif push is not None:
        licence = Licence.objects.filter(case_id=push.case_id).first() or push.case.subject_licence
        licence = licences.newest_version(licence.pk) if licence is not None else None
    if push is not None and licence is not None and licence.holder_id != push.case.party_id:
        raise InvalidInput("证照与推送不是同一行政相对人，请核对。", fields={"licence_number": "与推送不符。"})
    if push is None and licence is None:
        raise InvalidInput("请写明推送编号或者证照编号。", fields={"licence_number": "请填写证照编号或者推送编号。"})
    number = licence.case_id if licence is not None else push.case_id
    case = Case.objects.select_related("party", "handling_department").get(pk=number)
    return push, case, licence


def _licence_of(number: str, department: Department, *, today: date) -> Licence | None:
    """The newest version of the licence with this number, if this body supervises its matter today or was told of it."""
    found = licences.licence_by_number(number)
    if found is None:
        return None
    found = licences.newest_version(found.pk)
    body = frozenset({department.pk})
    if supervised_matters(body, today).filter(pk=found.matter_id).exists():
        return found
    told = Push.objects.filter(regulator=department).filter(Q(case=found.case_id) | Q(case__subject_licence=found))
    return found if told.exists() else None
