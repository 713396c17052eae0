"""Traps 16 and 17 of the domain reference, licence half: renewal by silence, and four ends that are never merged."""

from datetime import date, timedelta

import pytest

from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import BusinessRule, Department
from laiyang_approval.kernel.rules import forget_cached_rules
from tests.factories import cases as make
from tests.factories import licences as lic
from tests.factories.licences import EXPIRY, midnight, noon
from windows import licences
from windows.commands.decision import Refusal, refuse_case
from windows.commands.licences.outside import forfeit_licence
from windows.commands.licences.sweeping import sweep_licences
from windows.commands.licences.taking_back import TakingBack, decide_ex_officio
from windows.models import Case, CaseEvent, Decision, Letter, Licence, LicenceChange, PartyRestriction, Reminder
from windows.restrictions import restrictions_of


def sweep(at):
    failures = []
    counts = sweep_licences(at=at, on_failure=lambda number, error: failures.append((number, error)))
    assert failures == []
    return counts


def standing() -> tuple:
    return (
        list(Case.objects.order_by("pk").values_list("state", "version", "last_event_hash")),
        list(Licence.objects.order_by("pk").values_list("number", "state", "valid_to")),
        Letter.objects.count(),
        Decision.objects.count(),
        LicenceChange.objects.count(),
    )


def test_trap_16_the_two_dates_before_an_expiry_on_a_saturday(people):
    # G59: thirty working days before 2026-10-31; G60: thirty calendar days, on a holiday, not moved.
    dates = licences.renewal_dates(EXPIRY, date(2026, 9, 1))
    assert (dates.remind_on, dates.apply_by) == (date(2026, 9, 15), date(2026, 10, 1))


def test_trap_16_an_accepted_renewal_undecided_at_midnight_is_deemed_granted(people):
    old = lic.licence(people)
    case = lic.applied(people, old, "renewal", at=noon(date(2026, 9, 10)))
    assert (case.decide_before_on, case.renewal_in_time) == (EXPIRY, True)
    # Saturday evening: the licence runs until 24:00 and nothing is deemed yet; the expiry does not move to Monday.
    assert sweep(noon(EXPIRY))["deemed_renewed"] == 0
    assert sweep(midnight(date(2026, 11, 1)))["deemed_renewed"] == 1
    case.refresh_from_db()
    old.refresh_from_db()
    new = case.licence
    assert (case.state, case.deemed_renewed) == ("issued", True)
    assert (new.valid_from, new.valid_to) == (date(2026, 11, 1), date(2027, 10, 31))
    assert (new.previous, old.state, new.state) == (old, "superseded", "valid")
    letter = case.letters.get(kind="D21")
    assert letter.title == "视为准予延续行政许可确认书"
    assert letter.sealed_by is None
    assert not Decision.objects.filter(case=case).exists()
    assert list(Reminder.objects.filter(case=case, kind="deemed_renewed").values_list("reached_on", flat=True)) == [
        date(2026, 11, 1)
    ]
    assert list(CaseEvent.objects.filter(case=case).order_by("sequence").values_list("kind", flat=True))[-2:] == [
        "issued",
        "deemed_renewed",
    ]
    before = standing()
    assert sweep(midnight(date(2026, 11, 3))) == {"deemed_renewed": 0, "licences_turned": 0, "renewal_reminders": 0}
    assert standing() == before


def test_trap_16_a_renewal_filed_on_the_twentieth_of_october_is_not_deemed(people):
    old = lic.licence(people)
    case = lic.applied(people, old, "renewal", at=noon(date(2026, 10, 20)))
    assert case.renewal_in_time is False
    assert sweep(midnight(date(2026, 11, 1)))["deemed_renewed"] == 0
    case.refresh_from_db()
    old.refresh_from_db()
    assert (case.state, case.deemed_renewed, old.state) == ("accepted", False, "expired")
    assert Reminder.objects.filter(case=old.case, kind="cancel_licence", reached_on=date(2026, 11, 1)).exists()


def test_trap_16_the_holder_is_reminded_by_the_fifteenth_of_september(people):
    old = lic.licence(people)
    assert sweep(noon(date(2026, 9, 14)))["renewal_reminders"] == 0
    assert sweep(noon(date(2026, 9, 15)))["renewal_reminders"] == 1
    reminder = Reminder.objects.get(kind="renewal_due")
    assert (reminder.case, reminder.reached_on) == (old.case, date(2026, 9, 15))
    assert sweep(noon(date(2026, 9, 16)))["renewal_reminders"] == 0


@pytest.mark.parametrize(("day", "refused"), [(date(2026, 10, 1), False), (date(2026, 10, 2), True)])
def test_trap_16_lateness_refuses_only_past_the_first_of_october(people, day, refused):
    old = lic.licence(people)
    BusinessRule.objects.filter(key="renewal_late").update(value="new_application")
    forget_cached_rules()
    before = standing()
    if not refused:
        assert lic.applied(people, old, "renewal", at=noon(day)).renewal_in_time is True
        return
    with pytest.raises(DomainError, match="延续须在有效期届满三十日前提出（本证至2026-10-01），现已逾期") as told:
        lic.applied(people, old, "renewal", at=noon(day))
    assert told.value.article == "行政许可法第五十条第一款"
    assert standing() == before


def test_trap_16_an_application_not_accepted_by_then_raises_a_red_alert_instead(people):
    old = lic.licence(people)
    case = make.received(people, at=noon(date(2026, 9, 10)), purpose="renewal", licence_number=old.number)
    BusinessRule.objects.filter(key="deemed_acceptance").update(value="off")
    forget_cached_rules()
    assert sweep(midnight(date(2026, 11, 1)))["deemed_renewed"] == 0
    case.refresh_from_db()
    old.refresh_from_db()
    assert (case.state, old.state) == ("received", "expired")
    assert Reminder.objects.filter(case=case, kind="renewal_stuck").count() == 1


def test_trap_16_the_switch_turns_it_into_a_warning_only(people):
    old = lic.licence(people)
    case = lic.applied(people, old, "renewal", at=noon(date(2026, 9, 10)))
    BusinessRule.objects.filter(key="deemed_renewal").update(value="off")
    forget_cached_rules()
    sweep(midnight(date(2026, 11, 1)))
    sweep(midnight(date(2026, 11, 2)))
    case.refresh_from_db()
    old.refresh_from_db()
    assert (case.state, old.state) == ("accepted", "valid")
    assert Reminder.objects.filter(case=case, kind="renewal_overdue").count() == 1


def test_trap_17_a_penalty_from_outside_forfeits_and_asks_to_strike_off_and_decides_nothing(people):
    one = lic.licence(people)
    market = Department.objects.get(code="SJ")
    before = (Decision.objects.count(), Letter.objects.count())
    forfeit_licence(
        one.pk, penalty=lic.penalty(market, on=date(2026, 5, 6)), actor=people.reviewer, at=noon(date(2026, 5, 8))
    )
    one.refresh_from_db()
    assert one.state == "forfeited"
    change = one.changes.get()
    assert (change.kind, change.on, change.document_number, change.department) == (
        "forfeited",
        date(2026, 5, 6),
        "莱市监罚〔2026〕12号",
        market,
    )
    assert Reminder.objects.filter(case=one.case, kind="cancel_licence").count() == 1
    assert (Decision.objects.count(), Letter.objects.count()) == before
    assert CaseEvent.objects.filter(kind__in=["revoked", "licence_withdrawn", "cancelled"]).count() == 0
    # What follows is the striking off with reason 4, and nothing else.
    case = lic.proposed(people, one, "cancel_4", at=noon(date(2026, 5, 11)))
    decide_ex_officio(
        case.number, taking=TakingBack("证照已被吊销，应当注销。"), actor=people.decider, at=noon(date(2026, 5, 12))
    )
    one.refresh_from_db()
    assert (one.state, one.cancel_reason) == ("cancelled", 4)
    assert [change.kind for change in one.changes.all()] == ["forfeited", "cancelled"]
    assert Reminder.objects.filter(case=one.case, kind="cancel_licence", read_at__isnull=True).count() == 0


def test_trap_17_a_dead_holder_means_reason_two_and_no_refusal_text(people):
    one = lic.licence(people, party=make.PERSON)
    case = lic.proposed(people, one, "cancel_2", at=noon(date(2026, 6, 1)))
    decide_ex_officio(
        case.number,
        taking=TakingBack("持证人已于2026年5月死亡。", by_notice=True),
        actor=people.decider,
        at=noon(date(2026, 6, 2)),
    )
    one.refresh_from_db()
    letter = case.letters.get()
    assert (one.state, one.cancel_reason, letter.kind, letter.title) == ("cancelled", 2, "D24G", "注销行政许可公告")
    assert "不予" not in str(letter.snapshot["print"])
    assert letter.snapshot["print"]["article"] == "《中华人民共和国行政许可法》第七十条第二项"


def test_trap_17_damages_only_under_69_1_and_compensation_only_under_8_2(people):
    fault, fraud, law = (lic.licence(people) for _ in range(3))
    at = noon(date(2026, 6, 1))
    revoking = lic.proposed(people, fault, "procedure", at=at)
    before = standing()
    with pytest.raises(InvalidInput, match="如何依法赔偿") as told:
        decide_ex_officio(
            revoking.number, taking=TakingBack("没有告知利害关系人。"), actor=people.decider, at=at + timedelta(days=1)
        )
    assert told.value.article == "行政许可法第六十九条第四款"
    assert standing() == before
    decide_ex_officio(
        revoking.number,
        taking=TakingBack("没有告知利害关系人。", money_note="装修损失经核定后依法赔偿。"),
        actor=people.decider,
        at=at + timedelta(days=1),
    )
    assert revoking.letters.get(kind="D23").snapshot["print"]["damages"] == "装修损失经核定后依法赔偿。"

    cheating = lic.proposed(people, fraud, "fraud", at=at)
    before = standing()
    with pytest.raises(InvalidInput, match="补偿只适用于依第八条第二款撤回，赔偿只适用于依第六十九条第一款撤销"):
        decide_ex_officio(
            cheating.number,
            taking=TakingBack("伪造证明。", money_note="予以补偿"),
            actor=people.decider,
            at=at + timedelta(days=1),
        )
    assert standing() == before

    withdrawing = lic.proposed(people, law, "law_changed", at=at)
    before = standing()
    with pytest.raises(InvalidInput, match="如何依法补偿"):
        decide_ex_officio(
            withdrawing.number,
            taking=TakingBack("依据的规章已经废止。", public_interest="保护水源地。"),
            actor=people.decider,
            at=at + timedelta(days=1),
        )
    assert standing() == before
    decide_ex_officio(
        withdrawing.number,
        taking=TakingBack("依据的规章已经废止。", public_interest="保护水源地。", money_note="按评估价补偿。"),
        actor=people.decider,
        at=at + timedelta(days=1),
    )
    law.refresh_from_db()
    assert law.state == "withdrawn"
    printed = withdrawing.letters.get(kind="D22").snapshot["print"]
    assert (printed["compensation"], printed["article"]) == (
        "按评估价补偿。",
        "《中华人民共和国行政许可法》第八条第二款",
    )


def test_trap_17_fraud_where_safety_depends_on_it_closes_the_matter_for_three_years(people):
    one = lic.licence(people)
    case = lic.proposed(people, one, "fraud", at=noon(date(2026, 6, 1)))
    decide_ex_officio(case.number, taking=lic.FRAUD, actor=people.decider, at=noon(date(2026, 6, 15)))
    ban = PartyRestriction.objects.get()
    assert (ban.party, ban.matter, ban.source_case) == (one.holder, one.matter, case)
    assert (ban.from_on, ban.to_on) == (date(2026, 6, 15), date(2029, 6, 15))
    assert [one.pk for one in restrictions_of(ban.party, date(2029, 6, 15))] == [ban.pk]
    assert restrictions_of(ban.party, date(2029, 6, 16)) == []
    printed = case.letters.get(kind="D23").snapshot["print"]
    assert printed["ban"] == "自本决定作出之日起三年内（至2029年6月15日止）不得再次申请该行政许可"
    assert (printed["is_fraud"], printed["damages"]) == (True, "")
    assert list(CaseEvent.objects.filter(case=case).order_by("sequence").values_list("kind", flat=True))[-2:] == [
        "revoked",
        "party_restricted",
    ]


def test_fraud_where_no_safety_depends_on_it_bans_nobody(people):
    case = lic.proposed(people, lic.licence(people), "fraud", at=noon(date(2026, 6, 1)))
    decide_ex_officio(
        case.number,
        taking=TakingBack("伪造证明。", is_safety_related=False),
        actor=people.decider,
        at=noon(date(2026, 6, 15)),
    )
    assert PartyRestriction.objects.count() == 0
    assert case.letters.get(kind="D23").snapshot["print"]["ban"] == ""


def test_false_papers_refused_close_the_matter_for_a_year(people):
    # 第七十八条: a warning, and where safety depends on the matter no new application for a year.
    case = make.pending_decision(people, proposal="refuse")
    refusal = Refusal("租赁合同系伪造。", "提供虚假材料。", "《食品安全法》第三十三条", falsehood="banned")
    refuse_case(case.number, refusal=refusal, actor=people.decider, at=make.days_later(1))
    ban = PartyRestriction.objects.get()
    assert (ban.kind, ban.from_on, ban.to_on, ban.matter) == (
        "ban_78",
        date(2026, 3, 3),
        date(2027, 3, 3),
        case.matter,
    )
    assert case.letters.get(kind="D16").snapshot["print"]["falsehood"] == (
        "隐瞒有关情况、提供虚假材料申请行政许可，本机关给予警告；"
        "属于直接关系公共安全、人身健康、生命财产安全事项，一年内（至2027年3月3日止）不得再次申请该行政许可"
    )
