"""申请人限制: what an applicant may not do for a time, and how it ends."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted
from matters import queries as catalogue
from tests.factories import cases as make
from windows.commands.parties import lift_restriction, register_party, restrict_party
from windows.domain.restrictions import RestrictionKind, ban_end
from windows.models import Case, PartyRestriction
from windows.restrictions import ban_among, favour_bar_among, restrictions_of, restrictions_of_number

FALSE_PROMISE = RestrictionKind.NO_DEFERRAL_NO_COMMITMENT
BAN = RestrictionKind.THREE_YEAR_BAN


@pytest.fixture
def party(people):
    return register_party(make.RESTAURANT, at=make.MONDAY)


def restricted(party, **other) -> PartyRestriction:
    given = {
        "kind": FALSE_PROMISE,
        "from_on": date(2026, 3, 2),
        "to_on": None,
        "basis": "山东省优化营商环境条例第二十九条",
        "actor": None,
        "at": make.MONDAY,
    }
    return restrict_party(party, **given | other)


class TestPeriods:
    def test_a_ban_ends_on_the_corresponding_date_and_does_not_roll(self):
        # Trap 17's dates; 2029-06-15 is a Friday. K5: a ban whose last day is a Sunday ends on that Sunday.
        assert ban_end(BAN, date(2026, 6, 15)) == date(2029, 6, 15)
        assert ban_end(RestrictionKind.ONE_YEAR_BAN, date(2026, 6, 13)) == date(2027, 6, 13)
        assert ban_end(RestrictionKind.ONE_YEAR_BAN, date(2028, 2, 29)) == date(2029, 2, 28)

    def test_both_ends_are_included_and_the_lifted_day_is_not(self, people, party):
        found = restricted(party, to_on=date(2026, 6, 30))
        days = (date(2026, 3, 1), date(2026, 3, 2), date(2026, 6, 30), date(2026, 7, 1))
        assert [bool(restrictions_of(party, day)) for day in days] == [False, True, True, False]
        lift_restriction(found.pk, reason="信用修复决定〔2026〕1号", actor=people.decider, at=make.days_later(2))
        days = (date(2026, 3, 3), date(2026, 3, 4))
        assert [bool(restrictions_of(party, day)) for day in days] == [True, False]

    def test_what_holds_is_found_by_number_before_the_party_applies_again(self, party):
        found = restricted(party)
        assert restrictions_of_number("credit_code", "91370682MA00000A9M", date(2026, 3, 2)) == [found]
        assert restrictions_of_number("credit_code", "92370682MA0000XX7L", date(2026, 3, 2)) == []
        assert restrictions_of_number("", "", date(2026, 3, 2)) == []


class TestBans:
    def test_a_ban_lasts_what_the_law_says_whoever_counts(self, party):
        food = catalogue.matter_by_code("SJ-04")
        ban = restricted(party, kind=BAN, matter=food, from_on=date(2026, 6, 15), basis="行政许可法第七十九条")
        assert ban.to_on == date(2029, 6, 15)
        with pytest.raises(InvalidInput, match="至2029-06-15止；期限由法律规定") as refusal:
            restricted(party, kind=BAN, matter=food, from_on=date(2026, 6, 15), to_on=date(2029, 6, 16))
        assert refusal.value.article == "行政许可法第七十九条"
        assert PartyRestriction.objects.count() == 1

    def test_a_ban_closes_one_matter_and_no_other(self, party):
        food, hygiene = catalogue.matter_by_code("SJ-04"), catalogue.matter_by_code("WJ-05")
        ban = restricted(party, kind=BAN, matter=food, from_on=date(2026, 6, 15))
        found = restrictions_of(party, date(2026, 6, 15))
        assert ban_among(found, food.pk) == ban
        assert ban_among(found, hygiene.pk) is None
        assert favour_bar_among(found, food.pk) is None

    def test_a_ban_without_a_matter_is_refused_by_command_and_by_database(self, party):
        with pytest.raises(InvalidInput, match="不能限制申请人申请其他许可"):
            restricted(party, kind=BAN)
        with pytest.raises(IntegrityError), transaction.atomic():
            PartyRestriction.objects.create(
                party=party, kind="ban_79", from_on="2026-06-15", basis="无", set_at=make.MONDAY
            )
        assert PartyRestriction.objects.count() == 0


def test_a_restriction_needs_its_basis_and_an_ordered_period(party):
    with pytest.raises(InvalidInput, match="须写明依据"):
        restricted(party, basis=" ")
    with pytest.raises(InvalidInput, match="止日早于起日"):
        restricted(party, to_on=date(2026, 3, 1))
    assert PartyRestriction.objects.count() == 0


def test_the_same_restriction_is_not_registered_twice(people, party):
    case = make.accepted(people)
    restricted(party, source_case=case)
    with pytest.raises(DomainError, match="已经登记"):
        restricted(party, source_case=case)
    assert PartyRestriction.objects.count() == 1


class TestLifting:
    def test_the_decider_of_the_case_lifts_it_and_the_case_says_so(self, people):
        case = make.accepted(people)
        found = restricted(case.party, source_case=case)
        lift_restriction(found.pk, reason="整改合格，信用修复〔2026〕3号", actor=people.decider, at=make.days_later(1))
        found.refresh_from_db()
        assert (found.lifted_on, found.lifted_by) == (date(2026, 3, 3), people.decider)
        assert Case.objects.get(pk=case.pk).events.order_by("sequence").last().kind == "restriction_lifted"

    @pytest.mark.parametrize("who", ["clerk", "reviewer"])
    def test_nobody_else_may(self, people, who):
        case = make.accepted(people)
        found = restricted(case.party, source_case=case)
        before = Case.objects.get(pk=case.pk).version
        with pytest.raises(NotPermitted, match="须由莱阳市行政审批服务局的审批决定人"):
            lift_restriction(found.pk, reason="信用修复", actor=getattr(people, who), at=make.days_later(1))
        found.refresh_from_db()
        with pytest.raises(NotFound):
            lift_restriction(found.pk, reason="信用修复", actor=make.People("GA").decider, at=make.days_later(1))
        found.refresh_from_db()
        assert (found.lifted_on, Case.objects.get(pk=case.pk).version) == (None, before)

    def test_not_without_a_reason_and_not_twice(self, people, party):
        found = restricted(party)
        with pytest.raises(InvalidInput, match="理由和依据"):
            lift_restriction(found.pk, reason=" ", actor=people.decider, at=make.days_later(1))
        lift_restriction(found.pk, reason="信用修复", actor=people.decider, at=make.days_later(1))
        with pytest.raises(DomainError, match="已于2026-03-03解除"):
            lift_restriction(found.pk, reason="信用修复", actor=people.decider, at=make.days_later(2))
        with pytest.raises(NotFound):
            lift_restriction(0, reason="信用修复", actor=people.decider, at=make.days_later(2))
        found.refresh_from_db()
        assert found.lifted_on == date(2026, 3, 3)
