"""征求意见与联合踏勘: asked, answered by the other department, chased, and visited once together."""

from datetime import date

import pytest

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, StaleState
from laiyang_approval.kernel.models import BusinessRule
from laiyang_approval.kernel.rules import forget_cached_rules
from tests.factories import cases as make
from tests.factories import examination as done
from tests.factories.examination import moment
from windows import queries
from windows.commands.consulting import (
    DepartmentAnswer,
    Question,
    VisitPlan,
    answer_consultation,
    appoint_visit,
    chase_overdue,
    consult,
    record_visit,
)
from windows.commands.review import submit_opinion
from windows.models import Case, CaseEvent, Consultation, JointVisit, Reminder

AT = moment("2026-03-04")
VISIT = VisitPlan("site_visit", moment("2026-03-11", 9), "莱阳市某某街道某某路18号")


@pytest.fixture
def case(people) -> Case:
    return make.in_review(people)


def standing() -> tuple:
    return (
        tuple(Consultation.objects.order_by("pk").values_list("answer", "answered_at", "chased_at")),
        tuple(JointVisit.objects.order_by("pk").values_list("meets_at", "recorded_at")),
        CaseEvent.objects.count(),
        Reminder.objects.count(),
        tuple(Case.objects.values_list("state", "version", "asked")),
    )


def opine(people, case, *, at):
    return submit_opinion(case.number, proposal="grant", text="准予。", actor=people.reviewer, at=at)


def test_a_department_is_asked_answers_and_the_clock_runs_on(people, case):
    due = case.statutory_due_on
    row = done.consulted(people, case, at=AT)
    # Five working days by the bureau's rule: 03-05, 06, 09, 10, 11.
    assert row.due_on == date(2026, 3, 11)
    assert row.materials.count() == 1
    answer_consultation(
        row.pk,
        given=DepartmentAnswer("conditional", "须安装视频监控。"),
        actor=done.staff_of("GA"),
        at=moment("2026-03-05"),
    )
    row.refresh_from_db()
    assert (row.answer, row.answer_text, row.answered_by) == ("conditional", "须安装视频监控。", done.staff_of("GA"))
    case.refresh_from_db()
    assert (case.statutory_due_on, case.clock_stops, case.state) == (due, [], "in_review")
    assert list(case.events.values_list("kind", flat=True))[-2:] == ["department_consulted", "consultation_answered"]


def test_only_the_asked_department_knows_of_the_question(people, case):
    row = done.consulted(people, case, at=AT)
    given = DepartmentAnswer("agreed")
    strangers = (
        done.staff_of("MZ", name="尹和平"),
        people.reviewer,
        make.person("ga-reviewer", make.Role.REVIEWER, department="GA", right="review_for_department"),
    )
    before = standing()
    for stranger in strangers:
        with pytest.raises(NotFound, match="没有查到这件征求意见"):
            answer_consultation(row.pk, given=given, actor=stranger, at=moment("2026-03-05"))
    assert standing() == before
    # And of the case itself the asked department sees nothing.
    with pytest.raises(NotFound):
        queries.get_visible_case(done.staff_of("GA"), case.number)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (DepartmentAnswer(""), "请选择答复意见"),
        (DepartmentAnswer("sent"), "请选择答复意见"),
        (DepartmentAnswer("objected"), "请写明条件、理由和依据"),
    ],
)
def test_an_answer_that_lacks_something_is_refused(people, case, given, sentence):
    row = done.consulted(people, case, at=AT)
    before = standing()
    with pytest.raises(InvalidInput, match=sentence):
        answer_consultation(row.pk, given=given, actor=done.staff_of("GA"), at=moment("2026-03-05"))
    assert standing() == before


def test_a_question_is_answered_once_and_not_after_the_decision(people, case):
    row = done.consulted(people, case, at=AT)
    answer_consultation(row.pk, given=DepartmentAnswer("agreed"), actor=done.staff_of("GA"), at=moment("2026-03-05"))
    before = standing()
    with pytest.raises(DomainError, match="已经答复，不能重复答复"):
        answer_consultation(
            row.pk, given=DepartmentAnswer("agreed"), actor=done.staff_of("GA"), at=moment("2026-03-05")
        )
    assert standing() == before
    late = done.consulted(people, case, "MZ", at=moment("2026-03-05"))
    make.credit_checked(people, case, at=moment("2026-03-13"))
    opine(people, case, at=moment("2026-03-13"))
    make.grant_case(case.number, grant=make.GRANT, actor=people.decider, at=moment("2026-03-13", 15))
    before = standing()
    with pytest.raises(StaleState, match="不能答复征求意见"):
        answer_consultation(
            late.pk, given=DepartmentAnswer("agreed"), actor=done.staff_of("MZ"), at=moment("2026-03-13", 16)
        )
    assert standing() == before


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"question": " "}, "请填写征求的问题"),
        ({"kind": "gossip"}, "请选择征求意见还是请求派员"),
        ({"material_ids": [10**6]}, "所选材料不在本件内"),
        ({"department_id": 10**6}, "请选择现有的其他部门"),
    ],
)
def test_a_question_that_lacks_something_is_refused(people, case, changes, sentence):
    asked = {"department_id": done.staff_of("GA").department_id, "kind": "opinion", "question": "请提出意见。"}
    before = standing()
    with pytest.raises(InvalidInput, match=sentence):
        consult(case.number, question=Question(**asked | changes), actor=people.reviewer, at=AT)
    assert standing() == before


def test_the_own_body_and_a_body_that_is_gone_are_not_asked(people, case):
    done.consulted(people, case, at=AT)
    before = standing()
    for code, kind, sentence in (
        ("SP", InvalidInput, "请选择现有的其他部门"),
        ("WJ", InvalidInput, "请选择现有的其他部门"),  # gone since 2018-12-31
        ("GA", DomainError, "已向莱阳市公安局提出同样的请求"),
    ):
        with pytest.raises(kind, match=sentence):
            question = Question(make.Department.objects.get(code=code).pk, "opinion", "请提出意见。")
            consult(case.number, question=question, actor=people.reviewer, at=AT)
    assert standing() == before


def test_silence_is_waited_for_until_the_term_ends_and_then_no_longer(people, case):
    done.consulted(people, case, at=AT)
    make.credit_checked(people, case, at=AT)
    before = standing()
    with pytest.raises(DomainError, match="莱阳市公安局还没有答复征求意见，期限至2026-03-11"):
        opine(people, case, at=moment("2026-03-11"))
    assert standing() == before
    assert opine(people, case, at=moment("2026-03-12")).state == "pending_decision"


def test_where_the_bureau_rules_that_silence_says_nothing_the_answer_is_waited_for(people, case):
    done.consulted(people, case, at=AT)
    make.credit_checked(people, case, at=AT)
    BusinessRule.objects.filter(key="consultation_silence").update(value="off")
    forget_cached_rules()
    before = standing()
    with pytest.raises(DomainError, match="还没有答复征求意见"):
        opine(people, case, at=moment("2026-03-12"))
    assert standing() == before


def test_the_department_and_the_reviewer_are_chased_once_when_the_term_has_passed(people, case):
    row = done.consulted(people, case, at=AT)

    def fail(number, error):
        raise error

    assert chase_overdue(at=moment("2026-03-11", 23), on_failure=fail) == {"chased": 0, "hearings_late": 0}
    assert chase_overdue(at=moment("2026-03-12", 0), on_failure=fail) == {"chased": 1, "hearings_late": 0}
    assert chase_overdue(at=moment("2026-03-13", 0), on_failure=fail) == {"chased": 0, "hearings_late": 0}
    row.refresh_from_db()
    assert row.chased_at == moment("2026-03-12", 0)
    reminder = queries.reminders_for(people.reviewer).get()
    assert (reminder.kind, reminder.reached_on, reminder.look) == ("consult_overdue", date(2026, 3, 11), "yellow")
    assert case.events.last().kind == "consultation_chased"
    assert case.events.last().actor is None


def test_a_term_into_an_unpublished_year_is_counted_once_it_is_known(people, monkeypatch):
    case = make.in_review(people, at=moment("2026-12-24"))
    row = done.consulted(people, case, at=moment("2026-12-28"))
    assert row.due_on is None
    chase_overdue(at=moment("2026-12-31"), on_failure=None)
    row.refresh_from_db()
    assert row.due_on is None
    monkeypatch.setattr("windows.commands.consulting._due_on", lambda on: date(2027, 1, 5))
    chase_overdue(at=moment("2026-12-31"), on_failure=None)
    row.refresh_from_db()
    assert row.due_on == date(2027, 1, 5)


# ---- people for a visit, and the one joint visit


def test_two_departments_come_once_together(people, case):
    first = done.consulted(people, case, "GA", at=AT, kind="site_visit")
    second = done.consulted(people, case, "SJ", at=AT, kind="site_visit")
    done.people_sent("GA", first, at=moment("2026-03-05"))
    before = standing()
    with pytest.raises(DomainError, match="莱阳市市场监督管理局还没有答复派员；须合并为一次联合踏勘"):
        appoint_visit(case.number, visit=VISIT, actor=people.reviewer, at=moment("2026-03-06"))
    assert standing() == before
    done.people_sent("SJ", second, at=moment("2026-03-06"))
    appoint_visit(case.number, visit=VISIT, actor=people.reviewer, at=moment("2026-03-06", 11))
    visit = JointVisit.objects.get()
    assert set(visit.consultations.all()) == {first, second}
    case.refresh_from_db()
    assert case.asked == [
        {"kind": "visit", "label": "联合踏勘", "at": "2026-03-11T09:00", "place": "莱阳市某某街道某某路18号"}
    ]
    make.credit_checked(people, case, at=moment("2026-03-06", 12))
    before = standing()
    with pytest.raises(DomainError, match="同一事由只组织一次"):
        appoint_visit(case.number, visit=VISIT, actor=people.reviewer, at=moment("2026-03-06", 12))
    with pytest.raises(DomainError, match="联合踏勘定于2026-03-11，还没有进行"):
        record_visit(case.number, visit_id=visit.pk, result="符合", actor=people.reviewer, at=moment("2026-03-10"))
    with pytest.raises(DomainError, match="联合踏勘还没有登记结果"):
        opine(people, case, at=moment("2026-03-10"))
    assert standing() == before
    record_visit(
        case.number, visit_id=visit.pk, result="均符合要求。", actor=people.reviewer, at=moment("2026-03-11", 15)
    )
    with pytest.raises(DomainError, match="这次结果已经登记"):
        record_visit(case.number, visit_id=visit.pk, result="改", actor=people.reviewer, at=moment("2026-03-11", 16))
    assert opine(people, case, at=moment("2026-03-11", 17)).state == "pending_decision"


def test_a_department_that_lets_its_term_pass_is_not_waited_for(people, case):
    first = done.consulted(people, case, "GA", at=AT, kind="acceptance")
    done.consulted(people, case, "SJ", at=AT, kind="acceptance")
    done.people_sent("GA", first, at=moment("2026-03-05"))
    plan = VisitPlan("acceptance", moment("2026-03-16", 9), "项目现场")
    appoint_visit(case.number, visit=plan, actor=people.reviewer, at=moment("2026-03-12"))
    assert list(JointVisit.objects.get().consultations.all()) == [first]


@pytest.mark.parametrize(
    ("plan", "kind", "sentence"),
    [
        (VISIT, DomainError, "还没有部门为联合踏勘派员"),
        (VisitPlan("opinion", VISIT.meets_at, "现场"), InvalidInput, "请选择踏勘、审图还是验收"),
        (VisitPlan("drawings", VISIT.meets_at, " "), InvalidInput, "请填写地点"),
        (VisitPlan("drawings", AT, "三楼"), InvalidInput, "约定的时间已过"),
    ],
)
def test_a_visit_that_cannot_be_is_refused(people, case, plan, kind, sentence):
    before = standing()
    with pytest.raises(kind, match=sentence):
        appoint_visit(case.number, visit=plan, actor=people.reviewer, at=AT)
    assert standing() == before


def test_departments_send_people_and_no_empty_answer(people, case):
    row = done.consulted(people, case, kind="site_visit", at=AT)
    before = standing()
    with pytest.raises(InvalidInput, match="请写明派出的人员") as refused:
        answer_consultation(row.pk, given=DepartmentAnswer("agreed"), actor=done.staff_of("GA"), at=AT)
    assert refused.value.article == "莱政发〔2018〕18号"
    assert standing() == before
    done.people_sent("GA", row, at=moment("2026-03-05"))
    make.credit_checked(people, case, at=moment("2026-03-05"))
    before = standing()
    with pytest.raises(DomainError, match="莱阳市公安局已派员，还没有组织联合踏勘"):
        opine(people, case, at=moment("2026-03-05", 15))
    assert standing() == before
    row.refresh_from_db()
    assert (row.answer, row.people) == ("sent", [{"name": "栾晓东", "title": "工程师"}])
