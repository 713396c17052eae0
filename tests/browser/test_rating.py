"""A citizen rates on a phone: the receipt's QR code, five large choices, why, the answer of the desk, and whether it satisfies."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from laiyang_approval.kernel.crypto import token_digest
from laiyang_approval.kernel.models import User
from supervision.models import Rectification, ServiceRating
from tests.factories import cases as make
from tests.windows.hall_setup import load_everything
from windows.demo.people import load_demo_accounts
from windows.models import Case

from .looking import HALL, PHONE, check, shot
from .test_main_job import MONDAY, hand
from .test_suspended_case import as_person

__all__ = ["hand"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TOKEN = "t" * 22


def test_a_bad_rating_on_a_phone_is_called_back_and_answered(page, hand):
    load_everything()
    load_demo_accounts()
    accounts = {"clerk": "chuangkou", "reviewer": "shencha", "decider": "juzhang", "issuer": "chujian"}
    people = SimpleNamespace(**{role: User.objects.get(username=name) for role, name in accounts.items()})
    case = make.delivered(people, at=MONDAY)
    Case.objects.filter(pk=case.pk).update(query_token_hash=token_digest(TOKEN))
    page.set_default_timeout(20_000)

    hand(MONDAY + timedelta(days=1))
    page.set_viewport_size(PHONE)
    page.goto(f"/status/#{TOKEN}")
    page.get_by_role("link", name="评价这次服务").click()
    delivery = page.locator("#service-2")
    expect(delivery).to_contain_text("送达")
    expect(delivery.get_by_text("办得慢、等得久")).to_be_hidden()
    delivery.get_by_label("不满意", exact=True).check()
    delivery.get_by_label("办得慢、等得久").check()
    check(page, touch=True)
    shot(page, "rating-phone")
    delivery.get_by_role("button", name="提交评价").click()
    expect(delivery).to_contain_text("您的评价已转办理机关")
    expect(delivery).to_contain_text("最迟于2026年3月4日与您联系")
    check(page, touch=True)
    shot(page, "rated-phone")
    rating = ServiceRating.objects.get()
    assert (rating.level, rating.channel, rating.reasons) == ("dissatisfied", "qr", ["slow"])

    page.set_viewport_size(HALL)
    as_person(page, "shencha", "/supervision/ratings/")
    page.get_by_role("link", name="不满意").click()
    page.get_by_label("联系情况").fill("电话联系，等候40分钟属实。")
    check(page)
    shot(page, "rating-desk-hall")
    page.locator("form").get_by_role("button", name="登记联系情况").click()
    page.locator("summary", has_text="登记处理结果").click()
    page.get_by_label("情况属实，已经改正").check()
    page.get_by_label("给评价人的答复").fill("周一上午增开一个出件窗口。")
    page.locator("form").get_by_role("button", name="登记处理结果").click()
    expect(page.get_by_text("已答复，评价人可以看到。")).to_be_visible()

    page.context.clear_cookies()
    page.set_viewport_size(PHONE)
    page.goto(f"/rate/#{TOKEN}")
    expect(delivery).to_contain_text("周一上午增开一个出件窗口。")
    delivery.get_by_label("满意", exact=True).check()
    check(page, touch=True)
    shot(page, "rating-answered-phone")
    delivery.get_by_role("button", name="提交").click()
    expect(delivery).to_contain_text("您对处理结果：满意。")
    assert Rectification.objects.get().revisit_satisfied is True
