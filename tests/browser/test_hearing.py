"""A hearing in a browser: told, asked for, called, held by its host, recorded; the applicant reads of it on a phone."""

from datetime import datetime
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from laiyang_approval.kernel.crypto import query_code_hmac
from laiyang_approval.kernel.models import User
from tests.factories import cases as make
from tests.factories.examination import moment
from tests.windows.hall_setup import load_everything
from windows.demo.people import load_demo_accounts
from windows.models import Case, Hearing, HearingRecord

from .looking import PHONE, check, shot
from .test_main_job import _act_done, _state, hand
from .test_suspended_case import as_person, opened

__all__ = ["hand"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def serve(page, paper: str) -> None:
    """The first paper that waits is handed over and signed for."""
    form = opened(page, "登记告知文书送达")
    form.get_by_label("文书").select_option(label=paper)
    form.get_by_label("送达方式").select_option("direct")
    form.get_by_label("签收人").fill("邹念慈")
    form.get_by_role("button", name="登记告知文书送达").click()
    _act_done(page, "送达已登记。")


def read_on_the_phone(page, number: str, sentence: str, name: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/status/")
    page.get_by_label("受理编号").fill(number)
    page.get_by_label("查询码").fill("ABCDEFGH")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_text(sentence)).to_be_visible()
    check(page, touch=True)
    shot(page, name)
    page.set_viewport_size({"width": 1366, "height": 768})


def local(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M")


def test_a_hearing_from_the_right_to_it_to_its_record(page, hand):
    hand(moment("2026-04-20"))
    load_everything()
    load_demo_accounts()
    people = {name: User.objects.get(username=name) for name in ("chuangkou", "shencha")}
    case = make.in_review(
        SimpleNamespace(clerk=people["chuangkou"], reviewer=people["shencha"]), at=moment("2026-04-20")
    )
    Case.objects.filter(pk=case.pk).update(query_code_hmac=query_code_hmac("ABCDEFGH"))
    desk, restaurant = f"/cases/{case.number}/", "莱阳市某某餐饮店"

    hand(moment("2026-04-23", 11))
    as_person(page, "shencha", desk)
    opened(page, "告知听证权利").get_by_role("button", name="告知听证权利").click()
    _act_done(page, "听证告知书正在生成，请送达并登记。")
    serve(page, f"听证告知书　{restaurant}")
    read_on_the_phone(page, case.number, "您有权要求听证：请在2026年4月30日前（含当日）", "hearing-right-phone")

    hand(moment("2026-04-24"))
    as_person(page, "shencha", desk)
    form = opened(page, "登记听证申请或放弃")
    form.get_by_label("要求听证", exact=True).check()
    form.get_by_label("提出日期").fill("2026-04-24")
    form.get_by_role("button", name="登记听证申请或放弃").click()
    _act_done(page, "已登记。")
    form = opened(page, "通知听证")
    form.get_by_label("主持人").select_option(label="修正义")
    form.get_by_label("听证时间").fill(local(moment("2026-05-10", 9)))
    form.get_by_label("听证地点").fill("政务服务大厅三楼听证室")
    form.get_by_role("button", name="通知听证").click()
    expect(page.get_by_text("2026年5月10日是休息日，听证应在工作日举行").first).to_be_visible()
    assert Hearing.objects.get().called_at is None
    form = page.locator("#acts details[open]").filter(has=page.get_by_role("button", name="通知听证"))
    form.get_by_label("听证时间").fill(local(moment("2026-05-12", 9)))
    form.get_by_role("button", name="通知听证").click()
    _act_done(page, "听证通知书正在生成，请在期限内送达并登记。")
    serve(page, f"听证通知书　{restaurant}")
    read_on_the_phone(
        page, case.number, "听证定于2026年5月12日9时00分在政务服务大厅三楼听证室公开举行", "hearing-phone"
    )

    hand(moment("2026-05-12", 11))
    as_person(page, "tingzheng", desk)
    form = opened(page, "登记听证笔录")
    form.get_by_label("开始时间").fill(local(moment("2026-05-12", 9, 5)))
    form.get_by_label("审查意见、证据和理由").fill("布局符合要求；证据为平面图。")
    form.get_by_label("申辩和质证").fill("没有异议。")
    form.get_by_label("审查人员签字").select_option(label="已签字")
    form.get_by_label("申请人（代表）签字").select_option(label="已签字")
    form.get_by_role("button", name="登记听证笔录").click()
    _act_done(page, "听证笔录已登记。")
    expect(page.locator("#heard")).to_contain_text("没有异议。")
    check(page)
    shot(page, "hearing-recorded-hall")
    assert HearingRecord.objects.get().host.username == "tingzheng"
    assert _state(case.number) == "in_review"
