"""容缺受理: accepted on a promise to bring listed papers later; its own term, and what follows when they do not come."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.errors import CalendarMissing, DomainError, InvalidInput, NotPermitted, StaleState
from laiyang_approval.kernel.models import BusinessRule
from laiyang_approval.kernel.rules import forget_cached_rules
from tests.factories import cases as make
from windows.commands.decision import grant_case, refuse_case
from windows.commands.deferrals import end_deferral, supply_deferred
from windows.commands.intake import OutcomeInput, decide_intake
from windows.commands.intake_mode_terms import end_overdue_deferrals, remind_of_terms
from windows.commands.parties import restrict_party
from windows.commands.review import start_review, submit_opinion
from windows.domain.intake import Outcome
from windows.domain.intake_modes import deferral_due
from windows.domain.restrictions import RestrictionKind
from windows.models import Case, CaseEvent, CaseMaterial, Deferral, DeferredItem, Letter, Reminder

#: Accepted Monday 2026-03-02; promised in seven working days, 2026-03-11; five working days end 2026-03-09.
DUE = date(2026, 3, 9)
LATE = make.days_later(8)


def standing() -> tuple:
    return (
        Letter.objects.count(),
        CaseEvent.objects.count(),
        Deferral.objects.count(),
        tuple(DeferredItem.objects.order_by("pk").values_list("supplied_at", flat=True)),
        tuple(CaseMaterial.objects.order_by("pk").values_list("status", flat=True)),
        tuple(Case.objects.order_by("pk").values_list("state", "version")),
    )


def rule(key: str, value: str) -> None:
    BusinessRule.objects.filter(key=key).update(value=value)
    forget_cached_rules()


def missing_id(case: Case) -> int:
    return case.deferral.items.get().material.edition_material_id


class TestTerm:
    def test_five_working_days_or_a_working_day_before_the_promise_ends(self, people):
        calendar = current_calendar()
        monday = date(2026, 3, 2)
        assert deferral_due(monday, date(2026, 3, 30), 5, calendar) == DUE
        # Promised by Friday: Thursday is the last day somebody could still decide after.
        assert deferral_due(monday, date(2026, 3, 6), 5, calendar) == date(2026, 3, 5)
        # Over the spring festival of 2026: the make-up Saturday 02-14 counts, the festival does not.
        assert deferral_due(date(2026, 2, 13), date(2026, 3, 19), 5, calendar) == date(2026, 2, 27)
        with pytest.raises(CalendarMissing):
            deferral_due(date(2026, 12, 29), None, 5, calendar)

    def test_the_decision_clock_runs_and_the_deferral_has_its_own_term(self, people):
        case = make.deferred(people)
        plain = make.accepted(people, party=make.PERSON)
        assert (case.promised_due_on, case.statutory_due_on) == (plain.promised_due_on, plain.statutory_due_on)
        assert case.clock_stops == []
        assert (case.deferral.due_on, case.deferral.remind_on) == (DUE, date(2026, 3, 6))

    def test_while_the_calendar_is_missing_the_term_is_to_be_told(self, people):
        case = make.deferred(people, at=datetime(2026, 12, 29, 2, 0, tzinfo=UTC))
        assert case.deferral.due_on is None
        assert Letter.objects.get(case=case, kind="D07").snapshot["print"]["due"].startswith("待公布（2027年")
        with pytest.raises(DomainError, match="补齐期限待公布"):
            end_deferral(case.number, actor=people.reviewer, at=datetime(2026, 12, 31, 2, 0, tzinfo=UTC))


class TestAcceptance:
    def test_the_system_proposes_it_and_the_applicant_may_choose_the_notice_instead(self, people):
        taken = make.taken_in(people, outcome=Outcome.DEFER, unmet={2: "missing", 4: "defective"}, promise=make.SIGNED)
        assert taken.judgement.outcome is Outcome.DEFER
        assert [letter.kind for letter in taken.letters] == ["D01", "D06", "D07"]
        assert [(item.lack, item.form) for item in taken.case.deferral.items.all()] == [
            ("未提交", "复印件1份"),
            ("不符合要求", "原件1份"),
        ]
        kept = make.received(people, unmet={2: "missing"}, party=make.PERSON)
        items = [make.CorrectionInput(kept.materials.get(status="missing").edition_material_id, "未提交", "提交")]
        case = decide_intake(
            kept.number,
            chosen=OutcomeInput(Outcome.CORRECT, corrections=items),
            actor=people.clerk,
            at=make.days_later(1),
        )
        assert case.state == "correction_pending"
        assert case.events.get(kind="correction_given").detail["overridden"] is False

    def test_a_received_case_is_accepted_so_from_its_page(self, people):
        kept = make.received(people, unmet={2: "missing"})
        case = decide_intake(
            kept.number,
            chosen=OutcomeInput(Outcome.DEFER, promise=make.SIGNED),
            actor=people.clerk,
            at=make.days_later(1),
        )
        assert (case.state, case.deferred_acceptance, case.accepted_on) == ("accepted", True, date(2026, 3, 3))
        assert [event.kind for event in case.events.order_by("sequence")] == [
            "received",
            "accepted",
            "deferral_promised",
        ]

    def test_not_with_a_main_or_a_firm_material_missing(self, people):
        before = standing()
        with pytest.raises(DomainError, match="食品经营许可申请书不可容缺"):
            make.taken_in(people, outcome=Outcome.DEFER, unmet={0: "defective", 2: "missing"}, promise=make.SIGNED)
        with pytest.raises(DomainError, match="操作流程等文件不可容缺，须先补齐"):
            make.taken_in(people, outcome=Outcome.DEFER, unmet={3: "missing"}, promise=make.SIGNED)
        with pytest.raises(DomainError, match="材料已全部登记为齐"):
            make.taken_in(people, outcome=Outcome.DEFER, promise=make.SIGNED)
        assert standing() == before

    @pytest.mark.parametrize(
        ("promise", "field"),
        [
            (replace(make.SIGNED, is_signed=False), "promise_signed"),
            (replace(make.SIGNED, signatory=" "), "promise_by"),
            (replace(make.SIGNED, signatory="13800000000"), "promise_by"),
        ],
    )
    def test_not_before_the_applicant_has_signed(self, people, promise, field):
        before = standing()
        with pytest.raises(InvalidInput) as refusal:
            make.deferred(people, promise=promise)
        assert set(refusal.value.fields) == {field}
        assert standing() == before

    def test_not_where_the_promised_limit_leaves_no_working_day(self, people):
        before = standing()
        with pytest.raises(DomainError, match="留不出一个工作日"):
            make.deferred(people, make.INSTANT, index=1)
        assert standing() == before

    def test_not_for_a_party_with_an_open_false_promise(self, people):
        case = make.accepted(people)
        restrict_party(
            case.party,
            kind=RestrictionKind.NO_DEFERRAL_NO_COMMITMENT,
            from_on=date(2026, 2, 1),
            to_on=None,
            basis="告知承诺不实",
            actor=None,
            at=make.MONDAY,
        )
        before = standing()
        with pytest.raises(
            DomainError, match="自2026年2月1日起有未修复的失信记录（告知承诺不实），修复前不适用容缺受理"
        ):
            make.deferred(people)
        assert standing() == before
        # The normal way is open to everybody.
        assert make.taken_in(people, unmet=None).case.state == "accepted"


class TestGates:
    def test_no_opinion_and_no_decision_before_the_papers_are_in(self, people):
        case = start_review(make.deferred(people).number, actor=people.reviewer, at=make.days_later(1))
        make.credit_checked(people, case, at=make.days_later(1, hours=1))
        before = standing()
        with pytest.raises(DomainError, match="还有1项容缺材料未补齐（法定代表人（负责人）身份证明，2026年3月9日前）"):
            submit_opinion(
                case.number, proposal="grant", text="建议准予。", actor=people.reviewer, at=make.days_later(2)
            )
        assert standing() == before
        # A decision reached past the opinion is shut just as well.
        Case.objects.filter(pk=case.pk).update(state="pending_decision")
        for decide, given in ((grant_case, {"grant": make.GRANT}), (refuse_case, {"refusal": make.REFUSAL})):
            with pytest.raises(DomainError, match="还有1项容缺材料未补齐"):
                decide(case.number, **given, actor=people.decider, at=make.days_later(2))
        Case.objects.filter(pk=case.pk).update(state="in_review")
        supply_deferred(case.number, material_ids=[missing_id(case)], actor=people.clerk, at=make.days_later(3))
        done = submit_opinion(
            case.number, proposal="grant", text="建议准予。", actor=people.reviewer, at=make.days_later(3, hours=1)
        )
        assert done.state == "pending_decision"


class TestSupply:
    def test_each_paper_is_received_with_a_receipt_and_the_last_one_settles(self, people):
        case = make.taken_in(
            people, outcome=Outcome.DEFER, unmet={1: "missing", 2: "missing"}, promise=make.SIGNED
        ).case
        first, second = (item.material.edition_material_id for item in case.deferral.items.all())
        case = supply_deferred(case.number, material_ids=[first], actor=people.clerk, at=make.days_later(1))
        deferral = Deferral.objects.get(case=case)
        assert deferral.is_open
        receipt = Letter.objects.filter(case=case, kind="D01").last()
        assert receipt.title == "容缺材料接收凭证"
        assert receipt.snapshot["print"]["still_open"] == ["法定代表人（负责人）身份证明"]
        case = supply_deferred(case.number, material_ids=[second], actor=people.clerk, at=make.days_later(2))
        deferral.refresh_from_db()
        assert (deferral.is_open, deferral.settled_at) == (False, make.days_later(2))
        assert set(case.materials.values_list("status", flat=True)) == {"complete"}
        kinds = list(case.events.order_by("sequence").values_list("kind", flat=True))
        assert kinds[-3:] == ["deferred_supplied", "deferred_supplied", "deferral_settled"]

    def test_late_is_still_in_while_nobody_has_acted(self, people):
        case = make.deferred(people)
        case = supply_deferred(case.number, material_ids=[missing_id(case)], actor=people.clerk, at=LATE)
        assert case.events.get(kind="deferred_supplied").detail["late"] is True

    def test_only_what_was_promised_and_only_by_the_window(self, people):
        case = make.deferred(people)
        plain = make.accepted(people, party=make.PERSON)
        other = case.materials.exclude(status="missing").first().edition_material_id
        before = standing()
        with pytest.raises(DomainError, match="不在承诺书所列"):
            supply_deferred(case.number, material_ids=[other], actor=people.clerk, at=make.days_later(1))
        with pytest.raises(InvalidInput, match="请选择本次收到的容缺材料"):
            supply_deferred(case.number, material_ids=[], actor=people.clerk, at=make.days_later(1))
        with pytest.raises(NotPermitted):
            supply_deferred(case.number, material_ids=[missing_id(case)], actor=people.reviewer, at=make.days_later(1))
        with pytest.raises(DomainError, match="没有尚待补齐的容缺材料"):
            supply_deferred(plain.number, material_ids=[other], actor=people.clerk, at=make.days_later(1))
        assert standing() == before


class TestDefault:
    def test_reminded_before_the_end_and_in_red_after_it_once_each(self, people):
        case = make.deferred(people)
        counts = [remind_of_terms(at=make.days_later(day))["term_reminders"] for day in (3, 4, 4, 7, 8, 9)]
        assert counts == [0, 1, 0, 0, 1, 0]
        found = {one.kind: one for one in Reminder.objects.filter(case=case)}
        assert {kind: (one.reached_on, one.look) for kind, one in found.items()} == {
            "deferral_soon": (date(2026, 3, 6), "yellow"),
            "deferral_overdue": (DUE, "red"),
        }

    def test_nothing_happens_by_itself_unless_the_setting_says_so(self, people):
        case = make.deferred(people)
        failures: list = []
        assert end_overdue_deferrals(at=LATE, on_failure=failures.append) == {"deferrals_ended": 0}
        assert Case.objects.get(pk=case.pk).state == "accepted"
        rule("deferral_default_automatic", "on")
        on_due_day = make.days_later(7)
        assert end_overdue_deferrals(at=on_due_day, on_failure=failures.append) == {"deferrals_ended": 0}
        assert end_overdue_deferrals(at=LATE, on_failure=failures.append) == {"deferrals_ended": 1}
        assert Case.objects.get(pk=case.pk).state == "terminated"
        assert failures == []

    def test_the_reviewer_ends_it_with_reasons_and_remedies(self, people):
        case = make.deferred(people)
        case = end_deferral(case.number, note="3月9日已电话催告。", actor=people.reviewer, at=LATE)
        assert (case.state, case.light) == ("terminated", "none")
        assert [event.kind for event in case.events.order_by("sequence")][-2:] == ["deferral_ended", "terminated"]
        letter = Letter.objects.get(case=case, kind="D17")
        assert letter.title == "终止办理决定书"
        printed = letter.snapshot["print"]
        assert "期满仍未补齐：法定代表人（负责人）身份证明。3月9日已电话催告。" in printed["reason"]
        assert printed["remedies"]["organ"] == "莱阳市人民政府"
        with pytest.raises(StaleState):
            end_deferral(case.number, actor=people.reviewer, at=LATE)

    def test_not_on_the_last_day_and_not_by_the_clerk(self, people):
        case = make.deferred(people)
        before = standing()
        with pytest.raises(DomainError, match="至2026-03-09止，尚未届满"):
            end_deferral(case.number, actor=people.reviewer, at=make.days_later(7))
        with pytest.raises(NotPermitted):
            end_deferral(case.number, actor=people.clerk, at=LATE)
        assert standing() == before

    def test_what_was_told_follows_though_the_setting_has_changed(self, people):
        rule("deferral_default", "withdrawn")
        case = make.deferred(people)
        rule("deferral_default", "terminate")
        case = end_deferral(case.number, actor=people.reviewer, at=LATE)
        assert case.state == "withdrawn"
        assert Letter.objects.get(case=case, kind="D17").title == "撤回申请确认书"

    def test_a_refusal_is_for_the_decider_and_opens_after_the_term_only(self, people):
        rule("deferral_default", "refuse")
        case = start_review(make.deferred(people).number, actor=people.reviewer, at=make.days_later(1))
        make.credit_checked(people, case, at=make.days_later(1, hours=1))
        refusing = {"proposal": "refuse", "text": "容缺材料逾期未补。", "actor": people.reviewer}
        with pytest.raises(DomainError, match="还有1项容缺材料未补齐"):
            submit_opinion(case.number, **refusing, at=make.days_later(7))
        with pytest.raises(DomainError, match="由决定人作出不予许可决定"):
            end_deferral(case.number, actor=people.reviewer, at=LATE)
        assert submit_opinion(case.number, **refusing, at=LATE).state == "pending_decision"
        with pytest.raises(DomainError, match="期限已过，请补齐或者按承诺书处理"):
            grant_case(case.number, grant=make.GRANT, actor=people.decider, at=make.days_later(8, hours=1))
        done = refuse_case(case.number, refusal=make.REFUSAL, actor=people.decider, at=make.days_later(8, hours=1))
        assert done.state == "refused"
