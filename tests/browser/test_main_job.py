"""The main job in a browser: a clerk takes in 食品经营许可, it is reviewed, granted, made out and served, and the citizen follows it on a phone.

With TOUR_DIR set, the pictures of docs/tour.md are written on the way.
"""

import os
import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.jobs import run_due_jobs
from tests.windows.hall_setup import load_everything
from windows.demo.people import demo_password, load_demo_accounts
from windows.models import Case, CaseEvent, Letter, Licence

from .looking import HALL, PHONE, check
from .pages import verify_path

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: A Monday, 09:30 in Shanghai.
MONDAY = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
RESTAURANT_CODE = "91370682MA00000A9M"


@pytest.fixture
def hand(monkeypatch):
    """The hand of the clock: call it with a moment, and it is that moment everywhere."""
    moment = [MONDAY]
    monkeypatch.setattr(clock, "now", lambda: moment[0])

    def move(to: datetime) -> None:
        moment[0] = to

    return move


@pytest.fixture
def desks(browser, live_server):
    """Browsers of their own for each person; afterwards nothing foreign was asked, no policy broken, no script failed.

    The one complaint a browser makes on the way is its own line about the 403 of the page that asks for the password again.
    """
    offences: list[str] = []
    own = (live_server.url, "data:", "blob:", "about:")
    open_now = []

    @contextmanager
    def desk(size=HALL):
        context = browser.new_context(
            base_url=live_server.url, viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", accept_downloads=True
        )
        open_now.append(context)
        context.on("request", lambda request: None if request.url.startswith(own) else offences.append(request.url))
        context.on("weberror", lambda error: offences.append(str(error.error)))
        context.on("console", lambda said: offences.append(said.text) if said.type in {"error", "warning"} else None)
        page = context.new_page()
        page.set_default_timeout(20_000)
        try:
            yield page
        finally:
            context.close()
            open_now.remove(context)

    yield desk
    for context in open_now:
        context.close()
    assert offences == ["Failed to load resource: the server responded with a status of 403 (Forbidden)"]


def _picture(page, name: str) -> None:
    if folder := os.environ.get("TOUR_DIR"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.mouse.move(0, 0)
        page.screenshot(path=Path(folder) / f"{name}.png")


def _sign_in(page, username: str) -> None:
    """As a person does: the log-in page, name, password, Enter."""
    page.goto("/login/")
    page.get_by_label("登录名").fill(username)
    page.get_by_label("密码").fill(demo_password())
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login/" not in address)


def _render_letters() -> None:
    """What the worker does when its bell rings."""
    run_due_jobs(at=clock.now())
    assert set(Letter.objects.values_list("state", flat=True)) == {Letter.State.RENDERED}


def _state(number: str) -> str:
    return Case.objects.values_list("state", flat=True).get(number=number)


def _act_done(page, sentence: str) -> None:
    expect(page.get_by_role("status").filter(has_text=sentence).or_(page.get_by_text(sentence)).first).to_be_visible()


def test_the_main_job_from_the_counter_to_the_citizens_phone(desks, hand):
    load_everything()
    load_demo_accounts()

    with desks() as page:
        number, code = _clerk_takes_it_in(page)
    hand(MONDAY + timedelta(days=1))
    with desks() as page:
        _reviewer_gives_an_opinion(page, number)
    hand(MONDAY + timedelta(days=2))
    with desks() as page:
        _decider_grants(page, number, hand)
    hand(MONDAY + timedelta(days=3))
    with desks() as page:
        _issuing_clerk_makes_out_and_serves(page, number)
    with desks(PHONE) as page:
        _citizen_follows_it(page, number, code)

    kinds = CaseEvent.objects.filter(case__number=number).order_by("sequence").values_list("kind", flat=True)
    assert list(kinds) == [
        "received",
        "accepted",
        "review_started",
        "credit_checked",
        "opinion_submitted",
        "granted",
        "issued",
        "delivered",
    ]


def _clerk_takes_it_in(page) -> tuple[str, str]:
    """By keyboard alone, from the matter to the receipt; returns the case number and the query code."""
    _sign_in(page, "chuangkou")
    expect(page).to_have_url(re.compile(r"/hall/$"))
    page.keyboard.press("F2")
    page.keyboard.type("spjy", delay=20)
    option = page.locator("#matter-list [data-code='SJ-04']")
    expect(option).to_be_visible()
    _picture(page, "01-counter-matter")
    page.keyboard.press("Enter")
    expect(page.locator(".counter-matter")).to_contain_text("食品经营许可 SJ-04 · 法定 10个工作日 · 承诺 7个工作日")
    page.keyboard.press("F3")
    page.keyboard.type(RESTAURANT_CODE)
    expect(page.locator("[data-hint-for=id_number]")).to_contain_text("✓ 统一社会信用代码")
    for field, text in (
        ("name", "莱阳市某某餐饮店"),
        ("legal_representative", "邹念慈"),
        ("phone", "13800000000"),
        ("address", "莱阳市某某街道某某路18号"),
        ("premises", "莱阳市某某街道某某路18号"),
        ("request", "热食类食品制售"),
    ):
        page.locator(f"#counter-form [name={field}]").focus()
        page.keyboard.type(text)
    page.locator("#counter-form [name=kind]").focus()
    # Out of the fields, the figures jump into the checklist; 0 marks all that is left as complete.
    page.locator("[data-checklist] input[type=radio]").first.focus()
    page.keyboard.press("0")
    expect(page.locator("[data-panel]")).to_contain_text("材料齐全")
    expect(page.locator(".counter-suggestion")).to_contain_text("建议：受理")
    expect(page.locator(".counter-dues")).to_contain_text("承诺截止 2026-03-11 · 法定截止 2026-03-16")
    check(page)
    _picture(page, "02-counter-ready")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/hall/results/"))

    expect(page.locator("h1")).to_have_text("已受理")
    figures = page.locator(".result-number")
    number, code = figures.nth(0).inner_text(), figures.nth(1).inner_text().replace(" ", "")
    assert re.fullmatch(r"LY260302\d{5}[0-9X]", number)
    assert re.fullmatch(r"[0-9A-Z]{8}", code)
    expect(page.locator(".result-next")).to_contain_text(
        "承诺2026年3月11日前办结，法定2026年3月16日届满。请把受理通知书交申请人，案卷转审查人员。"
    )
    case = Case.objects.get(number=number)
    assert (case.state, case.matter.code, case.party.name) == ("accepted", "SJ-04", "莱阳市某某餐饮店")
    assert (str(case.promised_due_on), str(case.statutory_due_on)) == ("2026-03-11", "2026-03-16")
    assert set(case.letters.values_list("state", flat=True)) == {"queued"}, "受理不等文书"
    _render_letters()
    expect(page.get_by_role("link", name=re.compile("打印.*申请材料接收凭证"))).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("打印.*受理通知书"))).to_be_visible()
    check(page)
    _picture(page, "03-accepted")
    page.reload()
    expect(page.locator(".result-number")).to_have_count(1)
    return number, code


def _reviewer_gives_an_opinion(page, number: str) -> None:
    _sign_in(page, "shencha")
    expect(page.locator("h1")).to_have_text("待审查")
    row = page.get_by_role("row").filter(has_text=number)
    expect(row).to_contain_text("食品经营许可")
    expect(row).to_contain_text("剩6个工作日")
    _picture(page, "04-inbox")
    row.get_by_role("link", name=number).click()
    page.get_by_role("button", name="领取审查").click()
    _act_done(page, "已领取，由您审查。")
    assert _state(number) == "in_review"
    acts = page.locator("#acts")
    acts.get_by_text("登记信用查询", exact=True).first.click()
    acts.get_by_label("无不良信息").check()
    acts.get_by_role("button", name="登记信用查询").click()
    _act_done(page, "信用查询已登记。")
    acts.get_by_label("建议准予").check()
    acts.get_by_label("审查意见").fill("材料齐全，经营场所布局、设备符合食品安全要求，建议准予。")
    check(page)
    _picture(page, "05-opinion")
    # A page that is loaded again, or a session that ended, loses no word.
    expect(acts.get_by_role("status")).to_contain_text("已留在本页")
    page.reload()
    expect(acts.get_by_label("审查意见")).to_have_value("材料齐全，经营场所布局、设备符合食品安全要求，建议准予。")
    expect(acts.get_by_label("建议准予")).to_be_checked()
    acts.get_by_role("button", name="提交审查意见").click()
    _act_done(page, "审查意见已提交，待决定。")
    assert _state(number) == "pending_decision"
    expect(page.locator("#acts")).not_to_contain_text("建议准予")


def _decider_grants(page, number: str, hand) -> None:
    _sign_in(page, "juzhang")
    expect(page.locator("h1")).to_have_text("待决定")
    page.get_by_role("row").filter(has_text=number).get_by_role("link", name=number).click()
    expect(page.locator("#opinions")).to_contain_text("建议准予")
    # Later than the password is good for: the decision asks for it again, and keeps what was typed.
    hand(clock.now() + timedelta(minutes=20))
    acts = page.locator("#acts")
    acts.get_by_text("准予许可", exact=True).first.click()
    acts.get_by_label("许可内容").fill("主体业态：餐饮服务经营者；经营项目：热食类食品制售")
    _picture(page, "06-decision")
    acts.get_by_role("button", name="准予许可").click()
    expect(page.locator("h1")).to_have_text("再次验证身份")
    assert _state(number) == "pending_decision"
    check(page)
    _picture(page, "07-confirm")
    page.get_by_label("登录密码").fill(demo_password())
    page.get_by_role("button", name="验证并提交").click()
    _act_done(page, "已作出准予决定，决定书正在生成。")
    assert _state(number) == "granted"
    _render_letters()
    page.reload()
    expect(page.locator("#decision")).to_contain_text("主体业态：餐饮服务经营者；经营项目：热食类食品制售")
    expect(page.locator("#letters")).to_contain_text("准予行政许可决定书")
    check(page)
    _picture(page, "08-granted")


def _issuing_clerk_makes_out_and_serves(page, number: str) -> None:
    _sign_in(page, "chujian")
    expect(page.locator("h1")).to_have_text("待出件")
    page.get_by_role("row").filter(has_text=number).get_by_role("link", name=number).click()
    page.get_by_role("button", name="制发证件").click()
    _act_done(page, "证件已编号用印，正在生成。")
    assert _state(number) == "issued"
    _render_letters()
    page.reload()
    expect(page.locator("#letters")).to_contain_text("食品经营许可证")
    acts = page.locator("#acts")
    if not acts.get_by_label("签收人").is_visible():
        acts.get_by_text("登记送达", exact=True).first.click()
    acts.get_by_label("送达方式").select_option("direct")
    acts.get_by_label("签收人").fill("邹念慈")
    acts.get_by_label("与申请人关系").fill("本人")
    acts.get_by_label("送达地点").fill("政务服务大厅出件窗口")
    _picture(page, "09-delivery")
    acts.get_by_role("button", name="登记送达").click()
    _act_done(page, "送达已登记，本件办结。")
    assert _state(number) == "delivered"
    check(page)
    _picture(page, "10-delivered")
    _render_letters()


def _citizen_follows_it(page, number: str, code: str) -> None:
    page.goto("/")
    _picture(page, "11-phone-home")
    page.goto("/status/")
    page.get_by_label("受理编号").fill(number)
    page.get_by_label("查询码").fill(code)
    page.get_by_role("button", name="查询").click()
    expect(page.locator("h1")).to_have_text("本件已经办结并送达。")
    expect(page.locator("main")).to_contain_text("本件已经结束，不再计时。")
    milestones = page.locator(".timeline-label").all_inner_texts()
    assert milestones == ["收到材料", "受理", "作出决定", "制成证件", "送达"]
    check(page)
    _picture(page, "12-phone-status")
    page.get_by_role("link", name="查看和下载文书").click()
    expect(page.locator("h1")).to_have_text("文书")
    check(page)
    _picture(page, "13-phone-letters")
    link = page.get_by_role("link", name=re.compile("打开.*食品经营许可证"))
    answer = page.request.get(link.get_attribute("href"))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.body().startswith(b"%PDF-")

    licence = Licence.objects.select_related("letter").get(case__number=number)
    page.goto(verify_path(licence.letter))
    expect(page.locator(".verify-result")).to_contain_text("证照真实、有效。")
    expect(page.locator(".verify")).to_contain_text(licence.number)
    expect(page.locator(".verify")).to_contain_text("2031年3月3日")
    expect(page.locator(".verify")).not_to_contain_text(RESTAURANT_CODE)
    check(page)
    _picture(page, "14-phone-verify")
