"""告知承诺: told, signed, granted in one act by somebody else; never for restricted matters or broken promises."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from guardian.shortcuts import assign_perm

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotPermitted, StaleState
from laiyang_approval.kernel.models import Department, UserRole
from laiyang_approval.kernel.roles import Role
from matters import queries as catalogue
from matters.commitment import commitment_bar
from tests.factories import cases as make
from windows.commands.at_once import grant_by_commitment
from windows.commands.decision import grant_case
from windows.commands.intake import (
    OutcomeInput,
    decide_intake,
    decline_commitment,
    deem_accepted,
    drop_commitment,
    update_materials,
)
from windows.commands.parties import restrict_party
from windows.commands.preconditions import CreditQuery
from windows.commands.review import start_review, submit_opinion
from windows.domain.intake import Outcome
from windows.domain.restrictions import RestrictionKind
from windows.models import Case, CaseEvent, Commitment, CreditCheck, Decision, Letter, PostCheck

TODAY = date(2026, 3, 2)
SOON = make.days_later(0, hours=1)


def standing() -> tuple:
    return (
        Letter.objects.count(),
        CaseEvent.objects.count(),
        Commitment.objects.filter(dropped_at__isnull=True).count(),
        CreditCheck.objects.count(),
        Decision.objects.count(),
        PostCheck.objects.count(),
        tuple(Case.objects.order_by("pk").values_list("state", "version", "by_commitment")),
    )


def broken_promise(party, *, on: date = TODAY):
    return restrict_party(
        party,
        kind=RestrictionKind.NO_DEFERRAL_NO_COMMITMENT,
        from_on=on,
        to_on=None,
        basis="告知承诺不实",
        actor=None,
        at=make.MONDAY,
    )


class TestTaking:
    def test_the_signed_commitment_stands_with_its_text_and_the_materials_it_replaces(self, people):
        case = make.committed(people)
        assert (case.state, case.by_commitment) == ("received", True)
        commitment = case.commitments.get()
        assert (commitment.signatory, commitment.taken_by, commitment.publicity_consent) == (
            "邹念慈",
            people.clerk,
            False,
        )
        assert [item.before for item in commitment.items.all()] == ["missing"]
        assert case.materials.get(status="committed").edition_material.seq == 5
        printed = commitment.letter.snapshot["print"]
        assert printed["waived"] == ["食品安全自查、从业人员健康管理、进货查验记录等规章制度"]
        assert printed["check_limit"] == "2个月"
        assert printed["supervisor"] == "莱阳市市场监督管理局"
        assert printed["publicity"] == "不同意"
        assert printed["conditions"] and all("待核实" in line for line in printed["conditions"])
        assert [event.kind for event in case.events.order_by("sequence")] == [
            "received",
            "credit_checked",
            "commitment_signed",
        ]
        # The five days of Article 32(4) run on until somebody answers.
        assert case.intake_due_on == date(2026, 3, 9)

    @pytest.mark.parametrize(
        ("promise", "error", "sentence"),
        [
            (replace(make.SIGNED, is_signed=False), InvalidInput, "请申请人阅读并签署告知承诺书"),
            (replace(make.SIGNED, credit=None), InvalidInput, "请先查询申请人信用"),
            (
                replace(make.SIGNED, credit=CreditQuery("信用中国（山东）", "adverse", consequence="不适用")),
                DomainError,
                "有不良信用信息，修复前不适用告知承诺",
            ),
            (
                replace(make.SIGNED, credit=CreditQuery("信用中国（山东）", "no_answer")),
                InvalidInput,
                "没有得到答复",
            ),
        ],
    )
    def test_not_unsigned_and_not_without_a_clean_credit_query(self, people, promise, error, sentence):
        before = standing()
        with pytest.raises(error, match=sentence):
            make.committed(people, promise=promise)
        assert standing() == before

    def test_not_for_materials_a_promise_cannot_replace(self, people):
        before = standing()
        with pytest.raises(DomainError, match="操作流程等文件不能以承诺代替，须先补齐"):
            make.committed(people, index=3)
        assert standing() == before

    @pytest.mark.parametrize(
        ("code", "index", "sentence"),
        [
            ("SJ-08", 3, "列入不适用告知承诺的清单"),
            ("JT-04", 3, "列入不适用告知承诺的清单"),
            ("GA-01", 2, "没有可以告知承诺的材料"),
        ],
    )
    def test_not_for_matters_that_touch_safety_health_or_ecology(self, people, code, index, sentence):
        handling = make.People("GA") if code.startswith("GA") else people
        before = standing()
        with pytest.raises(DomainError, match=sentence):
            make.committed(handling, code, index=index)
        assert standing() == before

    def test_a_whole_domain_is_kept_from_it_by_rule(self, shipped, db):
        arms, books = catalogue.matter_by_code("GA-01"), catalogue.matter_by_code("CZ-01")
        assert "属于“公共安全”领域" in commitment_bar(arms, TODAY)
        assert commitment_bar(books, TODAY) == ""

    def test_not_for_a_party_with_an_open_false_promise(self, people):
        broken_promise(make.accepted(people).party)
        before = standing()
        with pytest.raises(DomainError, match="修复前不适用容缺受理和告知承诺；请按普通程序办理"):
            make.committed(people)
        assert standing() == before


class TestGranting:
    def test_one_act_accepts_reviews_and_grants_on_the_same_day(self, people):
        case = grant_by_commitment(make.committed(people).number, grant=make.GRANT, actor=people.decider, at=SOON)
        case = Case.objects.get(pk=case.pk)
        assert (case.state, case.by_commitment, case.accepted_on, case.acceptance_order) == ("granted", True, TODAY, 1)
        assert (case.accepted_by, case.reviewer, case.decision.decider) == (
            people.clerk,
            people.decider,
            people.decider,
        )
        assert [event.kind for event in case.events.order_by("sequence")] == [
            "received",
            "credit_checked",
            "commitment_signed",
            "accepted",
            "review_started",
            "opinion_submitted",
            "granted",
            "post_check_opened",
        ]
        letters = {letter.kind: letter for letter in case.letters.all()}
        assert set(letters) == {"D01", "D08", "D06", "D15"}
        assert letters["D06"].sealed_on == letters["D15"].sealed_on == TODAY
        assert letters["D15"].snapshot["print"]["acceptance_note"] == ""
        assert letters["D08"].number in case.opinions.get().text
        assert case.delivery_due_on == date(2026, 3, 16)

    def test_the_check_has_a_clock_of_its_own_shorter_where_the_risk_is_high(self, people):
        food = PostCheck.objects.get(case=make.granted_by_commitment(people))
        assert (food.is_high_risk, food.limit_unit, food.due_on) == (True, "month", date(2026, 5, 6))
        books = PostCheck.objects.get(case=make.granted_by_commitment(people, code="CZ-01", index=3))
        # Sixty working days after 2026-03-02, over Qingming, Labour Day and the make-up Saturday of 2026-05-09.
        assert (books.is_high_risk, books.limit_value, books.due_on) == (False, 60, date(2026, 5, 28))
        assert books.supervising_department.name == "莱阳市财政局"

    def test_never_by_the_clerk_who_took_it_in(self, people):
        case = make.committed(people)
        UserRole.objects.create(user=people.clerk, role=Role.DECIDER)
        assign_perm("kernel.decide_for_department", people.clerk, Department.objects.get(code="SP"))
        clerk = type(people.clerk).objects.get(pk=people.clerk.pk)
        before = standing()
        with pytest.raises(NotPermitted, match="受理与决定须由不同人员办理"):
            grant_by_commitment(case.number, grant=make.GRANT, actor=clerk, at=SOON)
        assert standing() == before

    def test_nor_by_a_second_clerk_who_took_the_promise(self, people):
        second = make.person("second", Role.WINDOW_CLERK, right="intake_for_department", name="宫海波")
        UserRole.objects.create(user=second, role=Role.DECIDER)
        assign_perm("kernel.decide_for_department", second, second.department)
        second = type(second).objects.get(pk=second.pk)
        kept = make.received(people, unmet={4: "missing"})
        decide_intake(kept.number, chosen=OutcomeInput(Outcome.COMMIT, promise=make.SIGNED), actor=second, at=SOON)
        before = standing()
        with pytest.raises(NotPermitted, match="受理与决定须由不同人员办理"):
            grant_by_commitment(kept.number, grant=make.GRANT, actor=second, at=make.days_later(0, hours=2))
        assert standing() == before

    def test_not_without_a_signed_commitment(self, people):
        case = make.received(people)
        before = standing()
        with pytest.raises(DomainError, match="没有签署告知承诺书"):
            grant_by_commitment(case.number, grant=make.GRANT, actor=people.decider, at=SOON)
        assert standing() == before

    def test_not_when_a_promise_was_broken_since(self, people):
        case = make.committed(people)
        broken_promise(case.party)
        before = standing()
        with pytest.raises(DomainError, match="不能凭承诺准予；请转普通程序"):
            grant_by_commitment(case.number, grant=make.GRANT, actor=people.decider, at=SOON)
        assert standing() == before

    def test_a_reviewer_may_not_and_a_granted_case_is_not_granted_again(self, people):
        case = make.committed(people)
        before = standing()
        with pytest.raises(NotPermitted):
            grant_by_commitment(case.number, grant=make.GRANT, actor=people.reviewer, at=SOON)
        with pytest.raises(StaleState):
            grant_case(case.number, grant=make.GRANT, actor=people.decider, at=SOON)
        assert standing() == before
        grant_by_commitment(case.number, grant=make.GRANT, actor=people.decider, at=SOON)
        with pytest.raises(StaleState, match="决定已经作出"):
            grant_by_commitment(case.number, grant=make.GRANT, actor=people.decider, at=SOON)


class TestTheNormalWay:
    def test_the_applicant_may_turn_back_and_the_papers_are_asked_for_again(self, people):
        case = make.committed(people)
        with pytest.raises(InvalidInput, match="请写明不再采用告知承诺的理由"):
            drop_commitment(case.number, reason=" ", actor=people.clerk, at=SOON)
        case = drop_commitment(case.number, reason="申请人改为提交材料", actor=people.clerk, at=SOON)
        assert (case.state, case.by_commitment) == ("received", False)
        assert list(case.materials.exclude(status="complete").values_list("status", flat=True)) == ["missing"]
        again = decide_intake(
            case.number,
            chosen=OutcomeInput(Outcome.COMMIT, promise=make.SIGNED),
            actor=people.clerk,
            at=make.days_later(0, hours=2),
        )
        assert again.commitments.count() == 2

    def test_the_decider_may_send_it_the_normal_way(self, people):
        case = make.committed(people)
        with pytest.raises(NotPermitted):
            drop_commitment(case.number, reason="不宜承诺", actor=people.decider, at=SOON)
        case = decline_commitment(case.number, reason="须现场核查", actor=people.decider, at=SOON)
        assert case.events.get(kind="commitment_dropped").detail["by_decider"] is True
        with pytest.raises(DomainError, match="没有签署告知承诺书"):
            decline_commitment(case.number, reason="须现场核查", actor=people.decider, at=SOON)

    def test_a_replaced_material_is_not_ticked_by_hand(self, people):
        case = make.committed(people)
        row = case.materials.get(status="committed")
        before = standing()
        with pytest.raises(DomainError, match="请先登记不再采用告知承诺"):
            update_materials(
                case.number,
                materials=[make.MaterialInput(row.edition_material_id, "complete", originals=1)],
                actor=people.clerk,
                at=SOON,
            )
        with pytest.raises(InvalidInput, match="齐、缺、不合格、本件不需要"):
            make.received(people, party=make.PERSON, unmet={4: "committed"})
        assert standing() == before

    @pytest.mark.parametrize("how", ["accepted by the clerk", "deemed accepted"])
    def test_reviewed_the_usual_way_the_promise_is_checked_all_the_same(self, people, how):
        case = make.committed(people)
        if how == "deemed accepted":
            at = make.days_later(8)
            deem_accepted(case.number, at=at)
        else:
            at = SOON
            decide_intake(case.number, chosen=OutcomeInput(Outcome.ACCEPT), actor=people.clerk, at=at)
        start_review(case.number, actor=people.reviewer, at=at + timedelta(hours=1))
        submit_opinion(case.number, proposal="grant", text="符合。", actor=people.reviewer, at=at + timedelta(hours=2))
        grant_case(case.number, grant=make.GRANT, actor=people.decider, at=at + timedelta(hours=3))
        assert PostCheck.objects.get(case=case).state == "open"
