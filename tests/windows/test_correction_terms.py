"""The correction term: served, reminded of, and only then lapsed (domain reference 1.2, row 6)."""

from dataclasses import replace
from datetime import date

import pytest

from laiyang_approval.kernel.errors import StaleState
from laiyang_approval.kernel.models import BusinessRule
from laiyang_approval.kernel.rules import forget_cached_rules
from tests.factories import cases as make
from tests.factories import clock as tick
from windows.commands.clock_sweeping import lapse_corrections, remind_of_corrections
from windows.commands.intake import OutcomeInput, decide_intake, lapse_case, serve_correction
from windows.commands.sweeping import deem_overdue_acceptances
from windows.domain.intake import Outcome
from windows.models import Case, CaseEvent, CaseMaterial, Letter, Reminder

D = date.fromisoformat
MONDAY = tick.on("2026-03-02", 9)


def fail(number: str, error: Exception) -> None:
    raise AssertionError(number) from error


def night(day: str) -> dict[str, int]:
    """What the sweep does in the first hour of ``day``."""
    at = tick.on(day, 0)
    return lapse_corrections(at=at, on_failure=fail) | remind_of_corrections(at=at)


def standing(case: Case) -> tuple:
    """What a refused act may not change."""
    row = Case.objects.get(pk=case.pk)
    return row.state, row.version, row.last_event_hash, row.correction_deadline_on, row.letters.count()


def serve(people, case: Case, *, at: str = "2026-03-02") -> Case:
    return serve_correction(case.number, service=make.SERVICE, actor=people.clerk, at=tick.on(at, 15))


@pytest.fixture
def case(people) -> Case:
    """Told on 2026-03-02 to put one material right within thirty working days: until 2026-04-14."""
    return make.correction_pending(people, at=MONDAY)


def test_the_term_runs_from_the_service_and_never_gets_shorter(people, case):
    assert case.correction_deadline_on == D("2026-04-14")
    assert serve(people, case, at="2026-03-04").correction_deadline_on == D("2026-04-16")
    notice = case.correction_notices.get()
    assert (notice.served_on, notice.deadline_on) == (D("2026-03-04"), D("2026-04-16"))
    before = standing(case)
    with pytest.raises(StaleState, match="补正材料告知书已登记送达，不能重复登记"):
        serve(people, case, at="2026-03-05")
    assert standing(case) == before


def test_the_end_is_reminded_of_five_working_days_before_and_the_case_lapses_the_day_after(people, case):
    serve(people, case)
    assert night("2026-04-06") == {"lapsed": 0, "corrections_reminded": 0}
    assert night("2026-04-07") == {"lapsed": 0, "corrections_reminded": 1}
    assert list(Reminder.objects.filter(case=case).values_list("kind", "reached_on")) == [
        ("correction_due", D("2026-04-07"))
    ]
    assert night("2026-04-14") == {"lapsed": 0, "corrections_reminded": 0}
    assert night("2026-04-15") == {"lapsed": 1, "corrections_reminded": 0}
    case.refresh_from_db()
    assert (case.state, case.light, case.ended_at) == ("lapsed", "none", tick.on("2026-04-15", 0))
    first, last = Letter.objects.get(case=case, kind="D04"), Letter.objects.get(case=case, kind="D05")
    printed = last.snapshot["print"]
    assert (printed["notice_number"], printed["served_on"], printed["deadline"]) == (
        first.number, "2026年3月2日", "2026年4月14日",
    )  # fmt: skip
    assert CaseEvent.objects.filter(case=case).last().kind == "lapsed"
    assert night("2026-04-16") == {"lapsed": 0, "corrections_reminded": 0}


def test_nothing_lapses_before_the_applicant_was_told_so_however_late(people, case):
    # The beat slept from before the reminder until after the term.
    serve(people, case)
    assert night("2026-04-20") == {"lapsed": 0, "corrections_reminded": 1}
    assert night("2026-04-27") == {"lapsed": 0, "corrections_reminded": 0}
    assert night("2026-04-28") == {"lapsed": 1, "corrections_reminded": 0}


def test_nothing_lapses_whose_notice_was_never_served(people, case):
    night("2026-04-07")
    before = standing(case)
    assert night("2026-05-20")["lapsed"] == 0
    with pytest.raises(StaleState, match="告知书没有送达"):
        lapse_case(case.number, at=tick.on("2026-05-20"))
    assert standing(case) == before


def test_with_the_rule_off_nothing_lapses(people, case):
    serve(people, case)
    BusinessRule.objects.filter(key="correction_lapse").update(value="off")
    forget_cached_rules()
    night("2026-04-07")
    assert night("2026-05-20")["lapsed"] == 0
    case.refresh_from_db()
    assert case.state == "correction_pending"


def test_a_correction_that_comes_before_the_sweep_is_taken(people, case):
    serve(people, case)
    night("2026-04-07")
    assert make.corrected(people, case, at=tick.on("2026-04-15")).state == "received"
    assert night("2026-04-16") == {"lapsed": 0, "corrections_reminded": 0}


def test_a_correction_after_the_lapse_is_refused_and_nothing_changes(people, case):
    serve(people, case)
    night("2026-04-07"), night("2026-04-15")
    before = standing(case)
    materials = list(CaseMaterial.objects.filter(case=case).order_by("pk").values())
    with pytest.raises(StaleState) as refusal:
        make.corrected(people, case, at=tick.on("2026-04-15"))
    assert refusal.value.message == (
        "办件目前为“逾期未补正终止”，不能接收补正材料：补正期限已过，本件已终止；申请人可以重新申请。"
    )
    assert standing(case) == before
    assert list(CaseMaterial.objects.filter(case=case).order_by("pk").values()) == materials


def test_a_second_notice_has_a_term_and_a_reminder_of_its_own(people, case):
    serve(people, case)
    night("2026-04-07")
    listed = case.correction_notices.get().items.get().material.edition_material_id
    make.corrected(people, case, at=tick.on("2026-04-08"), status="defective")
    again = OutcomeInput(Outcome.CORRECT, corrections=[make.CorrectionInput(listed, "仍未标注面积", "标注后重新提交")])
    decide_intake(case.number, chosen=again, actor=people.clerk, at=tick.on("2026-04-09"))
    case.refresh_from_db()
    assert case.correction_deadline_on == D("2026-05-25")
    serve(people, case, at="2026-04-09")
    assert night("2026-05-17") == {"lapsed": 0, "corrections_reminded": 0}
    assert night("2026-05-18") == {"lapsed": 0, "corrections_reminded": 1}
    assert night("2026-05-26") == {"lapsed": 1, "corrections_reminded": 0}


def test_a_material_the_notice_left_out_stands_in_nobodys_way(people, case):
    """The clerk finds another fault after the correction came in: it can be asked for no more, so the case is accepted."""
    corrected = make.corrected(people, case, at=make.days_later(3))
    untold = CaseMaterial.objects.filter(case=case).exclude(correction_items__notice__case=case).first()
    untold.status = CaseMaterial.Status.DEFECTIVE
    untold.save()
    accepted = decide_intake(
        corrected.number, chosen=OutcomeInput(Outcome.ACCEPT), actor=people.clerk, at=make.days_later(7)
    )
    assert (accepted.state, accepted.accepted_on) == ("accepted", D("2026-03-05"))


def test_a_case_that_was_never_corrected_is_accepted_on_the_day_the_clerk_says_so(people):
    case = make.received(people, at=MONDAY)
    accepted = decide_intake(
        case.number, chosen=OutcomeInput(Outcome.ACCEPT), actor=people.clerk, at=make.days_later(2)
    )
    assert accepted.accepted_on == D("2026-03-04")


def test_a_corrected_case_deemed_accepted_has_its_letter_dated_that_day(people, case):
    make.corrected(people, case, at=make.days_later(3))
    assert deem_overdue_acceptances(at=tick.on("2026-03-13", 0), on_failure=fail)["deemed"] == 1
    assert Letter.objects.get(case=case, kind="D06").sealed_on == D("2026-03-05")


def test_service_dated_before_the_notice_is_refused(people, case):
    before = standing(case)
    early = replace(make.SERVICE, served_at=tick.on("2026-03-01"))
    with pytest.raises(Exception, match="送达时间早于补正材料告知书的落款日期"):
        serve_correction(case.number, service=early, actor=people.clerk, at=tick.on("2026-03-03"))
    assert standing(case) == before
