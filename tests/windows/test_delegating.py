"""委托: a person's tasks are also another's for a time; both are named, and four eyes hold across it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from guardian.shortcuts import assign_perm

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.backends import PeopleBackend
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted
from laiyang_approval.kernel.models import AuditRecord, Delegated, Delegation, User, UserRole
from laiyang_approval.kernel.roles import Role
from tests.factories import cases as make
from tests.factories import clock as tick
from windows.commands.decision import grant_case
from windows.commands.delegating import DelegationInput, delegate_tasks, revoke_delegation
from windows.commands.extending import approve_extension, request_extension
from windows.commands.intake import OutcomeInput, decide_intake
from windows.commands.review import start_review, submit_opinion
from windows.domain.intake import Outcome
from windows.models import Case

DAY = make.days_later(1)
FIRST, LAST = date(2026, 3, 3), date(2026, 3, 6)


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: DAY)


@pytest.fixture
def deputy(people) -> User:
    """A reviewer who takes no part in the case, and stands in for the head."""
    return make.person("deputy", Role.REVIEWER, right="review_for_department", name="左文慧")


def delegated(principal: User, to: User, *, actor: User | None = None, first=FIRST, last=LAST, at=DAY) -> Delegation:
    given = DelegationInput(principal.pk, to.pk, first, last, "局长办公会分工，出差期间")
    return delegate_tasks(given, actor=actor or principal, at=at)


def anew(user: User) -> User:
    """As the next request reads the person."""
    return User.objects.get(pk=user.pk)


def standing(case: Case) -> tuple:
    row = Case.objects.get(pk=case.pk)
    return row.state, row.version, row.last_event_hash, row.letters.count()


class TestWhatIsDoneInsteadOfAnother:
    def test_the_delegate_decides_and_the_record_names_both(self, people, deputy):
        case = make.pending_decision(people)
        delegated(people.decider, deputy)
        granted = grant_case(case.number, grant=make.GRANT, actor=anew(deputy), at=DAY)
        assert granted.state == "granted"
        event = granted.events.get(kind="granted")
        assert (event.actor, event.detail["for"]) == (deputy, people.decider.pk)
        browser = Client()
        browser.force_login(people.reviewer)
        page = browser.get(f"/cases/{case.number}/").content.decode()
        assert page.count("左文慧（受姜明哲委托）") == 2  # beside the decision, and on the timeline

    def test_only_on_the_days_named(self, people, deputy):
        case = make.pending_decision(people)
        delegated(people.decider, deputy)
        before = standing(case)
        for on in (FIRST - timedelta(1), LAST + timedelta(1)):
            at = datetime(on.year, on.month, on.day, 2, tzinfo=UTC)
            with pytest.raises(NotPermitted, match="须由审批决定人"):
                grant_case(case.number, grant=make.GRANT, actor=anew(deputy), at=at)
        assert standing(case) == before
        last = datetime(2026, 3, 6, 15, 59, tzinfo=UTC)
        assert grant_case(case.number, grant=make.GRANT, actor=anew(deputy), at=last).state == "granted"

    def test_nothing_is_taken_from_the_principal(self, people, deputy):
        case = make.pending_decision(people)
        delegated(people.decider, deputy)
        granted = grant_case(case.number, grant=make.GRANT, actor=people.decider, at=DAY)
        assert "for" not in granted.events.get(kind="granted").detail

    def test_one_who_may_anyway_acts_for_nobody(self, people, deputy):
        second = make.person("decider-2", Role.DECIDER, right="decide_for_department", name="盖丽华")
        case = make.pending_decision(people)
        delegated(people.decider, second)
        granted = grant_case(case.number, grant=make.GRANT, actor=anew(second), at=DAY)
        assert "for" not in granted.events.get(kind="granted").detail

    def test_revoked_it_is_over_at_once(self, people, deputy):
        case = make.pending_decision(people)
        row = delegated(people.decider, deputy)
        revoke_delegation(row.pk, actor=people.decider, at=DAY)
        with pytest.raises(NotPermitted):
            grant_case(case.number, grant=make.GRANT, actor=anew(deputy), at=DAY)
        with pytest.raises(DomainError, match="已经结束"):
            revoke_delegation(row.pk, actor=people.decider, at=DAY)

    def test_it_is_not_passed_on(self, people, deputy):
        third = make.person("third", Role.REVIEWER, right="review_for_department")
        case = make.pending_decision(people)
        delegated(people.decider, deputy)
        delegated(deputy, third)
        with pytest.raises(NotPermitted):
            grant_case(case.number, grant=make.GRANT, actor=anew(third), at=DAY)

    def test_an_account_that_is_closed_delegates_nothing(self, people, deputy):
        case = make.pending_decision(people)
        delegated(people.decider, deputy)
        User.objects.filter(pk=people.decider.pk).update(is_active=False)
        with pytest.raises(NotPermitted):
            grant_case(case.number, grant=make.GRANT, actor=anew(deputy), at=DAY)


class TestFourEyes:
    def test_the_reviewer_does_not_decide_his_own_opinion_for_the_head(self, people):
        case = make.pending_decision(people)
        delegated(people.decider, people.reviewer)
        before = standing(case)
        with pytest.raises(NotPermitted, match="您收件、受理或者审查过本件"):
            grant_case(case.number, grant=make.GRANT, actor=anew(people.reviewer), at=DAY)
        assert standing(case) == before

    def test_the_accepting_clerk_does_not_decide_for_the_head(self, people):
        case = make.pending_decision(people)
        delegated(people.decider, people.clerk)
        with pytest.raises(NotPermitted, match="您收件、受理或者审查过本件"):
            grant_case(case.number, grant=make.GRANT, actor=anew(people.clerk), at=DAY)

    def test_one_who_reviewed_before_it_went_to_another_does_not_decide_either(self, people, deputy):
        case = make.in_review(people)
        make.credit_checked(people, case, at=make.days_later(0, hours=2))
        submit_opinion(case.number, proposal="grant", text="符合。", actor=deputy, at=make.days_later(0, hours=2))
        Case.objects.filter(pk=case.pk).update(reviewer=people.reviewer)
        delegated(people.decider, deputy)
        with pytest.raises(NotPermitted, match="受委托时也须由不同人员办理"):
            grant_case(case.number, grant=make.GRANT, actor=anew(deputy), at=DAY)

    def test_whoever_asks_for_an_extension_does_not_approve_it_for_the_head(self, people):
        case = make.in_review(people, code=tick.REVIEWED)
        request_extension(case.number, reason="案情复杂", actor=people.reviewer, at=DAY)
        delegated(people.decider, people.reviewer)
        with pytest.raises(NotPermitted):
            approve_extension(case.number, actor=anew(people.reviewer), at=DAY)

    def test_whoever_had_it_accepted_by_a_delegate_does_not_decide_it(self, people, deputy):
        both = make.person("both", Role.DECIDER, right="decide_for_department", name="盖丽华")
        UserRole.objects.create(user=both, role=Role.WINDOW_CLERK)
        assign_perm("kernel.intake_for_department", both, both.department)
        case = make.received(people)
        delegated(both, deputy)
        decide_intake(case.number, chosen=OutcomeInput(Outcome.ACCEPT), actor=anew(deputy), at=DAY)
        assert case.events.get(kind="accepted").detail["for"] == both.pk
        start_review(case.number, actor=people.reviewer, at=DAY)
        make.credit_checked(people, case, at=DAY)
        submit_opinion(case.number, proposal="grant", text="符合。", actor=people.reviewer, at=DAY)
        with pytest.raises(NotPermitted, match="您是本件的受理人"):
            grant_case(case.number, grant=make.GRANT, actor=anew(both), at=DAY)
        assert grant_case(case.number, grant=make.GRANT, actor=people.decider, at=DAY).state == "granted"


class TestRegistering:
    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"from_on": date(2026, 3, 2)}, "不能追溯"),
            ({"to_on": date(2026, 3, 2)}, "截止日早于起始日"),
            ({"to_on": date(2026, 8, 30)}, "一次委托不超过180日"),
            ({"basis": " "}, "请填写委托的依据"),
        ],
    )
    def test_what_cannot_be(self, people, deputy, change, sentence):
        given = {"from_on": FIRST, "to_on": LAST, "basis": "出差"} | change
        with pytest.raises(InvalidInput, match=sentence):
            delegate_tasks(DelegationInput(people.decider.pk, deputy.pk, **given), actor=people.decider, at=DAY)
        assert Delegation.objects.count() == 0

    def test_the_longest_it_may_last(self, people, deputy):
        assert delegated(people.decider, deputy, last=FIRST + timedelta(179)).to_on == date(2026, 8, 29)

    def test_to_one_person_at_a_time_of_the_same_body_and_not_oneself(self, people, deputy):
        delegated(people.decider, deputy)
        third = make.person("third", Role.REVIEWER, right="review_for_department")
        with pytest.raises(InvalidInput, match="已委托左文慧"):
            delegated(people.decider, third, first=LAST, last=LAST)
        elsewhere = make.person("elsewhere", Role.REVIEWER, department="GA", right="review_for_department")
        for wrong in (people.decider, elsewhere, make.person("anquan", Role.SECURITY_OFFICER)):
            with pytest.raises(InvalidInput, match="受托人须是同一单位"):
                delegated(people.decider, wrong, first=date(2026, 3, 9), last=date(2026, 3, 9))
        assert Delegation.objects.count() == 1

    def test_oneself_or_the_head_and_it_is_audited(self, people, deputy):
        with pytest.raises(NotPermitted, match="委托人本人或者其单位负责人"):
            delegated(people.decider, deputy, actor=deputy)
        row = delegated(people.reviewer, deputy, actor=people.decider)
        record = AuditRecord.objects.latest("sequence")
        assert (record.action, record.object_ref, record.detail["delegate"]) == (
            "delegated", f"user:{people.reviewer.pk}", deputy.pk,
        )  # fmt: skip
        with pytest.raises(NotFound):
            revoke_delegation(row.pk, actor=people.issuer, at=DAY)
        assert revoke_delegation(row.pk, actor=deputy, at=DAY).revoked_by == deputy

    def test_the_database_holds_the_order_of_the_days(self, people, deputy):
        row = delegated(people.decider, deputy)
        with pytest.raises(IntegrityError), transaction.atomic():
            Delegation.objects.filter(pk=row.pk).update(to_on=FIRST - timedelta(1))

    def test_whoever_signs_in_is_read_with_their_delegations_in_one_query(
        self, people, deputy, django_assert_num_queries
    ):
        delegated(people.decider, deputy)
        revoke_delegation(delegated(people.reviewer, deputy).pk, actor=people.reviewer, at=DAY)
        with django_assert_num_queries(1):
            user = PeopleBackend().get_user(deputy.pk)
            assert list(user.delegations) == [Delegated(people.decider.pk, FIRST, LAST)]


class TestPages:
    def test_the_delegate_finds_the_principals_tasks_and_decides_on_the_case_page(self, people, deputy, client):
        case = make.pending_decision(people)
        asked = make.in_review(people, code=tick.REVIEWED)
        request_extension(asked.number, reason="案情复杂", actor=people.reviewer, at=DAY)
        delegated(people.decider, deputy)
        client.force_login(deputy)
        page = client.get("/delegations/").content.decode()
        assert "受姜明哲委托" in page and case.number in page and asked.number in page
        answer = client.post(
            f"/cases/{case.number}/acts/return_to_review/", {"version": str(case.version), "reason": "请补充核查。"}
        )
        assert answer.status_code == 302
        assert Case.objects.get(pk=case.pk).state == "in_review"
        client.force_login(people.reviewer)
        assert case.number not in client.get("/delegations/").content.decode()

    def test_a_head_delegates_on_the_page_and_takes_it_back(self, people, deputy, client):
        client.force_login(people.decider)
        typed = {
            "principal_id": str(people.decider.pk), "delegate_id": str(deputy.pk), "from_on": "2026-03-03",
            "to_on": "2026-03-06", "basis": "出差",
        }  # fmt: skip
        refused = client.post("/delegations/", typed | {"to_on": "2026-03-01"})
        assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["to_on"])
        assert client.post("/delegations/", typed)["Location"] == "/delegations/"
        row = Delegation.objects.get()
        assert "有效" in client.get("/delegations/").content.decode()
        client.post(f"/delegations/{row.pk}/revoke/")
        assert "已收回" in client.get("/delegations/").content.decode()
        client.force_login(people.issuer)
        assert client.post(f"/delegations/{row.pk}/revoke/").status_code == 404

    def test_a_delegate_sees_what_only_the_principal_could_see(self, people, client):
        # The government's head sees what several departments handle; whoever stands in for them does too.
        mayor = make.person("mayor", Role.HEAD_OF_GOVERNMENT, department="GOV", right="decide_for_department")
        vice = make.person("vice", Role.HEAD_OF_GOVERNMENT, department="GOV")
        case = make.pending_decision(people, code="LY-07")
        client.force_login(vice)
        assert client.get(f"/cases/{case.number}/").status_code == 404
        delegated(mayor, vice)
        assert client.get(f"/cases/{case.number}/").status_code == 200
