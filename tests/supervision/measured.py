"""Twenty cases around March 2026, made by the commands, whose figures are worked out by hand in ``test_measures``.

SJ-04 allows 10 working days, FG-02 and GA-02 allow 20; all three promise 7. WJ-01 allows 30 calendar days and promises 10 working
days; SJ-02 allows 3 working days and is decided at once. March 2026 has no holiday; 28 February is a Saturday that is worked.
"""

from dataclasses import dataclass
from datetime import date

from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.roles import Role
from tests.factories import cases as make
from tests.factories import clock as stops
from tests.factories import licences as lic
from windows.commands.at_once import grant_at_once
from windows.commands.decision import Grant, grant_case, refuse_case
from windows.commands.delivery import deliver_case, issue_certificate
from windows.commands.intake import CorrectionInput, OutcomeInput, decide_intake, withdraw_case
from windows.commands.licences.sweeping import sweep_licences
from windows.commands.preconditions import CreditQuery
from windows.commands.review import start_review, submit_opinion
from windows.commands.serving import Service
from windows.domain.intake import Outcome
from windows.models import Case

on = stops.on
POST = Service("post", tracking_number="EMS123456789CN")
ELECTRONIC = Service("electronic", note="送达至申请人登记的电子邮箱")


@dataclass
class March:
    """The twenty cases by number, and who took them in: two windows of the bureau, one of the police."""

    people: make.People
    second: make.People
    police: make.People
    cases: dict[int, Case]

    def numbers(self, pks) -> set[int]:
        """Which of the twenty these are."""
        by_pk = {case.pk: number for number, case in self.cases.items()}
        return {by_pk[pk] for pk in pks}


def twenty() -> March:
    people = make.People()
    _sits_at(people.clerk, "综合1号窗")
    second = make.People()
    second.clerk = make.person(
        "clerk-2", Role.WINDOW_CLERK, department="SP", right="intake_for_department", name="宫海波"
    )
    _sits_at(second.clerk, "综合2号窗")
    police = make.People("GA")
    march = March(people, second, police, {})
    cases = march.cases
    cases[1] = _delivered(people, _decided(people, "2026-03-02", "2026-03-05"), "2026-03-06", POST)
    cases[2] = _delivered(people, _decided(people, "2026-03-02", "2026-03-11"), "2026-03-12")
    cases[3] = _decided(people, "2026-03-02", "2026-03-12")
    cases[4] = _decided(people, "2026-03-02", "2026-03-31", refuse=True)
    cases[5] = _decided(people, "2026-03-02", "2026-04-01")
    by_web = _decided(second, "2026-03-03", "2026-03-06", channel=Case.Channel.WEB, electronic_service=True)
    cases[6] = _delivered(second, by_web, "2026-03-06", ELECTRONIC)
    by_phone = _decided(second, "2026-03-03", "2026-03-09", channel=Case.Channel.MOBILE)
    cases[7] = _delivered(second, by_phone, "2026-03-10")
    cases[8] = _decided(second, "2026-02-25", "2026-03-04")
    told_once = make.corrected(people, make.correction_pending(people, at=on("2026-03-04")), at=on("2026-03-09"))
    told_once = decide_intake(
        told_once.number, chosen=OutcomeInput(Outcome.ACCEPT), actor=people.clerk, at=on("2026-03-09", 11)
    )
    cases[9] = _delivered(people, _examined(people, told_once, "2026-03-09", "2026-03-16"), "2026-03-16", POST)
    cases[10] = _told_twice(people, "2026-03-04", "2026-03-09")
    cases[11] = make.correction_pending(second, at=on("2026-03-05"))
    stopped = make.in_review(people, code="FG-02", at=on("2026-03-02"))
    stops.suspended(people, stopped, at=on("2026-03-06"))
    stops.ended(people, stopped, at=on("2026-03-13"))
    cases[12] = _concluded(people, stopped, "2026-03-20")
    instant = make.accepted(people, make.INSTANT, at=on("2026-03-03"), party=make.PERSON)
    credit = CreditQuery("信用中国（山东）", "clear")
    instant = grant_at_once(
        instant.number, grant=_grant("2026-03-03"), credit=credit, actor=people.decider, at=on("2026-03-03", 11)
    )
    cases[13] = _delivered(people, instant, "2026-03-03")
    cases[14] = _decided(second, "2026-03-02", "2026-03-13", code="WJ-01")
    cases[15] = _decided(police, "2026-03-02", "2026-03-09", code="GA-02")
    taken_back = make.accepted(police, "GA-02", at=on("2026-03-02"))
    cases[16] = withdraw_case(taken_back.number, reason="不再开办。", actor=police.clerk, at=on("2026-03-10"))
    cases[17] = make.taken_in(
        second, at=on("2026-03-20"), outcome=Outcome.NOT_REQUIRED, licence_required=False, reason="不需要取得许可。"
    ).case
    cases[18] = make.received(people, at=on("2026-03-30"))
    # The first instant of April in Laiyang, still 31 March in Greenwich.
    cases[19] = make.accepted(second, at=on("2026-04-01", 0))
    licence = lic.licence(
        people, at=on("2025-03-27"), valid_from=date(2025, 3, 28), valid_to=date(2026, 3, 27), party=make.PERSON
    )
    cases[20] = lic.applied(people, licence, "renewal", at=on("2026-02-24"), party=make.PERSON)
    sweep_licences(at=on("2026-03-28", 1), on_failure=_fail)
    return march


def _fail(reference: object, error: Exception) -> None:
    raise error


def _sits_at(clerk: User, window: str) -> None:
    clerk.window_label = window
    clerk.save(update_fields=["window_label"])


def _grant(day: str) -> Grant:
    begins = date.fromisoformat(day)
    return Grant("热食类食品制售", begins, begins.replace(year=begins.year + 5))


def _decided(
    people: make.People, accepted: str, decided: str, *, code: str = "SJ-04", refuse: bool = False, **more
) -> Case:
    case = make.accepted(people, code, at=on(accepted), **more)
    return _examined(people, case, accepted, decided, refuse=refuse)


def _examined(people: make.People, case: Case, begun: str, decided: str, *, refuse: bool = False) -> Case:
    return _concluded(
        people, start_review(case.number, actor=people.reviewer, at=on(begun, 12)), decided, refuse=refuse
    )


def _concluded(people: make.People, case: Case, decided: str, *, refuse: bool = False) -> Case:
    """Reviewed and decided on one day."""
    make.credit_checked(people, case, at=on(decided, 9))
    proposal = "refuse" if refuse else "grant"
    submit_opinion(case.number, proposal=proposal, text="已审查。", actor=people.reviewer, at=on(decided, 10))
    if refuse:
        return refuse_case(case.number, refusal=make.REFUSAL, actor=people.decider, at=on(decided, 11))
    return grant_case(case.number, grant=_grant(decided), actor=people.decider, at=on(decided, 11))


def _delivered(people: make.People, case: Case, day: str, service: Service = make.SERVICE) -> Case:
    issue_certificate(case.number, actor=people.issuer, at=on(day, 14))
    return deliver_case(case.number, service=service, actor=people.issuer, at=on(day, 15))


def _told_twice(people: make.People, first: str, again: str) -> Case:
    """What was brought was still not right: a second notice of the same item."""
    case = make.correction_pending(people, at=on(first))
    make.corrected(people, case, at=on(again), status="defective")
    item = case.correction_notices.get().items.get()
    same = CorrectionInput(item.material.edition_material_id, item.reason, item.remedy)
    return decide_intake(
        case.number,
        chosen=OutcomeInput(Outcome.CORRECT, corrections=[same]),
        actor=people.clerk,
        at=on(again, 11),
    )
