"""The components in a real browser: both sizes, axe, the keyboard, elder mode, questions before acts, what is typed."""

import pytest
from django.urls import reverse

from laiyang_approval.kernel.commands.calendars import load_calendar
from laiyang_approval.kernel.commands.organisations import load_organisations
from laiyang_approval.kernel.rules import load_business_rules
from matters.commands.catalogue import load_catalogue

from .looking import HALL, PHONE, assert_no_sideways_scroll, check, look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def gallery(page):
    page.goto(reverse("component-gallery"))
    return page


@pytest.fixture
def shipped():
    load_organisations()
    load_calendar()
    load_business_rules()
    load_catalogue()


def test_every_component_in_the_public_frame(page):
    load_calendar()
    look(page, reverse("component-gallery"), "components-public")


def test_every_component_in_the_frame_of_the_workbench(page):
    load_calendar()
    look(page, f"{reverse('component-gallery')}?frame=workbench", "components-workbench")


def test_the_home_page(page, shipped):
    look(page, reverse("home"), "home")


def test_home_at_twice_the_size_does_not_scroll_sideways(page, shipped):
    page.set_viewport_size({"width": HALL["width"] // 2, "height": HALL["height"] // 2})
    page.goto(reverse("home"))
    assert_no_sideways_scroll(page)


def test_elder_mode_is_large_stays_and_passes(page, shipped):
    page.goto(reverse("home"))
    page.get_by_role("button", name="大字版").click()
    page.goto(reverse("matter-list"))
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "22px"
    for size in (HALL, PHONE):
        page.set_viewport_size(size)
        check(page)
    page.get_by_role("button", name="标准版").click()
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "16px"


def test_the_first_tab_leads_past_the_head_of_the_page(page):
    page.goto(reverse("verify"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_what_is_wrong_has_the_focus_and_leads_to_its_field(gallery):
    assert gallery.evaluate("document.activeElement.className") == "error-summary"
    gallery.get_by_role("link", name="统一社会信用代码应为18位").click()
    assert gallery.evaluate("document.activeElement.id") == "wrong_credit_code"


def test_a_closed_act_does_nothing_and_says_why(gallery):
    address = gallery.url
    button = gallery.get_by_role("button", name="准予许可")
    assert button.get_attribute("aria-disabled") == "true"
    button.click(force=True)
    assert gallery.url == address
    described = gallery.locator(f"#{button.get_attribute('aria-describedby')}").inner_text()
    assert described.startswith("不能由本人决定")


def test_an_act_that_asks_first_goes_back_without_acting_and_on_with_its_value(gallery):
    address = gallery.url
    button = gallery.locator("aside").get_by_role("button", name="不予受理")
    button.click()
    dialog = gallery.locator("dialog.confirm")
    assert "申请人将收到不予受理决定书" in dialog.inner_text()
    dialog.get_by_role("button", name="返回").click()
    dialog.wait_for(state="detached")
    assert gallery.url == address
    assert gallery.evaluate("document.activeElement.textContent").strip() == "不予受理"
    button.click()
    gallery.locator("dialog.confirm").get_by_role("button", name="确认").click()
    gallery.wait_for_url("**outcome=refuse**")


def test_a_key_presses_the_button_that_shows_it(gallery):
    gallery.locator("body").click(position={"x": 5, "y": 5})
    gallery.keyboard.press("Control+Enter")
    gallery.wait_for_url("**outcome=accept**")


def test_a_dialog_opens_and_escape_closes_it(gallery):
    opener = gallery.get_by_role("button", name="打开对话框")
    opener.click()
    assert gallery.locator("#sample-dialog").is_visible()
    gallery.keyboard.press("Escape")
    assert not gallery.locator("#sample-dialog").is_visible()


def test_what_is_typed_comes_back_after_a_reload_of_the_tab(gallery):
    gallery.fill("#fresh_holder", "莱阳市𠮷祥餐饮店")
    gallery.check("#fresh_kind_1")
    gallery.get_by_text("已留在本页").wait_for()
    gallery.evaluate("window.onbeforeunload = null")
    gallery.on("dialog", lambda dialog: dialog.accept())
    gallery.reload()
    assert gallery.input_value("#fresh_holder") == "莱阳市𠮷祥餐饮店"
    assert gallery.is_checked("#fresh_kind_1")


def test_a_printed_page_shows_no_frame_and_no_buttons(gallery):
    gallery.emulate_media(media="print")
    for selector in (".site-head", ".site-foot", ".button >> nth=0", ".chips", ".pager >> nth=0"):
        assert not gallery.locator(selector).is_visible()
    assert gallery.get_by_role("heading", name="组件样张").is_visible()
