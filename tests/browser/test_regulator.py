"""A regulator in a browser: claims on a phone, disputes with a reason, reports a forfeiture; the bureau answers and strikes off."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from laiyang_approval.kernel.models import User
from supervision.models import FollowUp, Push
from tests.factories import cases as make
from tests.factories import licences as lic
from tests.factories import supervision as sup
from tests.windows.hall_setup import load_everything
from windows.demo.people import load_demo_accounts
from windows.models import Case, Licence

from .looking import HALL, PHONE, check, shot
from .test_main_job import MONDAY, _act_done, hand
from .test_suspended_case import as_person, opened

__all__ = ["hand"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def state_of(push: Push) -> str:
    return Push.objects.values_list("state", flat=True).get(pk=push.pk)


def test_a_regulator_claims_disputes_and_forfeits(page, hand):
    load_everything()
    load_demo_accounts()
    accounts = {"clerk": "chuangkou", "reviewer": "shencha", "decider": "juzhang", "issuer": "chujian"}
    people = SimpleNamespace(**{role: User.objects.get(username=name) for role, name in accounts.items()})
    licence = lic.licence(people, at=MONDAY, valid_from=MONDAY.date(), valid_to=None)
    make.granted(people, at=MONDAY + timedelta(hours=1), party=make.PERSON)
    hand(MONDAY + timedelta(hours=7))
    sup.relayed(MONDAY + timedelta(hours=7))
    first, second = Push.objects.order_by("pk")
    page.set_default_timeout(20_000)

    hand(MONDAY + timedelta(days=1))
    _claimed_on_a_phone(page, first)
    _disputed(page, second)
    _settled(page, second)
    _forfeited(page, first, licence)
    _answered(page, licence)


def _claimed_on_a_phone(page, push: Push) -> None:
    page.set_viewport_size(PHONE)
    as_person(page, "jianguan", "/supervision/pushes/")
    check(page, touch=True)
    page.get_by_role("row").filter(has_text=push.number).get_by_role("link").click()
    expect(page.locator("h1")).to_contain_text("准予许可")
    page.get_by_role("button", name="认领").click()
    _act_done(page, "已认领；请在期限内列入监管计划。")
    assert state_of(push) == "claimed"
    form = opened(page, "登记监管计划")
    form.get_by_label("监管计划").fill("三月中旬现场检查。")
    form.get_by_role("button", name="登记监管计划").click()
    _act_done(page, "监管计划已登记。")
    assert state_of(push) == "planned"
    shot(page, "regulator-planned-phone")


def _disputed(page, push: Push) -> None:
    page.goto(f"/supervision/pushes/{push.number}/")
    form = opened(page, "提出异议")
    form.get_by_label("异议理由").fill("该场所属医疗机构食堂，应由市卫生健康局监管。")
    form.get_by_role("button", name="提出异议").click()
    _act_done(page, "异议已提交协调机制。")
    assert state_of(push) == "disputed"
    check(page, touch=True)


def _settled(page, push: Push) -> None:
    page.set_viewport_size(HALL)
    as_person(page, "xietiao", "/supervision/desk/")
    page.get_by_role("link", name="食品经营许可").click()
    form = opened(page, "改由他部门监管")
    form.get_by_label("改由").select_option(label="市卫生健康局")
    form.get_by_label("处理意见").fill("医疗机构食堂由卫健部门监管。")
    form.get_by_role("button", name="改由他部门监管").click()
    _act_done(page, "已改由他部门监管并推送。")
    assert (state_of(push), Push.objects.get(moved_from=push).regulator.code) == ("moved", "WJ19")
    check(page)


def _forfeited(page, push: Push, licence: Licence) -> None:
    as_person(page, "jianguan", f"/supervision/pushes/{push.number}/")
    page.get_by_role("link", name="反馈监管结果").last.click()
    form = page.locator("form.sheet")
    expect(form.get_by_label("证照编号")).to_have_value(licence.number)
    form.get_by_label("反馈种类").select_option(label="吊销许可证件")
    form.get_by_label("日期").fill("2026-03-03")
    form.get_by_label("执法人员一").fill("张三丰")
    form.get_by_label("执法人员二").fill("李四光")
    form.get_by_label("情况").fill("经查，使用过期原料，情节严重。")
    check(page)
    form.get_by_role("button", name="登记反馈").click()
    page.get_by_role("dialog").get_by_role("button", name="登记").click()
    # The number of the penalty was forgotten: said beside the field, and nothing typed is lost.
    expect(page.locator("form.sheet")).to_contain_text("请填写决定书文号。")
    expect(form.get_by_label("情况")).to_have_value("经查，使用过期原料，情节严重。")
    form.get_by_label("决定书文号").fill("莱市监罚〔2026〕12号")
    form.get_by_role("button", name="登记反馈").click()
    page.get_by_role("dialog").get_by_role("button", name="登记").click()
    expect(page.locator("main")).to_contain_text(f"证照{licence.number}已吊销")
    assert (Licence.objects.get(pk=licence.pk).state, state_of(push)) == ("forfeited", "followed_up")
    shot(page, "regulator-forfeited-hall")
    check(page)


def _answered(page, licence: Licence) -> None:
    as_person(page, "shencha", "/supervision/feedback/")
    page.get_by_role("link", name="吊销许可证件").click()
    form = page.locator("#acts form")
    form.get_by_label("采纳", exact=True).check()
    form.get_by_label("立案事由").select_option(index=4)
    form.get_by_label("依据和理由").fill("吊销属实，办理注销。")
    form.get_by_role("button", name="答复").click()
    page.wait_for_url("**/cases/**")
    case = Case.objects.get(purpose="cancellation")
    assert (case.ex_officio.ground, FollowUp.objects.get().opened_case) == ("cancel_4", case)
    expect(page.locator("main")).to_contain_text("监管部门对该申请人的反馈")
    check(page)
    assert not Case.objects.filter(purpose="revocation").exists()
    assert licence.number in page.content()
