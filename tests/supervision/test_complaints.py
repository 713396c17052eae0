"""咨询投诉和重复盖章: lodged once, answered in its own term by somebody who did not handle the case."""

from datetime import date

import pytest

from laiyang_approval.kernel.crypto import query_code_hmac
from laiyang_approval.kernel.errors import InvalidInput, NotFound, NotPermitted, StaleState
from supervision.commands import complaints
from supervision.commands.complaints import Words, answer_complaint, lodge_complaint, pass_on_complaint
from supervision.commands.rating_terms import mark_late
from supervision.models import Complaint
from tests.factories import cases as make
from tests.factories.cases import days_later

SEAL = Words("second_seal", "市场监管所要求在许可证上再盖所里的章。", about="SJ")


@pytest.fixture(autouse=True)
def nobody_counted(monkeypatch):
    monkeypatch.setattr(complaints, "_count", lambda address, at: None)


def lodged(words: Words = SEAL, *, token: str = "t" * 43, case_id=None) -> tuple[Complaint, str]:
    return lodge_complaint(words, token=token, case_id=case_id, address="192.0.2.1", at=make.MONDAY)


@pytest.mark.parametrize(
    ("kind", "due"),
    [("question", date(2026, 3, 9)), ("complaint", date(2026, 3, 23)), ("second_seal", date(2026, 3, 9))],
)
def test_each_kind_has_its_own_term(people, kind, due):
    found, code = lodged(Words(kind, "请问……", about="SJ"))
    assert (found.number, found.answer_by_on, found.department.code) == ("ZX2026000001", due, "SP")
    assert found.query_code_hmac == query_code_hmac(code)


def test_one_form_posted_twice_is_one_complaint(people):
    first, code = lodged()
    again, nothing = lodged()
    assert (again, nothing, len(code), Complaint.objects.count()) == (first, "", 8, 1)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (Words("praise", "好"), "kind"),
        (Words("question", " "), "text"),
        (Words("second_seal", "要求盖章"), "about"),
        (Words("second_seal", "要求盖章", about="NOBODY"), "about"),
    ],
)
def test_what_is_missing_is_asked_for(people, words, field):
    with pytest.raises(InvalidInput) as refused:
        lodged(words)
    assert list(refused.value.fields) == [field]
    assert not Complaint.objects.exists()


def test_answered_with_what_was_found(people, watch):
    found, _ = lodged()
    with pytest.raises(InvalidInput, match="请选择查证结果"):
        answer_complaint(found.number, finding="", answer="已纠正。", actor=people.reviewer, at=days_later(2))
    with pytest.raises(NotPermitted, match="须由市行政审批服务局"):
        answer_complaint(found.number, finding="true", answer="x", actor=watch.supervisor, at=days_later(2))
    done = answer_complaint(
        found.number, finding="true", answer="已责令纠正。", actor=people.reviewer, at=days_later(2)
    )
    assert (done.state, done.finding, done.answered_by) == ("answered", "true", people.reviewer)
    with pytest.raises(StaleState, match="已答复"):
        answer_complaint(found.number, finding="true", answer="再答。", actor=people.reviewer, at=days_later(2))
    assert [step.label for step in done.steps.all()] == ["收到", "答复"]


def test_who_handled_the_case_does_not_answer_the_complaint_about_it(people):
    case = make.in_review(people)
    found, _ = lodged(Words("complaint", "让我跑了三趟。"), case_id=case.pk)
    for handler in (people.clerk, people.reviewer):
        with pytest.raises(NotPermitted, match="须由其他人员查证"):
            answer_complaint(found.number, finding="untrue", answer="不属实。", actor=handler, at=days_later(1))
    assert answer_complaint(
        found.number, finding="partly", answer="已致歉。", actor=people.decider, at=days_later(1)
    ).state == "answered"  # fmt: skip


def test_passed_on_it_is_another_bodys_within_the_same_term(people):
    found, _ = lodged(Words("question", "户口迁移怎么办？"))
    with pytest.raises(InvalidInput):
        pass_on_complaint(found.number, to="SP", reason="x", actor=people.reviewer, at=days_later(1))
    moved = pass_on_complaint(found.number, to="GA", reason="由公安机关答复。", actor=people.reviewer, at=days_later(1))
    assert (moved.department.code, moved.answer_by_on) == ("GA", date(2026, 3, 9))
    with pytest.raises(NotFound):
        answer_complaint(found.number, finding="", answer="x", actor=people.reviewer, at=days_later(1))


def test_a_term_that_passed_is_recorded_once(people):
    found, _ = lodged()
    assert [mark_late(at=days_later(days)) for days in (7, 8, 9)] == [0, 1, 0]
    assert [step.kind for step in found.steps.all()] == ["lodged", "late"]
