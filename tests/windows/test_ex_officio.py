"""依职权处理: opened, told, heard, proposed, decided by another person, served; or ended without a decision."""

from datetime import date, timedelta

import pytest

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotPermitted, StaleState
from laiyang_approval.kernel.models import UserRole
from laiyang_approval.kernel.roles import Role
from tests.factories import cases as make
from tests.factories import licences as lic
from tests.factories.licences import noon
from windows import queries
from windows.commands.delivery import deliver_case
from windows.commands.licences.ex_officio import (
    Cause,
    open_ex_officio,
    propose_ex_officio,
    record_holder_statement,
    serve_holder,
    tell_holder,
)
from windows.commands.licences.taking_back import TakingBack, decide_ex_officio, drop_ex_officio
from windows.commands.preconditions import CreditQuery, record_credit_check
from windows.commands.review import submit_opinion
from windows.commands.serving import Service
from windows.models import Case, CaseEvent, ExOfficioAct, Letter, Licence, PartyRestriction, Reminder
from windows.public_status import find_by_number, public_status

JUNE = noon(date(2026, 6, 1))
FAULT = TakingBack("没有告知利害关系人，程序违法。", money_note="损失经核定后依法赔偿。")


def standing() -> tuple:
    return (
        list(Case.objects.order_by("pk").values_list("number", "state", "version", "last_event_hash")),
        list(Licence.objects.order_by("pk").values_list("number", "state")),
        list(ExOfficioAct.objects.order_by("pk").values_list("told_on", "statement", "decided_at", "money")),
        Letter.objects.count(),
        PartyRestriction.objects.count(),
    )


def test_the_whole_way_of_a_revocation(people):
    one = lic.licence(people)
    case = lic.proposed(people, one, "procedure", at=JUNE)
    assert (case.origin, case.purpose, case.state) == ("ex_officio", "revocation", "pending_decision")
    assert (case.clock_from_on, case.promised_due_on, case.light) == (None, None, "none")
    decide_ex_officio(case.number, taking=FAULT, actor=people.decider, at=JUNE + timedelta(days=1))
    one.refresh_from_db()
    case.refresh_from_db()
    assert (case.state, one.state) == ("issued", "revoked")
    letter = case.letters.get(kind="D23")
    assert letter.number == "莱审批撤销字〔2026〕第0001号"
    printed = letter.snapshot["print"]
    assert printed["article"] == "《中华人民共和国行政许可法》第六十九条第一款第三项"
    assert printed["heard"].endswith("陈述、申辩意见为：场所证明由房东提供，不知系伪造。")
    assert printed["remedies"]["organ"] == "莱阳市人民政府"
    assert Reminder.objects.filter(case=one.case, kind="cancel_licence", reached_on=date(2026, 6, 2)).count() == 1
    deliver_case(case.number, service=make.SERVICE, actor=people.issuer, at=JUNE + timedelta(days=2))
    assert list(CaseEvent.objects.filter(case=case).order_by("sequence").values_list("kind", flat=True)) == [
        "opened_ex_officio",
        "holder_told",
        "holder_heard",
        "ex_officio_proposed",
        "revoked",
        "delivered",
    ]


class TestHeardFirst:
    def test_nothing_is_proposed_before_the_holder_is_told(self, people):
        case = lic.opened(people, lic.licence(people), "fraud", at=JUNE)
        before = standing()
        with pytest.raises(DomainError, match="还没有告知持证人陈述申辩的权利") as told:
            propose_ex_officio(case.number, proposal="act", text="建议撤销。", actor=people.reviewer, at=JUNE)
        assert told.value.article == "行政许可法第七条"
        with pytest.raises(DomainError, match="告知书还没有送达"):
            record_holder_statement(case.number, statement="有异议", actor=people.reviewer, at=JUNE)
        assert standing() == before

    def test_the_term_runs_five_working_days_from_the_day_after_service(self, people):
        case = lic.told(people, lic.licence(people), "fraud", at=JUNE)
        act = ExOfficioAct.objects.get(case=case)
        assert (act.told_on, act.statement_due_on) == (date(2026, 6, 1), date(2026, 6, 8))
        before = standing()
        with pytest.raises(DomainError, match="期限至2026-06-08，尚未届满"):
            propose_ex_officio(
                case.number, proposal="act", text="建议撤销。", actor=people.reviewer, at=noon(date(2026, 6, 8))
            )
        assert standing() == before
        propose_ex_officio(
            case.number, proposal="act", text="建议撤销。", actor=people.reviewer, at=noon(date(2026, 6, 9))
        )

    def test_a_waiver_ends_the_term_and_stands_in_the_paper(self, people):
        case = lic.told(people, lic.licence(people), "fraud", at=JUNE)
        record_holder_statement(
            case.number, statement="", waived=True, actor=people.reviewer, at=JUNE + timedelta(hours=3)
        )
        propose_ex_officio(
            case.number, proposal="act", text="建议撤销。", actor=people.reviewer, at=JUNE + timedelta(hours=4)
        )
        decide_ex_officio(case.number, taking=lic.FRAUD, actor=people.decider, at=JUNE + timedelta(days=1))
        assert "被许可人表示放弃陈述、申辩" in case.letters.get(kind="D23").snapshot["print"]["heard"]

    def test_told_once_served_once_heard_once(self, people):
        case = lic.told(people, lic.licence(people), "fraud", at=JUNE)
        later = JUNE + timedelta(hours=3)
        record_holder_statement(case.number, statement="有异议", actor=people.reviewer, at=later)
        before = standing()
        service = Service("direct", recipient="邹念慈")
        for again, sentence in (
            (lambda: tell_holder(case.number, actor=people.reviewer, at=later), "已经出具过"),
            (lambda: serve_holder(case.number, service=service, actor=people.reviewer, at=later), "不能重复登记"),
            (
                lambda: record_holder_statement(case.number, statement="又说", actor=people.reviewer, at=later),
                "已经登记过",
            ),
        ):
            with pytest.raises(DomainError, match=sentence):
                again()
        assert standing() == before

    def test_service_dated_before_the_notice_is_refused(self, people):
        case = lic.opened(people, lic.licence(people), "fraud", at=JUNE)
        tell_holder(case.number, actor=people.reviewer, at=JUNE)
        before = standing()
        with pytest.raises(InvalidInput, match="送达时间早于"):
            serve_holder(
                case.number,
                service=Service("direct", recipient="邹念慈", served_at=JUNE - timedelta(days=3)),
                actor=people.reviewer,
                at=JUNE,
            )
        assert standing() == before

    def test_a_striking_off_needs_no_hearing(self, people):
        case = lic.opened(people, lic.licence(people), "cancel_6", at=JUNE)
        before = standing()
        with pytest.raises(DomainError, match="不需要告知陈述申辩"):
            tell_holder(case.number, actor=people.reviewer, at=JUNE)
        assert standing() == before


class TestWhoAndWhat:
    def test_whoever_opened_the_case_does_not_decide_it(self, people):
        one = lic.licence(people)
        both = make.person("both", Role.DECIDER, right="decide_for_department")
        UserRole.objects.create(user=both, role=Role.REVIEWER)
        make.assign_perm("kernel.review_for_department", both, both.department)
        case = open_ex_officio(one.pk, cause=Cause("cancel_6", "持证人书面放弃"), actor=both, at=JUNE)
        propose_ex_officio(case.number, proposal="act", text="应当注销。", actor=people.reviewer, at=JUNE)
        before = standing()
        for act in (
            lambda: decide_ex_officio(case.number, taking=TakingBack("应当注销。"), actor=both, at=JUNE),
            lambda: drop_ex_officio(case.number, why="not_established", reasons="不成立", actor=both, at=JUNE),
        ):
            with pytest.raises(NotPermitted, match="立案与决定须由不同人员办理"):
                act()
        assert standing() == before

    def test_an_application_cannot_be_granted_where_there_is_none(self, people):
        case = lic.told(people, lic.licence(people), "fraud", at=JUNE)
        before = standing()
        with pytest.raises(StaleState, match="本件依职权立案，没有申请，不能提交审查意见"):
            submit_opinion(case.number, proposal="grant", text="x", actor=people.reviewer, at=JUNE)
        with pytest.raises(StaleState, match="本件依职权立案，没有申请，不能登记信用查询"):
            record_credit_check(case.number, query=CreditQuery("信用中国", "clear"), actor=people.reviewer, at=JUNE)
        assert standing() == before

    def test_an_application_is_not_handled_of_our_own_motion(self, people):
        case = make.pending_decision(people)
        before = standing()
        with pytest.raises(StaleState, match="本件依申请办理，不能作出处理决定"):
            decide_ex_officio(case.number, taking=FAULT, actor=people.decider, at=make.days_later(1))
        assert standing() == before

    def test_one_such_case_at_a_time(self, people):
        one = lic.licence(people)
        first = lic.opened(people, one, "fraud", at=JUNE)
        before = standing()
        with pytest.raises(DomainError, match=f"已有依职权办理的件（{first.number}）"):
            lic.opened(people, one, "law_changed", at=JUNE)
        assert standing() == before

    @pytest.mark.parametrize(
        ("ground", "sentence"),
        [
            ("cancel_1", "不能以“行政许可有效期届满未延续”注销"),
            ("cancel_4", "不能以“行政许可依法被撤销"),
            ("cancel_2", "持证人不是自然人"),
            ("broken_promise", "没有复查认定该许可的承诺不实、逾期未改，不能以此撤销；请先办理承诺核查"),
            ("nothing", "请选择事由"),
        ],
    )
    def test_a_ground_that_cannot_be(self, people, ground, sentence):
        one = lic.licence(people)
        before = standing()
        with pytest.raises(InvalidInput, match=sentence):
            lic.opened(people, one, ground, at=JUNE)
        assert standing() == before

    def test_a_new_version_still_to_be_made_comes_first(self, people):
        one = lic.licence(people)
        change = lic.reviewed(people, one, "change", at=JUNE)
        make.grant_case(
            change.number,
            grant=make.Grant("糕点类食品制售"),
            actor=people.decider,
            at=JUNE + timedelta(hours=3),
        )
        case = lic.proposed(people, one, "procedure", at=JUNE + timedelta(hours=4))
        before = standing()
        with pytest.raises(DomainError, match=f"新证（{change.number}）已经准予而尚未制发"):
            decide_ex_officio(case.number, taking=FAULT, actor=people.decider, at=JUNE + timedelta(days=1))
        assert standing() == before

    def test_fraud_must_be_asked_whether_safety_depends_on_it(self, people):
        case = lic.proposed(people, lic.licence(people), "fraud", at=JUNE)
        before = standing()
        with pytest.raises(InvalidInput, match="是否直接关系公共安全、人身健康、生命财产安全"):
            decide_ex_officio(
                case.number, taking=TakingBack("伪造证明。"), actor=people.decider, at=JUNE + timedelta(days=1)
            )
        assert standing() == before


class TestNotDone:
    def test_harm_to_the_public_interest_keeps_the_licence(self, people):
        # 第六十九条第三款: recorded, the licence stays, the case has ended; the holder who was told is told the end.
        one = lic.licence(people)
        case = lic.proposed(people, one, "fraud", at=JUNE)
        drop_ex_officio(
            case.number,
            why="public_harm",
            reasons="全市唯一的学生配餐单位，撤销将使学生无法就餐。",
            actor=people.decider,
            at=JUNE + timedelta(days=1),
        )
        one.refresh_from_db()
        case.refresh_from_db()
        assert (case.state, one.state) == ("terminated", "valid")
        assert case.ex_officio.not_done_article == "行政许可法第六十九条第三款"
        assert case.letters.get(kind="N03").snapshot["print"]["why"] == "撤销可能对公共利益造成重大损害，不予撤销"
        assert PartyRestriction.objects.count() == 0

    def test_where_the_law_says_must_it_is_not_left_to_choice(self, people):
        case = lic.proposed(people, lic.licence(people), "fraud", at=JUNE)
        before = standing()
        with pytest.raises(InvalidInput, match="法律规定应当处理"):
            drop_ex_officio(
                case.number, why="not_necessary", reasons="算了", actor=people.decider, at=JUNE + timedelta(days=1)
            )
        assert standing() == before

    def test_the_third_paragraph_is_for_revocation_alone(self, people):
        case = lic.proposed(people, lic.licence(people), "law_changed", at=JUNE)
        before = standing()
        with pytest.raises(InvalidInput, match="第六十九条第三款只适用于撤销许可"):
            drop_ex_officio(
                case.number, why="public_harm", reasons="影响大", actor=people.decider, at=JUNE + timedelta(days=1)
            )
        assert standing() == before


def test_the_holder_learns_of_it_once_told_and_not_before(people):
    one = lic.licence(people)
    citizen = make.person("holder", Role.CITIZEN)
    one.holder.user = citizen
    one.holder.save()
    case = lic.opened(people, one, "fraud", at=JUNE)
    assert case not in list(queries.cases_of_citizen(citizen))
    tell_holder(case.number, actor=people.reviewer, at=JUNE)
    serve_holder(case.number, service=Service("direct", recipient="邹念慈"), actor=people.reviewer, at=JUNE)
    assert case in list(queries.cases_of_citizen(citizen))
    shown = public_status(find_by_number(case.number), today=date(2026, 6, 2))
    assert shown.state_sentence == "莱阳市行政审批服务局正在依职权审查您持有的证照。"
    assert shown.clock_sentences[0] == "依职权办理，法律没有规定办理时限。"
    assert "陈述申辩" in shown.next_sentence
