"""监管反馈: takes effect once, with everything it brings about; four ends of a licence are never merged (trap 17)."""

from datetime import date

import pytest

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted
from laiyang_approval.kernel.models import Department
from supervision.commands.receiving import Message, OtherBody, Report, receive_feedback
from supervision.commands.replying import Reply, answer_feedback
from supervision.commands.tracking import claim_push
from supervision.models import FollowUp, Push, SupervisionFeedback
from tests.factories import cases as make
from tests.factories import licences as lic
from tests.factories import supervision as sup
from tests.factories.cases import days_later
from windows.commands.licences.taking_back import decide_ex_officio
from windows.commands.verifying import check_chains
from windows.models import Case, Licence, LicenceChange, Party, PartyRestriction
from windows.restrictions import ban_among, favour_bar_among, restrictions_of

ON = date(2026, 3, 3)
AT = days_later(3)


@pytest.fixture
def licence(people, watch) -> Licence:
    """A food licence on record since that Monday, that the market supervision bureau supervises."""
    return lic.old_licence(people, at=make.MONDAY)


def message(external_id: str = "msg_1", body: str = "a", code: str = "SJ") -> Message:
    return Message(Department.objects.get(code=code), external_id, body * 64, "api")


def report(kind: str, licence: Licence | None = None, **more) -> Report:
    values = {"document_number": "莱市监罚〔2026〕12号", "officers": ("张三丰", "李四光")} | more
    return Report(kind, values.pop("happened_on", ON), values.pop("finding", "经查，使用过期原料。"),
                  licence_number=licence.number if licence else "", **values)  # fmt: skip


def received(given: Report, **more) -> SupervisionFeedback:
    feedback, is_new = receive_feedback(given, message=message(**more), actor=None, at=AT)
    assert is_new
    return feedback


def state(licence: Licence) -> str:
    return Licence.objects.get(pk=licence.pk).state


def test_forfeiture_ends_the_licence_restricts_the_party_and_asks_for_the_cancellation(people, licence):
    feedback = received(report("forfeiture", licence))
    assert state(licence) == "forfeited"
    change = LicenceChange.objects.get(licence=licence)
    assert (change.kind, change.document_number, change.department.code) == ("forfeited", "莱市监罚〔2026〕12号", "SJ")
    task = feedback.follow_up
    assert (task.kind, task.department.code, task.due_on, task.state) == ("cancel", "SP", date(2026, 3, 12), "open")
    restriction = PartyRestriction.objects.get(party=licence.holder)
    assert (restriction.kind, restriction.from_on, restriction.to_on) == (
        "no_deferral",
        date(2026, 3, 5),
        date(2027, 3, 5),
    )
    assert feedback.effect == f"证照{licence.number}已吊销；至2027-03-05不适用容缺受理和告知承诺"
    # Trap 17: the bureau makes no decision of revocation.
    assert not Case.objects.filter(purpose="revocation").exists()
    assert check_chains() is None


def test_the_cancellation_is_opened_by_the_answer_and_decided_as_its_own_act(people, licence):
    task = received(report("forfeiture", licence)).follow_up
    with pytest.raises(InvalidInput, match="采纳的须立案，请选择事由"):
        answer_feedback(task.pk, reply=Reply(True, "予以注销。"), actor=people.reviewer, at=AT)
    done = answer_feedback(task.pk, reply=Reply(True, "予以注销。", "cancel_4"), actor=people.reviewer, at=AT)
    case = done.opened_case
    assert (done.state, case.purpose, case.ex_officio.source) == (
        "accepted", "cancellation", f"市市场监督管理局吊销许可证件（{done.feedback.number}）",
    )  # fmt: skip
    from windows.commands.licences.ex_officio import propose_ex_officio

    propose_ex_officio(case.number, proposal="act", text="吊销属实。", actor=people.reviewer, at=AT)
    decide_ex_officio(case.number, taking=lic.TakingBack("证照已被吊销。"), actor=people.decider, at=days_later(4))
    assert (state(licence), Licence.objects.get(pk=licence.pk).cancel_reason) == ("cancelled", 4)


def test_the_party_may_still_apply_but_not_by_deferral_nor_promise(people, licence):
    received(report("forfeiture", licence))
    found = restrictions_of(Party.objects.get(pk=licence.holder_id), date(2026, 3, 5))
    assert favour_bar_among(found, licence.matter_id) is not None
    assert ban_among(found, licence.matter_id) is None
    assert make.accepted(people, at=days_later(4)).state == "accepted"


def test_suspension_lasts_until_its_day_and_is_lifted_by_the_same_body(people, licence):
    received(report("suspension", licence, until_on=date(2026, 4, 3)))
    assert (state(licence), Licence.objects.get(pk=licence.pk).suspended_until_on) == ("suspended", date(2026, 4, 3))
    received(report("resumption", licence, document_number="莱市监解〔2026〕1号"), external_id="msg_2")
    assert state(licence) == "valid"


@pytest.mark.parametrize(
    ("kind", "more", "task", "restricts"),
    [
        ("inspection", {}, None, False),
        ("inspection", {"requires_action": True}, "look", False),
        ("penalty", {}, None, True),
        ("coercion", {}, None, False),
        ("complaint", {"requires_action": True}, "look", False),
        ("commitment_check", {}, None, False),
        ("commitment_check", {"abnormal": True}, "broken_promise", True),
        ("policy_change", {}, "look", False),
        ("suggestion_change", {}, "change", False),
        ("suggestion_withdraw", {}, "withdraw", False),
        ("suggestion_revoke", {}, "revoke", False),
        ("suggestion_cancel", {}, "cancellation", False),
    ],
)
def test_what_leaves_the_licence_as_it_is(people, licence, kind, more, task, restricts):
    received(report(kind, licence, **more))
    assert state(licence) == "valid"
    assert list(FollowUp.objects.values_list("kind", flat=True)) == ([task] if task else [])
    assert PartyRestriction.objects.exists() is restricts


def test_a_suggested_revocation_is_the_bureaus_to_verify_and_decide(people, licence):
    task = received(report("suggestion_revoke", licence)).follow_up
    with pytest.raises(InvalidInput):
        answer_feedback(task.pk, reply=Reply(True, "立案。", "cancel_4"), actor=people.reviewer, at=AT)
    done = answer_feedback(task.pk, reply=Reply(True, "立案调查。", "fraud"), actor=people.reviewer, at=AT)
    assert (done.opened_case.purpose, state(licence)) == ("revocation", "valid")
    with pytest.raises(DomainError, match="已经答复"):
        answer_feedback(task.pk, reply=Reply(False, "不采纳。"), actor=people.reviewer, at=AT)


def test_it_may_be_declined_with_reasons(people, licence):
    task = received(report("suggestion_revoke", licence)).follow_up
    with pytest.raises(InvalidInput, match="请写明答复"):
        answer_feedback(task.pk, reply=Reply(False, " "), actor=people.reviewer, at=AT)
    assert answer_feedback(task.pk, reply=Reply(False, "证据不足。"), actor=people.reviewer, at=AT).state == "declined"


def test_only_the_approving_body_answers(people, watch, licence):
    task = received(report("suggestion_revoke", licence)).follow_up
    for who, error in ((watch.regulator, NotPermitted), (watch.supervisor, NotPermitted), (watch.other, NotFound)):
        with pytest.raises(error):
            answer_feedback(task.pk, reply=Reply(False, "不采纳。"), actor=who, at=AT)
    assert FollowUp.objects.get(pk=task.pk).state == "open"


def test_the_same_message_again_changes_nothing(people, licence):
    given = report("forfeiture", licence)
    first = received(given)
    again, is_new = receive_feedback(given, message=message(), actor=None, at=days_later(4))
    assert (again, is_new) == (first, False)
    counts = SupervisionFeedback.objects.count(), LicenceChange.objects.count(), PartyRestriction.objects.count()
    assert counts == (1, 1, 1)


def test_another_body_under_the_same_id_is_a_conflict(people, licence):
    received(report("penalty", licence))
    with pytest.raises(OtherBody, match="没有接收"):
        receive_feedback(report("forfeiture", licence), message=message(body="b"), actor=None, at=AT)
    assert (state(licence), SupervisionFeedback.objects.count()) == ("valid", 1)


def test_two_departments_may_use_the_same_id(people, licence, watch):
    received(report("penalty", licence))
    admin = make.person("admin", make.Role.CATALOGUE_ADMIN)
    from matters.commands.boundaries import NewBoundary, set_boundary

    set_boundary(
        NewBoundary("SJ-04", "SJ", "备忘录", date(2026, 3, 3), further=["WJ19"]), actor=admin, at=days_later(1)
    )
    received(report("inspection", licence), code="WJ19")
    assert SupervisionFeedback.objects.count() == 2


def test_a_department_reports_only_on_what_it_supervises(people, licence, watch):
    with pytest.raises(InvalidInput, match="不由贵部门监管"):
        received(report("forfeiture", licence), code="WJ19")
    with pytest.raises(InvalidInput, match="不由贵部门监管"):
        received(
            Report("forfeiture", ON, "查明。", licence_number="莱审批食证字〔2026〕第9999号", document_number="1号")
        )
    assert (state(licence), SupervisionFeedback.objects.count()) == ("valid", 0)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"document_number": " "}, "请填写决定书文号"),
        ({"finding": ""}, "请写明情况"),
        ({"happened_on": date(2026, 3, 6)}, "日期不能晚于今天"),
        ({"until_on": date(2026, 3, 1)}, "截止日早于决定日期"),
        ({"officers": ("张三丰", "张三丰")}, "两名不同的人员"),
        ({"happened_on": date(2010, 1, 1)}, "处罚决定早于发证日期"),
        ({"finding": "坏\u202e字"}, "内容"),
    ],
)
def test_what_is_not_written_as_it_must_be_is_refused_and_nothing_changes(people, licence, changed, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        received(report("suspension", licence, **changed))
    assert (state(licence), SupervisionFeedback.objects.count(), PartyRestriction.objects.count()) == ("valid", 0, 0)


def test_what_came_too_late_to_take_effect_is_kept_and_looked_at(people, licence):
    lic.forfeited(people, licence, at=days_later(2))
    feedback = received(report("suspension", licence, document_number="莱市监罚〔2026〕13号"))
    assert state(licence) == "forfeited"
    assert "证照没有变动" in feedback.effect
    assert feedback.follow_up.kind == "look"


def test_a_report_about_a_push_is_what_was_done_about_it(people, watch):
    push = sup.pushed(people)
    claim_push(push.number, actor=watch.regulator, at=days_later(1))
    feedback, _ = receive_feedback(
        Report("inspection", ON, "未见异常。", push_number=push.number),
        message=Message(push.regulator, "form", "a" * 64, "portal"), actor=watch.regulator, at=AT,
    )  # fmt: skip
    push = Push.objects.get(pk=push.pk)
    assert (push.state, push.steps.last().note) == ("followed_up", f"监督检查（反馈{feedback.number}）")
    assert (feedback.party, feedback.licence) == (push.case.party, None)


def test_a_push_of_another_body_cannot_be_reported_on(people, watch):
    push = sup.pushed(people)
    with pytest.raises(InvalidInput, match="不由贵部门监管"):
        receive_feedback(
            Report("inspection", ON, "未见异常。", push_number=push.number),
            message=message(code="WJ19"),
            actor=None,
            at=AT,
        )
    assert SupervisionFeedback.objects.count() == 0
