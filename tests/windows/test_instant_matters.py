"""即办件: accepted and decided on the same day by two people, with one paper (行政许可法第三十四条第二款、第五十六条)."""

from datetime import date, datetime, timedelta

import pytest

from laiyang_approval.kernel.clock import SHANGHAI
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotPermitted
from tests.factories import cases as make
from windows.commands.at_once import grant_at_once
from windows.commands.decision import grant_case, refuse_case
from windows.commands.intake_mode_terms import give_owed_receipts
from windows.commands.preconditions import CreditQuery
from windows.commands.review import start_review, submit_opinion
from windows.commands.sweeping import turn_lights
from windows.models import Case, CaseEvent, CreditCheck, Decision, Letter

CLEAR = CreditQuery("信用中国（山东）", "clear")
TODAY = date(2026, 3, 2)


def at(hour: int, *, days: int = 0) -> datetime:
    return datetime(2026, 3, 2, hour, 30, tzinfo=SHANGHAI) + timedelta(days=days)


def standing() -> tuple:
    return (
        Letter.objects.count(),
        CaseEvent.objects.count(),
        CreditCheck.objects.count(),
        Decision.objects.count(),
        tuple(Case.objects.order_by("pk").values_list("state", "version")),
    )


def kinds(case: Case) -> list[str]:
    return list(Letter.objects.filter(case=case).order_by("id").values_list("kind", flat=True))


@pytest.fixture
def accepted(people) -> Case:
    """Taken in and accepted at half past nine: a sole trader's registration, promised for the same day."""
    return make.accepted(people, make.INSTANT)


def test_decided_at_once_with_one_paper_that_says_when_it_was_accepted(people, accepted):
    assert (accepted.receipt_owed, kinds(accepted)) == (True, ["D01"])
    assert accepted.events.get(kind="accepted").detail["letter"] is None
    case = grant_at_once(accepted.number, grant=make.GRANT, credit=CLEAR, actor=people.decider, at=at(10))
    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.receipt_owed, case.acceptance_order) == ("granted", False, 1)
    assert kinds(case) == ["D01", "D15"]
    assert Letter.objects.get(case=case, kind="D15").snapshot["print"]["acceptance_note"] == (
        "本事项为即办件，当场受理、当场决定，本决定书同时作为受理通知书（《中华人民共和国行政许可法》第三十二条第二款、第三十四条第二款）："
        "受理时间2026年3月2日9时30分；法定办理时限3个工作日，至2026年3月5日止；"
        "承诺办理时限当日办结，至2026年3月2日止；办理费用：不收取费用。"
    )
    assert [event.kind for event in case.events.order_by("sequence")] == [
        "received",
        "accepted",
        "credit_checked",
        "review_started",
        "opinion_submitted",
        "granted",
    ]


def test_the_usual_chain_on_the_same_day_also_gives_one_paper(people, accepted):
    case = start_review(accepted.number, actor=people.reviewer, at=at(10))
    make.credit_checked(people, case, at=at(10))
    submit_opinion(case.number, proposal="grant", text="符合。", actor=people.reviewer, at=at(11))
    case = grant_case(case.number, grant=make.GRANT, actor=people.decider, at=at(12))
    assert kinds(case) == ["D01", "D15"]


def test_refused_the_same_day_the_notice_is_a_paper_of_its_own(people, accepted):
    case = start_review(accepted.number, actor=people.reviewer, at=at(10))
    make.credit_checked(people, case, at=at(10))
    submit_opinion(case.number, proposal="refuse", text="不符合。", actor=people.reviewer, at=at(11))
    case = refuse_case(case.number, refusal=make.REFUSAL, actor=people.decider, at=at(12))
    assert kinds(case) == ["D01", "D06", "D16"]


def test_not_decided_by_the_hour_of_the_rule_it_gets_its_notice_the_same_day(people, accepted):
    failures: list = []
    assert give_owed_receipts(at=at(16), on_failure=failures.append) == {"receipts_given": 0}
    assert give_owed_receipts(at=at(17), on_failure=failures.append) == {"receipts_given": 1}
    assert give_owed_receipts(at=at(18), on_failure=failures.append) == {"receipts_given": 0}
    case = Case.objects.get(pk=accepted.pk)
    assert (kinds(case), case.receipt_owed) == (["D01", "D06"], False)
    assert Letter.objects.get(case=case, kind="D06").sealed_on == TODAY
    # Decided later the same day: two papers then, and the decision does not say the same again.
    case = grant_at_once(case.number, grant=make.GRANT, credit=CLEAR, actor=people.decider, at=at(18))
    assert kinds(case) == ["D01", "D06", "D15"]
    assert Letter.objects.get(case=case, kind="D15").snapshot["print"]["acceptance_note"] == ""
    assert failures == []


def test_a_sweep_that_was_missed_makes_up_for_it_the_next_morning(people, accepted):
    assert give_owed_receipts(at=at(8, days=1), on_failure=print) == {"receipts_given": 1}


@pytest.mark.parametrize(("code", "orange"), [("SJ-02", date(2026, 3, 3)), ("CZ-R1", date(2026, 3, 4))])
def test_a_day_too_late_the_light_is_orange_by_the_limit_of_none_or_one(people, code, orange):
    case = make.accepted(people, code)
    assert case.orange_from_on == orange
    turn_lights(at=datetime(orange.year, orange.month, orange.day, 0, 10, tzinfo=SHANGHAI))
    assert Case.objects.get(pk=case.pk).light == "orange"


def test_where_law_and_promise_are_the_same_day_the_light_is_red(people):
    case = make.accepted(people, "FG-R1")
    turn_lights(at=at(0, days=1))
    assert Case.objects.get(pk=case.pk).light == "red"


def test_not_by_the_accepting_clerk_and_not_for_another_kind_of_matter(people, accepted):
    make.UserRole.objects.create(user=people.clerk, role=make.Role.DECIDER)
    make.assign_perm("kernel.decide_for_department", people.clerk, people.clerk.department)
    clerk = type(people.clerk).objects.get(pk=people.clerk.pk)
    usual = make.accepted(people, party=make.PERSON)
    before = standing()
    with pytest.raises(NotPermitted, match="受理与决定须由不同人员办理"):
        grant_at_once(accepted.number, grant=make.GRANT, credit=CLEAR, actor=clerk, at=at(10))
    with pytest.raises(DomainError, match="本事项不是即办件，须由审查人员审查后再决定"):
        grant_at_once(usual.number, grant=make.GRANT, credit=CLEAR, actor=people.decider, at=at(10))
    with pytest.raises(InvalidInput, match="请选择信用查询结果"):
        grant_at_once(
            accepted.number, grant=make.GRANT, credit=CreditQuery("信用中国", ""), actor=people.decider, at=at(10)
        )
    assert standing() == before
