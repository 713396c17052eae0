"""Two people at once on what an applicant promised, on PostgreSQL: one outcome, the other is told; each with its control."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from laiyang_approval.kernel.roles import Role
from tests.factories import cases as make
from windows import queries
from windows.commands.at_once import grant_at_once, grant_by_commitment
from windows.commands.deferrals import end_deferral, supply_deferred
from windows.commands.intake import OutcomeInput, decide_intake, drop_commitment
from windows.commands.intake.acceptance import give_receipt
from windows.commands.post_checks import Finding, record_check
from windows.commands.preconditions import CreditQuery
from windows.commands.serving import Service
from windows.commands.verifying import check_chains
from windows.domain.intake import Outcome
from windows.models import Case, Commitment, Deferral, Letter, PartyRestriction, PostCheck, PostCheckFinding

from .test_clock_races import unlocked
from .test_races import at_once, people

__all__ = ["people"]
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

TRIALS = 6
SOON = make.days_later(0, hours=1)
#: The term of the promised papers, 2026-03-09, is over.
LATE = make.days_later(8)
#: Half past five in Shanghai: the notice of an instant matter is due on its own.
EVENING = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
FALSE = Finding("false", "现场没有进货查验记录。", date(2026, 3, 10), "迟立新", Service("direct", recipient="邹念慈"))
CLEAR = CreditQuery("信用中国（山东）", "clear")


def ends_of(races) -> Counter:
    return Counter(end for acts in races for end in at_once(*acts))


class TestAPromiseUsedAndTakenBack:
    def acts(self, people, number: str):
        return (
            lambda: grant_by_commitment(number, grant=make.GRANT, actor=people.decider, at=SOON),
            lambda: drop_commitment(number, reason="申请人改为提交材料", actor=people.clerk, at=SOON),
        )

    def test_either_it_carried_the_grant_or_it_was_taken_back_before(self, people):
        for _ in range(TRIALS):
            number = make.committed(people).number
            ends = at_once(*self.acts(people, number))
            case = Case.objects.get(number=number)
            standing = Commitment.objects.filter(case=case, dropped_at__isnull=True).exists()
            assert sorted(ends) in (["StaleState", "done"], ["DomainError", "done"])
            assert (case.state, case.by_commitment, standing) in {
                ("granted", True, True),
                ("received", False, False),
            }
            assert PostCheck.objects.filter(case=case).exists() is (case.state == "granted")
        assert check_chains() is None

    def test_control_without_the_lock_both_collide(self, people, monkeypatch):
        numbers = [make.committed(people).number for _ in range(TRIALS)]
        monkeypatch.setattr(queries, "lock_case", unlocked)
        # The sequence of events, once a case, is the net.
        assert ends_of(self.acts(people, number) for number in numbers)["IntegrityError"] > 0


class TestTwoClerksTakeOnePromise:
    def acts(self, people, number: str):
        other = make.person("other-clerk", Role.WINDOW_CLERK, right="intake_for_department", name="宫海波")
        chosen = OutcomeInput(Outcome.COMMIT, promise=make.SIGNED)
        return [
            lambda actor=actor: decide_intake(number, chosen=chosen, actor=actor, at=SOON)
            for actor in (people.clerk, other)
        ]

    def waiting(self, people) -> list[str]:
        return [make.received(people, unmet={4: "missing"}).number for _ in range(TRIALS)]

    def test_it_stands_once(self, people):
        for number in self.waiting(people):
            assert sorted(at_once(*self.acts(people, number))) == ["DomainError", "done"]
        assert Commitment.objects.count() == Letter.objects.filter(kind="D08").count() == TRIALS
        assert check_chains() is None

    def test_control_without_the_lock_they_collide(self, people, monkeypatch):
        numbers = self.waiting(people)
        monkeypatch.setattr(queries, "lock_case", unlocked)
        assert ends_of(self.acts(people, number) for number in numbers)["IntegrityError"] > 0


class TestTheLastPaperAndTheEnd:
    def acts(self, people, number: str):
        case = Case.objects.get(number=number)
        items = [item.material.edition_material_id for item in case.deferral.items.select_related("material")]
        return (
            lambda: supply_deferred(number, material_ids=items, actor=people.clerk, at=LATE),
            lambda: end_deferral(number, actor=people.reviewer, at=LATE),
        )

    def test_either_it_came_in_or_the_case_ended(self, people):
        for _ in range(TRIALS):
            number = make.deferred(people).number
            ends = at_once(*self.acts(people, number))
            deferral = Deferral.objects.select_related("case").get(case__number=number)
            assert Counter(ends)["done"] == 1
            assert (deferral.case.state, deferral.settled_at is None, deferral.ended_at is None) in {
                ("accepted", False, True),
                ("terminated", True, False),
            }
        assert check_chains() is None

    def test_control_without_the_lock_they_collide(self, people, monkeypatch):
        numbers = [make.deferred(people).number for _ in range(TRIALS)]
        monkeypatch.setattr(queries, "lock_case", unlocked)
        assert ends_of(self.acts(people, number) for number in numbers)["IntegrityError"] > 0


class TestTwoCheckersFindItFalse:
    def acts(self, number: str):
        officers = (
            make.person("jianguan", Role.REGULATOR, department="SJ", name="孙守正"),
            make.person("takan", Role.INSPECTOR, name="栾晓东"),
        )
        return [
            lambda officer=officer: record_check(number, finding=FALSE, actor=officer, at=LATE) for officer in officers
        ]

    def test_one_order_is_given_and_one_record_made(self, people):
        for _ in range(TRIALS):
            number = make.granted_by_commitment(people).number
            assert sorted(at_once(*self.acts(number))) == ["DomainError", "done"]
        assert Letter.objects.filter(kind="D26").count() == PostCheckFinding.objects.count() == TRIALS
        assert PartyRestriction.objects.count() == TRIALS
        assert set(PostCheck.objects.values_list("state", flat=True)) == {"rectifying"}
        assert check_chains() is None

    def test_control_without_the_lock_they_collide(self, people, monkeypatch):
        numbers = [make.granted_by_commitment(people).number for _ in range(TRIALS)]
        monkeypatch.setattr(queries, "lock_case", unlocked)
        assert ends_of(self.acts(number) for number in numbers)["IntegrityError"] > 0


class TestTheNoticeAndTheDecisionOfAnInstantMatter:
    def acts(self, people, number: str):
        return (
            lambda: grant_at_once(number, grant=make.GRANT, credit=CLEAR, actor=people.decider, at=EVENING),
            lambda: give_receipt(number, at=EVENING),
        )

    def test_acceptance_is_told_once_by_the_one_or_by_the_other(self, people):
        for _ in range(TRIALS):
            number = make.accepted(people, make.INSTANT).number
            granted, receipt = at_once(*self.acts(people, number))
            letters = {one.kind: one for one in Letter.objects.filter(case__number=number)}
            note = letters["D15"].snapshot["print"]["acceptance_note"]
            assert granted == "done"
            assert (receipt, "D06" in letters, bool(note)) in {("done", True, False), ("StaleState", False, True)}
        assert check_chains() is None

    def test_control_without_the_lock_they_collide(self, people, monkeypatch):
        numbers = [make.accepted(people, make.INSTANT).number for _ in range(TRIALS)]
        monkeypatch.setattr(queries, "lock_case", unlocked)
        assert ends_of(self.acts(people, number) for number in numbers)["IntegrityError"] > 0
