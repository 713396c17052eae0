"""Demo cases of what people put right: a corrected intake, a case that went to another reviewer, a delegation, a file sent up."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.models import User
from matters import queries as catalogue

from ..commands.advising import give_advice
from ..commands.correcting_intake import IntakeEntries, correct_intake
from ..commands.delegating import DelegationInput, delegate_tasks
from ..commands.intake import Application, MaterialInput, OutcomeInput, take_in
from ..commands.parties import PartyData
from ..commands.preconditions import CreditQuery, record_credit_check, report_upward
from ..commands.reassigning import reassign_case
from ..commands.review import start_review, submit_opinion
from ..domain.intake import Outcome
from ..models import Case
from .codes import credit_code, mobile

When = Callable[[int, int], datetime]
People = dict[str, User]

BAKERY = PartyData(
    "legal", "莱阳市某某烘焙店", "credit_code", credit_code(48980), mobile(48980), "莱阳市某某街道某某路26号", "矫春兰"
)
SHELLFISH = PartyData(
    "legal",
    "莱阳市某某水产养殖有限公司",
    "credit_code",
    credit_code(49091),
    mobile(49091),
    "莱阳市某某镇某某村",
    "隋永福",
)


def tell_what_people_put_right(*, people: People, when: When, at: datetime) -> int:
    """Afterwards each of these stands once; returns how many cases were made."""
    _corrected_and_reassigned(people, when)
    _sent_up(people, when)
    on = local_date(at)
    delegation = DelegationInput(
        people["juzhang"].pk, people["shencha2"].pk, on, on + timedelta(13), "赴济南培训，局办公会安排"
    )
    delegate_tasks(delegation, actor=people["juzhang"], at=at)
    matter = catalogue.matter_by_code("SJ-04")
    give_advice(matter, held=(), note="拟开小型餐饮店，租用门面", actor=people["chuangkou"], at=when(0, 9))
    return 2


def _applied(people: People, when: When, days_ago: int, code: str, party: PartyData, request: str) -> Case:
    matter, at = catalogue.matter_by_code(code), when(days_ago, 9)
    edition = catalogue.edition_on(matter, local_date(at))
    materials = [MaterialInput(pk, "complete", originals=1) for pk in edition.materials.values_list("pk", flat=True)]
    application = Application(matter, party, materials, premises=party.address, request=request)
    return take_in(application, chosen=OutcomeInput(Outcome.ACCEPT), actor=people["chuangkou"], at=at).case


def _corrected_and_reassigned(people: People, when: When) -> None:
    case = _applied(people, when, 4, "SJ-04", BAKERY, "热食类食品制售")
    entries = IntakeEntries(
        kind=BAKERY.kind,
        name=BAKERY.name,
        legal_representative=BAKERY.legal_representative,
        address=BAKERY.address,
        premises=BAKERY.address,
        request="糕点类食品制售",
    )
    reason = "申请书写的是糕点类，录入时选错；申请人电话告知。"
    correct_intake(
        case.number,
        entries=replace(entries, phone=mobile(48981)),
        reason=reason,
        actor=people["chuangkou"],
        at=when(4, 11),
    )
    start_review(case.number, actor=people["shencha"], at=when(3, 9))
    reassign_case(
        case.number,
        to_id=people["shencha2"].pk,
        reason="原承办人借调，分工调整",
        actor=people["juzhang"],
        at=when(2, 10),
    )


def _sent_up(people: People, when: When) -> None:
    """The county government decides; its paper has not come back yet."""
    case = _applied(people, when, 12, "HY-02", SHELLFISH, "底播养殖20公顷")
    start_review(case.number, actor=people["shencha"], at=when(11, 9))
    query = CreditQuery("信用中国（山东）", "clear")
    record_credit_check(case.number, query=query, actor=people["shencha"], at=when(10, 9))
    submit_opinion(
        case.number, proposal="grant", text="养殖区符合规划，界址清楚。", actor=people["shencha"], at=when(10, 10)
    )
    report_upward(case.number, opinion="符合条件，建议准予。", actor=people["juzhang"], at=when(9, 9))
