"""Hearings, site checks and consultations at each stage, made by the real commands."""

from datetime import date, datetime, timedelta

from laiyang_approval.kernel.clock import SHANGHAI, local_date
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.roles import Role
from windows.commands.consulting import DepartmentAnswer, Question, answer_consultation, consult
from windows.commands.hearing_records import Attendee, HearingHeld, record_hearing
from windows.commands.hearings import (
    HearingCall,
    RightAnswered,
    answer_hearing_right,
    call_hearing,
    tell_hearing_right,
)
from windows.commands.interested import Interested, inform_interested
from windows.commands.noticing import serve_notice
from windows.commands.serving import Service
from windows.commands.site_checks import CheckPlan, assign_site_check
from windows.domain.hearings import APPLICANT, REVIEWER, SIGNED
from windows.hearings import unserved
from windows.models import Case, InterestedParty, ProcedureNotice, SiteCheck

from .cases import People, person

NEIGHBOUR = Interested("natural", "吕䶮", "申请场所与其住宅共用通风道", address="莱阳市某某街道某某路18号楼上")
DIRECT = Service("direct", recipient="邹念慈", relation="本人", place="政务服务大厅")


def moment(day: str | date, hour: int = 10, minute: int = 0) -> datetime:
    """That hour of that day in Shanghai."""
    on = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=SHANGHAI)


def inspector(username: str = "inspector-1", name: str = "迟立新", *, department: str = "SP") -> User:
    return person(username, Role.INSPECTOR, department=department, right="review_for_department", name=name)


def inspectors() -> tuple[User, User]:
    return inspector(), inspector("inspector-2", "栾晓东")


def host(username: str = "host-1", name: str = "修正义", *, department: str = "SP") -> User:
    return person(username, Role.HEARING_HOST, department=department, right="review_for_department", name=name)


def staff_of(code: str = "GA", username: str = "", name: str = "王卫东") -> User:
    """Somebody who works in another department and answers for it."""
    return person(username or f"staff-{code}", Role.DEPARTMENT_STAFF, department=code, name=name)


def plan(first: User, second: User | None, *, at: datetime, **changes) -> CheckPlan:
    values = {
        "first_inspector_id": first.pk,
        "first_certificate": "鲁F370682001",
        "second_inspector_id": second.pk if second else None,
        "second_certificate": "鲁F370682002",
        "planned_at": at,
        "place": "莱阳市某某街道某某路18号",
        "subject": "经营场所布局、设备设施与申请是否一致",
    }
    return CheckPlan(**values | changes)


def check_assigned(people: People, case: Case, *, at: datetime) -> SiteCheck:
    first, second = inspectors()
    assign_site_check(case.number, plan=plan(first, second, at=at + timedelta(hours=1)), actor=people.reviewer, at=at)
    return SiteCheck.objects.get(case=case)


def informed(people: People, case: Case, *, at: datetime, party: Interested = NEIGHBOUR) -> InterestedParty:
    inform_interested(case.number, party=party, actor=people.reviewer, at=at)
    return InterestedParty.objects.get(case=case, name=party.name)


def serve_all(people: People, case: Case, *, at: datetime, only: str = "") -> None:
    """Every paper that waits (of one kind, with ``only``) is served by hand, the announcement put up."""
    for notice in unserved(case):
        if only and notice.kind != only:
            continue
        service = DIRECT
        if notice.kind == ProcedureNotice.Kind.ANNOUNCEMENT:
            service = Service("public_notice", note=f"局网站和大厅公告栏，{local_date(at).isoformat()}")
        serve_notice(case.number, notice_id=notice.pk, service=service, actor=people.reviewer, at=at)


def told_right(people: People, case: Case, *, at: datetime) -> ProcedureNotice:
    """The applicant (and whoever else) was told of the right to a hearing and served the same day; the applicant's notice."""
    tell_hearing_right(case.number, actor=people.reviewer, at=at)
    serve_all(people, case, at=at, only="hearing_right")
    return ProcedureNotice.objects.get(case=case, kind="hearing_right", interested_party=None)


def answered(people: People, notice: ProcedureNotice, answer: str, *, at: datetime, on: date | None = None) -> Case:
    day = on or local_date(at)
    proof = "" if day == local_date(at) else "窗口收件登记"
    return answer_hearing_right(
        notice.case.number,
        answered=RightAnswered(notice.pk, answer, day, proof),
        actor=people.reviewer,
        at=at,
    )


def called(people: People, case: Case, *, held_at: datetime, at: datetime, by: User | None = None, **more) -> Case:
    call = HearingCall((by or host()).pk, held_at, "莱阳市政务服务大厅三楼听证室", **more)
    return call_hearing(case.number, call=call, actor=people.reviewer, at=at)


def attendees(case: Case, *, applicant: str = SIGNED) -> list[Attendee]:
    rows = [
        Attendee(REVIEWER, "隋志远", "审查人员", SIGNED),
        Attendee(APPLICANT, "邹念慈", "申请人法定代表人", applicant, "" if applicant == SIGNED else "认为记录不全"),
    ]
    return rows + [
        Attendee(str(one.pk), one.name, "利害关系人", SIGNED) for one in InterestedParty.objects.filter(case=case)
    ]


def held(case: Case, *, began_at: datetime, **changes) -> HearingHeld:
    values = {
        "began_at": began_at,
        "review_case": "经审查，场所布局符合要求；提供现场核查记录和平面图为证。",
        "defence": "申请人陈述已加装油烟净化设施，并提交检测报告。",
        "attendees": attendees(case),
    }
    return HearingHeld(**values | changes)


def hearing_recorded(people: People, case: Case, *, asked_on: str, held_on: str) -> Case:
    """A hearing asked for by the applicant, called the same day, held and recorded."""
    notice = told_right(people, case, at=moment(asked_on, 9))
    answered(people, notice, "requested", at=moment(asked_on, 10))
    called(people, case, held_at=moment(held_on, 9), at=moment(asked_on, 11))
    serve_all(people, case, at=moment(asked_on, 12))
    return record_hearing(
        case.number, held=held(case, began_at=moment(held_on, 9)), actor=host(), at=moment(held_on, 16)
    )


def consulted(people: People, case: Case, code: str = "GA", *, at: datetime, kind: str = "opinion"):
    department = staff_of(code).department
    shared = list(case.materials.order_by("pk").values_list("pk", flat=True)[:1])
    consult(
        case.number,
        question=Question(department.pk, kind, "请就该场所的治安条件提出意见。", shared),
        actor=people.reviewer,
        at=at,
    )
    return case.consultations.get(department=department, kind=kind)


def people_sent(code: str, consultation, *, at: datetime) -> Case:
    given = DepartmentAnswer(text="届时参加。", people=(("栾晓东", "工程师"),))
    return answer_consultation(consultation.pk, given=given, actor=staff_of(code), at=at)
