"""What must stand on record before a decision: credit query, lawful fees, the report upward, the order of a limited number."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotPermitted
from laiyang_approval.kernel.models.append_only import AppendOnlyError
from matters.commands.quotas import NewQuota, set_quota
from tests.factories import cases as make
from windows.commands.decision import grant_case, refuse_case
from windows.commands.intake import withdraw_case
from windows.commands.preconditions import (
    CreditQuery,
    Payment,
    notify_fee,
    record_credit_check,
    record_payment,
    reduce_fee,
    report_upward,
)
from windows.commands.review import submit_opinion
from windows.commands.sweeping import deem_overdue_acceptances
from windows.models import Case, CreditCheck, FeeNotice, UpwardReport
from windows.preconditions import quota_gate

LATER = make.days_later(0, hours=4)
NEXT_DAY = make.days_later(1)


def standing(case: Case) -> tuple:
    """What a refused act may not change."""
    row = Case.objects.get(pk=case.pk)
    return row.state, row.version, row.event_count, row.last_event_hash, row.letters.count()


def opinion(case: Case, people, *, at=NEXT_DAY) -> Case:
    return submit_opinion(case.number, proposal="grant", text="符合条件。", actor=people.reviewer, at=at)


class TestCreditQuery:
    def test_no_opinion_before_the_query_is_on_record(self, people):
        case = make.in_review(people)
        before = standing(case)
        with pytest.raises(DomainError) as refusal:
            opinion(case, people)
        assert refusal.value.message == "还没有登记信用查询；请审查人员先查询申请人信用并登记结果。"
        assert refusal.value.article == "山东省社会信用条例第二十二条"
        assert standing(case) == before

    def test_the_query_is_kept_with_time_person_platform_and_use(self, people):
        case = make.in_review(people)
        record_credit_check(
            case.number,
            query=CreditQuery("信用中国（山东）", "adverse", "2025年行政处罚1条", "已核对，不影响许可条件"),
            actor=people.reviewer,
            at=LATER,
        )
        check = CreditCheck.objects.get(case=case)
        assert (check.source, check.result, check.checked_by, check.checked_at) == (
            "信用中国（山东）", "adverse", people.reviewer, LATER,
        )  # fmt: skip
        assert case.events.get(sequence=4).detail == {"check": check.pk, "result": "adverse"}
        assert opinion(case, people).state == "pending_decision"

    @pytest.mark.parametrize("result", ["adverse", "no_answer"])
    def test_a_bad_answer_or_none_needs_a_word_on_its_use(self, people, result):
        case = make.in_review(people)
        before = standing(case)
        with pytest.raises(InvalidInput, match="请写明如何处理"):
            record_credit_check(case.number, query=CreditQuery("信用中国", result), actor=people.reviewer, at=LATER)
        assert (standing(case), CreditCheck.objects.count()) == (before, 0)

    def test_a_query_stands_as_written(self, people):
        case = make.credit_checked(people, make.in_review(people), at=LATER)
        with pytest.raises(AppendOnlyError):
            CreditCheck.objects.filter(case=case).update(result="adverse")
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE windows_creditcheck SET result = 'adverse'")
        assert CreditCheck.objects.get(case=case).result == "clear"


class TestFees:
    @pytest.fixture
    def charged(self, people):
        fees = make.with_fees()
        case = make.credit_checked(people, make.in_review(people), at=make.days_later(0, hours=2))
        return case, fees

    def test_a_lawful_fee_is_told_paid_and_only_then_decided(self, people, charged):
        case, (first, second) = charged
        with pytest.raises(DomainError, match="还没有出具缴费通知") as refusal:
            opinion(case, people)
        assert refusal.value.article == "行政许可法第五十九条"
        for fee in (first, second):
            notify_fee(
                case.number, fee_id=fee.pk, amount=Decimal("100"), payee="莱阳市财政局", actor=people.reviewer, at=LATER
            )
        letter = case.letters.filter(kind="D19").first()
        printed = letter.snapshot["print"]
        assert (printed["amount"], printed["basis"]) == ("100元", "《道路交通安全法》第八条")
        before = standing(case)
        with pytest.raises(DomainError, match="没有结清（证书工本费、考试费）"):
            opinion(case, people)
        assert standing(case) == before
        paid, reduced = FeeNotice.objects.filter(case=case)
        record_payment(
            case.number,
            notice_id=paid.pk,
            payment=Payment("鲁财票0001", "莱阳市某某餐饮店", Decimal("100.00"), date(2026, 3, 3)),
            actor=people.clerk,
            at=NEXT_DAY,
        )
        reduce_fee(
            case.number, notice_id=reduced.pk, basis="鲁财综〔2025〕1号第二条", actor=people.reviewer, at=NEXT_DAY
        )
        assert opinion(case, people).state == "pending_decision"
        assert grant_case(case.number, grant=make.GRANT, actor=people.decider, at=NEXT_DAY).state == "granted"
        assert list(case.events.filter(kind="fee_settled").values_list("detail", flat=True)) == [
            {"notice": paid.pk, "reduced": False, "paid_on": "2026-03-03"},
            {"notice": reduced.pk, "reduced": True, "paid_on": None},
        ]

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"basis_level": "local_regulation"}, "没有法律、行政法规依据，不得收取"),
            ({"basis_level": "rule"}, "没有法律、行政法规依据，不得收取"),
            ({"is_for_licence": False}, "不是办理本许可的收费"),
        ],
    )
    def test_a_fee_without_law_or_administrative_regulation_is_not_charged(self, people, change, sentence, monkeypatch):
        fees = make.with_fees()
        case = make.in_review(people)
        monkeypatch.setattr("windows.commands.preconditions.Fee.objects.filter", lambda **_: _One(fees[0], change))
        before = standing(case)
        with pytest.raises(DomainError, match=sentence) as refusal:
            notify_fee(
                case.number, fee_id=fees[0].pk, amount=Decimal("1"), payee="财政局", actor=people.reviewer, at=LATER
            )
        assert "行政许可法第五十八条第一款" in refusal.value.article
        assert (standing(case), FeeNotice.objects.count()) == (before, 0)

    def test_a_payment_of_another_amount_or_day_is_refused(self, people, charged):
        case, (first, _) = charged
        notify_fee(case.number, fee_id=first.pk, amount=Decimal("100"), payee="财政局", actor=people.reviewer, at=LATER)
        notice = FeeNotice.objects.get()
        before = standing(case)
        for amount, paid_on, sentence in (
            (Decimal("99.99"), date(2026, 3, 3), "与通知的100.00元不一致"),
            (Decimal("100.00"), date(2026, 3, 1), "缴款日期早于缴费通知"),
            (Decimal("100.00"), date(2026, 3, 4), "缴款日期不能晚于今天"),
        ):
            with pytest.raises(InvalidInput, match=sentence):
                record_payment(
                    case.number,
                    notice_id=notice.pk,
                    payment=Payment("P-1", "邹念慈", amount, paid_on),
                    actor=people.clerk,
                    at=NEXT_DAY,
                )
        assert standing(case) == before
        notice.refresh_from_db()
        assert notice.settled_at is None

    def test_the_same_fee_is_asked_for_once(self, people, charged):
        case, (first, _) = charged
        give = {"fee_id": first.pk, "amount": Decimal("100"), "payee": "财政局", "actor": people.reviewer, "at": LATER}
        notify_fee(case.number, **give)
        before = standing(case)
        with pytest.raises(DomainError, match="同一收费只通知一次"):
            notify_fee(case.number, **give)
        assert standing(case) == before


class _One:
    """A queryset of one fee, its founding changed (a published edition cannot be, and none is published with such a fee)."""

    def __init__(self, fee, change):
        self._fee = fee
        for name, value in change.items():
            setattr(fee, name, value)

    def first(self):
        return self._fee


class TestUpwardReport:
    def test_the_government_decides_only_on_opinion_and_file(self, people):
        case = make.pending_decision(people, code="LY-07")
        mayor = make.person("mayor", make.Role.HEAD_OF_GOVERNMENT, department="GOV", right="decide_for_department")
        before = standing(case)
        with pytest.raises(DomainError, match="莱阳市行政审批服务局尚未报送初步审查意见和案卷") as refusal:
            grant_case(case.number, grant=make.GRANT, actor=mayor, at=LATER)
        assert refusal.value.article == "行政许可法第三十五条"
        assert standing(case) == before
        report_upward(case.number, opinion="符合条件，建议准予。", actor=people.decider, at=LATER)
        report = UpwardReport.objects.get(case=case)
        # Accepted Monday 2026-03-02: twenty working days (Article 43).
        assert (report.to_body, report.due_on) == ("莱阳市人民政府", date(2026, 3, 30))
        assert [set(one) for one in report.file_list] == [{"letter", "sha256"}] * 2
        granted = grant_case(case.number, grant=make.GRANT, actor=mayor, at=LATER + timedelta(hours=1))
        assert granted.decision.department.name == "莱阳市人民政府"

    def test_the_file_goes_up_once(self, people):
        case = make.pending_decision(people, code="LY-07")
        report_upward(case.number, opinion="建议准予。", actor=people.decider, at=LATER)
        before = standing(case)
        with pytest.raises(DomainError, match="案卷一次报齐"):
            report_upward(case.number, opinion="再报一次。", actor=people.decider, at=LATER)
        assert standing(case) == before

    def test_only_the_handling_bodys_head_reports(self, people):
        case = make.pending_decision(people, code="LY-07")
        before = standing(case)
        with pytest.raises(NotPermitted, match="须由审批决定人（局领导）办理"):
            report_upward(case.number, opinion="建议准予。", actor=people.reviewer, at=LATER)
        assert standing(case) == before

    def test_what_the_bureau_decides_itself_is_not_reported(self, people):
        case = make.pending_decision(people)
        before = standing(case)
        with pytest.raises(DomainError, match="自己决定，不需要报送"):
            report_upward(case.number, opinion="建议准予。", actor=people.decider, at=LATER)
        assert standing(case) == before


class TestLimitedNumber:
    @pytest.fixture
    def limited(self, people):
        first, second = (make.pending_decision(people, at=make.days_later(0, hours=hour)) for hour in (0, 1))
        admin = make.person("admin", make.Role.CATALOGUE_ADMIN)
        limit = NewQuota(first.matter.code, 1, "市政府数量规划", date(2026, 3, 2))
        set_quota(limit, actor=admin, at=LATER)
        return first, second

    def test_quota_matters_are_decided_in_order_of_acceptance(self, people, limited):
        first, second = limited
        before = standing(second)
        with pytest.raises(DomainError, match=f"{first.number}受理在前，尚未决定") as refusal:
            grant_case(second.number, grant=make.GRANT, actor=people.decider, at=NEXT_DAY)
        assert refusal.value.article == "行政许可法第五十七条"
        assert standing(second) == before
        assert grant_case(first.number, grant=make.GRANT, actor=people.decider, at=NEXT_DAY).state == "granted"

    def test_when_the_number_is_used_up_the_next_is_refused_not_granted(self, people, limited):
        first, second = limited
        grant_case(first.number, grant=make.GRANT, actor=people.decider, at=NEXT_DAY)
        before = standing(second)
        with pytest.raises(DomainError, match="数量已满（限1个，依据市政府数量规划）"):
            grant_case(second.number, grant=make.GRANT, actor=people.decider, at=NEXT_DAY)
        assert standing(second) == before
        assert refuse_case(second.number, refusal=make.REFUSAL, actor=people.decider, at=NEXT_DAY).state == "refused"

    def test_acceptance_dated_back_goes_before_what_was_accepted_since(self, people):
        # Nobody answered: accepted as of its receipt on Monday, though the sweep says so only after the other (第三十二条第一款第四项).
        silent = make.received(people)
        answered = make.pending_decision(people, at=NEXT_DAY)
        assert deem_overdue_acceptances(at=make.days_later(8), on_failure=fail)["deemed"] == 1
        silent.refresh_from_db()
        assert (silent.accepted_on, answered.accepted_on) == (date(2026, 3, 2), date(2026, 3, 3))
        assert silent.acceptance_order > answered.acceptance_order
        _limit_to(1, answered)
        before = standing(answered)
        with pytest.raises(DomainError, match=f"{silent.number}受理在前，尚未决定"):
            grant_case(answered.number, grant=make.GRANT, actor=people.decider, at=make.days_later(9))
        assert standing(answered) == before
        assert quota_gate(silent, date(2026, 3, 11)) is None

    def test_of_two_accepted_as_of_one_day_the_earlier_receipt_goes_first(self, people):
        silent = make.received(people, at=make.days_later(0, hours=1))
        first = make.accepted(people)
        last = make.accepted(people, at=make.days_later(0, hours=2))
        deem_overdue_acceptances(at=make.days_later(8), on_failure=fail)
        silent.refresh_from_db()
        _limit_to(1, first)
        on = date(2026, 3, 11)
        said = [quota_gate(case, on) for case in (first, silent, last)]
        assert said[0] is None
        assert [one[0].split("受理在前")[0].split("；")[-1] for one in said[1:]] == [first.number, first.number]
        withdraw_case(first.number, reason="书面请求", actor=people.clerk, at=make.days_later(8))
        assert quota_gate(silent, on) is None
        assert silent.number in quota_gate(last, on)[0]

    def test_a_renewal_takes_no_new_place(self, people, limited):
        first, second = limited
        grant_case(first.number, grant=make.GRANT, actor=people.decider, at=NEXT_DAY)
        assert quota_gate(second, date(2026, 3, 4)) is not None
        second.purpose = Case.Purpose.RENEWAL
        assert quota_gate(second, date(2026, 3, 4)) is None


def _limit_to(number: int, case: Case) -> None:
    admin = make.person("admin", make.Role.CATALOGUE_ADMIN)
    set_quota(NewQuota(case.matter.code, number, "市政府数量规划", date(2026, 3, 2)), actor=admin, at=LATER)


def fail(number: str, error: Exception) -> None:
    raise AssertionError(number) from error
