"""Demo licences at every stage of their life: renewed, changed, suspended, forfeited, revoked, struck off, of 2017."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.models import Department, User
from matters import queries as catalogue

from ..commands.decision import grant_case
from ..commands.delivery import deliver_case, issue_certificate
from ..commands.intake import Application, MaterialInput, OutcomeInput, take_in
from ..commands.licences.correcting import Correction, correct_letter
from ..commands.licences.ex_officio import (
    Cause,
    open_ex_officio,
    propose_ex_officio,
    record_holder_statement,
    serve_holder,
    tell_holder,
)
from ..commands.licences.granting import Grant
from ..commands.licences.outside import Penalty, forfeit_licence, suspend_licence
from ..commands.licences.registering import OldLicence, register_old_licence
from ..commands.licences.taking_back import TakingBack, decide_ex_officio
from ..commands.parties import PartyData
from ..commands.preconditions import CreditQuery, record_credit_check
from ..commands.review import start_review, submit_opinion
from ..commands.serving import Service
from ..domain.intake import Outcome
from ..models import Case, Licence
from .codes import credit_code, mobile, resident_id

When = Callable[[int, int], datetime]


def _firm(name: str, serial: int, head: str, *, category: str = "91") -> PartyData:
    kind = "sole_trader" if category == "92" else "legal"
    return PartyData(
        kind,
        name,
        "credit_code",
        credit_code(serial, category=category),
        mobile(serial),
        "莱阳市某某街道某某路",
        head,
    )


def _person(name: str, serial: int, born: date) -> PartyData:
    return PartyData("natural", name, "resident_id", resident_id(born, serial), mobile(serial), "莱阳市某某镇")


NOODLES = _firm("莱阳市某某面馆", 11740, "辛德海", category="92")
CANTEEN = _firm("莱阳某某学生营养配餐有限公司", 12851, "史文娟")
BATHS = _firm("莱阳市某某大众浴池", 13962, "修福田", category="92")
SPRING = _firm("莱阳某某泉水饮品有限公司", 14073, "昌永安")
KARAOKE = _firm("莱阳市某某娱乐有限公司", 15184, "慕云飞")
HAIR = _firm("莱阳市某某美发店", 16295, "盖春燕", category="92")
FISHER = _person("王大海", 63, date(1958, 4, 5))
SEAFOOD = _firm("莱阳某某海鲜酒楼", 17306, "迟建军", category="92")

FOOD = "主体业态：餐饮服务经营者；经营项目：热食类食品制售"


@dataclass
class Hand:
    """Who tells the stories, and the clock they are told by."""

    people: dict[str, User]
    when: When
    today: date

    def apply(self, matter: str, party: PartyData, days_ago: int, *, purpose: str = "new", licence: str = "") -> Case:
        found, at = catalogue.matter_by_code(matter), self.when(days_ago, 9)
        edition = catalogue.edition_with_materials(catalogue.edition_on(found, local_date(at)).pk)
        return take_in(
            Application(
                matter=found,
                party=party,
                materials=[MaterialInput(row.pk, "complete", originals=1) for row in edition.materials.all()],
                premises=f"{party.address}某号",
                request=FOOD if matter == "SJ-04" else found.name,
                purpose=purpose,
                licence_number=licence,
            ),
            chosen=OutcomeInput(Outcome.ACCEPT),
            actor=self.people["chuangkou"],
            at=at,
        ).case

    def review(self, case: Case, days_ago: int) -> None:
        reviewer, at = self.people["shencha"], self.when(days_ago, 10)
        start_review(case.number, actor=reviewer, at=at)
        record_credit_check(
            case.number,
            query=CreditQuery("信用中国（山东烟台）", "clear"),
            actor=reviewer,
            at=at + timedelta(minutes=10),
        )

    def decide(self, case: Case, days_ago: int, grant: Grant) -> None:
        submit_opinion(
            case.number,
            proposal="grant",
            text="材料齐全，符合条件，建议准予。",
            actor=self.people["shencha"],
            at=self.when(days_ago, 11),
        )
        grant_case(case.number, grant=grant, actor=self.people["juzhang"], at=self.when(days_ago, 14))

    def hand_over(self, case: Case, days_ago: int, recipient: str) -> Licence:
        issue_certificate(case.number, actor=self.people["chujian"], at=self.when(days_ago, 15))
        service = Service("direct", recipient=recipient, relation="本人", place="政务服务大厅出件窗口")
        deliver_case(case.number, service=service, actor=self.people["chujian"], at=self.when(days_ago, 16))
        return Licence.objects.get(case=case)

    def licence(
        self, matter: str, party: PartyData, days_ago: int, *, content: str, ends_on: date | None = None
    ) -> Licence:
        """A licence granted so many working days ago; for a year, unless it is said when it ends."""
        case = self.apply(matter, party, days_ago)
        self.review(case, days_ago - 1)
        start = local_date(self.when(days_ago - 3, 14))
        self.decide(case, days_ago - 3, Grant(content, start, ends_on or start + timedelta(364)))
        return self.hand_over(case, days_ago - 4, party.legal_representative or party.name)

    def open(self, licence: Licence, ground: str, facts: str, days_ago: int, source: str = "") -> Case:
        return open_ex_officio(
            licence.pk, cause=Cause(ground, facts, source), actor=self.people["shencha"], at=self.when(days_ago, 9)
        )

    def tell(self, case: Case, days_ago: int, recipient: str) -> None:
        reviewer = self.people["shencha"]
        tell_holder(case.number, actor=reviewer, at=self.when(days_ago, 10))
        service = Service("direct", recipient=recipient, relation="本人", place="经营场所")
        serve_holder(case.number, service=service, actor=reviewer, at=self.when(days_ago, 15))

    def propose(self, case: Case, days_ago: int, text: str) -> None:
        propose_ex_officio(
            case.number, proposal="act", text=text, actor=self.people["shencha"], at=self.when(days_ago, 10)
        )

    def take_back(self, case: Case, days_ago: int, taking: TakingBack) -> None:
        decide_ex_officio(case.number, taking=taking, actor=self.people["juzhang"], at=self.when(days_ago, 14))


def tell_licence_lives(*, people: dict[str, User], when: When, today: date) -> int:
    """Afterwards the register shows a licence at each stage; returns how many stories were told."""
    hand = Hand(people, when, today)
    stories = (_renewal_under_way, _changed_and_corrected, _suspended, _forfeited, _being_revoked, _revoked_and_struck_off,
               _holder_died, _of_2017_renewed_by_the_bureau)  # fmt: skip
    for story in stories:
        story(hand)
    return len(stories)


def _renewal_under_way(hand: Hand) -> None:
    """Runs out in twelve days; the renewal came in time and is not decided yet."""
    licence = hand.licence(
        "SW-01", SPRING, 230, content="地下水取水，年取水量1.2万立方米", ends_on=hand.today + timedelta(12)
    )
    case = hand.apply("SW-01", SPRING, 31, purpose="renewal", licence=licence.number)
    hand.review(case, 29)


def _changed_and_corrected(hand: Hand) -> None:
    licence = hand.licence("SJ-04", NOODLES, 120, content=FOOD)
    case = hand.apply("SJ-04", NOODLES, 12, purpose="change", licence=licence.number)
    hand.review(case, 11)
    hand.decide(case, 9, Grant(f"{FOOD}、糕点类食品制售"))
    hand.hand_over(case, 8, "辛德海")
    correct_letter(
        case.letters.get(kind="D20").pk,
        correction=Correction("premises", "某某路某号", "某某路6号", "录入时未填门牌号，申请书为某某路6号。"),
        actor=hand.people["juzhang"],
        at=hand.when(6, 10),
    )


def _suspended(hand: Hand) -> None:
    licence = hand.licence("WJ-05", BATHS, 150, content="许可项目：公共浴室")
    suspend_licence(
        licence.pk,
        penalty=_penalty("WJ19", "莱卫罚〔2026〕8号", hand.when(7, 9), until=hand.today + timedelta(20)),
        actor=hand.people["shencha"],
        at=hand.when(6, 9),
    )


def _forfeited(hand: Hand) -> None:
    licence = hand.licence("WG-02", KARAOKE, 160, content="歌舞娱乐场所，核定人数120人")
    forfeit_licence(
        licence.pk,
        penalty=_penalty("WG19", "莱文罚〔2026〕3号", hand.when(5, 9)),
        actor=hand.people["shencha"],
        at=hand.when(4, 9),
    )


def _being_revoked(hand: Hand) -> None:
    """The holder has been told and may still state and defend."""
    licence = hand.licence("SJ-04", SEAFOOD, 90, content=FOOD)
    case = hand.open(
        licence,
        "fraud",
        "市场监管部门移送：申请时提交的经营场所租赁合同系伪造，出租人否认签订过合同。",
        4,
        "莱阳市市场监督管理局移送",
    )
    hand.tell(case, 3, "迟建军")


def _revoked_and_struck_off(hand: Hand) -> None:
    licence = hand.licence("SJ-04", CANTEEN, 140, content="主体业态：集体用餐配送单位；经营项目：热食类食品制售")
    case = hand.open(licence, "procedure", "自查发现：核查人员只有一人，违反法定程序。", 26, "案卷自查")
    hand.tell(case, 25, "史文娟")
    record_holder_statement(
        case.number,
        statement="请求补正程序，保留许可。",
        actor=hand.people["shencha"],
        at=hand.when(22, 9),
    )
    hand.propose(case, 21, "程序违法属实且无法补正，建议撤销，并依法赔偿。")
    hand.take_back(
        case,
        20,
        TakingBack("核查不符合第三十四条第三款关于两名以上工作人员的规定。", money_note="对设备损失核定后依法赔偿。"),
    )
    struck = hand.open(licence, "cancel_4", "许可已被撤销，决定书已送达。", 14)
    hand.propose(struck, 13, "应当办理注销手续。")
    hand.take_back(struck, 12, TakingBack("许可已被撤销，依法注销。"))


def _holder_died(hand: Hand) -> None:
    licence = hand.licence("HY-03", FISHER, 110, content="内陆捕捞，刺网，主机功率8.8千瓦")
    case = hand.open(licence, "cancel_2", "公安机关户籍注销证明载明，持证人已经死亡。", 9, "持证人亲属报告")
    hand.propose(case, 8, "持证人死亡，应当注销。")
    hand.take_back(case, 7, TakingBack("持证人死亡，应当办理注销手续。", by_notice=True))


def _of_2017_renewed_by_the_bureau(hand: Hand) -> None:
    """Issued by the health department before the transfer; the bureau, which has the power now, renews it."""
    old = register_old_licence(
        OldLicence(
            matter=catalogue.matter_by_code("WJ-05"),
            number="莱卫公字〔2017〕第0215号",
            title="公共场所卫生许可证",
            holder=HAIR,
            issued_by=Department.objects.get(code="WJ"),
            issued_on=date(2017, 11, 20),
            valid_from=date(2017, 11, 20),
            valid_to=hand.today + timedelta(9),
            content="许可项目：美容美发",
            premises="莱阳市某某街道旌阳路某号",
        ),
        actor=hand.people["chuangkou"],
        at=hand.when(60, 9),
    )
    case = hand.apply("WJ-05", HAIR, 40, purpose="renewal", licence=old.number)
    hand.review(case, 39)
    start = old.valid_to + timedelta(1)
    hand.decide(case, 37, Grant(old.content, start, start + timedelta(4 * 365)))
    hand.hand_over(case, 36, "盖春燕")


def _penalty(code: str, number: str, at: datetime, until: date | None = None) -> Penalty:
    return Penalty(number, Department.objects.get(code=code), local_date(at), until)
