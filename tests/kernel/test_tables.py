"""Business rules by date, and the register of void numbers."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from laiyang_approval.kernel.commands.organisations import load_departments
from laiyang_approval.kernel.commands.rules import change_rule
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound
from laiyang_approval.kernel.models import AuditRecord, BusinessRule, NumberSeries, User, UserRole, VoidedNumber
from laiyang_approval.kernel.numbering import allot_each, allot_number, allot_numbers, void_number
from laiyang_approval.kernel.roles import Role
from laiyang_approval.kernel.rules import forget_cached_rules, load_business_rules, rule_int, rule_value

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
KEY = "correction_deadline_days"


@pytest.fixture
def officer(db):
    load_departments()
    load_business_rules()
    user = User.objects.create_user("xitong", password="x", display_name="纪维正", password_changed_at=AT)
    UserRole.objects.create(user=user, role=Role.SYSTEM_OFFICER)
    UserRole.objects.create(user=user, role=Role.ISSUING_CLERK)
    return user


def rows() -> list[tuple]:
    return list(
        BusinessRule.objects.filter(key=KEY).order_by("valid_from").values_list("value", "valid_from", "valid_to")
    )


def test_a_new_value_counts_from_its_day_and_the_old_one_until_the_day_before(officer):
    change_rule(KEY, value="20", valid_from=date(2026, 12, 1), basis="莱审批发〔2026〕5号", actor=officer, at=AT)
    forget_cached_rules()
    assert rule_int(KEY, date(2026, 11, 30)) == 30
    assert rule_int(KEY, date(2026, 12, 1)) == 20
    assert rows() == [("30", date(2018, 12, 26), date(2026, 11, 30)), ("20", date(2026, 12, 1), None)]
    assert AuditRecord.objects.get(action="rule_changed").object_ref == f"rule:{KEY}"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": "三十"}, "value"),
        ({"value": "٣٠"}, "value"),
        ({"value": "9" * 10}, "value"),
        ({"value": ""}, "value"),
        ({"valid_from": date(2026, 11, 23)}, "valid_from"),
        ({"basis": " "}, "basis"),
    ],
)
def test_a_value_of_another_kind_a_past_day_or_no_basis_is_refused(officer, change, field):
    before = rows()
    wanted = {"value": "20", "valid_from": date(2026, 12, 1), "basis": "文件"} | change
    with pytest.raises(InvalidInput) as refusal:
        change_rule(KEY, **wanted, actor=officer, at=AT)
    assert set(refusal.value.fields) == {field}
    assert rows() == before


def test_a_switch_stays_a_switch(officer):
    with pytest.raises(InvalidInput, match="只有开和关两种"):
        change_rule("deemed_acceptance", value="yes", valid_from=date(2026, 12, 1), basis="文件", actor=officer, at=AT)


def test_an_unknown_rule_is_not_there(officer):
    with pytest.raises(NotFound):
        change_rule("nothing", value="1", valid_from=date(2026, 12, 1), basis="文件", actor=officer, at=AT)


def test_a_day_without_a_rule_is_told(officer):
    with pytest.raises(DomainError, match="没有有效的规定"):
        rule_value(KEY, date(2017, 1, 1))


def test_loading_again_keeps_what_the_bureau_decided(officer):
    change_rule(KEY, value="20", valid_from=date(2026, 12, 1), basis="文件", actor=officer, at=AT)
    before = rows()
    assert load_business_rules() == 0
    assert rows() == before


class TestNumbers:
    def test_a_number_rolled_back_is_given_again(self, officer):
        with transaction.atomic():
            assert allot_number("测字", period="2026") == 1
        with pytest.raises(DomainError), transaction.atomic():
            assert allot_number("测字", period="2026") == 2
            raise DomainError("rolled back")
        with transaction.atomic():
            assert list(allot_numbers("测字", period="2026", count=3)) == [2, 3, 4]

    def test_an_act_takes_the_numbers_of_all_its_series_by_one_statement(self, officer):
        allot_numbers("测收字", period="2026", count=4)
        with CaptureQueriesContext(connection) as seen:
            taken = allot_each([("测收字", "2026"), ("测受字", "2026"), ("测收字", "2027")])
        assert len(seen) == 1
        assert taken == {("测收字", "2026"): 5, ("测受字", "2026"): 1, ("测收字", "2027"): 1}

    @pytest.mark.django_db(transaction=True)
    def test_a_number_outside_a_transaction_is_refused(self):
        with pytest.raises(RuntimeError, match="inside the transaction"):
            allot_number("测字", period="2026")
        assert NumberSeries.objects.count() == 0

    def test_years_have_series_of_their_own(self, officer):
        assert [allot_number("测字", period=year) for year in ("2026", "2026", "2027")] == [1, 2, 1]

    def test_a_void_number_stands_in_the_register_once(self, officer):
        allot_number("测字", period="2026")
        void_number(series="测字", period="2026", number=1, reason="打印错误", actor=officer, at=AT)
        with pytest.raises(DomainError, match="已于2026-11-24作废"):
            void_number(series="测字", period="2026", number=1, reason="又一次", actor=officer, at=AT)
        assert VoidedNumber.objects.get().reason == "打印错误"
        assert allot_number("测字", period="2026") == 2

    @pytest.mark.parametrize("number", [0, 2])
    def test_a_number_never_given_cannot_be_void(self, officer, number):
        allot_number("测字", period="2026")
        with pytest.raises(DomainError, match="没有用过"):
            void_number(series="测字", period="2026", number=number, reason="错", actor=officer, at=AT)
        assert VoidedNumber.objects.count() == 0


class TestPages:
    def test_the_officer_changes_a_rule_on_its_page(self, client, officer):
        client.force_login(officer)
        assert "系统默认" in client.get("/tables/rules/").content.decode()
        answer = client.post(f"/tables/rules/{KEY}/", {"value": "20", "valid_from": "2099-01-01", "basis": "文件"})
        assert answer.status_code == 302
        assert rows()[-1] == ("20", date(2099, 1, 1), None)

    def test_a_wrong_value_is_told_beside_its_field(self, client, officer):
        client.force_login(officer)
        answer = client.post(f"/tables/rules/{KEY}/", {"value": "三十", "valid_from": "2099-01-01", "basis": "文件"})
        assert answer.status_code == 422
        assert "请填写整数，例如 5。" in answer.content.decode()
        assert len(rows()) == 1

    def test_the_register_of_void_numbers(self, client, officer):
        client.force_login(officer)
        allot_number("莱审批受字", period="2026")
        data = {"series": "莱审批受字", "period": "2026", "number": "1", "reason": "打印错误"}
        assert client.post("/tables/void-numbers/", data).status_code == 302
        assert "莱审批受字〔2026〕第0001号" in client.get("/tables/void-numbers/").content.decode()
        again = client.post("/tables/void-numbers/", data)
        assert (again.status_code, VoidedNumber.objects.count()) == (409, 1)
