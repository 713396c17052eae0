"""改派、交接与夜间核对: who answers for a case, and that there is always somebody."""

import pytest
from guardian.shortcuts import remove_perm

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.commands.people import disable_account
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.roles import Role
from tests.factories import cases as make
from tests.factories import clock as tick
from tests.factories import examination as procedures
from windows.commands.reassigning import HandOver, NewInspector, hand_over, reassign_case
from windows.commands.review import submit_opinion
from windows.commands.site_checks import assign_site_check
from windows.commands.watching_owners import watch_owners
from windows.models import Case, Hearing, OwnerGap, Reassignment, SiteCheck

NEXT_DAY = make.days_later(1)
NIGHT = make.days_later(2)


@pytest.fixture
def other(people) -> User:
    return make.person("reviewer-2", Role.REVIEWER, right="review_for_department", name="左文慧")


def standing(case: Case) -> tuple:
    row = Case.objects.get(pk=case.pk)
    return row.state, row.version, row.last_event_hash, row.reviewer_id


def clock_of(case: Case) -> tuple:
    row = Case.objects.get(pk=case.pk)
    return (
        row.clock_from_on, row.promised_due_on, row.statutory_due_on, row.next_due_on, row.light, row.light_turns_on,
        row.clock_stops, row.state,
    )  # fmt: skip


class TestReassigning:
    def test_another_reviewer_answers_for_it_and_the_clock_is_untouched(self, people, other):
        case = make.in_review(people)
        before = clock_of(case)
        reassign_case(case.number, to_id=other.pk, reason="原承办人调离", actor=people.decider, at=NEXT_DAY)
        case.refresh_from_db()
        assert (case.reviewer, clock_of(case)) == (other, before)
        row = Reassignment.objects.get()
        assert (row.from_person, row.to_person, row.reason) == (people.reviewer, other, "原承办人调离")
        assert case.events.last().detail == {
            "reassignment": row.pk, "what": "review", "old": people.reviewer.pk, "new": other.pk,
        }  # fmt: skip

    def test_a_suspended_case_stays_suspended(self, people, other):
        case = make.in_review(people, code=tick.REVIEWED)
        tick.suspended(people, case, at=make.days_later(0, hours=3))
        before = clock_of(case)
        reassign_case(case.number, to_id=other.pk, reason="调离", actor=people.decider, at=NEXT_DAY)
        assert clock_of(case) == before

    def test_only_to_an_active_reviewer_of_the_body_who_does_not_host_its_hearing(self, people, other):
        case = make.in_review(people)
        gone = make.person("gone", Role.REVIEWER, right="review_for_department")
        User.objects.filter(pk=gone.pk).update(is_active=False)
        elsewhere = make.person("elsewhere", Role.REVIEWER, department="GA", right="review_for_department")
        without = make.person("without", Role.REVIEWER)
        Hearing.objects.create(
            case=case,
            origin="own_motion",
            basis="公共利益",
            ordered_by=people.reviewer,
            ordered_at=NEXT_DAY,
            host=other,
        )
        before = standing(case)
        for wrong in (gone, elsewhere, without, people.reviewer, people.clerk, other):
            with pytest.raises(InvalidInput, match="接手的人须是"):
                reassign_case(case.number, to_id=wrong.pk, reason="调离", actor=people.decider, at=NEXT_DAY)
        with pytest.raises(InvalidInput, match="改派的理由"):
            reassign_case(case.number, to_id=other.pk, reason=" ", actor=people.decider, at=NEXT_DAY)
        with pytest.raises(NotPermitted):
            reassign_case(case.number, to_id=other.pk, reason="调离", actor=people.reviewer, at=NEXT_DAY)
        assert (standing(case), Reassignment.objects.count()) == (before, 0)


class TestALeaver:
    @pytest.fixture
    def officer(self, people):
        return make.person("anquan", Role.SECURITY_OFFICER)

    def test_no_account_is_closed_while_anything_is_open(self, people, officer, other):
        make.pending_decision(people)
        case = make.in_review(people)
        inspector = procedures.inspector()
        second = procedures.inspector("inspector-2")
        plan = procedures.plan(inspector, second, at=NEXT_DAY)
        assign_site_check(case.number, plan=plan, actor=people.reviewer, at=NEXT_DAY)
        with pytest.raises(DomainError, match="名下还有2件在办件；请其单位负责人先在“工作交接”中移交"):
            disable_account(people.reviewer.pk, reason="离职", actor=officer, at=NEXT_DAY)
        with pytest.raises(DomainError, match="名下还有1项现场核查"):
            disable_account(inspector.pk, reason="离职", actor=officer, at=NEXT_DAY)
        assert User.objects.filter(pk__in=[people.reviewer.pk, inspector.pk], is_active=True).count() == 2

    def test_everything_goes_to_several_others_at_once_and_then_the_account_closes(self, people, officer, other):
        third = make.person("reviewer-3", Role.REVIEWER, right="review_for_department")
        one, two = make.in_review(people), make.pending_decision(people)
        before = [clock_of(case) for case in (one, two)]
        given = HandOver(people.reviewer.pk, "离职", {one.number: other.pk, two.number: third.pk})
        assert hand_over(given, actor=people.decider, at=NEXT_DAY) == 2
        assert [Case.objects.get(pk=case.pk).reviewer for case in (one, two)] == [other, third]
        assert [clock_of(case) for case in (one, two)] == before
        disable_account(people.reviewer.pk, reason="离职", actor=officer, at=NEXT_DAY)
        assert not User.objects.get(pk=people.reviewer.pk).is_active

    def test_all_or_nothing(self, people, other):
        one, two = make.in_review(people), make.in_review(people)
        before = [standing(case) for case in (one, two)]
        given = HandOver(people.reviewer.pk, "离职", {one.number: other.pk, two.number: people.clerk.pk})
        with pytest.raises(InvalidInput):
            hand_over(given, actor=people.decider, at=NEXT_DAY)
        assert [standing(case) for case in (one, two)] == before
        assert Reassignment.objects.count() == 0

    def test_a_site_check_goes_to_another_inspector_and_stays_with_two(self, people):
        case = make.in_review(people)
        first, second, third = (procedures.inspector(name) for name in ("inspector", "inspector-2", "inspector-3"))
        plan = procedures.plan(first, second, at=NEXT_DAY)
        assign_site_check(case.number, plan=plan, actor=people.reviewer, at=NEXT_DAY)
        check = SiteCheck.objects.get()
        with pytest.raises(InvalidInput, match="不能是同一人") as refusal:
            hand_over(
                HandOver(first.pk, "离职", checks={check.pk: NewInspector(second.pk, "鲁-3")}),
                actor=people.decider,
                at=NEXT_DAY,
            )
        assert refusal.value.article == "行政许可法第三十四条第三款"
        hand_over(
            HandOver(first.pk, "离职", checks={check.pk: NewInspector(third.pk, "鲁-3")}),
            actor=people.decider,
            at=NEXT_DAY,
        )
        check.refresh_from_db()
        assert (check.first_inspector, check.first_certificate, check.second_inspector) == (third, "鲁-3", second)
        assert Reassignment.objects.get().what == "site_check"

    def test_a_hearing_goes_back_to_be_called_anew(self, people, officer):
        case = make.in_review(people)
        host = procedures.host()
        hearing = Hearing.objects.create(
            case=case, origin="own_motion", basis="公共利益", ordered_by=people.reviewer, ordered_at=NEXT_DAY,
            host=host, held_at=make.days_later(20), called_by=people.reviewer, called_at=NEXT_DAY,
        )  # fmt: skip
        with pytest.raises(DomainError, match="1次待主持的听证"):
            disable_account(host.pk, reason="离职", actor=officer, at=NEXT_DAY)
        hand_over(HandOver(host.pk, "离职", hearings=frozenset({hearing.pk})), actor=people.decider, at=NEXT_DAY)
        hearing.refresh_from_db()
        assert (hearing.host, hearing.held_at, hearing.called_at) == (None, None, None)

    def test_another_bodys_people_are_not_there(self, people, other):
        stranger = make.person("decider-GA", Role.DECIDER, department="GA", right="decide_for_department")
        case = make.in_review(people)
        with pytest.raises(NotFound):
            hand_over(HandOver(people.reviewer.pk, "离职", {case.number: other.pk}), actor=stranger, at=NEXT_DAY)

    def test_what_is_no_longer_the_leavers_is_not_handed_over(self, people, other):
        case = make.in_review(people)
        reassign_case(case.number, to_id=other.pk, reason="分工", actor=people.decider, at=NEXT_DAY)
        third = make.person("reviewer-3", Role.REVIEWER, right="review_for_department")
        with pytest.raises(DomainError, match="没有移交"):
            hand_over(HandOver(people.reviewer.pk, "离职", {case.number: third.pk}), actor=people.decider, at=NEXT_DAY)


class TestEveryCaseHasAnOwner:
    def test_a_whole_office_has_no_gap_and_a_second_night_changes_nothing(self, people):
        for at_stage in (make.received, make.accepted, make.in_review, make.pending_decision, make.granted):
            at_stage(people)
        assert watch_owners(at=NIGHT) == {"found": 0, "closed": 0, "open": 0}

    def test_a_reviewer_gone_or_without_the_right_is_a_row_until_the_case_has_another(self, people, other):
        case, second = make.in_review(people), make.in_review(people)
        reassign_case(second.number, to_id=other.pk, reason="分工", actor=people.decider, at=NEXT_DAY)
        # By hand: the command would not close it.
        User.objects.filter(pk=people.reviewer.pk).update(is_active=False)
        remove_perm("kernel.review_for_department", other, other.department)
        # Somebody must be left to whom both can go.
        third = make.person("reviewer-3", Role.REVIEWER, right="review_for_department")
        assert watch_owners(at=NIGHT) == {"found": 2, "closed": 0, "open": 2}
        assert watch_owners(at=NIGHT) == {"found": 0, "closed": 0, "open": 2}
        assert set(OwnerGap.objects.values_list("case", "kind")) == {(case.pk, "inactive"), (second.pk, "no_right")}
        for one in (case, second):
            reassign_case(one.number, to_id=third.pk, reason="离职", actor=people.decider, at=NIGHT)
        assert watch_owners(at=make.days_later(3)) == {"found": 0, "closed": 2, "open": 0}
        assert OwnerGap.objects.filter(closed_at=make.days_later(3)).count() == 2

    def test_a_step_nobody_of_the_body_can_take_is_a_gap(self, people):
        waiting = make.pending_decision(people)
        User.objects.filter(pk=people.decider.pk).update(is_active=False)
        assert watch_owners(at=NIGHT)["found"] == 1
        assert OwnerGap.objects.get().case == waiting
        User.objects.filter(pk=people.decider.pk).update(is_active=True)
        assert watch_owners(at=NIGHT)["closed"] == 1

    def test_nobody_answers_for_a_case_under_examination_without_a_reviewer(self, people):
        case = make.in_review(people)
        Case.objects.filter(pk=case.pk).update(reviewer=None)
        assert watch_owners(at=NIGHT)["found"] == 1
        assert OwnerGap.objects.get().kind == "no_reviewer"


class TestPages:
    @pytest.fixture
    def head(self, people, client, monkeypatch):
        monkeypatch.setattr(clock, "now", lambda: NEXT_DAY)
        client.force_login(people.decider)
        return client

    def test_a_head_hands_all_over_to_one_and_one_to_another(self, people, other, head):
        third = make.person("reviewer-3", Role.REVIEWER, right="review_for_department", name="丁一")
        one, two = make.in_review(people), make.in_review(people)
        listed = head.get("/handover/").content.decode()
        page = f"/handover/{people.reviewer.pk}/"
        assert page in listed
        assert head.get(page).content.decode().count("<select") == 3
        refused = head.post(page, {"everything": str(other.pk)})
        assert (refused.status_code, "请填写改派的理由" in refused.content.decode()) == (422, True)
        done = head.post(page, {"everything": str(other.pk), f"case-{two.pk}": str(third.pk), "reason": "离职"})
        assert done["Location"] == "/handover/"
        assert [Case.objects.get(pk=case.pk).reviewer for case in (one, two)] == [other, third]
        assert "没有人名下有在办的工作" not in head.get("/handover/").content.decode()

    def test_typed_nonsense_is_told_not_an_error(self, people, head):
        make.in_review(people)
        answer = head.post(f"/handover/{people.reviewer.pk}/", {"everything": "zz", "reason": "离职"})
        assert answer.status_code == 422
        assert head.get("/handover/999999/").status_code == 404

    def test_the_supervisor_sees_what_nobody_answers_for_and_hands_nothing_over(self, people, client):
        case = make.in_review(people)
        Case.objects.filter(pk=case.pk).update(reviewer=None)
        watch_owners(at=NIGHT)
        client.force_login(make.person("jiandu", Role.SUPERVISOR))
        page = client.get("/handover/").content.decode()
        assert case.number in page and "审查中没有承办人" in page
        assert client.get(f"/handover/{people.reviewer.pk}/").status_code == 404

    def test_the_case_page_shows_who_had_it_before(self, people, other, head):
        case = make.in_review(people)
        answer = head.post(
            f"/cases/{case.number}/acts/reassign/",
            {"version": str(case.version), "to_id": str(other.pk), "reason": "分工调整"},
        )
        assert answer.status_code == 302
        page = head.get(f"/cases/{case.number}/").content.decode()
        assert "分工调整" in page and "左文慧" in page

    def test_an_opinion_after_the_hand_over_is_the_new_reviewers(self, people, other):
        case = make.in_review(people)
        reassign_case(case.number, to_id=other.pk, reason="分工", actor=people.decider, at=NEXT_DAY)
        make.credit_checked(people, case, at=NEXT_DAY)
        submit_opinion(case.number, proposal="grant", text="符合。", actor=other, at=NEXT_DAY)
        assert Case.objects.get(pk=case.pk).reviewer == other
