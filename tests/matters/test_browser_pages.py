"""What the catalogue's pages do in a browser; how each looks, tests/browser/test_every_page.py asks."""

import pytest

from tests.browser.looking import watched

from .conftest import load_shipped

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_search_as_you_type_leads_to_the_guide(page):
    load_shipped()
    page.goto("/matters/")
    with watched(page):
        page.get_by_label("事项名称").press_sequentially("spjy")
        page.locator("#suggestions").get_by_role("link", name="食品经营许可").click()
        page.wait_for_url("**/matters/SJ-04/")
        page.get_by_label("食品经营许可申请书").check()
        page.get_by_role("button", name="打印").wait_for()
