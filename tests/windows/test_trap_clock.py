"""Traps of the domain reference (section 13) that concern the clock, each through the commands people use."""

from datetime import UTC, date, datetime

import pytest

from laiyang_approval.kernel.commands.calendars import activate_version
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.models import CalendarNotice, Department
from laiyang_approval.kernel.roles import Role
from matters.commands.editions import create_draft, publish_edition, save_draft
from matters.content import content_of
from tests.factories import cases as make
from tests.factories import clock as tick
from windows.commands.clock_sweeping import void_untold_extensions
from windows.commands.extending import approve_extension, request_extension, serve_extension
from windows.commands.intake import CorrectionInput, OutcomeInput, decide_intake
from windows.commands.joint import declare_joint_handling
from windows.commands.sweeping import deem_overdue_acceptances
from windows.domain.intake import Outcome
from windows.models import Case, CaseEvent, CorrectionNotice, Extension, Letter, Reminder

D = date.fromisoformat
#: Accepted on Monday 2026-03-02: twenty working days end on 2026-03-30.
MONDAY = tick.on("2026-03-02", 9)


def fail(number: str, error: Exception) -> None:
    raise AssertionError(number) from error


def standing(case: Case) -> tuple:
    """What a refused act may not change."""
    row = Case.objects.get(pk=case.pk)
    rows = (row.letters.count(), row.special_procedures.count(), row.extensions.count(), row.services.count())
    return row.state, row.version, row.last_event_hash, row.statutory_due_on, rows


@pytest.fixture
def under_review(people) -> Case:
    return make.in_review(people, code=tick.REVIEWED, at=MONDAY)


def test_trap_01_a_make_up_saturday_counts_for_the_notice(people):
    case = make.received(people, "CG-06", at=tick.on("2026-02-13"))
    assert case.intake_due_on == D("2026-02-27")


def test_trap_02_the_day_of_acceptance_is_not_day_one(people):
    case = make.accepted(people, tick.REVIEWED, at=MONDAY)
    assert (case.accepted_on, case.statutory_due_on) == (D("2026-03-02"), D("2026-03-30"))


def test_trap_03_silence_accepts_as_of_receipt_with_a_letter_and_a_red_alert(people):
    case = make.received(people, "CG-06", at=tick.on("2026-02-13"))
    assert deem_overdue_acceptances(at=tick.on("2026-02-27", 23), on_failure=fail)["deemed"] == 0
    assert deem_overdue_acceptances(at=tick.on("2026-02-28", 0), on_failure=fail)["deemed"] == 1
    case.refresh_from_db()
    assert (case.accepted_on, case.statutory_due_on) == (D("2026-02-13"), D("2026-03-19"))
    assert Letter.objects.get(case=case, kind="D06").sealed_on == D("2026-02-13")
    assert Reminder.objects.get(case=case).kind == "deemed_accepted"


def test_trap_05_a_changed_notice_moves_open_cases_and_both_dates_stand(people):
    # A matter of the police with ten working days, accepted 2020-01-20: by the first notice 02-07, prolonged 02-11.
    police, officer = make.People("GA"), make.person("xitong", Role.SYSTEM_OFFICER)
    case = make.accepted(police, "GA-13", at=tick.on("2020-01-20"))
    assert case.statutory_due_on == D("2020-02-11")
    activate_version(CalendarNotice.objects.get(year=2020, version=1), actor=officer, at=tick.on("2020-01-21"))
    case.refresh_from_db()
    assert case.statutory_due_on == D("2020-02-07")
    moved = CaseEvent.objects.get(case=case, kind="due_dates_recomputed").detail
    assert (moved["old"]["statutory_due_on"], moved["new"]["statutory_due_on"]) == ("2020-02-11", "2020-02-07")


def test_trap_06_without_next_years_calendar_there_is_no_date_and_no_guess(people):
    case = make.accepted(people, "CG-06", at=tick.on("2026-12-04"))
    assert (case.statutory_due_on, case.calendar_missing_year) == (None, 2027)
    assert make.accepted(people, "CG-06", at=tick.on("2026-12-03")).statutory_due_on == D("2026-12-31")


def test_trap_07_half_past_midnight_in_shanghai_is_the_next_day(people):
    case = make.accepted(people, "CG-06", at=datetime(2026, 3, 9, 16, 30, tzinfo=UTC))
    assert (case.accepted_on, case.statutory_due_on) == (D("2026-03-10"), D("2026-04-08"))


def test_trap_08_receipt_on_a_saturday_of_the_national_holiday_stands(people):
    case = make.received(people, at=tick.on("2026-10-03"))
    assert (case.materials_on, case.intake_due_on) == (D("2026-10-03"), D("2026-10-13"))


class TestTrap09:
    def test_trap_09_a_site_check_does_not_stop_the_clock(self, people):
        case = make.in_review(people, code="CG-06", at=MONDAY)
        before = standing(case)
        with pytest.raises(DomainError) as refusal:
            tick.requested(people, case, at=tick.on("2026-03-09"), kind="现场勘验")
        assert refusal.value.message.startswith("现场勘验不能暂停计时：不在第四十五条所列")
        assert refusal.value.article == "行政许可法第四十五条"
        assert standing(case) == before
        assert before[3] == D("2026-03-30")

    def test_trap_09_an_expert_review_that_was_told_takes_its_days_out(self, people, under_review):
        case = tick.suspended(people, under_review, at=tick.on("2026-03-09"))
        assert (case.state, case.statutory_due_on, case.light) == ("suspended", None, "none")
        case = tick.ended(people, case, at=tick.on("2026-03-20"))
        assert (case.state, case.statutory_due_on) == ("in_review", D("2026-04-13"))

    def test_trap_09_the_same_review_without_a_served_notice_takes_nothing_out(self, people, under_review):
        case = tick.approved(people, under_review, at=tick.on("2026-03-09"))
        assert (case.state, case.statutory_due_on, case.clock_stops) == ("in_review", D("2026-03-30"), [])
        before = standing(case)
        with pytest.raises(DomainError) as refusal:
            tick.ended(people, case, at=tick.on("2026-03-20"))
        assert refusal.value.message == ("办件目前为“审查中”，不能登记特别程序结果：目前没有正在进行的特别程序。")
        assert standing(case) == before


class TestTrap10:
    def test_trap_10_three_inner_sections_are_one_body(self, people, under_review):
        before = standing(under_review)
        with pytest.raises(DomainError) as refusal:
            declare_joint_handling(
                under_review.number,
                department_ids=[people.decider.department_id],
                basis="三个内设科室会审",
                actor=people.decider,
                at=tick.on("2026-03-03"),
            )
        assert refusal.value.message.startswith(
            "不能适用四十五个工作日：本件由莱阳市行政审批服务局一个机关办理，机关内设机构分别审查仍是一个机关"
        )
        assert refusal.value.article == "行政许可法第二十六条第二款、第四十二条第二款"
        assert standing(under_review) == before
        assert Case.objects.get(pk=under_review.pk).is_joint is False

    def test_trap_10_the_bureau_alone_has_ten_more_days_by_its_head(self, people, under_review):
        case = tick.extended(people, under_review, at=tick.on("2026-03-20"))
        assert (case.extension_value, case.statutory_due_on) == (10, D("2026-04-14"))

    def test_trap_10_two_departments_have_forty_five_and_fifteen_by_the_government(self, people, under_review):
        water = Department.objects.get(code="SW")
        case = declare_joint_handling(
            under_review.number,
            department_ids=[water.pk],
            basis="莱阳市人民政府关于节能审查联合办理的决定",
            actor=people.decider,
            at=tick.on("2026-03-03"),
        )
        assert (case.is_joint, case.statutory_due_on) == (True, D("2026-05-08"))
        again = Letter.objects.filter(case=case, kind="D06").latest("pk").snapshot["print"]
        assert (again["statutory_limit"], again["statutory_due"]) == ("45个工作日", "2026年5月8日")
        tick.extension_asked(people, case, at=tick.on("2026-04-20"))
        before = standing(case)
        with pytest.raises(DomainError) as refusal:
            approve_extension(case.number, actor=people.decider, at=tick.on("2026-04-20"))
        assert "须经市人民政府负责人批准" in refusal.value.message
        assert standing(case) == before
        approve_extension(case.number, actor=tick.government_head(), at=tick.on("2026-04-20"))
        case = serve_extension(case.number, service=make.SERVICE, actor=people.reviewer, at=tick.on("2026-04-21"))
        assert (case.extension_value, case.statutory_due_on) == (15, D("2026-05-28"))
        assert "本级人民政府负责人梁建国" in str(Letter.objects.get(case=case, kind="D10").snapshot["print"])


class TestTrap11:
    def test_trap_11_asked_for_after_the_due_date_is_refused(self, people, under_review):
        before = standing(under_review)
        with pytest.raises(DomainError) as refusal:
            request_extension(under_review.number, reason="来不及", actor=people.reviewer, at=tick.on("2026-03-31"))
        assert refusal.value.message == (
            "不能延长：办理期限已于2026-03-30届满，延长须在届满以前批准并告知；请立即作出决定。"
        )
        assert refusal.value.article == "行政许可法第四十二条"
        assert standing(under_review) == before

    def test_trap_11_approved_after_the_due_date_is_refused(self, people, under_review):
        case = tick.extension_asked(people, under_review, at=tick.on("2026-03-30"))
        before = standing(case)
        with pytest.raises(DomainError, match="不能延长：办理期限已于2026-03-30届满"):
            approve_extension(case.number, actor=people.decider, at=tick.on("2026-03-31"))
        assert standing(case) == before

    def test_trap_11_told_after_the_due_date_is_void_and_the_case_overdue(self, people, under_review):
        case = tick.extension_approved(people, under_review, at=tick.on("2026-03-30"))
        before = standing(case)
        with pytest.raises(DomainError) as refusal:
            serve_extension(case.number, service=make.SERVICE, actor=people.reviewer, at=tick.on("2026-03-31"))
        assert refusal.value.message.startswith("延长无效：告知书在原届满日2026-03-30以后才送达")
        assert standing(case) == before
        assert before[3] == D("2026-03-30")
        night = tick.on("2026-03-31", 0)
        assert void_untold_extensions(at=night, on_failure=fail) == {"extensions_void": 1}
        assert void_untold_extensions(at=night, on_failure=fail) == {"extensions_void": 0}
        assert Reminder.objects.get(case=case).kind == "extension_void"

    def test_trap_11_approved_and_told_on_the_due_date_holds(self, people, under_review):
        assert tick.extended(people, under_review, at=tick.on("2026-03-30")).statutory_due_on == D("2026-04-14")

    def test_trap_11_a_second_extension_is_refused(self, people, under_review):
        case = tick.extended(people, under_review, at=tick.on("2026-03-20"))
        before = standing(case)
        with pytest.raises(DomainError) as refusal:
            tick.extension_asked(people, case, at=tick.on("2026-04-10"))
        assert refusal.value.message.startswith("办理期限只能延长一次：本件已于2026-03-20告知延长")
        assert standing(case) == before
        assert Extension.objects.count() == 1


class TestTrap12:
    def test_trap_12_a_new_item_is_refused_the_try_is_an_alert_and_the_case_is_accepted_on_the_day_all_came(
        self, people
    ):
        case = make.corrected(people, make.correction_pending(people), at=make.days_later(3))
        untold = make.materials("SJ-04", D("2026-03-02"))[0].material_id
        before = Case.objects.get(pk=case.pk)
        new = OutcomeInput(
            Outcome.CORRECT, override_reason="漏看", corrections=[CorrectionInput(untold, "有误", "改正")]
        )
        with pytest.raises(DomainError) as refusal:
            decide_intake(case.number, chosen=new, actor=people.clerk, at=make.days_later(4))
        assert "不在第一次告知书中，不能再要求补正；所列材料到齐即应受理，受理日期为2026-03-05" in refusal.value.message
        after = Case.objects.get(pk=case.pk)
        assert (after.state, after.version, after.intake_due_on) == (
            "received", before.version, before.intake_due_on,
        )  # fmt: skip
        assert CorrectionNotice.objects.filter(case=case).count() == 1
        # The try stands on record although everything else of it was rolled back.
        assert list(Reminder.objects.filter(case=case).values_list("kind", "reached_on")) == [
            ("new_correction", D("2026-03-06"))
        ]
        tried = CaseEvent.objects.filter(case=case).last()
        assert (tried.kind, tried.actor, tried.detail) == ("correction_refused", people.clerk, {"materials": [untold]})
        accepted = decide_intake(
            case.number, chosen=OutcomeInput(Outcome.ACCEPT), actor=people.clerk, at=make.days_later(7)
        )
        assert (accepted.accepted_on, accepted.clock_from_on) == (D("2026-03-05"), D("2026-03-05"))
        assert accepted.letters.get(kind="D06").snapshot["print"]["corrected_on"] == "2026年3月5日"

    def test_trap_12_a_listed_item_that_is_still_defective_may_be_told_again(self, people):
        case = make.corrected(people, make.correction_pending(people), at=make.days_later(3), status="defective")
        listed = case.correction_notices.get().items.get().material.edition_material_id
        again = OutcomeInput(Outcome.CORRECT, corrections=[CorrectionInput(listed, "仍未标注", "标注后提交")])
        told = decide_intake(case.number, chosen=again, actor=people.clerk, at=make.days_later(4))
        assert told.state == "correction_pending"
        assert [event.kind for event in CaseEvent.objects.filter(case=case)].count("correction_given") == 2
        assert Reminder.objects.filter(case=case).count() == 0

    def test_trap_12_silence_after_resubmission_dates_back_to_it(self, people):
        case = make.corrected(people, make.correction_pending(people), at=make.days_later(3))
        assert deem_overdue_acceptances(at=tick.on("2026-03-13", 0), on_failure=fail)["deemed"] == 1
        case.refresh_from_db()
        assert case.accepted_on == D("2026-03-05")


def counted_in(unit: str, *, from_on: date) -> None:
    """Afterwards a new edition of the construction permit counts its seven days in ``unit``."""
    admin = make.person("shixiang", Role.CATALOGUE_ADMIN)
    draft = create_draft("JS-01", actor=admin)
    content = content_of(draft)
    content.fields["statutory_unit"] = unit
    draft = save_draft(
        draft.pk, content=content, change_note="时限单位", expected_version=draft.draft_version, actor=admin
    )
    publish_edition(
        draft.pk,
        effective_from=from_on,
        expected_version=draft.draft_version,
        actor=admin,
        at=tick.on(from_on.isoformat(), 1),
    )


@pytest.mark.parametrize(("unit", "due"), [("calday", "2026-09-28"), ("workday", "2026-10-08")])
def test_trap_15_the_construction_permit_runs_from_receipt_and_acceptance_does_not_restart_it(people, unit, due):
    if unit != "calday":
        counted_in(unit, from_on=D("2026-09-21"))
    case = make.received(people, "JS-01", at=tick.on("2026-09-21"))
    accepted = decide_intake(
        case.number, chosen=OutcomeInput(Outcome.ACCEPT), actor=people.clerk, at=tick.on("2026-09-24")
    )
    assert (accepted.accepted_on, accepted.clock_from_on) == (D("2026-09-24"), D("2026-09-21"))
    assert accepted.statutory_due_on == D(due)
