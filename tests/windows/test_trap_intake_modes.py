"""Traps of domain reference 13 that intake must not fall into: the end of a ban (trap 17, its licence half)."""

from datetime import UTC, date, datetime

import pytest

from laiyang_approval.kernel.errors import DomainError
from matters import queries as catalogue
from tests.factories import cases as make
from windows.commands.intake import OutcomeInput, decide_intake
from windows.commands.parties import register_party, restrict_party
from windows.domain.intake import Outcome
from windows.domain.restrictions import RestrictionKind
from windows.models import Case, Letter


@pytest.fixture
def banned(people):
    """Fraud, safety-related, decided 2026-06-15: no application for this licence through 2029-06-15."""
    return restrict_party(
        register_party(make.RESTAURANT, at=make.MONDAY),
        kind=RestrictionKind.THREE_YEAR_BAN,
        matter=catalogue.matter_by_code("SJ-04"),
        from_on=date(2026, 6, 15),
        to_on=date(2029, 6, 15),
        basis="行政许可法第七十九条",
        actor=None,
        at=datetime(2026, 6, 15, 2, 0, tzinfo=UTC),
    )


def on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC)


def test_trap_17_an_application_on_the_last_day_of_the_ban_is_not_accepted(people, banned):
    last = on(date(2029, 6, 15))
    with pytest.raises(DomainError, match="至2029年6月15日止；自2029年6月16日起可以再次申请") as refusal:
        make.taken_in(people, at=last)
    assert refusal.value.article == "行政许可法第七十九条"
    assert Case.objects.count() == 0
    case = make.taken_in(people, at=last, outcome=Outcome.NOT_ACCEPT).case
    assert case.state == "not_accepted"
    printed = Letter.objects.get(case=case, kind="D03").snapshot["print"]
    assert (printed["ban_law"], printed["competent"]) == ("《中华人民共和国行政许可法》第七十九条", "")
    assert "自2026年6月15日起至2029年6月15日止" in printed["reason"]
    assert printed["remedies"]["organ"] == "莱阳市人民政府"


def test_trap_17_the_day_after_the_ban_it_is_taken_in(people, banned):
    assert make.taken_in(people, at=on(date(2029, 6, 16))).case.state == "accepted"


def test_trap_17_another_licence_and_another_applicant_are_taken_in(people, banned):
    day = on(date(2026, 7, 1))
    assert make.taken_in(people, "WJ-05", at=day).case.state == "accepted"
    assert make.taken_in(people, at=day, party=make.PERSON).case.state == "accepted"


def test_trap_17_a_case_kept_for_checking_is_answered_the_same_way(people, banned):
    day = on(date(2026, 7, 1))
    kept = make.received(people, at=day)
    with pytest.raises(DomainError, match="不得再次申请本项许可"):
        decide_intake(kept.number, chosen=OutcomeInput(Outcome.ACCEPT), actor=people.clerk, at=day)
    done = decide_intake(kept.number, chosen=OutcomeInput(Outcome.NOT_ACCEPT), actor=people.clerk, at=day)
    assert done.state == "not_accepted"
    assert done.events.get(kind="not_accepted").detail["overridden"] is False
