"""The counter in a browser: by keyboard alone, watched by axe, through a lost connection, and with JavaScript off."""

import re

import pytest
from django.test import Client

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.jobs import run_due_jobs
from matters.models import EditionMaterial
from tests.browser.looking import axe_findings
from tests.factories import cases as make
from tests.windows.hall_setup import clerk_of, credit_code, forget_everything, load_everything, typed
from windows.models import Case, IntakeDraft, Letter, Party

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RESTAURANT = credit_code(10)
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FOCUSED = "document.activeElement.name || document.activeElement.id || document.activeElement.textContent.trim()"


@pytest.fixture
def hall(page, live_server):
    """A window clerk's browser, signed in, on the shipped data."""
    forget_everything()
    load_everything()
    client = Client()
    client.force_login(clerk_of())
    cookies = [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in client.cookies.items()]
    page.context.add_cookies(cookies)
    yield page
    forget_everything()


def faults(page) -> list[str]:
    """What axe finds against WCAG 2.1 A and AA."""
    return [f"{one['id']}: {[node['target'] for node in one['nodes']][:4]}" for one in axe_findings(page)]


def choose_food(page) -> None:
    page.goto("/hall/")
    page.keyboard.type("spjy")
    page.locator("#matter-list [data-code=SJ-04][aria-selected=true]").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/hall/?matter=SJ-04")


def suggestion(page, words: str) -> None:
    page.locator(".counter-suggestion strong", has_text=re.compile(f"^{re.escape(words)}$")).wait_for()


def all_complete(page) -> None:
    page.keyboard.press("F4")
    page.keyboard.press("0")
    suggestion(page, "受理")


def test_food_licence_from_the_empty_page_to_the_printed_receipt_by_keyboard_alone(hall):
    choose_food(hall)
    assert hall.evaluate(FOCUSED) == "id_number"
    hall.keyboard.type(RESTAURANT)
    hall.locator("[data-hint-for=id_number].is-right", has_text="统一社会信用代码").wait_for()
    hall.keyboard.press("Enter")
    assert hall.evaluate(FOCUSED) == "name"
    hall.keyboard.type("莱阳市某某餐饮店")
    hall.keyboard.press("Enter")
    assert hall.locator("[name=kind]").input_value() == "legal"

    hall.keyboard.press("F4")
    hall.keyboard.press("0")
    suggestion(hall, "受理")
    hall.keyboard.press("3")
    hall.keyboard.press("Space")
    suggestion(hall, "容缺受理")
    hall.keyboard.press("Space")
    hall.keyboard.press("Space")
    hall.keyboard.press("Space")
    suggestion(hall, "受理")
    hall.keyboard.press("1")
    hall.keyboard.press("Space")
    suggestion(hall, "一次性告知补正")
    assert hall.locator("[data-row='1'] [name$=-reason]").input_value() == "未提交"
    hall.keyboard.press("ArrowDown")
    hall.keyboard.press("ArrowUp")
    hall.keyboard.press("Space")
    suggestion(hall, "受理")

    hall.keyboard.press("Control+Enter")
    hall.wait_for_url("**/hall/results/**")
    case = Case.objects.get()
    assert (case.state, case.party.name, case.party.id_number) == ("accepted", "莱阳市某某餐饮店", RESTAURANT)
    assert hall.locator("h1").inner_text() == "已受理"
    assert re.fullmatch(r"[2-9A-Z]{4} [2-9A-Z]{4}", hall.locator(".result-number").nth(1).inner_text())
    assert faults(hall) == []

    assert hall.locator(".result-state", has_text="生成中").count() == 2
    run_due_jobs(at=clock.now())
    hall.locator("[data-print=D01]").wait_for()
    assert set(Letter.objects.values_list("state", flat=True)) == {"rendered"}
    receipt = hall.request.get(hall.locator("[data-print=D01]").get_attribute("href"))
    assert (receipt.status, receipt.body()[:5]) == (200, b"%PDF-")
    with hall.context.expect_page():
        hall.keyboard.press("Control+p")

    hall.bring_to_front()
    hall.locator("[data-next]").focus()
    hall.keyboard.press("Enter")
    hall.wait_for_url("**/hall/")
    assert hall.evaluate(FOCUSED) == "q"
    assert hall.locator(".counter-restored").count() == 0


def test_eight_materials_fit_the_hall_screen_without_scrolling(hall):
    eight = EditionMaterial.objects.filter(seq=8).order_by("edition_id").first().edition.matter.code
    hall.goto(f"/hall/?matter={eight}")
    lowest = hall.locator("[data-row='8']").bounding_box()
    foot = hall.locator(".counter-foot").bounding_box()
    assert lowest["y"] + lowest["height"] <= foot["y"]


@pytest.mark.parametrize("code", ["SJ-04", "GT-03"])
def test_the_fields_for_reasons_stand_above_the_foot_on_a_hall_screen(hall, code):
    hall.set_viewport_size({"width": 1366, "height": 768})
    hall.goto(f"/hall/?matter={code}")
    hall.locator("[data-reasons] summary").click()
    foot = hall.locator(".counter-foot").bounding_box()
    bottom = foot["y"] if foot else 768
    for shown in (
        "[name=reason]",
        "[name=override_reason]",
        "[name=licence_not_required]",
        "[data-panel] button >> nth=-1",
    ):
        box = hall.locator(shown).bounding_box()
        assert box["y"] + box["height"] <= bottom, shown


def test_axe_finds_nothing_on_the_page_its_keys_and_its_suggestions(hall):
    choose_food(hall)
    assert faults(hall) == []
    hall.keyboard.press("F1")
    assert hall.locator("dialog[open]").count() == 1
    assert faults(hall) == []
    hall.keyboard.press("Escape")
    hall.keyboard.press("F2")
    assert hall.evaluate(FOCUSED) == "q"
    hall.keyboard.type("spjy")
    hall.locator("#matter-list [data-code]").first.wait_for()
    assert faults(hall) == []


def test_nothing_is_told_before_every_paper_was_looked_at(hall):
    choose_food(hall)
    suggestion(hall, "先核对材料")
    hall.keyboard.press("Control+Enter")
    assert hall.evaluate("document.activeElement.closest('[data-row]').dataset.row") == "1"
    hall.keyboard.press("Space")
    hall.locator("#why-correct", has_text="还有6项材料没有登记").wait_for()
    hall.keyboard.press("0")
    suggestion(hall, "受理")
    assert not Case.objects.exists()


def test_faults_stand_beside_their_fields_and_what_was_typed_is_kept(hall):
    choose_food(hall)
    hall.keyboard.type(RESTAURANT[:-1] + ("0" if RESTAURANT[-1] != "0" else "1"))
    hall.locator("[data-hint-for=id_number].is-wrong", has_text="校验位不对").wait_for()
    hall.locator("[name=name]").fill("𠮷䶮·莱阳市某某餐饮店")
    hall.locator("[name=phone]").fill("12345")
    all_complete(hall)
    hall.keyboard.press("Control+Enter")
    hall.locator("[data-problems]").wait_for()
    assert hall.evaluate("document.activeElement.hasAttribute('data-problems')")
    assert hall.locator("[name=name]").input_value() == "𠮷䶮·莱阳市某某餐饮店"
    assert "手机号码应为11位，现为5位" in hall.locator(".has-error .field-error").nth(1).inner_text()
    assert faults(hall) == []
    hall.locator("[data-problems] a").first.click()
    assert hall.evaluate(FOCUSED) == "id_number"
    assert not Case.objects.exists()


def test_what_is_typed_survives_a_lost_connection_and_a_reload(hall):
    choose_food(hall)
    hall.locator("[name=name]").fill("莱阳市某某餐饮店")
    hall.locator("[data-saved]", has_text=re.compile(r"^已保存 \d\d:\d\d:\d\d$")).wait_for()
    hall.context.set_offline(True)
    hall.locator("[name=premises]").fill("莱阳市某某街道某某路18号")
    hall.locator("[data-saved]", has_text="之后的内容尚未保存。已留在本机，恢复后自动保存。").wait_for()
    hall.context.set_offline(False)
    hall.locator("[data-saved]", has_text=re.compile(r"^已保存")).wait_for()
    hall.goto("/hall/")
    assert hall.locator("[name=premises]").input_value() == "莱阳市某某街道某某路18号"
    assert "已恢复" in hall.locator(".counter-restored").inner_text()
    hall.locator("text=放弃草稿").click()
    hall.locator(".counter-empty").wait_for()
    assert not IntakeDraft.objects.exists()


def test_a_known_applicant_is_filled_in(hall, live_server):
    choose_food(hall)
    hall.keyboard.type(RESTAURANT)
    hall.locator("[name=name]").fill("莱阳市某某餐饮店")
    hall.locator("[name=phone]").fill("13800000000")
    all_complete(hall)
    hall.locator("[name=name]").focus()
    hall.keyboard.press("Control+Enter")
    hall.wait_for_url("**/hall/results/**")
    choose_food(hall)
    hall.keyboard.type(RESTAURANT)
    hall.locator("[data-hint-for=id_number]", has_text="已登记，已填入").wait_for()
    assert hall.locator("[name=name]").input_value() == "莱阳市某某餐饮店"
    assert hall.locator("[name=phone]").get_attribute("placeholder") == "已登记 138****0000"
    assert hall.locator("[name=phone]").input_value() == ""
    assert Party.objects.count() == 1


def test_an_outcome_that_is_not_open_says_why_and_does_nothing(hall):
    choose_food(hall)
    hall.locator("button[value=accept]").click(force=True)
    assert hall.locator("#why-accept").inner_text() == "还有7项材料没有登记；请先逐项核对。"
    hall.locator("button[value=not_required]").click()
    assert hall.evaluate(FOCUSED) == "reason"
    assert "/results/" not in hall.url
    assert not Case.objects.exists()


def test_the_desk_and_its_cases_pass_axe_and_do_not_scroll_sideways_on_a_phone(hall, live_server):
    client = Client()
    client.cookies = hall_cookies(hall)
    for number, outcome in enumerate(("keep", "correct")):
        page = typed(outcome=outcome, token=f"{number:043d}", id_number=credit_code(20 + number))
        if outcome == "correct":
            first = next(name for name in page if name.endswith("-status"))
            page[first] = "missing"
        assert client.post("/hall/", page).status_code == 302
    addresses = [
        "/hall/",
        "/hall/?matter=SJ-04",
        "/hall/desk/",
        "/hall/desk/?list=correction",
        "/hall/desk/?list=today",
    ]
    addresses += [f"/hall/cases/{number}/" for number in Case.objects.values_list("number", flat=True)]
    addresses += [f"/hall/results/{number}/" for number in Case.objects.values_list("number", flat=True)]
    for size in ({"width": 1366, "height": 768}, {"width": 390, "height": 844}):
        hall.set_viewport_size(size)
        for address in addresses:
            hall.goto(address)
            assert hall.evaluate(SIDEWAYS) == 0, address
            assert faults(hall) == [], address


def hall_cookies(page):
    client = Client()
    for cookie in page.context.cookies():
        client.cookies[cookie["name"]] = cookie["value"]
    return client.cookies


def test_without_javascript_the_whole_page_still_posts(hall, browser, live_server):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="zh-CN")
    context.add_cookies(hall.context.cookies())
    page = context.new_page()
    page.goto("/hall/")
    page.locator("#matter-search").fill("spjy")
    page.locator("text=查找").click()
    page.locator("a", has_text="食品经营许可").first.click()
    page.locator("[name=id_number]").fill(RESTAURANT)
    page.locator("[name=name]").fill("莱阳市某某餐饮店")
    rows = page.locator("[data-row]")
    for place in range(rows.count()):
        rows.nth(place).locator("input[value=complete]").check(force=True)
    # Enter in a field only checks the page; it never decides.
    page.locator("[name=name]").press("Enter")
    assert "请选择处理结果" in page.locator("[data-problems]").inner_text()
    assert page.locator("[data-row] input[value=complete]:checked").count() == rows.count()
    page.locator("button[value=accept]").click()
    assert page.locator("h1").inner_text() == "已受理"
    assert Case.objects.get().state == "accepted"
    context.close()


TYPED = "Object.keys(sessionStorage).filter((key) => key.startsWith('draft:')).length"


def test_signing_out_leaves_nothing_typed_in_the_tab_and_the_counters_draft_with_its_clerk(hall):
    case = make.received(make.People())
    hall.goto(f"/cases/{case.number}/")
    form = hall.locator("#acts details").filter(has=hall.get_by_text("撤回申请", exact=True))
    form.locator("summary").click()
    form.locator("textarea").fill("申请人书面请求撤回")
    form.locator("[data-saved]", has_text="已留在本页").wait_for()
    choose_food(hall)
    hall.locator("[name=name]").fill("莱阳市某某餐饮店")
    hall.locator("[data-saved]", has_text="已保存").wait_for()
    assert hall.evaluate(TYPED) == 1
    hall.get_by_role("button", name="退出").click()
    hall.wait_for_url(lambda url: "/hall/" not in url)
    assert hall.evaluate(TYPED) == 0
    # On the server, encrypted, for this clerk alone: nobody else at this machine reads it.
    assert IntakeDraft.objects.get().clerk.username == "chuangkou"


def test_the_check_beside_the_number_is_never_cut_off(hall):
    hall.goto("/hall/?matter=SJ-04")
    hall.locator("[name=id_number]").fill(RESTAURANT)
    hint = hall.locator("[data-hint-for=id_number].is-right")
    hint.wait_for()
    assert hall.locator(".is-purpose").is_visible()
    assert hint.evaluate("hint => hint.scrollWidth <= hint.clientWidth")
    hint.evaluate("hint => { hint.textContent = '✓ 已登记，已填入'; }")
    assert hint.evaluate("hint => hint.scrollWidth <= hint.clientWidth")
