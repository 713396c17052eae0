"""Demo cases, made through the real commands and spread around today, so that every state and light is seen."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.clock import SHANGHAI, local_date
from laiyang_approval.kernel.id_codes import IdKind
from laiyang_approval.kernel.jobs import let_due_from
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.working_days import WorkCalendar
from matters import queries as catalogue

from ..commands.decision import Grant, Refusal, grant_case, refuse_case
from ..commands.delivery import deliver_case, issue_certificate
from ..commands.intake import (
    Application,
    CorrectionInput,
    MaterialInput,
    OutcomeInput,
    decide_intake,
    resubmit_materials,
    take_in,
    withdraw_case,
)
from ..commands.licences.sweeping import sweep_licences
from ..commands.parties import PartyData
from ..commands.preconditions import CreditQuery, record_credit_check
from ..commands.review import return_to_review, start_review, submit_opinion
from ..commands.serving import Service
from ..commands.sweeping import deem_overdue_acceptances, turn_lights
from ..domain.intake import Outcome
from ..models import Case, DocumentService, Opinion, Party
from .clock_cases import tell_clock_cases
from .codes import credit_code, mobile, resident_id
from .examination_cases import tell_examination_cases
from .licence_life import tell_licence_lives
from .mode_cases import tell_mode_cases
from .put_right import tell_what_people_put_right

COMPLETE, MISSING, DEFECTIVE = "complete", "missing", "defective"


@dataclass(frozen=True)
class DemoParty:
    """演示申请人（虚构）"""

    name: str
    kind: str
    serial: int
    address: str
    representative: str = ""
    born: date = date(1985, 12, 31)

    def data(self) -> PartyData:
        natural = self.kind == Party.Kind.NATURAL
        number = (
            resident_id(self.born, self.serial)
            if natural
            else credit_code(self.serial, category="92" if self.kind == Party.Kind.SOLE_TRADER else "91")
        )
        return PartyData(
            kind=self.kind,
            name=self.name,
            id_kind=IdKind.RESIDENT_ID.value if natural else IdKind.CREDIT_CODE.value,
            id_number=number,
            phone=mobile(self.serial),
            address=self.address,
            legal_representative=self.representative,
        )


@dataclass
class Story:
    """One case being told: whose it is, when it came in, and what was done to it since."""

    matter: str
    party: DemoParty
    days_ago: int
    steps: tuple[Callable[["Telling"], None], ...]
    clerk: str = "chuangkou"
    request: str = ""
    premises: str = ""
    unmet: tuple[tuple[int, str], ...] = ()
    outcome: Outcome = Outcome.ACCEPT
    reason: str = ""
    licence_required: bool = True
    corrections: tuple[tuple[int, str, str], ...] = ()
    electronic: bool = False


@dataclass
class Telling:
    """The state of a story while it is told: the case's number and the hand of the clock."""

    number: str
    days_ago: int
    hour: int
    when: Callable[[int, int], datetime]
    people: dict[str, User]
    story: Story
    material_ids: list[int] = field(default_factory=list)

    def at(self, days_ago: int | None = None) -> datetime:
        """A later moment: on the given working day, or an hour on."""
        if days_ago is None or days_ago == self.days_ago:
            self.hour = min(self.hour + 1, 16)
        else:
            self.days_ago, self.hour = days_ago, 9
        return self.when(self.days_ago, self.hour)


def review(days_ago: int | None = None, *, by: str = "shencha") -> Callable[[Telling], None]:
    def step(told: Telling) -> None:
        start_review(told.number, actor=told.people[by], at=told.at(days_ago))

    return step


def opinion(
    text: str, days_ago: int | None = None, *, by: str = "shencha", proposal: str = Opinion.Kind.GRANT.value
) -> Callable[[Telling], None]:
    def step(told: Telling) -> None:
        at = told.at(days_ago)
        query = CreditQuery("信用中国（山东）", "clear")
        record_credit_check(told.number, query=query, actor=told.people[by], at=at - timedelta(minutes=20))
        submit_opinion(told.number, proposal=proposal, text=text, actor=told.people[by], at=at)

    return step


def send_back(reason: str, days_ago: int | None = None, *, by: str = "juzhang") -> Callable[[Telling], None]:
    def step(told: Telling) -> None:
        return_to_review(told.number, reason=reason, actor=told.people[by], at=told.at(days_ago))

    return step


def grant(
    content: str, days_ago: int | None = None, *, by: str = "juzhang", years: int | None = 5
) -> Callable[[Telling], None]:
    def step(told: Telling) -> None:
        at = told.at(days_ago)
        start = local_date(at)
        end = start.replace(year=start.year + years) - timedelta(days=1) if years else None
        grant_case(told.number, grant=Grant(content, start, end), actor=told.people[by], at=at)

    return step


def refuse(
    facts: str, reasons: str, days_ago: int | None = None, *, by: str = "fujuzhang"
) -> Callable[[Telling], None]:
    def step(told: Telling) -> None:
        refuse_case(told.number, refusal=Refusal(facts, reasons, ""), actor=told.people[by], at=told.at(days_ago))

    return step


def issue(days_ago: int | None = None) -> Callable[[Telling], None]:
    def step(told: Telling) -> None:
        issue_certificate(told.number, actor=told.people["chujian"], at=told.at(days_ago))

    return step


def deliver(recipient: str, days_ago: int | None = None) -> Callable[[Telling], None]:
    def step(told: Telling) -> None:
        service = Service(
            DocumentService.Method.DIRECT.value, recipient=recipient, relation="本人", place="政务服务大厅出件窗口"
        )
        deliver_case(told.number, service=service, actor=told.people["chujian"], at=told.at(days_ago))

    return step


def correct_and_accept(days_ago: int) -> Callable[[Telling], None]:
    def step(told: Telling) -> None:
        listed = [told.material_ids[index] for index, _, _ in told.story.corrections]
        clerk = told.people[told.story.clerk]
        resubmit_materials(
            told.number,
            materials=[MaterialInput(pk, COMPLETE, originals=1) for pk in listed],
            actor=clerk,
            at=told.at(days_ago),
        )
        decide_intake(told.number, chosen=OutcomeInput(Outcome.ACCEPT), actor=clerk, at=told.at())

    return step


def withdraw(reason: str, days_ago: int | None = None) -> Callable[[Telling], None]:
    def step(told: Telling) -> None:
        withdraw_case(told.number, reason=reason, actor=told.people["chuangkou"], at=told.at(days_ago))

    return step


LEGAL, SOLE, NATURAL = Party.Kind.LEGAL.value, Party.Kind.SOLE_TRADER.value, Party.Kind.NATURAL.value

RESTAURANT = DemoParty("莱阳市某某餐饮店", LEGAL, 10, "莱阳市某某街道某某路18号", "邹念慈")
BAKERY = DemoParty("莱阳梨乡某某烘焙坊", SOLE, 2211, "莱阳市某某街道文化路某号", "吕䶮")
PHARMACY = DemoParty("莱阳市某某大药房有限公司", LEGAL, 3122, "莱阳市某某街道五龙路某号", "宋喆")
BUILDER = DemoParty("莱阳市某某建筑安装工程有限责任公司第三分公司", LEGAL, 4093, "莱阳市经济开发区某某路", "鲍堃")
SCHOOL = DemoParty("莱阳市某某职业培训学校（筹）", LEGAL, 5174, "莱阳市某某街道昌山路某号", "车赟")
WATER = DemoParty("莱阳某某矿泉水有限公司", LEGAL, 6205, "莱阳市某某镇某某村", "昌珺")
INTERNET = DemoParty("莱阳市某某网络服务部", LEGAL, 7336, "莱阳市某某街道旌阳路某号", "初昇")
SEEDS = DemoParty("莱阳市某某种业有限公司", LEGAL, 8467, "莱阳市某某镇某某路", "慕容玥")
DOCTOR = DemoParty("姜𠮷", NATURAL, 118, "莱阳市某某街道", born=date(1988, 6, 12))
FARMER = DemoParty("古丽娜·买买提", NATURAL, 42, "莱阳市某某镇", born=date(1979, 3, 3))
HOTEL = DemoParty("莱阳市某某快捷宾馆", SOLE, 9598, "莱阳市某某街道龙门路某号", "盖世明")
GRAIN = DemoParty("莱阳市某某粮食购销有限公司", LEGAL, 10629, "莱阳市某某镇", "于满仓")
HOME_OWNER = DemoParty("宫小雨", NATURAL, 7, "莱阳市某某镇某某村", born=date(1990, 1, 1))

FOOD = "主体业态：餐饮服务经营者；经营项目：热食类食品制售、冷食类食品制售（不含裱花蛋糕）"

STORIES = (
    # The whole way, delivered.
    Story(
        "SJ-04",
        RESTAURANT,
        15,
        (
            review(14),
            opinion("经审查，申请材料齐全、符合法定形式；经营场所布局、设备符合食品安全要求，建议准予。", 12),
            grant(FOOD, 11),
            issue(10),
            deliver("邹念慈", 9),
        ),
        request=FOOD,
        premises="莱阳市某某街道某某路18号",
    ),
    # Granted, certificate to be made; issued, to be delivered; refused, to be served.
    Story(
        "SJ-04",
        BAKERY,
        6,
        (
            review(5),
            opinion("材料齐全，现场符合要求，建议准予。", 3),
            grant("主体业态：食品销售经营者（含网络经营）；经营项目：糕点类食品制售", 1),
        ),
        request="糕点类食品制售",
        premises="莱阳市某某街道文化路某号",
    ),
    Story(
        "WJ-05",
        HOTEL,
        7,
        (
            review(6),
            opinion("卫生设施齐全，检测报告合格，建议准予。", 5),
            grant("许可项目：宾馆", 4, years=4),
            issue(3),
        ),
        request="宾馆卫生许可",
        premises="莱阳市某某街道龙门路某号",
    ),
    Story(
        "WG-02",
        INTERNET,
        9,
        (
            review(8),
            opinion("经营场所距中学校门不足规定距离，建议不予许可。", 5, proposal=Opinion.Kind.REFUSE.value),
            refuse(
                "申请设立的歌舞娱乐场所位于某某路某号，经现场核查，与莱阳市某某中学校门直线距离约80米。",
                "申请地点位于学校周围，不符合《娱乐场所管理条例》第七条关于娱乐场所设立地点的规定。",
                2,
            ),
        ),
        request="设立歌舞娱乐场所",
        premises="莱阳市某某街道旌阳路某号",
    ),
    # Waiting for the decision; sent back by the decider.
    Story(
        "SJ-08",
        PHARMACY,
        4,
        (review(3), opinion("人员资质、营业场所和质量管理制度符合要求，建议准予。", 1)),
        request="药品零售（连锁门店）",
        premises="莱阳市某某街道五龙路某号",
    ),
    Story(
        "NY-02",
        SEEDS,
        5,
        (review(4), opinion("材料符合要求，建议准予。", 3), send_back("仓储照片与申请地址不一致，请核实后再报。", 2)),
        request="限制使用农药除外的农药经营",
    ),
    # In review; accepted today; a matter of months whose year is not published yet.
    Story("SJ-04", PHARMACY, 3, (review(2),), request="特殊食品销售（保健食品）", premises="莱阳市某某街道五龙路某号"),
    Story(
        "CG-06",
        BUILDER,
        1,
        (),
        request="占用、挖掘城市道路敷设供水支管，长12米",
        premises="莱阳市某某路（某某路至某某路段）",
    ),
    Story(
        "JT-02",
        SCHOOL,
        2,
        (review(1, by="shencha2"),),
        clerk="chuangkou2",
        request="民办幼儿园设立",
        premises="莱阳市某某街道昌山路某号",
    ),
    Story("MZ-01", SCHOOL, 8, (review(6, by="shencha2"),), clerk="chuangkou2", request="莱阳市某某行业协会成立登记"),
    # Close to the promised limit; over it; over the statutory one.
    Story("WJ-05", RESTAURANT, 4, (review(3),), request="理发店卫生许可", premises="莱阳市某某街道某某路20号"),
    Story("JS-03", BUILDER, 10, (review(8),), request="餐饮废水接管排放", premises="莱阳市某某路某号"),
    Story(
        "SW-01",
        WATER,
        20,
        (review(18, by="shencha2"),),
        clerk="chuangkou2",
        request="地下水取水，年取水量3.2万立方米",
        premises="莱阳市某某镇某某村",
    ),
    Story("CG-02", HOTEL, 24, (review(20),), request="门头灯箱一处，6米×1.2米", premises="莱阳市某某街道龙门路某号"),
    # Told once what is missing; put right and accepted; received and not yet answered.
    Story(
        "SJ-04",
        HOTEL,
        2,
        (),
        request="宾馆早餐",
        premises="莱阳市某某街道龙门路某号",
        outcome=Outcome.CORRECT,
        unmet=((3, DEFECTIVE), (4, MISSING)),
        corrections=(
            (3, "平面布局图未标明操作流程和面积", "重新提交标明各功能区面积和操作流程的平面图"),
            (4, "未提交", "提交加盖公章的制度文本"),
        ),
    ),
    Story(
        "NY-01",
        SEEDS,
        6,
        (correct_and_accept(3), review(2)),
        request="小麦种子生产经营",
        outcome=Outcome.CORRECT,
        unmet=((1, DEFECTIVE),),
        corrections=((1, "复印件未加盖公章", "加盖公章后重新提交"),),
    ),
    Story("LY-01", FARMER, 1, (), request="采伐自有杨树24株", premises="莱阳市某某镇某某村", outcome=Outcome.KEEP),
    Story("HY-03", FARMER, 4, (), request="内陆捕捞", outcome=Outcome.KEEP),
    Story("WJ-10", DOCTOR, 7, (), request="执业地点变更", outcome=Outcome.KEEP),
    # No licence needed any more; outside the bureau's power; withdrawn.
    Story("LS-01", GRAIN, 3, (), request="粮食收购", outcome=Outcome.NOT_REQUIRED),
    Story("GT-03", HOME_OWNER, 2, (), request="临时堆放建材占地", outcome=Outcome.NOT_ACCEPT),
    Story(
        "CG-03",
        HOTEL,
        5,
        (withdraw("装修计划取消，不再占道施工。", 4),),
        request="临时占道施工",
        premises="莱阳市某某街道龙门路某号",
    ),
    # A matter that stayed with its department, at its window in the hall.
    Story(
        "GA-04",
        HOTEL,
        4,
        (review(3, by="gongan"),),
        clerk="gongan",
        request="旅馆业特种行业许可",
        premises="莱阳市某某街道龙门路某号",
    ),
)


def load_demo_cases(*, at: datetime) -> int:
    """Afterwards the demo stories stand as cases around ``at``; does nothing once there is a case. Returns cases made."""
    if Case.objects.exists():
        return 0
    people = {user.username: user for user in User.objects.select_related("department")}
    calendar = current_calendar()

    def when(days_ago: int, hour: int) -> datetime:
        return datetime.combine(_workday_before(calendar, local_date(at), days_ago), time(hour, 12), tzinfo=SHANGHAI)

    for story in sorted(STORIES, key=lambda story: -story.days_ago):
        _tell(story, when=when, people=people)
    more = tell_clock_cases(people=people, when=when, at=at)
    more += tell_examination_cases(people=people, when=when, at=at)
    more += tell_licence_lives(people=people, when=when, today=local_date(at))
    more += tell_mode_cases(people=people, when=when, at=at)
    more += tell_what_people_put_right(people=people, when=when, at=at)
    citizen = people["shimin"]
    Party.objects.filter(name=RESTAURANT.name).update(user=citizen)
    deem_overdue_acceptances(at=at, on_failure=_raise)
    sweep_licences(at=at, on_failure=_raise)
    turn_lights(at=at)
    let_due_from(at)  # the letters of last month's acts wait for the worker since now
    return len(STORIES) + more


def _tell(story: Story, *, when: Callable[[int, int], datetime], people: dict[str, User]) -> None:
    matter = catalogue.matter_by_code(story.matter)
    at = when(story.days_ago, 9)
    edition = catalogue.edition_on(matter, local_date(at))
    material_ids = list(edition.materials.order_by("seq").values_list("pk", flat=True))
    unmet = dict(story.unmet)
    taken = take_in(
        Application(
            matter=matter,
            party=story.party.data(),
            materials=[
                MaterialInput(pk, unmet.get(index, COMPLETE), originals=0 if unmet.get(index) == MISSING else 1)
                for index, pk in enumerate(material_ids)
            ],
            contact_phone=mobile(story.party.serial),
            premises=story.premises,
            request=story.request,
            licence_required=story.licence_required,
            electronic_service=story.electronic,
        ),
        chosen=OutcomeInput(
            story.outcome,
            reason=story.reason,
            corrections=[
                CorrectionInput(material_ids[index], reason, remedy) for index, reason, remedy in story.corrections
            ],
        ),
        actor=people[story.clerk],
        at=at,
    )
    told = Telling(taken.case.number, story.days_ago, 9, when, people, story, material_ids)
    for step in story.steps:
        step(told)


def _workday_before(calendar: WorkCalendar, day: date, count: int) -> date:
    """The working day ``count`` working days before ``day`` (or before the last working day, on a day off)."""
    while not calendar.is_workday(day):
        day -= timedelta(days=1)
    for _ in range(count):
        day -= timedelta(days=1)
        while not calendar.is_workday(day):
            day -= timedelta(days=1)
    return day


def _raise(number: str, error: Exception) -> None:
    raise error
