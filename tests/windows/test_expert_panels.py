"""专家评审: who votes, who steps back, and what the panel said."""

from dataclasses import replace
from datetime import date

import pytest

from laiyang_approval.kernel.errors import DomainError, InvalidInput
from tests.factories import cases as make
from tests.factories.examination import moment
from windows.commands.expert_panels import (
    NamedExpert,
    PanelPlan,
    PanelResult,
    conclude_panel,
    convene_panel,
    name_expert,
)
from windows.commands.review import submit_opinion
from windows.examination import members_of, open_panel
from windows.models import Case, CaseEvent, Expert, ExpertPanel, SpecialProcedure

AT = moment("2026-03-04")
PLAN = PanelPlan("油烟净化方案是否可行", "《食品经营许可审查通则》第五条", date(2026, 3, 6), "政务服务大厅二楼会议室")
FIRST = NamedExpert("宋喆", "烟台市某某环保研究院", "大气环境，高级工程师", has_conflict=False)
SECOND = replace(FIRST, name="昌珺", organisation="青岛市某某设计院", title="暖通，高级工程师")
THIRD = replace(FIRST, name="慕容玥", organisation="莱阳市某某学院", title="食品工程，教授")
RESULT = PanelResult(2, 1, 0, "方案可行，建议增设独立排烟管道。")


@pytest.fixture
def case(people) -> Case:
    made = make.in_review(people)
    convene_panel(made.number, plan=PLAN, actor=people.reviewer, at=AT)
    return made


def standing() -> tuple:
    return (
        ExpertPanel.objects.count(),
        ExpertPanel.objects.filter(concluded_at__isnull=True).count(),
        Expert.objects.count(),
        CaseEvent.objects.count(),
        tuple(Case.objects.values_list("state", "version", "asked")),
    )


def named(people, case, *experts) -> None:
    for expert in experts:
        name_expert(case.number, expert=expert, actor=people.reviewer, at=AT)


def conclude(people, case, result=RESULT, *, at=None):
    return conclude_panel(case.number, result=result, actor=people.reviewer, at=at or moment("2026-03-06", 16))


def test_three_experts_without_conflict_give_their_result(people, case):
    named(people, case, FIRST, SECOND, THIRD)
    conclude(people, case)
    panel = ExpertPanel.objects.get()
    assert (panel.votes_for, panel.votes_against, panel.votes_abstained) == (2, 1, 0)
    case.refresh_from_db()
    # Without a notice D09 the days of the review count (Article 45).
    assert (case.asked, case.clock_stops, panel.special_procedure) == (None, [], None)
    make.credit_checked(people, case, at=moment("2026-03-06", 16))
    submit_opinion(case.number, proposal="grant", text="准予。", actor=people.reviewer, at=moment("2026-03-06", 17))


def test_whoever_declares_a_conflict_is_no_member_and_is_replaced(people, case):
    named(people, case, FIRST, SECOND, replace(THIRD, has_conflict=True, conflict="为申请人编制过方案"))
    before = standing()
    with pytest.raises(DomainError, match="专家组现有2名（1名因利害关系回避），至少应有3名") as refused:
        conclude(people, case, replace(RESULT, votes_against=0))
    assert refused.value.article == "专家评审（业务规则）"
    assert standing() == before
    recused = Expert.objects.get(has_conflict=True)
    named(people, case, replace(THIRD, name="初昇", replaces_id=recused.pk))
    assert [one.name for one in members_of(open_panel(case))] == ["宋喆", "昌珺", "初昇"]
    conclude(people, case)
    kinds = list(case.events.values_list("kind", flat=True))
    assert kinds.count("expert_recused") == 1


def test_a_member_who_turns_out_to_have_a_conflict_gives_up_the_seat(people, case):
    named(people, case, FIRST, SECOND, THIRD)
    seat = Expert.objects.get(name="慕容玥")
    named(people, case, replace(THIRD, name="初昇", replaces_id=seat.pk))
    assert [one.name for one in members_of(open_panel(case))] == ["宋喆", "昌珺", "初昇"]
    before = standing()
    with pytest.raises(InvalidInput, match="所替换的专家不在专家组内"):
        named(people, case, replace(THIRD, name="车赟", replaces_id=seat.pk))
    assert standing() == before


@pytest.mark.parametrize(
    ("expert", "kind", "sentence"),
    [
        (replace(FIRST, has_conflict=True), InvalidInput, "请写明是什么关系"),
        (replace(FIRST, organisation="莱阳市某某餐饮店"), DomainError, "在申请人单位工作"),
        (replace(FIRST, title=" "), InvalidInput, "请填写专家的专业和职称"),
        (SECOND, DomainError, "已经登记过声明"),
    ],
)
def test_an_expert_who_cannot_be_one_is_refused(people, case, expert, kind, sentence):
    named(people, case, SECOND)
    before = standing()
    with pytest.raises(kind, match=sentence):
        named(people, case, expert)
    assert standing() == before


@pytest.mark.parametrize("votes", [(2, 0, 0), (3, 1, 0), (4, -1, 0)])
def test_votes_are_those_of_the_members(people, case, votes):
    named(people, case, FIRST, SECOND, THIRD)
    before = standing()
    with pytest.raises(InvalidInput, match="票数合计应等于专家组人数（3名）"):
        conclude(people, case, PanelResult(*votes, "可行。"))
    assert standing() == before


def test_no_result_before_the_day_and_no_opinion_before_the_result(people, case):
    named(people, case, FIRST, SECOND, THIRD)
    make.credit_checked(people, case, at=AT)
    before = standing()
    with pytest.raises(DomainError, match="定于2026-03-06，还没有举行"):
        conclude(people, case, at=moment("2026-03-05"))
    with pytest.raises(DomainError, match="专家评审还没有登记结果"):
        submit_opinion(case.number, proposal="grant", text="准予。", actor=people.reviewer, at=moment("2026-03-05"))
    with pytest.raises(DomainError, match="已有一次专家评审还没有结果"):
        convene_panel(case.number, plan=PLAN, actor=people.reviewer, at=AT)
    assert standing() == before


def test_the_panel_may_be_the_one_the_applicant_was_told_of(people):
    case = make.in_review(people)
    told = SpecialProcedure.objects.create(
        case=case, kind="expert_review", label="专家评审", legal_basis=PLAN.legal_basis, needed_days=9,
        requested_by=people.reviewer, requested_at=AT,
    )  # fmt: skip
    other = make.in_review(people)
    plan = replace(PLAN, special_procedure_id=told.pk)
    with pytest.raises(InvalidInput, match="没有这项专家评审的特别程序"):
        convene_panel(other.number, plan=plan, actor=people.reviewer, at=AT)
    assert not ExpertPanel.objects.exists()
    convene_panel(case.number, plan=plan, actor=people.reviewer, at=AT)
    assert told.panel.case_id == case.pk
