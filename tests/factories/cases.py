"""Cases at each stage of their life, made by the real commands, so that a test cannot begin from an unlawful case."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from guardian.shortcuts import assign_perm

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.models import Department, User, UserRole
from laiyang_approval.kernel.roles import Role
from matters import queries as catalogue
from matters.commands.editions import create_draft, publish_edition, save_draft
from matters.content import content_of
from matters.models import Fee
from windows.commands.at_once import grant_by_commitment
from windows.commands.decision import Grant, Refusal, grant_case, refuse_case
from windows.commands.delivery import deliver_case, issue_certificate
from windows.commands.intake import (
    Application,
    CorrectionInput,
    MaterialInput,
    OutcomeInput,
    PromiseInput,
    TakenIn,
    resubmit_materials,
    take_in,
)
from windows.commands.parties import PartyData
from windows.commands.preconditions import CreditQuery, record_credit_check
from windows.commands.review import start_review, submit_opinion
from windows.commands.serving import Service
from windows.domain.intake import Outcome
from windows.models import Case

#: Monday 2026-03-02, 09:30 in Shanghai: no holiday for a month on either side but the spring's own.
MONDAY = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
RESTAURANT = PartyData(
    kind="legal",
    name="莱阳市某某餐饮店",
    id_kind="credit_code",
    id_number="91370682MA00000A9M",
    phone="13800000000",
    address="莱阳市某某街道某某路18号",
    legal_representative="邹念慈",
)
PERSON = PartyData(kind="natural", name="姜𠮷", id_kind="resident_id", id_number="370682199001019996")


def days_later(days: int, *, hours: int = 0) -> datetime:
    """A moment ``days`` after that Monday morning."""
    return MONDAY + timedelta(days=days, hours=hours)


def person(username: str, role: Role, *, department: str = "SP", right: str = "", name: str = "") -> User:
    """Somebody of ``department`` with one role and, if given, one guardian right on it."""
    body = Department.objects.get(code=department)
    user, created = User.objects.get_or_create(
        username=username,
        defaults={"display_name": name or username, "department": body, "password_changed_at": MONDAY},
    )
    if created:
        UserRole.objects.create(user=user, role=role)
        if right:
            assign_perm(f"kernel.{right}", user, body)
    return user


@dataclass
class People:
    """The five who handle a case, of one body."""

    department: str = "SP"
    clerk: User = field(init=False)
    reviewer: User = field(init=False)
    decider: User = field(init=False)
    issuer: User = field(init=False)

    def __post_init__(self) -> None:
        code = self.department
        self.clerk = person(
            f"clerk-{code}", Role.WINDOW_CLERK, department=code, right="intake_for_department", name="于晓静"
        )
        self.reviewer = person(
            f"reviewer-{code}", Role.REVIEWER, department=code, right="review_for_department", name="隋志远"
        )
        self.decider = person(
            f"decider-{code}", Role.DECIDER, department=code, right="decide_for_department", name="姜明哲"
        )
        self.issuer = person(
            f"issuer-{code}", Role.ISSUING_CLERK, department=code, right="intake_for_department", name="董雪梅"
        )


def materials(code: str, on: date, unmet: dict[int, str] | None = None) -> list[MaterialInput]:
    """Every material of the edition in force, complete unless ``unmet`` (index → status) says otherwise."""
    edition = catalogue.edition_with_materials(catalogue.edition_on(catalogue.matter_by_code(code), on).pk)
    states = unmet or {}
    return [
        MaterialInput(row.pk, states.get(index, "complete"), originals=0 if states.get(index) == "missing" else 1)
        for index, row in enumerate(edition.materials.all())
    ]


def application(
    code: str = "SJ-04", *, at: datetime = MONDAY, party: PartyData = RESTAURANT, unmet=None, **more
) -> Application:
    return Application(
        matter=catalogue.matter_by_code(code),
        party=party,
        materials=more.pop("materials", None) or materials(code, local_date(at), unmet),
        premises="莱阳市某某街道某某路18号",
        request="热食类食品制售",
        **more,
    )


def taken_in(
    people: People, code: str = "SJ-04", *, at: datetime = MONDAY, outcome: Outcome = Outcome.ACCEPT, unmet=None, **more
) -> TakenIn:
    chosen = OutcomeInput(
        outcome,
        override_reason=more.pop("override_reason", ""),
        reason=more.pop("reason", ""),
        corrections=more.pop("corrections", ()),
        promise=more.pop("promise", PromiseInput()),
    )
    return take_in(application(code, at=at, unmet=unmet, **more), chosen=chosen, actor=people.clerk, at=at)


def received(people: People, code: str = "SJ-04", *, at: datetime = MONDAY, **more) -> Case:
    return taken_in(people, code, at=at, outcome=Outcome.KEEP, **more).case


def accepted(people: People, code: str = "SJ-04", *, at: datetime = MONDAY, **more) -> Case:
    return taken_in(people, code, at=at, **more).case


#: What an applicant signed, and what the credit query answered.
SIGNED = PromiseInput("邹念慈", is_signed=True, credit=CreditQuery("信用中国（山东）", "clear"))
#: An instant matter: decided on the day it is accepted.
INSTANT = "SJ-02"


def deferred(people: People, code: str = "SJ-04", *, at: datetime = MONDAY, index: int = 2, **more) -> Case:
    """Accepted with one material promised for later."""
    more = {"promise": SIGNED} | more
    return taken_in(people, code, at=at, outcome=Outcome.DEFER, unmet={index: "missing"}, **more).case


def committed(people: People, code: str = "SJ-04", *, at: datetime = MONDAY, index: int = 4, **more) -> Case:
    """Received, with a signed commitment in place of one material."""
    more = {"promise": SIGNED} | more
    return taken_in(people, code, at=at, outcome=Outcome.COMMIT, unmet={index: "missing"}, **more).case


def granted_by_commitment(people: People, *, at: datetime = MONDAY, **more) -> Case:
    case = committed(people, at=at, **more)
    return grant_by_commitment(case.number, grant=GRANT, actor=people.decider, at=at + timedelta(hours=1))


def correction_pending(people: People, *, at: datetime = MONDAY, index: int = 2) -> Case:
    given = materials("SJ-04", local_date(at))
    return taken_in(
        people,
        at=at,
        outcome=Outcome.CORRECT,
        unmet={index: "defective"},
        corrections=[CorrectionInput(given[index].material_id, "平面图未标注面积", "重新提交标注面积的平面图")],
    ).case


def corrected(people: People, case: Case, *, at: datetime, status: str = "complete") -> Case:
    listed = case.correction_notices.get().items.values_list("material__edition_material_id", flat=True)
    return resubmit_materials(
        case.number, materials=[MaterialInput(pk, status, originals=1) for pk in listed], actor=people.clerk, at=at
    )


def in_review(people: People, *, at: datetime = MONDAY, **more) -> Case:
    return start_review(accepted(people, at=at, **more).number, actor=people.reviewer, at=at + timedelta(hours=1))


def credit_checked(people: People, case: Case, *, at: datetime) -> Case:
    return record_credit_check(
        case.number, query=CreditQuery("信用中国（山东）", "clear"), actor=people.reviewer, at=at
    )


def pending_decision(people: People, *, at: datetime = MONDAY, proposal: str = "grant", **more) -> Case:
    case = credit_checked(people, in_review(people, at=at, **more), at=at + timedelta(hours=1, minutes=30))
    return submit_opinion(
        case.number, proposal=proposal, text="材料齐全，建议准予。", actor=people.reviewer, at=at + timedelta(hours=2)
    )


def granted(people: People, *, at: datetime = MONDAY, decided_at: datetime | None = None, **more) -> Case:
    case = pending_decision(people, at=at, **more)
    return grant_case(case.number, grant=GRANT, actor=people.decider, at=decided_at or at + timedelta(hours=3))


def refused(people: People, *, at: datetime = MONDAY, **more) -> Case:
    case = pending_decision(people, at=at, proposal="refuse", **more)
    return refuse_case(case.number, refusal=REFUSAL, actor=people.decider, at=at + timedelta(hours=3))


def issued(people: People, *, at: datetime = MONDAY, **more) -> Case:
    return issue_certificate(granted(people, at=at, **more).number, actor=people.issuer, at=at + timedelta(hours=4))


def delivered(people: People, *, at: datetime = MONDAY, **more) -> Case:
    return deliver_case(
        issued(people, at=at, **more).number, service=SERVICE, actor=people.issuer, at=at + timedelta(hours=5)
    )


def with_fees(code: str = "SJ-04", *, at: datetime = MONDAY) -> list[Fee]:
    """Afterwards a new edition of the matter is in force that charges for the licence, twice, on a law."""
    admin = person("admin-of-fees", Role.CATALOGUE_ADMIN)
    draft = create_draft(code, actor=admin)
    content = content_of(draft)
    content.rows["fees"] = [FEE, FEE | {"name": "考试费", "standard": "每人次100元"}]
    content.fields["fee_note"] = FEE["name"]
    draft = save_draft(draft.pk, content=content, change_note="收费", expected_version=draft.draft_version, actor=admin)
    published = publish_edition(
        draft.pk, effective_from=local_date(at), expected_version=draft.draft_version, actor=admin, at=at
    )
    return list(published.fees.order_by("seq"))


FEE = {
    "name": "证书工本费",
    "standard": "每证100元",
    "basis": "《道路交通安全法》第八条",
    "basis_level": "law",
    "is_for_licence": True,
    "reduction": "",
}
GRANT = Grant("热食类食品制售", date(2026, 3, 2), date(2031, 3, 1))
REFUSAL = Refusal("经营场所与申请不符。", "经营场所不符合食品安全要求。", "《食品安全法》第三十三条")
SERVICE = Service("direct", recipient="邹念慈", relation="本人", place="出件窗口")
