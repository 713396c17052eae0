"""收件与受理 through the commands: the five outcomes of Article 32, told once, re-submission, withdrawal."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted, StaleState
from laiyang_approval.kernel.models import Job, NumberSeries
from tests.factories import cases as make
from windows.commands.intake import (
    CorrectionInput,
    MaterialInput,
    OutcomeInput,
    decide_intake,
    resubmit_materials,
    withdraw_case,
)
from windows.domain.intake import Outcome
from windows.models import Case, CaseEvent, CaseMaterial, CorrectionNotice, Letter, Party


def kinds(case: Case) -> list[str]:
    return list(CaseEvent.objects.filter(case=case).order_by("sequence").values_list("kind", flat=True))


def letters(case: Case) -> list[str]:
    return list(case.letters.order_by("id").values_list("kind", flat=True))


def nothing_changed() -> tuple:
    return (
        Case.objects.count(),
        Party.objects.count(),
        Letter.objects.count(),
        CaseEvent.objects.count(),
        Job.objects.count(),
        tuple(NumberSeries.objects.order_by("series", "period").values_list("series", "period", "last")),
    )


def test_a_complete_application_is_received_and_accepted_in_one_act(people):
    taken = make.taken_in(people)
    case = Case.objects.get(pk=taken.case.pk)
    assert case.state == "accepted"
    assert case.accepted_on == date(2026, 3, 2)
    assert case.accepted_by == people.clerk
    assert case.handling_department.code == case.deciding_department.code == "SP"
    # 食品经营许可: promised 7, statutory 10 working days since 2023-12-01.
    assert case.promised_due_on == date(2026, 3, 11)
    assert case.statutory_due_on == date(2026, 3, 16)
    assert case.intake_due_on is None
    assert kinds(case) == ["received", "accepted"]
    assert letters(case) == ["D01", "D06"]
    assert [letter.number for letter in taken.letters] == ["莱审批收字〔2026〕第0001号", "莱审批受字〔2026〕第0001号"]
    assert Job.objects.filter(kind="render_letter", state="new").count() == 2


def test_the_query_code_is_kept_only_as_a_keyed_hash(people):
    taken = make.taken_in(people)
    assert len(taken.query_code) == 8
    assert taken.query_code not in str(Case.objects.values().get(pk=taken.case.pk))
    assert (
        Letter.objects.get(case=taken.case, kind="D01").snapshot["print"]["query_code"].replace(" ", "")
        == taken.query_code
    )


def test_the_case_stays_pinned_to_the_edition_of_its_day(people):
    before = make.accepted(people, at=datetime(2023, 11, 30, 1, 30, tzinfo=UTC))
    after = make.accepted(people, at=datetime(2023, 12, 1, 1, 30, tzinfo=UTC))
    assert (before.edition.number, before.edition.statutory_value) == (1, 20)
    assert (after.edition.number, after.edition.statutory_value) == (2, 10)


def test_a_known_party_is_found_by_its_number_and_brought_up_to_date(people):
    first = make.accepted(people)
    moved = replace(make.RESTAURANT, address="莱阳市某某街道新址1号", phone="")
    second = make.accepted(people, party=moved)
    assert first.party_id == second.party_id
    party = Party.objects.get()
    assert party.address == "莱阳市某某街道新址1号"
    assert party.phone == "13800000000"


def test_missing_material_cannot_be_accepted_and_nothing_is_left_behind(people):
    before = nothing_changed()
    with pytest.raises(DomainError) as refusal:
        make.taken_in(people, unmet={1: "missing"})
    assert refusal.value.message.startswith("不能受理：属本机关职权范围；有1项材料不齐或不合格")
    assert refusal.value.article == "行政许可法第三十二条第一款第四项"
    assert nothing_changed() == before


def test_kept_application_starts_the_five_days_of_article_32(people):
    # Trap 1: received Friday 2026-02-13; the make-up Saturday 02-14 counts, the festival does not.
    case = make.received(people, at=datetime(2026, 2, 13, 2, 0, tzinfo=UTC))
    assert case.state == "received"
    assert case.intake_due_on == date(2026, 2, 27)
    assert letters(case) == ["D01"]


def test_receipt_late_at_night_counts_by_shanghai_date(people):
    # Trap 7: 2026-03-09T16:30Z is Tuesday 2026-03-10 in Shanghai.
    case = make.accepted(people, "CG-06", at=datetime(2026, 3, 9, 16, 30, tzinfo=UTC))
    assert case.accepted_on == date(2026, 3, 10)
    assert case.statutory_due_on == date(2026, 4, 8)


def test_construction_permit_runs_from_receipt_in_calendar_days_and_acceptance_does_not_restart_it(people):
    # Trap 15: seven calendar days from receipt 2026-09-21 end on Monday 2026-09-28.
    case = make.received(people, "JS-01", at=datetime(2026, 9, 21, 2, 0, tzinfo=UTC))
    accepted = decide_intake(
        case.number, chosen=OutcomeInput(Outcome.ACCEPT), actor=people.clerk, at=datetime(2026, 9, 24, 2, 0, tzinfo=UTC)
    )
    assert accepted.accepted_on == date(2026, 9, 24)
    assert accepted.clock_from_on == date(2026, 9, 21)
    assert accepted.statutory_due_on == date(2026, 9, 28)


def test_a_year_without_a_calendar_leaves_the_case_going_and_the_date_open(people):
    # Trap 6: accepted 2026-12-04, 20 working days reach into 2027.
    case = make.accepted(people, "CG-06", at=datetime(2026, 12, 4, 1, 30, tzinfo=UTC))
    assert case.state == "accepted"
    assert case.statutory_due_on is None
    assert case.promised_due_on == date(2026, 12, 15)
    assert case.calendar_missing_year == 2027
    assert "待公布" in str(Letter.objects.get(case=case, kind="D06").snapshot["print"])
    assert make.accepted(people, "CG-06", at=datetime(2026, 12, 3, 1, 30, tzinfo=UTC)).statutory_due_on == date(
        2026, 12, 31
    )


class TestCorrection:
    def test_one_notice_lists_everything_and_stops_the_intake_clock(self, people):
        case = make.correction_pending(people)
        assert case.state == "correction_pending"
        assert case.intake_due_on is None
        assert case.correction_deadline_on == date(2026, 4, 14)
        assert case.light == "none"
        assert letters(case) == ["D01", "D04"]
        assert CorrectionNotice.objects.get().items.get().reason == "平面图未标注面积"

    def test_an_item_known_to_be_missing_cannot_be_left_out_of_the_notice(self, people):
        before = nothing_changed()
        given = make.materials("SJ-04", date(2026, 3, 2))
        with pytest.raises(DomainError) as refusal:
            make.taken_in(
                people,
                outcome=Outcome.CORRECT,
                unmet={1: "missing", 2: "missing"},
                corrections=[CorrectionInput(given[1].material_id, "未提交", "补交")],
            )
        assert "补正内容须一次告知" in refusal.value.message
        assert refusal.value.article == "行政许可法第三十二条第一款第四项"
        assert nothing_changed() == before

    def test_resubmission_gives_a_receipt_and_five_new_days(self, people):
        case = make.corrected(people, make.correction_pending(people), at=make.days_later(3))
        assert case.state == "received"
        assert case.materials_on == date(2026, 3, 5)
        assert case.intake_due_on == date(2026, 3, 12)
        assert letters(case) == ["D01", "D04", "D01"]
        assert case.correction_notices.get().items.get().met_at == make.days_later(3)

    def test_resubmission_of_a_part_is_refused_naming_what_lacks(self, people):
        case = make.correction_pending(people)
        before = nothing_changed()
        listed = case.correction_notices.get().items.get().material
        with pytest.raises(DomainError) as refusal:
            resubmit_materials(
                case.number,
                materials=[MaterialInput(listed.edition_material_id, "missing")],
                actor=people.clerk,
                at=make.days_later(2),
            )
        assert listed.edition_material.name in refusal.value.message
        assert nothing_changed() == before
        assert Case.objects.get(pk=case.pk).state == "correction_pending"

    def test_a_second_notice_may_repeat_what_is_still_unmet(self, people):
        case = make.corrected(people, make.correction_pending(people), at=make.days_later(3), status="defective")
        material = case.correction_notices.get().items.get().material.edition_material_id
        again = decide_intake(
            case.number,
            chosen=OutcomeInput(
                Outcome.CORRECT, corrections=[CorrectionInput(material, "仍未标注面积", "标注后重新提交")]
            ),
            actor=people.clerk,
            at=make.days_later(4),
        )
        assert again.state == "correction_pending"
        assert [notice.sequence for notice in again.correction_notices.all()] == [1, 2]

    def test_a_second_notice_with_a_new_item_is_refused(self, people):
        # Trap 12: told once; item C cannot come up in a second notice.
        case = make.corrected(people, make.correction_pending(people), at=make.days_later(3))
        new = make.materials("SJ-04", date(2026, 3, 2))[0].material_id
        with pytest.raises(DomainError) as refusal:
            decide_intake(
                case.number,
                chosen=OutcomeInput(
                    Outcome.CORRECT, override_reason="漏看", corrections=[CorrectionInput(new, "有误", "改正")]
                ),
                actor=people.clerk,
                at=make.days_later(4),
            )
        assert "不在第一次告知书中" in refusal.value.message
        assert refusal.value.article == "行政许可法第三十二条第一款第四项"
        case.refresh_from_db()
        assert (case.state, case.correction_notices.count()) == ("received", 1)

    def test_all_items_delivered_leads_to_acceptance(self, people):
        case = make.corrected(people, make.correction_pending(people), at=make.days_later(3))
        accepted = decide_intake(
            case.number, chosen=OutcomeInput(Outcome.ACCEPT), actor=people.clerk, at=make.days_later(3, hours=1)
        )
        assert accepted.accepted_on == date(2026, 3, 5)
        assert kinds(accepted) == ["received", "correction_given", "resubmitted", "accepted"]


class TestOutsideThePower:
    def test_deferred_land_matter_names_the_department_that_decides(self, people):
        # Trap 13: filed at the bureau on 2018-12-27; the competent organ is 市国土局.
        case = make.taken_in(
            people, "GT-03", at=datetime(2018, 12, 27, 2, 0, tzinfo=UTC), outcome=Outcome.NOT_ACCEPT
        ).case
        assert case.state == "not_accepted"
        assert letters(case) == ["D01", "D03"]
        printed = str(Letter.objects.get(case=case, kind="D03").snapshot["print"])
        assert "国土资源局" in printed or "市国土局" in printed

    def test_the_same_matter_today_names_the_successor(self, people):
        case = make.taken_in(people, "GT-03", outcome=Outcome.NOT_ACCEPT).case
        assert "自然资源和规划局" in str(Letter.objects.get(case=case, kind="D03").snapshot["print"])

    def test_a_matter_of_the_bureau_cannot_be_turned_away_as_outside_its_power(self, people):
        before = nothing_changed()
        with pytest.raises(DomainError) as refusal:
            make.taken_in(people, outcome=Outcome.NOT_ACCEPT, override_reason="不想收")
        assert refusal.value.article == "行政许可法第三十二条第一款第二项"
        assert nothing_changed() == before

    def test_a_licence_abolished_since_leads_to_not_required(self, people):
        case = make.taken_in(people, "LS-01", outcome=Outcome.NOT_REQUIRED).case
        assert case.state == "not_required"
        assert "2021年4月15日" in str(Letter.objects.get(case=case, kind="D02").snapshot["print"])

    def test_no_licence_needed_wants_the_clerks_own_reason(self, people):
        before = nothing_changed()
        with pytest.raises(InvalidInput, match="请写明为什么不需要取得行政许可"):
            make.taken_in(people, outcome=Outcome.NOT_REQUIRED, licence_required=False)
        assert nothing_changed() == before

    def test_a_clerk_of_another_body_may_not_take_in_for_the_bureau(self, people):
        police = make.People("GA")
        case = make.taken_in(police, "SJ-04", outcome=Outcome.NOT_ACCEPT).case
        assert case.handling_department.code == "GA"
        assert "行政审批服务局" in str(Letter.objects.get(case=case, kind="D03").snapshot["print"])

    def test_somebody_without_the_right_takes_in_nothing(self, people):
        before = nothing_changed()
        stranger = make.person("stranger", make.Role.WINDOW_CLERK)
        people.clerk = stranger
        with pytest.raises(NotPermitted, match="没有为莱阳市行政审批服务局收件的权限"):
            make.taken_in(people)
        assert nothing_changed() == before

    def test_a_retained_matter_is_handled_by_its_own_department_under_its_own_word(self, people):
        case = make.accepted(make.People("GA"), "GA-04")
        assert case.handling_department.code == "GA"
        assert Letter.objects.get(case=case, kind="D06").number.startswith(case.handling_department.document_word)


class TestOverriding:
    def test_differing_from_the_systems_judgement_needs_a_reason(self, people):
        before = nothing_changed()
        given = make.materials("SJ-04", date(2026, 3, 2))
        correction = [CorrectionInput(given[0].material_id, "字迹不清", "重新填写")]
        with pytest.raises(InvalidInput) as refusal:
            make.taken_in(people, outcome=Outcome.CORRECT, corrections=correction)
        assert set(refusal.value.fields) == {"override_reason"}
        assert nothing_changed() == before
        case = make.taken_in(
            people, outcome=Outcome.CORRECT, corrections=correction, override_reason="当场发现字迹不清"
        ).case
        assert case.events.get(kind="correction_given").detail["overridden"] is True
        kept = case.opinions.get()
        assert (kept.kind, kept.text, kept.author) == ("override", "当场发现字迹不清", people.clerk)
        assert CaseMaterial.objects.get(case=case, edition_material=given[0].material_id).status == "defective"


class TestBadInput:
    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"id_number": "91370682MA00000A9N"}, "校验"),
            ({"id_number": "9137068"}, "18"),
            ({"name": "<b>店</b>"}, "名称"),
            ({"phone": "12345"}, "手机号码应为11位"),
        ],
    )
    def test_what_cannot_be_taken_is_refused_in_one_sentence(self, people, change, reason):
        before = nothing_changed()
        party = replace(make.RESTAURANT, **change)
        with pytest.raises(InvalidInput) as refusal:
            make.taken_in(people, party=party)
        assert reason in refusal.value.message
        assert nothing_changed() == before

    def test_a_material_of_another_edition_is_refused(self, people):
        before = nothing_changed()
        with pytest.raises(InvalidInput, match="材料清单已更新"):
            make.taken_in(people, materials=[MaterialInput(10**9, "complete")])
        assert nothing_changed() == before

    def test_rare_characters_and_middle_dots_stay_as_they_are(self, people):
        case = make.accepted(people, "WJ-10", party=make.PERSON)
        assert case.party.name == "姜𠮷"

    @pytest.mark.parametrize("name", ["古丽娜·买买提", "䶮", "欧阳𬭎"])
    def test_real_names_are_taken(self, people, name):
        party = replace(make.PERSON, name=name)
        assert make.accepted(people, "WJ-10", party=party).party.name == name


class TestWithdrawal:
    @pytest.mark.parametrize("stage", [make.received, make.accepted, make.in_review, make.pending_decision])
    def test_the_applicant_may_withdraw_until_the_decision(self, people, stage):
        case = withdraw_case(stage(people).number, reason="不再经营", actor=people.clerk, at=make.days_later(1))
        assert case.state == "withdrawn"
        assert case.ended_at == make.days_later(1)
        assert case.light == "none"
        assert letters(case)[-1] == "D17"

    def test_after_the_decision_there_is_nothing_to_withdraw(self, people):
        case = make.granted(people)
        before = nothing_changed()
        with pytest.raises(StaleState, match="办件目前为“准予许可”"):
            withdraw_case(case.number, reason="不再经营", actor=people.clerk, at=make.days_later(1))
        assert nothing_changed() == before


def test_a_case_of_another_department_does_not_exist_for_a_clerk(people):
    case = make.received(people)
    police = make.People("GA")
    before = nothing_changed()
    with pytest.raises(NotFound, match="没有查到这件办件"):
        decide_intake(case.number, chosen=OutcomeInput(Outcome.ACCEPT), actor=police.clerk, at=make.days_later(1))
    assert nothing_changed() == before


def test_a_stale_page_is_told_who_was_first(people):
    case = make.received(people)
    decide_intake(
        case.number, chosen=OutcomeInput(Outcome.ACCEPT), actor=people.clerk, at=make.days_later(1), expected_version=1
    )
    before = nothing_changed()
    with pytest.raises(StaleState) as refusal:
        decide_intake(
            case.number,
            chosen=OutcomeInput(Outcome.ACCEPT),
            actor=people.clerk,
            at=make.days_later(1),
            expected_version=1,
        )
    assert refusal.value.message == "本件已由于晓静办理“受理”，现为“已受理”；您的操作没有生效，请刷新页面后再办。"
    assert nothing_changed() == before


def test_order_of_acceptance_is_total_within_a_department(people):
    orders = [make.accepted(people).acceptance_order for _ in range(3)]
    assert orders == [1, 2, 3]
