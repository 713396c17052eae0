"""四交接 to completion: drawn up, signed by three, disputed, blocked, completed; earlier days answer as they did."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted, StaleState
from laiyang_approval.kernel.roles import Role
from matters import queries as catalogue
from matters.models import Authority, BoundaryItem
from tests.factories import cases as make
from tests.factories import transfers as hand
from tests.factories.transfers import CERTIFICATES, EFFECTIVE, item_of
from transfers import queries
from transfers.commands.completing import Completion, complete_handover
from transfers.commands.inventories import (
    LineInput,
    content_hash,
    declare_nothing,
    dispute_line,
    draw_up_lists,
    remove_line,
    rewrite_line,
    sign_lists,
    write_lines,
)
from transfers.commands.items import (
    GivingBack,
    activate_item,
    assess_item,
    defer_item,
    give_back,
    reconsider_item,
    retain_item,
)
from transfers.models import InventoryLine, LineSignature, RiskAssessment, TransferEvent, TransferItem

LATER = make.days_later(1)


def standing() -> tuple:
    return (
        tuple(TransferItem.objects.order_by("pk").values_list("state", "effective_on", "returned_on", "reason")),
        tuple(InventoryLine.objects.order_by("pk").values_list("description", "quantity", "disputed_reason")),
        tuple(LineSignature.objects.order_by("pk").values_list("line", "party", "signed_by")),
        tuple(Authority.objects.order_by("pk").values_list("department", "valid_from", "valid_to")),
        tuple(BoundaryItem.objects.order_by("pk").values_list("approve_org", "valid_from", "valid_to")),
        RiskAssessment.objects.count(),
        TransferEvent.objects.count(),
    )


def refused(kind, act, **options):
    before = standing()
    with pytest.raises(kind, **options) as refusal:
        act()
    assert standing() == before
    return str(refusal.value)


def complete(office, item, *, on=EFFECTIVE, actor=None, at=LATER, instrument=""):
    return complete_handover(
        item.batch_id,
        item.from_department_id,
        completion=Completion(on, instrument),
        actor=actor or office.overseer,
        at=at,
    )


def holders(code, on):
    return [one.holder.code for one in catalogue.powers_on(catalogue.matter_by_code(code), on)]


# --- from deferred to assessed ------------------------------------------------------------------------------------------


def test_a_deferred_matter_is_activated_by_evidence_and_given_by_who_holds_it_today(office):
    item = hand.activated(office, "GT-03")
    # 市国土局 is no more since 2019: its successor hands over.
    assert (item.state, item.from_department.code, item.reason) == ("planned", "GT19", "")
    assert item.events.get(kind="activate").note == hand.EVIDENCE
    refused(StaleState, lambda: activate_item(item.pk, evidence="再次", actor=office.overseer, at=LATER))


def test_activation_without_evidence_or_of_a_matter_that_was_stopped_is_refused(office):
    pk = item_of("JY-01").pk
    refused(InvalidInput, lambda: activate_item(pk, evidence="  ", actor=office.overseer, at=LATER))
    stopped = item_of("JY-04").pk
    sentence = refused(DomainError, lambda: activate_item(stopped, evidence="有", actor=office.overseer, at=LATER))
    assert "自2019-03-02起已停止办理" in sentence


def test_an_assessment_that_says_stay_retains_the_matter_and_it_may_be_taken_up_again(office):
    item = hand.activated(office)
    found = replace(hand.ASSESSMENT, conclusion="stay", findings="涉及重大公共安全。")
    assess_item(item.pk, assessment=found, actor=office.overseer, at=LATER)
    item = item_of("JY-01")
    assert (item.state, item.reason) == ("retained", "经政策风险评估不宜划转：涉及重大公共安全。")
    reconsider_item(item.pk, reason="安全条件已改善", actor=office.overseer, at=LATER)
    assert item_of("JY-01").state == "planned"


def test_an_assessment_of_tomorrow_or_without_words_is_refused(office):
    item = hand.activated(office)
    for change in ({"assessed_on": date(2026, 3, 4)}, {"assessor": ""}, {"findings": " "}, {"conclusion": "perhaps"}):
        found = replace(hand.ASSESSMENT, **change)
        refused(
            InvalidInput, lambda found=found: assess_item(item.pk, assessment=found, actor=office.overseer, at=LATER)
        )


def test_setting_aside_needs_a_reason(office):
    item = hand.activated(office)
    refused(InvalidInput, lambda: defer_item(item.pk, reason="", actor=office.overseer, at=LATER))
    defer_item(item.pk, reason="职责划分待明确", actor=office.overseer, at=LATER)
    assert (item_of("JY-01").state, item_of("JY-01").reason) == ("deferred", "职责划分待明确")
    retain_item(item.pk, reason="属重大公共安全", actor=office.overseer, at=LATER)
    assert item_of("JY-01").state == "retained"


@pytest.mark.parametrize("who", ["giver", "receiver"])
def test_only_the_coordination_mechanism_plans_and_completes(office, who):
    actor, item = getattr(office, who), hand.handed_over(office)
    refused(NotPermitted, lambda: activate_item(item_of("JY-02").pk, evidence="有", actor=actor, at=LATER))
    refused(NotPermitted, lambda: complete(office, item, actor=actor))
    given = GivingBack(EFFECTIVE, "莱政字", "退回")
    refused(NotPermitted, lambda: give_back(item.pk, given=given, actor=actor, at=LATER))


# --- the lists ----------------------------------------------------------------------------------------------------------


def test_the_first_list_names_the_matter_and_the_open_cases(office):
    case = make.accepted(make.People("JY"), "JY-01")
    item = hand.assessed(office)
    lines = draw_up_lists(item.pk, actor=office.giver, at=LATER)
    assert [line.description for line in lines] == ["道路旅客运输经营许可（JY-01）", f"在办件 {case.number}"]
    assert lines[1].note == "受理日期2026-03-02"
    refused(StaleState, lambda: draw_up_lists(item.pk, actor=office.giver, at=LATER))


def test_three_signatures_on_four_lists_hand_the_matter_over(office):
    item = hand.drawn_up(office, extra=(CERTIFICATES,))
    assert item.lines.get(number_from="鲁交000101").quantity == 100
    for who, state in (
        (office.giver, "risk_assessed"),
        (office.receiver, "risk_assessed"),
        (office.overseer, "handed_over"),
    ):
        assert sign_lists([item.pk], actor=who, at=LATER) == {item.pk: 4}
        assert item_of("JY-01").state == state
    signature = LineSignature.objects.filter(line__item=item, party="receiver").first()
    assert signature.line_sha256 == content_hash(signature.line)
    # A second time signs nothing.
    assert sign_lists([item.pk], actor=office.giver, at=LATER) == {item.pk: 0}


def test_nobody_signs_for_two_parties_nor_a_stranger_at_all(office):
    item = hand.drawn_up(office)
    sign_lists([item.pk], actor=office.giver, at=LATER)
    # Moved to the bureau since: the same person may not sign again for the other side.
    office.giver.department = item.to_department
    assert "三个不同的人" in refused(DomainError, lambda: sign_lists([item.pk], actor=office.giver, at=LATER))
    stranger = make.person("stranger", Role.DEPARTMENT_STAFF, department="GA")
    refused(NotFound, lambda: sign_lists([item.pk], actor=stranger, at=LATER))
    # A supervisor of the bureau is of a party: no 监交.
    insider = make.person("insider", Role.SUPERVISOR, department="SP")
    refused(NotPermitted, lambda: sign_lists([item.pk], actor=insider, at=LATER))


def test_only_the_giver_draws_up_lists(office):
    item = hand.assessed(office)
    for actor in (office.receiver, office.overseer):
        refused(NotPermitted, lambda actor=actor: draw_up_lists(item.pk, actor=actor, at=LATER))
        refused(NotPermitted, lambda actor=actor: declare_nothing(item.pk, "people", actor=actor, at=LATER))


def test_signing_before_the_assessment_is_refused(office):
    item = hand.activated(office)
    draw_up_lists(item.pk, actor=office.giver, at=LATER)
    assert "政策风险评估" in refused(StaleState, lambda: sign_lists([item.pk], actor=office.giver, at=LATER))


def test_missing_numbers_keep_a_matter_from_being_handed_over_until_accounted_for(office):
    item = hand.drawn_up(office, extra=(replace(CERTIFICATES, missing_numbers="000115、000120-000121"),))
    for who in (office.giver, office.receiver, office.overseer):
        sign_lists([item.pk], actor=who, at=LATER)
    assert item_of("JY-01").state == "risk_assessed"
    line = item.lines.get(number_from="鲁交000101")
    assert line.quantity == 97
    blockers = queries.blockers_of(queries.lines_of([item])[item.pk])
    assert [one.sentence for one in blockers] == [
        "第1行“道路运输经营许可证（空白）”缺号鲁交000115、鲁交000120至鲁交000121，没有说明去向。"
    ]
    assert "还有阻碍" in refused(DomainError, lambda: complete(office, item))
    explained = replace(CERTIFICATES, missing_numbers="000115、000120-000121", missing_explained="2017年作废销毁")
    rewrite_line(line.pk, given=explained, actor=office.giver, at=LATER)
    # What was signed before is not what is signed now.
    assert line.signatures.count() == 0
    for who in (office.giver, office.receiver, office.overseer):
        sign_lists([item.pk], actor=who, at=LATER)
    assert item_of("JY-01").state == "handed_over"


def test_a_dispute_takes_a_handed_over_matter_back_until_the_line_is_written_anew(office):
    item = hand.handed_over(office, extra=(CERTIFICATES,))
    line = item.lines.get(number_from="鲁交000101")
    refused(StaleState, lambda: rewrite_line(line.pk, given=CERTIFICATES, actor=office.giver, at=LATER))
    refused(InvalidInput, lambda: dispute_line(line.pk, reason="", actor=office.receiver, at=LATER))
    refused(NotPermitted, lambda: dispute_line(line.pk, reason="不是我写的", actor=office.giver, at=LATER))
    dispute_line(line.pk, reason="实点99份", actor=office.receiver, at=LATER)
    assert item_of("JY-01").state == "risk_assessed"
    assert "实点99份" in refused(DomainError, lambda: complete(office, item))
    rewrite_line(line.pk, given=replace(CERTIFICATES, number_to="鲁交000199"), actor=office.giver, at=LATER)
    for who in (office.giver, office.receiver, office.overseer):
        sign_lists([item.pk], actor=who, at=LATER)
    assert item_of("JY-01").state == "handed_over"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"description": ""}, "description"),
        ({"inventory": "other"}, "inventory"),
        ({"number_to": ""}, "number_to"),
        ({"number_to": "鲁运000200"}, "number_to"),
        ({"number_from": "", "number_to": "", "missing_numbers": "5", "quantity": 1}, "missing_numbers"),
        ({"number_from": "", "number_to": ""}, "quantity"),
        ({"quantity": -1}, "quantity"),
        ({"missing_numbers": "000300"}, "missing_numbers"),
    ],
)
def test_a_line_that_cannot_be_taken_is_told_at_its_field_and_takes_the_others_with_it(office, change, field):
    item = hand.assessed(office)
    before = standing()
    with pytest.raises(InvalidInput) as refusal:
        write_lines(item.pk, given=[CERTIFICATES, replace(CERTIFICATES, **change)], actor=office.giver, at=LATER)
    assert field in refusal.value.fields
    assert standing() == before


def test_a_signed_line_is_not_removed(office):
    item = hand.drawn_up(office, extra=(CERTIFICATES,))
    line = item.lines.get(number_from="鲁交000101")
    sign_lists([item.pk], actor=office.receiver, at=LATER)
    refused(StaleState, lambda: remove_line(line.pk, actor=office.giver, at=LATER))
    spare = write_lines(item.pk, given=[LineInput("archives", "2017年案卷", 12, "卷")], actor=office.giver, at=LATER)[0]
    remove_line(spare.pk, actor=office.giver, at=LATER)
    assert not InventoryLine.objects.filter(pk=spare.pk).exists()


def test_an_empty_list_blocks(office):
    item = hand.assessed(office)
    draw_up_lists(item.pk, actor=office.giver, at=LATER)
    for who in (office.giver, office.receiver, office.overseer):
        sign_lists([item.pk], actor=who, at=LATER)
    assert item_of("JY-01").state == "risk_assessed"
    assert "“人员和编制”清单还没有内容" in refused(DomainError, lambda: complete(office, item))


# --- completion ---------------------------------------------------------------------------------------------------------


def test_completion_writes_competence_from_its_day_and_changes_no_earlier_answer(office):
    matter = catalogue.matter_by_code("JY-01")
    days = [date(2000, 1, 1), date(2018, 12, 26), date(2026, 3, 9)]
    before = [(day, [(one.power, one.authority.department_id, one.authority.instrument) for one in catalogue.powers_on(matter, day)]) for day in days]  # fmt: skip
    item = hand.completed(office)
    assert (item.state, item.effective_on) == ("effective", EFFECTIVE)
    after = [(day, [(one.power, one.authority.department_id, one.authority.instrument) for one in catalogue.powers_on(matter, day)]) for day in days]  # fmt: skip
    assert after == before
    assert holders("JY-01", date(2026, 3, 9)) == ["JY"] * 3
    assert holders("JY-01", EFFECTIVE) == ["SP"] * 3
    assert {one.authority.instrument for one in catalogue.powers_on(matter, EFFECTIVE)} == {"莱政发〔2018〕18号"}
    assert queries.differences_on(date(2026, 3, 9)) == []
    assert queries.differences_on(EFFECTIVE) == []


def test_completion_takes_all_of_a_body_or_none(office):
    first, second = hand.handed_over(office, "JY-01"), hand.drawn_up(office, "JY-02")
    sentence = refused(DomainError, lambda: complete(office, first))
    assert "有1项还有阻碍" in sentence and second.matter.name in sentence
    for who in (office.giver, office.receiver, office.overseer):
        sign_lists([second.pk], actor=who, at=LATER)
    assert [item.matter.code for item in complete(office, first)] == ["JY-01", "JY-02"]
    refused(StaleState, lambda: complete(office, first))


def test_a_day_before_the_basis_document_or_before_tomorrow_is_refused(office):
    item = hand.handed_over(office)
    assert "不能早于依据文件" in refused(InvalidInput, lambda: complete(office, item, on=date(2018, 11, 25)))
    for day in (date(2026, 3, 2), date(2026, 3, 3)):  # LATER is 2026-03-03
        assert "最早自次日起" in refused(InvalidInput, lambda day=day: complete(office, item, on=day))
    complete(office, item, on=date(2026, 3, 4), instrument="莱政字〔2026〕5号")
    row = catalogue.authority_on(catalogue.matter_by_code("JY-01"), date(2026, 3, 4), "seal")
    assert (row.department.code, row.instrument) == ("SP", "莱政字〔2026〕5号")


def test_a_refused_move_of_competence_leaves_the_whole_completion_undone(office):
    hand.handed_over(office, "JY-01")
    item = hand.handed_over(office, "JY-02")
    row = Authority.objects.get(matter=item.matter, power="accept", valid_to=None)
    Authority.objects.create(
        matter=row.matter,
        department=item.to_department,
        power="accept",
        valid_from=date(2027, 1, 1),
        instrument="另有安排",
    )
    Authority.objects.filter(pk=row.pk).update(valid_to=date(2026, 12, 31))
    assert "已登记自2027-01-01起" in refused(StaleState, lambda: complete(office, item))


# --- returned -----------------------------------------------------------------------------------------------------------


def test_a_transferred_matter_is_given_back_from_a_day_to_come(office):
    item = hand.completed(office)
    given = GivingBack(date(2026, 4, 1), "莱政字〔2026〕9号", "承接条件不具备")
    give_back(item.pk, given=given, actor=office.overseer, at=LATER)
    item = item_of("JY-01")
    assert (item.state, item.returned_on, item.reason) == ("returned", date(2026, 4, 1), "承接条件不具备")
    assert [holders("JY-01", day)[0] for day in (date(2026, 3, 9), EFFECTIVE, date(2026, 3, 31), date(2026, 4, 1))] == [
        "JY", "SP", "SP", "JY",
    ]  # fmt: skip
    assert queries.differences_on(date(2026, 3, 31)) == []
    assert queries.differences_on(date(2026, 4, 1)) == []
    refused(StaleState, lambda: give_back(item.pk, given=given, actor=office.overseer, at=LATER))


def test_a_matter_of_2018_goes_back_to_the_body_that_succeeded_the_former_one(office):
    item = item_of("WJ-01")
    given = GivingBack(date(2026, 4, 1), "莱政字〔2026〕9号", "上级明确由卫生健康部门实施")
    give_back(item.pk, given=given, actor=office.overseer, at=LATER)
    assert holders("WJ-01", date(2026, 4, 1))[0] == "WJ19"
    assert holders("WJ-01", date(2018, 12, 25))[0] == "WJ"
    # It went in 2018, as decided; that it came back is no difference.
    assert queries.differences_on(date(2026, 4, 1)) == []


@pytest.mark.parametrize(
    "change", [{"on": EFFECTIVE}, {"on": date(2026, 3, 2)}, {"instrument": ""}, {"reason": ""}], ids=str
)
def test_giving_back_too_early_or_without_words_is_refused(office, change):
    item = hand.completed(office)
    given = replace(GivingBack(date(2026, 4, 1), "莱政字〔2026〕9号", "承接条件不具备"), **change)
    refused(InvalidInput, lambda: give_back(item.pk, given=given, actor=office.overseer, at=LATER))


def test_records_tell_the_whole_way(office):
    item = hand.completed(office)
    assert list(item.events.values_list("kind", flat=True)) == [
        "activate", "clear", "lines_written", "lines_written", "lines_written", "lines_written",
        "signed", "signed", "signed", "hand_over", "complete",
    ]  # fmt: skip
    assert item.events.get(kind="complete").at == make.MONDAY + timedelta(hours=2)
