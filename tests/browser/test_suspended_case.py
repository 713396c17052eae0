"""A suspended case in a browser: asked for, approved, served; the clock stands still on desk and phone, and runs again."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from laiyang_approval.kernel.crypto import query_code_hmac
from laiyang_approval.kernel.models import User
from tests.factories import cases as make
from tests.factories import clock as tick
from tests.windows.hall_setup import load_everything
from windows.demo.people import load_demo_accounts
from windows.models import Case

from .looking import HALL, PHONE, check, shot
from .test_main_job import MONDAY, _act_done, _sign_in, _state, hand

__all__ = ["hand"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def as_person(page, username: str, address: str) -> None:
    page.context.clear_cookies()
    _sign_in(page, username)
    page.goto(address)


def opened(page, act: str):
    """The form of an act on the case page, opened as a person does."""
    details = page.locator("#acts details").filter(has=page.get_by_text(act, exact=True))
    details.locator("summary").click()
    return details


def test_an_expert_review_from_the_request_to_its_result(page, hand):
    load_everything()
    load_demo_accounts()
    people = {name: User.objects.get(username=name) for name in ("chuangkou", "shencha")}
    case = make.in_review(
        SimpleNamespace(clerk=people["chuangkou"], reviewer=people["shencha"]), code=tick.REVIEWED, at=MONDAY
    )
    Case.objects.filter(pk=case.pk).update(query_code_hmac=query_code_hmac("ABCDEFGH"))
    desk = f"/cases/{case.number}/"

    hand(MONDAY + timedelta(days=7))
    as_person(page, "shencha", desk)
    form = opened(page, "提出特别程序")
    form.get_by_label("特别程序").select_option(label="专家评审（指南已列）")
    form.get_by_label("依法需要该程序的条款").fill(tick.BASIS)
    form.get_by_label("事由").fill("能耗计算与同类项目差异较大")
    form.get_by_label("所需工作日").fill("9")
    form.get_by_role("button", name="提出特别程序").click()
    _act_done(page, "已提出，待负责人批准；告知书送达以前照常计时。")
    assert _state(case.number) == "in_review"

    as_person(page, "juzhang", "/approvals/")
    page.get_by_role("row").filter(has_text="专家评审，需9个工作日").get_by_role("link").click()
    form = opened(page, "批复特别程序")
    form.get_by_label("批准", exact=True).check()
    form.get_by_role("button", name="批复特别程序").click()
    _act_done(page, "批复已登记。")
    assert _state(case.number) == "in_review"

    as_person(page, "shencha", desk)
    form = opened(page, "登记特别程序告知送达")
    form.get_by_label("签收人").fill("路志远")
    form.get_by_role("button", name="登记特别程序告知送达").click()
    _act_done(page, "送达已登记，自送达次日起暂停计时。")
    assert _state(case.number) == "suspended"

    hand(MONDAY + timedelta(days=10))
    as_person(page, "shencha", desk)
    expect(page.locator(".case-deadlines")).to_contain_text("暂停计时")
    expect(page.locator(".clock-strip-week").nth(1)).to_have_attribute(
        "aria-label", "3月9日起的一周，计入第5日，不计入4日，12日今天"
    )
    expect(page.locator("#clock")).to_contain_text("进行中，暂停计时")
    for name, size in (("hall", HALL), ("phone", PHONE)):
        page.set_viewport_size(size)
        shot(page, f"suspended-case-{name}")
        check(page, touch=name == "phone")
    page.goto("/status/")
    page.get_by_label("受理编号").fill(case.number)
    page.get_by_label("查询码").fill("ABCDEFGH")
    page.get_by_role("button", name="查询").click()
    expect(page.locator("h1")).to_have_text("您的申请正在进行专家评审，办理时限暂停计算。")
    check(page, touch=True)
    shot(page, "suspended-status-phone")

    hand(MONDAY + timedelta(days=18))
    page.set_viewport_size(HALL)
    as_person(page, "shencha", desk)
    form = opened(page, "登记特别程序结果")
    form.get_by_label("结束日期").fill("2026-03-20")
    form.get_by_label("结果", exact=True).fill("专家组评审通过。")
    form.get_by_role("button", name="登记特别程序结果").click()
    _act_done(page, "结果已登记。")
    assert _state(case.number) == "in_review"
    expect(page.locator(".case-deadlines")).to_contain_text("2026-04-13")
