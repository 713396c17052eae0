"""Demo cases that are looked at, discussed and heard: site checks, experts, interested parties, hearings, other departments."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import CalendarMissing
from laiyang_approval.kernel.models import User
from matters import queries as catalogue

from ..commands.consulting import (
    DepartmentAnswer,
    Question,
    VisitPlan,
    answer_consultation,
    appoint_visit,
    chase_overdue,
    consult,
)
from ..commands.expert_panels import NamedExpert, PanelPlan, convene_panel, name_expert
from ..commands.hearing_records import Attendee, HearingHeld, record_hearing
from ..commands.hearings import (
    HearingCall,
    RightAnswered,
    answer_hearing_right,
    call_hearing,
    order_hearing,
    tell_hearing_right,
)
from ..commands.intake import Application, MaterialInput, OutcomeInput, take_in
from ..commands.interested import Interested, Stated, inform_interested, record_statement
from ..commands.noticing import serve_notice
from ..commands.parties import PartyData
from ..commands.preconditions import CreditQuery, record_credit_check
from ..commands.review import start_review, submit_opinion
from ..commands.serving import Service
from ..commands.site_checks import CheckPlan, Finding, assign_site_check, record_site_check
from ..domain.hearings import APPLICANT, REVIEWER, SIGNED, earliest_hearing_on
from ..domain.intake import Outcome
from ..hearings import terms_on, unserved
from ..models import Case, Consultation, InterestedParty, ProcedureNotice, SiteCheck
from .codes import credit_code, mobile

When = Callable[[int, int], datetime]
People = dict[str, User]


def _firm(name: str, serial: int, head: str, address: str = "莱阳市某某街道旌阳路某号") -> PartyData:
    return PartyData("legal", name, "credit_code", credit_code(serial), mobile(serial), address, head)


HOTPOT = _firm("莱阳市某某火锅店", 41203, "纪春燕")
BATHHOUSE = _firm("莱阳市某某洗浴有限公司", 42314, "隋海龙")
SINGING = _firm("莱阳市某某歌舞娱乐有限公司", 43425, "于建波")
CAR_WASH = _firm("莱阳市某某汽车服务有限公司", 44536, "左明江")
WELL = _firm("莱阳某某食品有限公司", 45647, "盖春生", "莱阳市某某镇某某村")
PIPES = _firm("莱阳市某某管网工程有限公司", 46758, "姜立国")
DRUGSTORE = _firm("莱阳市某某连锁药房某某店", 47869, "宫秀兰")
NEIGHBOUR = Interested(
    "natural", "吕䶮", "经营场所楼上住户，夜间噪声直接影响其居住", address="莱阳市某某街道旌阳路某号楼上"
)


def tell_examination_cases(*, people: People, when: When, at: datetime) -> int:
    """Afterwards each of these procedures can be seen in some case; returns cases made."""
    stories = (
        _to_be_checked_today,
        _checked_and_before_experts,
        _hearing_announced,
        _told_of_the_right,
        _hearing_held,
        _departments_come_together,
        _department_is_silent,
    )
    for story in stories:
        story(people, when)
    chase_overdue(at=at, on_failure=_raise)
    return len(stories)


def _in_review(people: People, when: When, days_ago: int, matter: str, party: PartyData, request: str) -> str:
    at = when(days_ago, 9)
    edition = catalogue.edition_on(catalogue.matter_by_code(matter), local_date(at))
    ids = edition.materials.order_by("seq").values_list("pk", flat=True)
    taken = take_in(
        Application(
            matter=catalogue.matter_by_code(matter),
            party=party,
            materials=[MaterialInput(pk, "complete", originals=1) for pk in ids],
            request=request,
            premises=party.address,
            contact_phone=party.phone,
        ),
        chosen=OutcomeInput(Outcome.ACCEPT),
        actor=people["chuangkou"],
        at=at,
    )
    start_review(taken.case.number, actor=people["shencha"], at=when(days_ago - 1, 9))
    return taken.case.number


def _send_inspectors(people: People, number: str, *, planned_at: datetime, place: str, at: datetime) -> SiteCheck:
    plan = CheckPlan(
        first_inspector_id=people["takan"].pk,
        first_certificate="鲁F370682001",
        second_inspector_id=people["takan2"].pk,
        second_certificate="鲁F370682002",
        planned_at=planned_at,
        place=place,
        subject="场所布局、设备设施与申请材料是否一致",
    )
    assign_site_check(number, plan=plan, actor=people["shencha"], at=at)
    return SiteCheck.objects.get(case__number=number)


def _serve_all(people: People, number: str, at: datetime) -> None:
    for notice in unserved(Case.objects.get(number=number)):
        service = Service("direct", recipient="本人", relation="本人", place="政务服务大厅")
        if notice.kind == ProcedureNotice.Kind.ANNOUNCEMENT:
            service = Service("public_notice", note=f"局网站和大厅公告栏，{local_date(at).isoformat()}")
        serve_notice(number, notice_id=notice.pk, service=service, actor=people["shencha"], at=at)


def _to_be_checked_today(people: People, when: When) -> None:
    """Two inspectors are sent for this afternoon."""
    number = _in_review(people, when, 3, "SJ-04", HOTPOT, "热食类食品制售（火锅）")
    _send_inspectors(people, number, planned_at=when(0, 14), place=HOTPOT.address, at=when(1, 10))


def _checked_and_before_experts(people: People, when: When) -> None:
    """The site was looked at; experts are asked, one of them stepped back."""
    number = _in_review(people, when, 7, "WJ-05", BATHHOUSE, "公共浴室卫生许可")
    check = _send_inspectors(people, number, planned_at=when(5, 14), place=BATHHOUSE.address, at=when(6, 10))
    found = Finding(
        checked_at=when(5, 14),
        findings="更衣室、浴区、消毒间分开设置；池水循环净化装置运转正常，现场查看了检测报告。",
        conclusion="met",
        party_signature="signed",
        party_name="隋海龙",
    )
    record_site_check(check.pk, finding=found, actor=people["takan"], at=when(5, 16))
    plan = PanelPlan(
        "池水循环净化工艺是否可行", "《公共场所卫生管理条例实施细则》第二十二条", local_date(when(0, 9)), "局二楼会议室"
    )
    convene_panel(number, plan=plan, actor=people["shencha"], at=when(3, 10))
    for name, organisation, conflict in (
        ("宋喆", "烟台市某某疾病预防控制机构", ""),
        ("昌珺", "青岛市某某设计院", ""),
        ("车赟", "莱阳市某某检测有限公司", "曾为申请人出具检测报告"),
    ):
        expert = NamedExpert(name, organisation, "公共卫生，高级工程师", bool(conflict), conflict)
        name_expert(number, expert=expert, actor=people["shencha"], at=when(3, 11))


def _hearing_announced(people: People, when: When) -> None:
    """娱乐场所: the regulation demands a hearing; a neighbour was told and stated; it is announced and lies ahead."""
    number = _in_review(people, when, 9, "WG-02", SINGING, "设立歌舞娱乐场所")
    inform_interested(number, party=NEIGHBOUR, actor=people["shencha"], at=when(8, 10))
    _serve_all(people, number, when(8, 14))
    party = InterestedParty.objects.get(case__number=number)
    stated = Stated(party.pk, local_date(when(6, 9)), "要求加装隔声设施，夜间十二点以后停止营业。")
    record_statement(number, statement=stated, actor=people["shencha"], at=when(6, 10))
    tell_hearing_right(number, actor=people["shencha"], at=when(6, 11))
    order_hearing(
        number,
        basis="《娱乐场所管理条例》：审批娱乐场所应当举行听证",
        actor=people["shencha"],
        at=when(6, 12),
    )
    _serve_all(people, number, when(6, 14))
    if (day := _hearing_day(local_date(when(5, 9)))) is not None:
        held_at = datetime.combine(day, when(5, 9).timetz())
        call = HearingCall(people["tingzheng"].pk, held_at, "政务服务大厅三楼听证室")
        call_hearing(number, call=call, actor=people["shencha"], at=when(5, 9))
        _serve_all(people, number, when(5, 10))


def _hearing_day(told_on: date) -> date | None:
    """A day or two after the first day possible; None while its year is not published."""
    try:
        earliest = earliest_hearing_on(told_on, terms_on(told_on).notice_days, current_calendar())
        return current_calendar().add_workdays(earliest, 1)
    except CalendarMissing:
        return None


def _told_of_the_right(people: People, when: When) -> None:
    """Told of the right to a hearing two days ago; the five days run."""
    number = _in_review(people, when, 4, "JS-03", CAR_WASH, "洗车废水接管排放")
    tell_hearing_right(number, actor=people["shencha"], at=when(2, 9))
    _serve_all(people, number, when(2, 11))


def _hearing_held(people: People, when: When) -> None:
    """Asked for, called, held and recorded; the decision must cite the record."""
    number = _in_review(people, when, 28, "SW-01", WELL, "地下水取水，年取水量2万立方米")
    tell_hearing_right(number, actor=people["shencha"], at=when(26, 9))
    _serve_all(people, number, when(26, 10))
    notice = ProcedureNotice.objects.get(case__number=number)
    asks = RightAnswered(notice.pk, "requested", local_date(when(25, 9)))
    answer_hearing_right(number, answered=asks, actor=people["shencha"], at=when(25, 10))
    call = HearingCall(people["tingzheng"].pk, when(14, 9), "政务服务大厅三楼听证室")
    call_hearing(number, call=call, actor=people["shencha"], at=when(24, 9))
    _serve_all(people, number, when(24, 10))
    held = HearingHeld(
        began_at=when(14, 9),
        review_case="申请取水量超过核定的用水定额；证据为水资源论证报告和用水定额标准。",
        defence="申请人：二期生产线投产后用水量增加，提交设备清单和工艺说明；同意分两年核定。",
        attendees=[
            Attendee(REVIEWER, people["shencha"].display_name, "审查人员", SIGNED),
            Attendee(APPLICANT, "盖春生", "申请人法定代表人", SIGNED),
        ],
    )
    record_hearing(number, held=held, actor=people["tingzheng"], at=when(14, 15))
    record_credit_check(number, query=CreditQuery("信用中国（山东）", "clear"), actor=people["shencha"], at=when(13, 9))
    submit_opinion(
        number,
        proposal="grant",
        text="根据听证笔录，建议按年取水量1.6万立方米准予。",
        actor=people["shencha"],
        at=when(12, 9),
    )


def _asked(people: People, number: str, account: str, kind: str, question: str, at: datetime) -> Consultation:
    shared = Case.objects.get(number=number).materials.order_by("pk").values_list("pk", flat=True)[:2]
    department = people[account].department
    asked = Question(department.pk, kind, question, list(shared))
    consult(number, question=asked, actor=people["shencha"], at=at)
    return Consultation.objects.get(case__number=number, department=department, kind=kind)


def _departments_come_together(people: People, when: When) -> None:
    """Two departments named their people and come once, together, this afternoon; one more question is open."""
    number = _in_review(people, when, 4, "CG-06", PIPES, "占用、挖掘城市道路敷设燃气支管，长86米")
    for account, name in (("gongan", "衣国强 交警大队副大队长"), ("shijian", "初建国 特种设备科科长")):
        asked = _asked(
            people, number, account, "site_visit", "请派员参加现场踏勘，核对交通组织和管线安全。", when(3, 10)
        )
        person = tuple(name.split(" "))
        given = DepartmentAnswer(text="届时参加。", people=(person,))
        answer_consultation(asked.pk, given=given, actor=people[account], at=when(2, 10))
    visit = VisitPlan("site_visit", when(0, 15), "某某路与某某街路口")
    appoint_visit(number, visit=visit, actor=people["shencha"], at=when(1, 10))
    _asked(people, number, "gongan", "opinion", "施工期间的交通组织方案是否可行，需要哪些限制条件？", when(1, 11))


def _department_is_silent(people: People, when: When) -> None:
    """A department has let its term pass and was chased."""
    number = _in_review(people, when, 9, "SJ-08", DRUGSTORE, "药品零售（连锁门店）")
    _asked(people, number, "gongan", "opinion", "申请人近两年有无涉药治安处罚？", when(7, 10) + timedelta(minutes=5))


def _raise(number: str, error: Exception) -> None:
    raise error
