"""案卷抽查 in a browser: a supervisor states and draws, a reviewer scores, the bureau mends, the reviewer closes."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from laiyang_approval.kernel.models import User
from supervision.commands.review_checklist import load_review_checklist
from supervision.models import CaseReview, ReviewFile
from tests.factories import cases as make
from tests.windows.hall_setup import load_everything
from windows.demo.people import load_demo_accounts

from .looking import HALL, PHONE, check, look, shot
from .test_main_job import MONDAY, _act_done, hand
from .test_suspended_case import as_person

__all__ = ["hand"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_drawn_scored_mended_and_closed(page, hand):
    load_everything()
    load_review_checklist()
    load_demo_accounts()
    names = {"clerk": "chuangkou", "reviewer": "shencha", "decider": "juzhang"}
    people = SimpleNamespace(**{role: User.objects.get(username=name) for role, name in names.items()})
    case = make.granted(people, at=MONDAY)
    page.set_viewport_size(HALL)
    page.set_default_timeout(20_000)

    hand(MONDAY + timedelta(days=1))
    _stated_and_drawn(page)
    file = ReviewFile.objects.get()
    # The first of those named handled the case and is passed over.
    assert (file.case, file.reviewer.username) == (case, "shencha2")

    hand(MONDAY + timedelta(days=2))
    as_person(page, "shencha2", "/supervision/review-files/")
    page.get_by_role("link", name=case.edition.name).click()
    _scored(page)
    look(page, name="review-scored")

    hand(MONDAY + timedelta(days=3))
    page.set_viewport_size(PHONE)
    as_person(page, "juzhang", "/supervision/review-files/")
    expect(page.get_by_role("row").nth(1)).to_contain_text("整改中")
    page.get_by_role("link", name=case.edition.name).click()
    page.get_by_label("整改情况").fill("已补送达回证，注明日期。")
    check(page, touch=True)
    shot(page, "review-mending-phone")
    page.get_by_role("button", name="提交整改情况").click()
    _act_done(page, "整改情况已提交，等待复查。")

    hand(MONDAY + timedelta(days=4))
    page.set_viewport_size(HALL)
    as_person(page, "shencha2", f"/supervision/review-files/{file.pk}/")
    expect(page.locator(".case-deadlines")).to_contain_text("2026-03-12")
    page.get_by_label("整改到位，销号").check()
    page.get_by_label("复查情况").fill("送达回证已在卷。")
    page.get_by_role("button", name="登记复查结果").click()
    _act_done(page, "复查结果已登记。")
    assert ReviewFile.objects.get().state == "closed"

    as_person(page, "jiandu", f"/supervision/reviews/{file.review.number}/")
    expect(page.locator("main")).to_contain_text("整改销号")
    expect(page.locator(".figures").first).to_contain_text("94")
    look(page, name="review-results")


def _stated_and_drawn(page) -> None:
    as_person(page, "jiandu", "/supervision/reviews/")
    page.get_by_role("link", name="新的抽查").click()
    page.get_by_label("决定日期自").fill("2026-03-01")
    page.get_by_label("决定日期至").fill("2026-03-03")
    page.get_by_label("种子来源").fill("双色球第2026025期开奖号码")
    page.get_by_role("button", name="冻结总体").click()
    page.get_by_role("dialog").get_by_role("button", name="冻结").click()
    expect(page.locator("main")).to_contain_text("共1件")
    page.get_by_label("种子", exact=True).fill("03 11 17 22 28 33＋09")
    for name in ("隋志远", "左文慧"):
        page.get_by_label(name).check()
    shot(page, "review-draw-hall")
    page.get_by_role("button", name="抽取案卷").click()
    page.get_by_role("dialog").get_by_role("button", name="抽取").click()
    _act_done(page, "已抽取。")
    assert CaseReview.objects.get().seed == "03 11 17 22 28 33＋09"


def _scored(page) -> None:
    form = page.locator("#score form")
    items = form.locator(".review-item")
    for place in range(items.count()):
        items.nth(place).get_by_label("符合", exact=True).check()
    proof = items.filter(has_text="送达回证")
    proof.get_by_label("不符合", exact=True).check()
    form.get_by_role("button", name="登记评查结果").click()
    page.get_by_role("dialog").get_by_role("button", name="登记").click()
    expect(page.locator("#score")).to_contain_text("请写明问题")
    proof.get_by_label("的问题").fill("没有送达回证。")
    form.get_by_label("评查意见和整改要求").fill("补齐送达回证。")
    shot(page, "review-scoring-hall")
    form.get_by_role("button", name="登记评查结果").click()
    page.get_by_role("dialog").get_by_role("button", name="登记").click()
    _act_done(page, "评查结果已登记。")
    expect(page.locator(".case-deadlines")).to_contain_text("2026-03-18")
