"""Special procedures (Article 45): asked for, approved, served, ended; overlaps, overruns, and what a matter's own law adds."""

from dataclasses import replace
from datetime import date

import pytest

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.commands.calendars import activate_version, check_arrangement, import_calendar
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotPermitted, StaleState
from laiyang_approval.kernel.models import CalendarNotice, UserRole
from laiyang_approval.kernel.roles import Role
from tests.factories import cases as make
from tests.factories import clock as tick
from windows.clocks import clocks_of
from windows.commands.clock_sweeping import run_out_told_time
from windows.commands.decision import grant_case
from windows.commands.procedures import (
    ProcedureRequest,
    approve_procedure,
    decline_procedure,
    end_procedure,
    request_more_time,
    request_procedure,
    serve_procedure,
)
from windows.commands.review import submit_opinion
from windows.commands.sweeping import turn_lights
from windows.commands.verifying import check_clocks
from windows.models import Case, CaseEvent, DocumentService, Letter, Reminder, SpecialProcedure

D = date.fromisoformat
MONDAY = tick.on("2026-03-02", 9)


def fail(number: str, error: Exception) -> None:
    raise AssertionError(number) from error


def standing(case: Case) -> tuple:
    """What a refused act may not change."""
    row = Case.objects.get(pk=case.pk)
    rows = list(SpecialProcedure.objects.filter(case=case).order_by("pk").values())
    return row.state, row.version, row.last_event_hash, row.clock_stops, row.letters.count(), row.services.count(), rows


@pytest.fixture
def case(people) -> Case:
    """Under review since Monday 2026-03-02: due 2026-03-30, promised 2026-03-11."""
    return make.in_review(people, code=tick.REVIEWED, at=MONDAY)


class TestTheNotice:
    def test_it_says_which_procedure_on_which_law_how_long_and_what_becomes_of_the_dates(self, people, case):
        tick.approved(people, case, at=tick.on("2026-03-03"), days=9)
        letter = Letter.objects.get(case=case, kind="D09")
        printed = letter.snapshot["print"]
        assert (letter.number, letter.seal.kind) == ("莱审批特字〔2026〕第0001号", "intake")
        assert (printed["label"], printed["basis"], printed["needed"]) == ("专家评审", tick.BASIS, "9个工作日")
        assert printed["limits"] == "法定办理时限、承诺办理时限"
        assert printed["effect"] == [
            "法定届满日：现为2026年3月30日；本告知书于落款当日送达、所需时间用满的，为2026年4月13日。",
            "承诺届满日：现为2026年3月11日；本告知书于落款当日送达、所需时间用满的，为2026年3月24日。",
        ]

    def test_nothing_is_left_out_before_it_is_served(self, people, case):
        asked = tick.requested(people, case, at=tick.on("2026-03-03"))
        assert (asked.state, asked.statutory_due_on) == ("in_review", D("2026-03-30"))
        approve_procedure(
            case.number, procedure_id=tick.newest(case).pk, actor=people.decider, at=tick.on("2026-03-04")
        )
        case.refresh_from_db()
        assert (case.state, case.statutory_due_on, case.clock_stops) == ("in_review", D("2026-03-30"), [])

    def test_the_clock_stands_still_from_the_day_after_service(self, people, case):
        case = tick.suspended(people, case, at=tick.on("2026-03-09"))
        row = tick.newest(case)
        assert (case.state, case.light, case.next_due_on) == ("suspended", "none", date.max)
        assert (case.promised_due_on, case.statutory_due_on) == (None, None)
        assert (row.started_on, row.told_until_on) == (D("2026-03-09"), D("2026-03-23"))
        assert DocumentService.objects.get(case=case).letter_id == row.letter_id
        ledger = clocks_of(case, case.edition, current_calendar()).statutory.ledger_until(D("2026-03-11"))
        assert [(day.date.day, day.counted) for day in ledger if day.kind != "weekend"] == [
            (2, None), (3, 1), (4, 2), (5, 3), (6, 4), (9, 5), (10, None), (11, None),
        ]  # fmt: skip
        assert ledger[-1].note == "专家评审（莱审批特字〔2026〕第0001号）"
        assert ledger[-1].article == "行政许可法第四十五条"

    def test_a_service_registered_a_day_later_counts_from_the_day_it_was_made(self, people, case):
        tick.approved(people, case, at=tick.on("2026-03-05"))
        served = replace(make.SERVICE, served_at=tick.on("2026-03-06"))
        case = serve_procedure(
            case.number,
            procedure_id=tick.newest(case).pk,
            service=served,
            actor=people.reviewer,
            at=tick.on("2026-03-09"),
        )
        assert tick.newest(case).started_on == D("2026-03-06")

    def test_service_dated_before_the_approval_is_refused(self, people, case):
        tick.approved(people, case, at=tick.on("2026-03-05"))
        before = standing(case)
        with pytest.raises(InvalidInput, match="送达时间早于特别程序告知书的落款日期"):
            serve_procedure(
                case.number,
                procedure_id=tick.newest(case).pk,
                service=replace(make.SERVICE, served_at=tick.on("2026-03-04")),
                actor=people.reviewer,
                at=tick.on("2026-03-09"),
            )
        assert standing(case) == before

    def test_no_service_before_the_approval_and_no_second_one_after_it(self, people, case):
        tick.requested(people, case, at=tick.on("2026-03-03"))
        before = standing(case)
        with pytest.raises(DomainError, match="还没有批准，没有告知书可以送达"):
            tick.served(people, case, at=tick.on("2026-03-03"))
        assert standing(case) == before
        approve_procedure(
            case.number, procedure_id=tick.newest(case).pk, actor=people.decider, at=tick.on("2026-03-04")
        )
        tick.served(people, case, at=tick.on("2026-03-04"))
        before = standing(case)
        with pytest.raises(StaleState, match="已登记送达，不能重复登记"):
            tick.served(people, case, at=tick.on("2026-03-05"))
        assert standing(case) == before

    def test_a_limit_that_is_over_has_nothing_left_to_stop(self, people, case):
        tick.approved(people, case, at=tick.on("2026-03-30"))
        before = standing(case)
        with pytest.raises(DomainError) as refusal:
            tick.served(people, case, at=tick.on("2026-03-30"))
        assert refusal.value.message.startswith("告知书送达时法定时限已于2026-03-30届满，不能再暂停计时")
        assert standing(case) == before

    def test_a_promise_that_was_over_before_keeps_its_orange_light(self, people, case):
        turn_lights(at=tick.on("2026-03-12", 0))
        case = tick.suspended(people, case, at=tick.on("2026-03-16"))
        assert (case.state, case.light) == ("suspended", "orange")
        assert (case.promised_due_on, case.statutory_due_on) == (D("2026-03-11"), None)
        case = tick.ended(people, case, at=tick.on("2026-03-20"))
        assert (case.promised_due_on, case.statutory_due_on, case.light) == (D("2026-03-11"), D("2026-04-03"), "orange")


class TestTheRequest:
    @pytest.mark.parametrize("kind", ["现场勘验", "公示", "补正", "征求意见", "", "provision-999999"])
    def test_what_article_45_does_not_name_is_refused(self, people, kind):
        case = make.in_review(people, code="CG-06", at=MONDAY)
        before = standing(case)
        with pytest.raises(DomainError) as refusal:
            tick.requested(people, case, at=tick.on("2026-03-03"), kind=kind)
        assert ("不能暂停计时" in refusal.value.message) == bool(kind)
        assert standing(case) == before

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("legal_basis", " ", "请写明依法需要这项程序的条款。"),
            ("reason", "", "请写明为什么需要这项程序。"),
            ("needed_days", 0, "所需工作日应为1至999。"),
            ("needed_days", 1000, "所需工作日应为1至999。"),
        ],
    )
    def test_law_reason_and_time_must_be_said(self, people, case, field, value, sentence):
        before = standing(case)
        request = replace(ProcedureRequest("testing", "检测设备能耗。", 5, tick.BASIS), **{field: value})
        with pytest.raises(InvalidInput) as refusal:
            request_procedure(case.number, request=request, actor=people.reviewer, at=tick.on("2026-03-03"))
        assert (refusal.value.message, refusal.value.fields) == (sentence, {field: sentence})
        assert standing(case) == before

    def test_whoever_asked_does_not_approve(self, people, case):
        UserRole.objects.create(user=people.decider, role=Role.REVIEWER)
        people.reviewer, asker = people.decider, people.reviewer
        with pytest.raises(NotPermitted):
            tick.requested(people, case, at=tick.on("2026-03-03"))  # without the right to review
        people.reviewer = asker
        tick.requested(people, case, at=tick.on("2026-03-03"))
        SpecialProcedure.objects.update(requested_by=people.decider)
        before = standing(case)
        with pytest.raises(NotPermitted, match="提出与批准须由不同人员办理"):
            approve_procedure(
                case.number, procedure_id=tick.newest(case).pk, actor=people.decider, at=tick.on("2026-03-03")
            )
        assert standing(case) == before

    def test_a_declined_request_is_closed_with_its_reason(self, people, case):
        tick.requested(people, case, at=tick.on("2026-03-03"))
        row = tick.newest(case)
        decline_procedure(
            case.number, procedure_id=row.pk, reason="材料已足够。", actor=people.decider, at=tick.on("2026-03-04")
        )
        row.refresh_from_db()
        assert (row.decline_reason, row.declined_by, row.letter) == ("材料已足够。", people.decider, None)
        before = standing(case)
        with pytest.raises(StaleState, match="已经作不批准处理"):
            approve_procedure(case.number, procedure_id=row.pk, actor=people.decider, at=tick.on("2026-03-05"))
        assert standing(case) == before

    def test_a_number_from_another_case_is_told_and_does_nothing(self, people, case):
        other = tick.requested(people, make.in_review(people, code=tick.REVIEWED, at=MONDAY), at=tick.on("2026-03-03"))
        before = standing(case), standing(other)
        with pytest.raises(InvalidInput, match="没有这项特别程序"):
            approve_procedure(
                case.number, procedure_id=tick.newest(other).pk, actor=people.decider, at=tick.on("2026-03-04")
            )
        assert (standing(case), standing(other)) == before


class TestTheEnd:
    def test_the_clock_runs_again_from_the_working_day_after_the_result(self, people, case):
        case = tick.suspended(people, case, at=tick.on("2026-03-06"))
        case = end_procedure(
            case.number,
            procedure_id=tick.newest(case).pk,
            ended_on=D("2026-03-15"),
            result="评审通过。",
            actor=people.reviewer,
            at=tick.on("2026-03-16"),
        )
        # Told on a Friday, over on a Sunday: 03-09 to 03-13 are out, Monday the 16th counts again (golden date G42).
        assert (case.state, case.statutory_due_on) == ("in_review", D("2026-04-07"))
        assert tick.newest(case).result == "评审通过。"

    @pytest.mark.parametrize(
        ("ended_on", "sentence"),
        [("2026-03-17", "结束日期不能晚于今天。"), ("2026-03-08", "结束日期不能早于告知书送达日（2026-03-09）。")],
    )
    def test_an_end_in_the_future_or_before_the_notice_is_refused(self, people, case, ended_on, sentence):
        case = tick.suspended(people, case, at=tick.on("2026-03-09"))
        before = standing(case)
        with pytest.raises(InvalidInput) as refusal:
            end_procedure(
                case.number,
                procedure_id=tick.newest(case).pk,
                ended_on=D(ended_on),
                result="评审通过。",
                actor=people.reviewer,
                at=tick.on("2026-03-16"),
            )
        assert refusal.value.message == sentence
        assert standing(case) == before

    def test_it_ends_once(self, people, case):
        case = tick.suspended(people, case, at=tick.on("2026-03-09"))
        tick.ended(people, case, at=tick.on("2026-03-16"))
        before = standing(case)
        with pytest.raises(StaleState):
            tick.ended(people, case, at=tick.on("2026-03-17"))
        assert standing(case) == before

    def test_deciding_and_proposing_wait_for_the_result(self, people, case):
        case = tick.suspended(people, case, at=tick.on("2026-03-09"))
        before = standing(case)
        for act in (
            lambda: grant_case(case.number, grant=make.GRANT, actor=people.decider, at=tick.on("2026-03-10")),
            lambda: submit_opinion(
                case.number, proposal="grant", text="准予", actor=people.reviewer, at=tick.on("2026-03-10")
            ),
        ):
            with pytest.raises(StaleState, match="特别程序尚未结束；请先登记结果、恢复计时") as refusal:
                act()
            assert refusal.value.article == "行政许可法第四十五条"
        assert standing(case) == before


class TestSeveralAtOnce:
    def test_overlapping_time_is_left_out_once(self, people, case):
        # Golden date G46: told 03-05 until 03-11 and 03-09 until 03-17.
        case = tick.suspended(people, case, at=tick.on("2026-03-05"))
        first = tick.newest(case)
        case = tick.suspended(people, case, at=tick.on("2026-03-09"), kind="testing")
        case = tick.ended(people, case, at=tick.on("2026-03-11"), procedure=first)
        assert (case.state, case.statutory_due_on) == ("suspended", None)
        case = tick.ended(people, case, at=tick.on("2026-03-17"))
        assert (case.state, case.statutory_due_on) == ("in_review", D("2026-04-10"))
        assert [event.kind for event in CaseEvent.objects.filter(case=case)][-4:] == [
            "procedure_approved", "suspended", "procedure_ended", "procedure_ended",
        ]  # fmt: skip

    def test_one_after_the_other_are_both_left_out(self, people, case):
        # Golden date G47.
        case = tick.ended(people, tick.suspended(people, case, at=tick.on("2026-03-05")), at=tick.on("2026-03-09"))
        case = tick.ended(
            people, tick.suspended(people, case, at=tick.on("2026-03-18"), kind="appraisal"), at=tick.on("2026-03-25")
        )
        assert case.statutory_due_on == D("2026-04-09")

    def test_suspension_and_extension_together(self, people, case):
        # Golden date G52.
        case = tick.ended(people, tick.suspended(people, case, at=tick.on("2026-03-09")), at=tick.on("2026-03-20"))
        case = tick.extended(people, case, at=tick.on("2026-04-13"))
        assert case.statutory_due_on == D("2026-04-27")


class TestOverrun:
    def test_the_sweep_lets_the_clock_run_again_when_told_time_is_over(self, people, case):
        case = tick.suspended(people, case, at=tick.on("2026-03-09"), days=3)
        assert tick.newest(case).told_until_on == D("2026-03-12")
        assert run_out_told_time(at=tick.on("2026-03-12", 23), on_failure=fail) == {"told_time_over": 0}
        assert run_out_told_time(at=tick.on("2026-03-13", 0), on_failure=fail) == {"told_time_over": 1}
        case.refresh_from_db()
        # Three working days out, the procedure still under way: both limits run, and their lights.
        assert (case.state, case.promised_due_on, case.statutory_due_on) == (
            "suspended", D("2026-03-16"), D("2026-04-02"),
        )  # fmt: skip
        assert list(Reminder.objects.filter(case=case).values_list("kind", "reached_on")) == [
            ("procedure_over", D("2026-03-13"))
        ]
        turn_lights(at=tick.on("2026-03-17", 0))
        case.refresh_from_db()
        assert case.light == "orange"
        turn_lights(at=tick.on("2026-04-03", 0))
        case.refresh_from_db()
        assert case.light == "red"

    def test_a_missed_run_and_a_second_one_lead_to_the_same(self, people, case):
        case = tick.suspended(people, case, at=tick.on("2026-03-09"), days=3)
        late = tick.on("2026-03-27", 0)
        assert run_out_told_time(at=late, on_failure=fail) == {"told_time_over": 1}
        assert run_out_told_time(at=late, on_failure=fail) == {"told_time_over": 0}
        case.refresh_from_db()
        assert case.statutory_due_on == D("2026-04-02")
        assert Reminder.objects.filter(case=case).count() == 1

    def test_the_result_of_an_overrun_procedure_takes_no_more_time_out(self, people, case):
        case = tick.suspended(people, case, at=tick.on("2026-03-09"), days=3)
        run_out_told_time(at=tick.on("2026-03-13", 0), on_failure=fail)
        case = tick.ended(people, case, at=tick.on("2026-03-20"))
        assert (case.state, case.statutory_due_on) == ("in_review", D("2026-04-02"))

    def test_a_result_after_the_told_time_takes_none_out_even_when_the_sweep_slept(self, people, case):
        case = tick.ended(
            people, tick.suspended(people, case, at=tick.on("2026-03-09"), days=3), at=tick.on("2026-03-20")
        )
        assert case.statutory_due_on == D("2026-04-02")

    def test_a_second_notice_in_time_goes_on_from_the_end_of_the_first(self, people, case):
        case = tick.suspended(people, case, at=tick.on("2026-03-09"), days=3)
        case = tick.told_again(people, case, at=tick.on("2026-03-11"), days=4)
        assert (tick.newest(case).told_until_on, tick.newest(case).continues.told_until_on) == (
            D("2026-03-18"), D("2026-03-12"),
        )  # fmt: skip
        assert run_out_told_time(at=tick.on("2026-03-13", 0), on_failure=fail) == {"told_time_over": 1}
        case.refresh_from_db()
        assert (case.statutory_due_on, Reminder.objects.filter(case=case).count()) == (None, 0)
        case = tick.ended(people, case, at=tick.on("2026-03-18"))
        # 03-10 to 03-18: seven working days.
        assert case.statutory_due_on == D("2026-04-09")
        assert [row.ended_on for row in SpecialProcedure.objects.filter(case=case)] == [D("2026-03-18")] * 2

    def test_days_between_the_told_time_and_a_late_second_notice_count(self, people, case):
        case = tick.suspended(people, case, at=tick.on("2026-03-09"), days=3)
        run_out_told_time(at=tick.on("2026-03-13", 0), on_failure=fail)
        case = tick.told_again(people, case, at=tick.on("2026-03-16"), days=2)
        assert case.statutory_due_on is None
        case = tick.ended(people, case, at=tick.on("2026-03-18"))
        # Out: 03-10, 11, 12 and 03-17, 18; the 13th and the 16th counted.
        assert case.statutory_due_on == D("2026-04-07")
        assert check_clocks() is None

    def test_the_second_notice_names_the_first(self, people, case):
        case = tick.told_again(
            people, tick.suspended(people, case, at=tick.on("2026-03-09"), days=3), at=tick.on("2026-03-11")
        )
        first, second = Letter.objects.filter(case=case, kind="D09").order_by("pk")
        printed = second.snapshot["print"]
        assert (printed["continued"], printed["continued_until"]) == (first.number, "2026年3月12日")

    def test_it_is_asked_for_once_and_not_after_the_end(self, people, case):
        case = tick.suspended(people, case, at=tick.on("2026-03-09"), days=3)
        more = {"needed_days": 2, "reason": "复评", "actor": people.reviewer}
        first = tick.newest(case).pk
        request_more_time(case.number, procedure_id=first, at=tick.on("2026-03-10"), **more)
        before = standing(case)
        with pytest.raises(DomainError, match="已提出过再次告知"):
            request_more_time(case.number, procedure_id=first, at=tick.on("2026-03-10"), **more)
        assert standing(case) == before
        second = tick.newest(case).pk
        approve_procedure(case.number, procedure_id=second, actor=people.decider, at=tick.on("2026-03-10"))
        # A parallel procedure keeps the case suspended when the first one's result comes in.
        tick.suspended(people, case, at=tick.on("2026-03-11"), kind="testing")
        end_procedure(
            case.number,
            procedure_id=first,
            ended_on=D("2026-03-11"),
            result="评审通过。",
            actor=people.reviewer,
            at=tick.on("2026-03-11"),
        )
        before = standing(case)
        with pytest.raises(StaleState, match="已经结束，再次告知不再需要送达"):
            serve_procedure(
                case.number, procedure_id=second, service=make.SERVICE, actor=people.reviewer, at=tick.on("2026-03-12")
            )
        assert standing(case) == before


class TestTheMattersOwnLaw:
    def test_water_abstraction_leaves_out_the_consultation_of_departments(self, people):
        case = make.in_review(people, code="SW-01", at=MONDAY)
        assert case.statutory_due_on == D("2026-05-08")
        provision = case.matter.stop_provisions.get()
        case = tick.suspended(people, case, at=tick.on("2026-03-09"), kind=f"provision-{provision.pk}")
        row = tick.newest(case)
        assert (row.kind, row.label) == ("other", "征求有关部门意见")
        assert row.legal_basis == "《取水许可和水资源费征收管理条例》第十九条"
        case = tick.ended(people, case, at=tick.on("2026-03-13"))
        assert case.statutory_due_on == D("2026-05-13")
        days = {day.date: day.article for day in clocks_of(case, case.edition, current_calendar()).statutory.ledger}
        assert days[D("2026-03-10")] == "《取水许可和水资源费征收管理条例》第十九条"

    def test_the_same_consultation_of_another_matter_counts(self, people):
        case = make.in_review(people, code="CG-06", at=MONDAY)
        with pytest.raises(DomainError, match="征求意见不能暂停计时"):
            tick.requested(people, case, at=tick.on("2026-03-09"), kind="征求意见")

    def test_a_provision_may_stop_the_promise_alone(self, people, case):
        provision = case.matter.stop_provisions.create(
            label="公示",
            legal_basis="《某市并联审批管理规定》第十九条",
            excluded_from_statutory=False,
            valid_from=D("2026-01-01"),
            set_at=MONDAY,
        )
        case = tick.suspended(people, case, at=tick.on("2026-03-05"), kind=f"provision-{provision.pk}")
        assert (case.state, case.statutory_due_on) == ("suspended", D("2026-03-30"))
        case = tick.ended(people, case, at=tick.on("2026-03-12"))
        assert (case.promised_due_on, case.statutory_due_on) == (D("2026-03-18"), D("2026-03-30"))

    def test_a_provision_that_has_ended_stops_nothing_any_more(self, people, case):
        provision = case.matter.stop_provisions.create(
            label="公示", legal_basis="旧规定", valid_from=D("2020-01-01"), valid_to=D("2026-03-04"), set_at=MONDAY
        )
        with pytest.raises(DomainError, match="不能暂停计时"):
            tick.requested(people, case, at=tick.on("2026-03-05"), kind=f"provision-{provision.pk}")


class TestTheCalendar:
    def test_a_changed_calendar_moves_the_last_day_told_and_the_number_of_days_stands(self, people):
        officer = make.person("xitong", Role.SYSTEM_OFFICER)
        case = make.in_review(people, code=tick.REVIEWED, at=tick.on("2020-01-13"))
        case = tick.suspended(people, case, at=tick.on("2020-01-20"), days=8)
        assert tick.newest(case).told_until_on == D("2020-02-07")
        activate_version(CalendarNotice.objects.get(year=2020, version=1), actor=officer, at=tick.on("2020-01-21"))
        assert tick.newest(case).told_until_on == D("2020-02-05")
        assert check_clocks() is None

    def test_a_last_day_in_an_unpublished_year_is_known_once_the_year_is(self, people):
        officer = make.person("xitong", Role.SYSTEM_OFFICER)
        case = make.in_review(people, code=tick.REVIEWED, at=tick.on("2026-12-14"))
        case = tick.suspended(people, case, at=tick.on("2026-12-21"), days=10)
        assert tick.newest(case).told_until_on is None
        effect = Letter.objects.get(case=case, kind="D09").snapshot["print"]["effect"]
        assert effect == ["届满日期待公布（2027年放假安排公布后另行告知）。"]
        ready = check_arrangement(
            year=2027,
            notice_no="国办发明电〔2026〕8号",
            published_on=D("2026-12-22"),
            rows=[{"date": "2027-01-01", "kind": "off", "name": "元旦"}],
            today=D("2026-12-22"),
        )
        import_calendar(ready, actor=officer, at=tick.on("2026-12-22"))
        assert tick.newest(case).told_until_on == D("2027-01-05")
        case = tick.ended(people, Case.objects.get(pk=case.pk), at=tick.on("2026-12-31"))
        assert case.statutory_due_on == D("2027-01-22")
        assert check_clocks() is None
