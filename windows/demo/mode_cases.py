"""Demo cases of 容缺受理, 告知承诺, 即办 and of applicants who may not apply for now, told through the real commands."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.id_codes import IdKind
from laiyang_approval.kernel.models import User
from matters import queries as catalogue

from ..commands.at_once import grant_at_once, grant_by_commitment
from ..commands.decision import Grant
from ..commands.deferrals import supply_deferred
from ..commands.delivery import deliver_case, issue_certificate
from ..commands.intake import Application, MaterialInput, OutcomeInput, PromiseInput, take_in
from ..commands.intake_mode_terms import remind_of_terms
from ..commands.parties import PartyData, register_party, restrict_party
from ..commands.post_checks import Finding, record_check
from ..commands.preconditions import CreditQuery
from ..commands.review import start_review
from ..commands.serving import Service
from ..domain.intake import Outcome
from ..domain.restrictions import RestrictionKind
from ..models import Case, Party
from .codes import credit_code, mobile

When = Callable[[int, int], datetime]
CLEAR = CreditQuery("信用中国（山东）", "clear")


@dataclass(frozen=True)
class Applicant:
    """演示申请人（虚构）"""

    name: str
    serial: int
    person: str
    is_sole_trader: bool = False

    def data(self) -> PartyData:
        return PartyData(
            kind=(Party.Kind.SOLE_TRADER if self.is_sole_trader else Party.Kind.LEGAL).value,
            name=self.name,
            id_kind=IdKind.CREDIT_CODE.value,
            id_number=credit_code(self.serial, category="92" if self.is_sole_trader else "91"),
            phone=mobile(self.serial),
            address="莱阳市某某街道某某路某号",
            legal_representative=self.person,
        )


HAIR = Applicant("莱阳市某某美发店", 20101, "隋小满", is_sole_trader=True)
HOTEL = Applicant("莱阳市某某酒店管理有限公司", 20212, "辛承业")
BOOKS = Applicant("莱阳某某代理记账有限公司", 20323, "柳明达")
STAFF = Applicant("莱阳市某某人力资源服务有限公司", 20434, "左向荣")
NOODLES = Applicant("莱阳市某某面馆", 20545, "初日升", is_sole_trader=True)
CANTEEN = Applicant("莱阳市某某配餐服务有限公司", 20656, "鲍广平")
CORNER_SHOP = Applicant("莱阳市某某便利店", 20767, "吕守信", is_sole_trader=True)
GREENGROCER = Applicant("莱阳市某某蔬果店", 20878, "于青禾", is_sole_trader=True)
BANNED = Applicant("莱阳市某某大药房", 20989, "车不凡")


@dataclass(frozen=True)
class Hall:
    """讲述者: the people of the hall and the hand of the clock."""

    people: dict[str, User]
    when: When

    def take(
        self, code: str, party: Applicant, outcome: Outcome, *, days_ago: int, lacks: tuple[int, ...] = (), request=""
    ) -> Case:
        """Taken in with the materials of these places missing, and answered so."""
        at = self.when(days_ago, 9)
        matter = catalogue.matter_by_code(code)
        edition = catalogue.edition_with_materials(catalogue.edition_on(matter, local_date(at)).pk)
        materials = [
            MaterialInput(row.pk, "missing") if place in lacks else MaterialInput(row.pk, "complete", originals=1)
            for place, row in enumerate(edition.materials.all())
        ]
        application = Application(
            matter=matter,
            party=party.data(),
            materials=materials,
            contact_phone=mobile(party.serial),
            premises="莱阳市某某街道某某路某号",
            request=request,
        )
        promise = PromiseInput(party.person, is_signed=True, publicity_consent=True, credit=CLEAR)
        chosen = OutcomeInput(outcome, promise=promise)
        return take_in(application, chosen=chosen, actor=self.people["chuangkou"], at=at).case

    def by_commitment(
        self, code: str, party: Applicant, *, days_ago: int, lacks: tuple[int, ...], content: str
    ) -> Case:
        """Granted in one act on the day the promise was signed."""
        case = self.take(code, party, Outcome.COMMIT, days_ago=days_ago, lacks=lacks, request=content)
        at = self.when(days_ago, 10)
        return grant_by_commitment(case.number, grant=_grant(content, at), actor=self.people["juzhang"], at=at)

    def handed_over(self, case: Case, party: Applicant, *, days_ago: int) -> None:
        """The certificate made out and taken home."""
        issuer = self.people["chujian"]
        issue_certificate(case.number, actor=issuer, at=self.when(days_ago, 10))
        service = Service("direct", recipient=party.person, relation="本人", place="出件窗口")
        deliver_case(case.number, service=service, actor=issuer, at=self.when(days_ago, 14))


def _grant(content: str, at: datetime) -> Grant:
    start = local_date(at)
    return Grant(content, start, start.replace(year=start.year + 5) - timedelta(days=1))


def tell_mode_cases(*, people: dict[str, User], when: When, at: datetime) -> int:
    """Afterwards each of these ways into the hall can be seen at each of its turns; returns the cases made."""
    hall = Hall(people, when)
    before = Case.objects.count()
    _deferrals(hall)
    _commitments(hall)
    _instant_matters(hall)
    _banned(hall)
    remind_of_terms(at=at)
    return Case.objects.count() - before


def _deferrals(hall: Hall) -> None:
    """One to be brought soon, one that came in, one whose term is over."""
    reviewer = hall.people["shencha"]
    case = hall.take("WJ-05", HAIR, Outcome.DEFER, days_ago=2, lacks=(4,), request="美容美发场所卫生许可")
    start_review(case.number, actor=reviewer, at=hall.when(1, 10))
    case = hall.take("WJ-05", HOTEL, Outcome.DEFER, days_ago=5, lacks=(2, 5), request="宾馆卫生许可")
    promised = [item.material.edition_material_id for item in case.deferral.items.select_related("material")]
    supply_deferred(case.number, material_ids=promised, actor=hall.people["chuangkou"], at=hall.when(2, 11))
    case = hall.take("JS-03", CANTEEN, Outcome.DEFER, days_ago=8, lacks=(3,), request="餐饮废水接管排放")
    start_review(case.number, actor=reviewer, at=hall.when(7, 10))


def _commitments(hall: Hall) -> None:
    """Waiting for the decider; being checked; ordered to be mended; not mended, to be revoked."""
    hall.take("CZ-01", BOOKS, Outcome.COMMIT, days_ago=0, lacks=(3,), request="代理记账")
    case = hall.by_commitment("RS-02", STAFF, days_ago=12, lacks=(3,), content="劳务派遣业务")
    issue_certificate(case.number, actor=hall.people["chujian"], at=hall.when(11, 10))
    hall.by_commitment("SJ-04", NOODLES, days_ago=14, lacks=(4,), content="热食类食品制售")
    false = Finding(
        "false",
        "现场没有建立进货查验记录，两名从业人员没有有效的健康证明。",
        local_date(hall.when(9, 10)),
        "迟立新",
        Service("direct", recipient=CANTEEN.person),
    )
    officer = hall.people["jianguan"]
    mending = hall.by_commitment("SJ-04", CANTEEN, days_ago=16, lacks=(4,), content="餐饮服务（集体用餐配送）")
    hall.handed_over(mending, CANTEEN, days_ago=15)
    record_check(mending.number, finding=false, actor=officer, at=hall.when(9, 15))
    broken = hall.by_commitment("SJ-04", GREENGROCER, days_ago=25, lacks=(4, 5), content="食品销售")
    hall.handed_over(broken, GREENGROCER, days_ago=24)
    first = replace(false, checked_on=local_date(hall.when(20, 10)), service=Service("direct", recipient="于青禾"))
    record_check(broken.number, finding=first, actor=officer, at=hall.when(20, 15))
    again = replace(first, text="复查：仍没有进货查验记录。", checked_on=local_date(hall.when(4, 10)), service=None)
    record_check(broken.number, finding=again, actor=officer, at=hall.when(4, 15))


def _instant_matters(hall: Hall) -> None:
    """One decided on the spot with one paper, one accepted today."""
    case = hall.take("SJ-02", CORNER_SHOP, Outcome.ACCEPT, days_ago=3, request="便利店设立登记")
    at = hall.when(3, 10)
    grant_at_once(
        case.number, grant=_grant("个体工商户设立登记", at), credit=CLEAR, actor=hall.people["juzhang"], at=at
    )
    hall.take("SJ-02", NOODLES, Outcome.ACCEPT, days_ago=0, request="经营范围变更登记")


def _banned(hall: Hall) -> None:
    """An applicant who hid facts may not apply for this licence for a year, and is told until when (Article 78)."""
    at = hall.when(40, 10)
    restrict_party(
        register_party(BANNED.data(), at=at),
        kind=RestrictionKind.ONE_YEAR_BAN,
        matter=catalogue.matter_by_code("SJ-08"),
        from_on=local_date(at),
        to_on=None,
        basis="行政许可法第七十八条：隐瞒有关情况申请直接关系人身健康的许可（演示）",
        actor=hall.people["juzhang"],
        at=at,
    )
    hall.take("SJ-08", BANNED, Outcome.NOT_ACCEPT, days_ago=1, request="药品零售")
