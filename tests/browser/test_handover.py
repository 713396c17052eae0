"""A department's matters are handed over with three signatures, and on the day the bureau accepts the first case of them."""

import re
from datetime import date, datetime, timedelta

from playwright.sync_api import expect

from laiyang_approval.kernel.models import User
from matters import queries as catalogue
from tests.factories import cases as make
from tests.factories import transfers as hands
from tests.windows.hall_setup import load_everything
from transfers import queries
from transfers.commands.items import activate_item, assess_item
from transfers.commands.loading import load_transfers
from transfers.domain.inventories import Inventory
from transfers.models import TransferItem
from windows.demo.people import load_demo_accounts
from windows.models import Case

from .looking import HALL, check, shot
from .test_main_job import _act_done, hand  # noqa: F401  (a fixture)
from .test_suspended_case import as_person

#: Monday 2026-03-02; the powers move on Tuesday of the next week.
EFFECTIVE = date(2026, 3, 10)
SECOND = "JY-02"


def test_one_department_hands_over_and_the_bureau_accepts(page, hand):  # noqa: F811
    load_everything()
    load_demo_accounts()
    load_transfers(at=make.MONDAY)
    page.set_viewport_size(HALL)
    page.set_default_timeout(20_000)
    hand(make.MONDAY)
    first, second = (TransferItem.objects.get(matter__code=code) for code in ("JY-01", SECOND))
    handover = f"/transfers/batches/{first.batch_id}/JY/"
    _the_second_is_set_going(second)

    _office_sets_the_first_going(page, first)
    _giver_draws_up_the_lists(page, first, second)
    for name, party in (("jiaotong", "移交方"), ("shixiang", "接收方"), ("xietiao", "监交方")):
        _signs(page, name, party, handover)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("handed_over", "handed_over")
    _office_completes(page, handover)

    matter = catalogue.matter_by_code("JY-01")
    assert [catalogue.authority_on(matter, day, "accept").department.code for day in (date(2026, 3, 9), EFFECTIVE)] == [
        "JY",
        "SP",
    ]
    assert queries.differences_on(EFFECTIVE) == []
    hand(datetime.combine(EFFECTIVE, make.MONDAY.timetz()) + timedelta(hours=1))
    _bureau_accepts(page)
    # Anybody can read it.
    page.context.clear_cookies()
    page.goto("/matters/JY-01/competence/?on=2026-03-09")
    expect(page.locator("main")).to_contain_text("莱阳市交通运输局受理、决定、用印。")
    page.get_by_label("哪一天").fill("2026-03-10")
    page.get_by_role("button", name="查这一天").click()
    expect(page.locator("main")).to_contain_text("莱阳市行政审批服务局受理、决定、用印。")
    check(page)


def _the_second_is_set_going(item: TransferItem) -> None:
    office = User.objects.get(username="xietiao")
    activate_item(item.pk, evidence=hands.EVIDENCE, actor=office, at=make.MONDAY)
    assess_item(item.pk, assessment=hands.ASSESSMENT, actor=office, at=make.MONDAY)


def _office_sets_the_first_going(page, item: TransferItem) -> None:
    as_person(page, "xietiao", "/transfers/")
    expect(page.locator(".transfer-sum")).to_contain_text("133")
    page.get_by_role("link", name="莱阳市交通运输局").click()
    page.get_by_role("link", name=item.matter.name, exact=True).click()
    expect(page.locator("h1")).to_have_text(item.matter.name)
    acts = page.locator("#acts")
    acts.get_by_text("启动划转", exact=True).first.click()
    acts.get_by_label("条件已经具备的依据").fill(hands.EVIDENCE)
    acts.get_by_role("button", name="启动划转").click()
    _act_done(page, "已列入计划；请登记政策风险评估。")
    acts.get_by_text("登记风险评估", exact=True).first.click()
    acts.get_by_label("评估日").fill("2026-03-02")
    acts.get_by_label("评估单位").fill("市司法局")
    acts.get_by_label("评估意见").fill("不涉及重大公共安全，可以划转。")
    acts.get_by_role("button", name="登记风险评估").click()
    _act_done(page, "风险评估已登记。")
    check(page)


def _giver_draws_up_the_lists(page, *items: TransferItem) -> None:
    as_person(page, "jiaotong", "/transfers/")
    for item in items:
        page.goto(f"/transfers/items/{item.pk}/")
        acts = page.locator("#acts")
        acts.get_by_role("button", name="按系统登记列出事项和在办件").click()
        _act_done(page, "已列出事项和在办件，请核对。")
        if item.matter.code == SECOND:
            wanted = (Inventory.PEOPLE, Inventory.ARCHIVES, Inventory.ASSETS)
        else:
            wanted = (Inventory.PEOPLE, Inventory.ARCHIVES)
            acts.get_by_text("登记一行", exact=True).first.click()
            acts.locator("#line-inventory").select_option("assets")
            acts.locator("#line-description").fill("道路运输经营许可证（空白）")
            acts.locator("#line-number_from").fill("鲁交000101")
            acts.locator("#line-number_to").fill("鲁交000200")
            acts.locator("#line-missing_numbers").fill("000115")
            acts.locator("#line-missing_explained").fill("2017年作废，销毁记录第3号")
            acts.get_by_role("button", name="登记一行").click()
            _act_done(page, "已登记一行。")
        for inventory in wanted:
            acts.get_by_text("登记为“无”", exact=True).first.click()
            acts.locator("#nothing-inventory").select_option(inventory.value)
            acts.get_by_role("button", name="登记为“无”").click()
            _act_done(page, "已登记为“无”。")
    expect(page.locator("#blockers")).to_contain_text("移交方还没有签字")
    shot(page, "handover-lists-hall")


def _signs(page, name: str, party: str, handover: str) -> None:
    as_person(page, name, handover)
    page.get_by_role("button", name=f"{party}签字（2个事项）").click()
    _act_done(page, "已签字：2个事项，8行。")
    check(page)


def _office_completes(page, handover: str) -> None:
    as_person(page, "xietiao", handover)
    expect(page.locator("#acts")).to_contain_text("已交接2项，共2项。")
    # Today is too early: what was accepted this morning is the department's.
    page.get_by_label("生效日").fill("2026-03-02")
    page.get_by_role("button", name="完成划转").click()
    expect(page.locator("#acts")).to_contain_text("职权变动最早自次日起生效")
    page.get_by_label("生效日").fill(EFFECTIVE.isoformat())
    shot(page, "handover-completion-hall")
    page.get_by_role("button", name="完成划转").click()
    _act_done(page, "2个事项自2026-03-10起由莱阳市行政审批服务局办理。")


def _bureau_accepts(page) -> None:
    as_person(page, "chuangkou", "/hall/?matter=JY-01")
    form = page.locator("#counter-form")
    for field, text in (
        ("id_number", make.RESTAURANT.id_number),
        ("name", "莱阳市某某客运有限公司"),
        ("legal_representative", make.RESTAURANT.legal_representative),
        ("phone", make.RESTAURANT.phone),
        ("address", make.RESTAURANT.address),
        ("request", "班车客运"),
    ):
        form.locator(f"[name={field}]").fill(text)
    page.locator("[data-checklist] input[type=radio]").first.focus()
    page.keyboard.press("0")
    expect(page.locator(".counter-suggestion")).to_contain_text("建议：受理")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/hall/results/"))
    expect(page.locator("h1")).to_have_text("已受理")
    case = Case.objects.get(matter__code="JY-01")
    assert (case.handling_department.code, case.deciding_department.code, case.accepted_on) == ("SP", "SP", EFFECTIVE)
