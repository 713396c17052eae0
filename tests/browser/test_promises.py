"""告知承诺 and 容缺受理 in a browser: from the counter to the check that finds it false, and from the counter to the last paper."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.crypto import query_code_hmac
from laiyang_approval.kernel.models import User
from tests.factories import cases as make
from tests.windows.hall_setup import edition_of, load_everything
from windows.commands.delivery import issue_certificate
from windows.demo.people import load_demo_accounts
from windows.models import Case, Licence

from .looking import HALL, PHONE, check, look, shot
from .test_main_job import MONDAY, _act_done, _render_letters, _state, hand
from .test_suspended_case import as_person, opened

__all__ = ["hand"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CODE = "ABCDEFGH"


@pytest.fixture
def hall(page):
    load_everything()
    load_demo_accounts()
    page.set_viewport_size(HALL)
    page.set_default_timeout(20_000)
    return page


def at_the_counter(page, place: int) -> None:
    """The food licence of the usual restaurant, every paper there but the one at ``place``."""
    as_person(page, "chuangkou", "/hall/?matter=SJ-04")
    form = page.locator("#counter-form")
    for field, text in (
        ("id_number", make.RESTAURANT.id_number),
        ("name", make.RESTAURANT.name),
        ("legal_representative", make.RESTAURANT.legal_representative),
        ("phone", make.RESTAURANT.phone),
        ("address", make.RESTAURANT.address),
        ("premises", make.RESTAURANT.address),
        ("request", "热食类食品制售"),
    ):
        form.locator(f"[name={field}]").fill(text)
    missing = list(edition_of("SJ-04").materials.all())[place]
    page.locator("[data-checklist] input[type=radio]").first.focus()
    page.keyboard.press("0")
    page.locator(f"[name=m{missing.pk}-status][value=missing]").check(force=True)
    expect(page.locator(".counter-suggestion")).to_contain_text("建议：容缺受理")


def signed(page, paper: str) -> None:
    """The paper is printed, read and signed, and the clerk says so."""
    with page.context.expect_page() as opening:
        page.get_by_role("button", name=paper).click()
    sheet = opening.value
    expect(sheet.locator("h1")).to_have_text(paper)
    expect(sheet.locator("article")).to_contain_text(make.RESTAURANT.name)
    for name, size in (("hall", HALL), ("phone", PHONE)):
        sheet.set_viewport_size(size)
        shot(sheet, f"paper-{paper}-{name}")
        check(sheet)
    sheet.close()
    page.get_by_label("申请人已阅读并签署").check()


def on_the_phone(page, case: Case, headline: str, name: str) -> None:
    """What the applicant reads with number and code."""
    page.context.clear_cookies()
    page.set_viewport_size(PHONE)
    page.goto("/status/")
    page.get_by_label("受理编号").fill(case.number)
    page.get_by_label("查询码").fill(CODE)
    page.get_by_role("button", name="查询").click()
    expect(page.locator("h1")).to_have_text(headline)
    check(page, touch=True)
    shot(page, name)


def case_with_code() -> Case:
    case = Case.objects.get()
    Case.objects.filter(pk=case.pk).update(query_code_hmac=query_code_hmac(CODE))
    return case


def test_a_commitment_from_the_counter_to_the_check_that_finds_it_false(hall, hand):
    page = hall
    at_the_counter(page, 4)
    page.get_by_role("button", name="告知承诺", exact=True).click()
    # Nothing is taken in before the paper is signed: the page opens the part where that is said.
    expect(page.locator("[data-promise]")).to_have_attribute("open", "")
    expect(page.locator("[name=promise_by]")).to_have_value("邹念慈")
    signed(page, "告知承诺书")
    page.locator("[name=credit_source]").fill("信用中国（山东）")
    page.locator("[name=credit_result]").select_option("clear")
    shot(page, "promise-counter-hall")
    check(page)
    page.get_by_role("button", name="告知承诺", exact=True).click()
    page.wait_for_url(re.compile(r"/hall/results/"))
    expect(page.locator("main")).to_contain_text("申请人已签署告知承诺书，请即转决定人当场决定")
    case = case_with_code()
    assert (case.state, case.by_commitment) == ("received", True)
    on_the_phone(
        page, case, "您的材料已于2026年3月2日收到，告知承诺书已经签署，等待当场决定。", "promise-status-waiting-phone"
    )

    page.set_viewport_size(HALL)
    as_person(page, "juzhang", "/inbox/at-once/")
    page.get_by_role("row").filter(has_text=case.number).get_by_role("link", name=case.number).click()
    form = opened(page, "按告知承诺准予")
    expect(form.get_by_label("许可内容")).to_have_value("热食类食品制售")
    shot(page, "promise-decision-hall")
    form.get_by_role("button", name="按告知承诺准予").click()
    _act_done(page, "已按告知承诺准予许可，受理通知书和决定书正在生成。")
    assert _state(case.number) == "granted"
    hand(MONDAY + timedelta(hours=2))
    issue_certificate(case.number, actor=User.objects.get(username="chujian"), at=clock.now())
    _render_letters()
    on_the_phone(page, case, "准予许可，证件已经制成，等待领取或送达。", "promise-status-issued-phone")

    _found_false(page, hand, case.number)
    on_the_phone(page, case, "准予许可，证件已经制成，等待领取或送达。", "promise-status-rectifying-phone")
    expect(page.locator(".status-now")).to_contain_text("请按责令限期整改通知书在2026年3月25日前整改，并接受复查")
    # Ten working days after the order of 2026-03-11 end on 2026-03-25.
    hand(MONDAY + timedelta(days=24))
    page.set_viewport_size(HALL)
    _checked(page, case.number, "与承诺不符", "复查：仍没有进货查验记录。")
    _act_done(page, "核查已登记：承诺不实，应当撤销。")
    look(page, name="promise-check-broken")

    as_person(page, "shencha", f"/cases/{case.number}/")
    page.get_by_role("link", name="到证照页立案撤销").click()
    licence = Licence.objects.get(case=case)
    expect(page.locator("h1")).to_have_text(licence.title)
    page.locator("#acts details").filter(has_text="撤销许可立案").locator("summary").click()
    form = page.locator(f"form[action='/licences/{licence.pk}/acts/open_revocation/']")
    form.locator("[name=ground]").select_option("broken_promise")
    form.locator("[name=facts]").fill("复查仍没有进货查验记录。")
    form.get_by_role("button", name="撤销许可立案").click()
    _act_done(page, "已立案，由您审查。")
    assert Case.objects.get(subject_licence=licence).ex_officio.ground == "broken_promise"


def _found_false(page, hand, number: str) -> None:
    """The supervising department, on its own page, a week later: false, and an order to mend it."""
    hand(MONDAY + timedelta(days=9))
    page.set_viewport_size(PHONE)
    as_person(page, "jianguan", "/post-checks/")
    page.get_by_role("link", name=number).click()
    expect(page.locator("#state")).to_contain_text("核查期限2个月（风险较高），至2026年5月6日")
    form = page.locator("#acts form")
    form.get_by_label("与承诺不符").check()
    form.get_by_label("核查情况").fill("现场没有进货查验记录。")
    form.get_by_role("button", name="登记").click()
    expect(form.locator("..")).to_contain_text("核查须有两人以上")
    form.get_by_label("另一名核查人员").fill("初建国")
    form.get_by_label("整改通知书送达方式").select_option("direct")
    form.get_by_label("签收人").fill("邹念慈")
    check(page, touch=True)
    shot(page, "promise-check-phone")
    form.get_by_role("button", name="登记").click()
    _act_done(page, "核查已登记：责令整改，待复查。")
    expect(page.locator("#state")).to_contain_text("整改期限至2026年3月25日")
    _render_letters()
    page.reload()
    expect(page.get_by_role("link", name="责令限期整改通知书")).to_be_visible()


def _checked(page, number: str, outcome: str, text: str) -> None:
    as_person(page, "jianguan", f"/post-checks/{number}/")
    form = page.locator("#acts form")
    form.get_by_label(outcome).check()
    form.get_by_label("核查情况").fill(text)
    form.get_by_label("另一名核查人员").fill("初建国")
    form.get_by_role("button", name="登记").click()


def test_deferred_papers_from_the_counter_to_the_last_one(hall, hand):
    page = hall
    at_the_counter(page, 2)
    page.get_by_role("button", name=re.compile("^容缺受理( |$)")).click()
    signed(page, "容缺受理承诺书")
    page.get_by_role("button", name=re.compile("^容缺受理( |$)")).click()
    page.wait_for_url(re.compile(r"/hall/results/"))
    expect(page.locator("main")).to_contain_text("请把受理通知书、容缺受理通知书交申请人")
    case = case_with_code()
    look(page, name="deferral-result", touch=False)
    on_the_phone(page, case, "您的申请已容缺受理（2026年3月2日），等待审查。", "deferral-status-phone")
    expect(page.locator(".status-next")).to_contain_text("请在2026年3月9日前把法定代表人（负责人）身份证明交到收件窗口")

    hand(MONDAY + timedelta(days=1))
    page.set_viewport_size(HALL)
    as_person(page, "shencha", f"/cases/{case.number}/")
    page.get_by_role("button", name="领取审查").click()
    _act_done(page, "已领取，由您审查。")
    acts = page.locator("#acts")
    acts.get_by_text("登记信用查询", exact=True).first.click()
    acts.get_by_label("无不良信息").check()
    acts.get_by_role("button", name="登记信用查询").click()
    _act_done(page, "信用查询已登记。")
    expect(acts).to_contain_text(
        "还有1项容缺材料未补齐（法定代表人（负责人）身份证明，2026年3月9日前）；补齐后即可办理。"
    )

    hand(MONDAY + timedelta(days=2))
    as_person(page, "chuangkou", f"/cases/{case.number}/")
    form = opened(page, "登记容缺材料")
    form.get_by_label(re.compile("法定代表人（负责人）身份证明")).check()
    form.get_by_role("button", name="登记容缺材料").click()
    _act_done(page, "容缺材料已登记，接收凭证正在生成。")
    _render_letters()
    page.reload()
    expect(page.locator("#letters")).to_contain_text("容缺材料接收凭证")
    as_person(page, "shencha", f"/cases/{case.number}/")
    expect(page.locator("#acts").get_by_role("button", name="提交审查意见")).to_be_enabled()
