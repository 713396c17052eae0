"""The catalogue's pages in a browser: both sizes, axe, no sideways scroll, own origin only; search as you type."""

import pytest
from django.conf import settings

from matters.commands.editions import create_draft
from tests.browser.looking import look, watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/matters/", "matters"),
        ("/matters/?q=nosuch", "matters-none"),
        ("/matters/SJ-04/", "guide"),
        ("/matters/LY-06/", "guide-closed"),
        ("/packages/", "packages"),
        ("/packages/YL-01/", "package"),
        ("/who-decides/", "who-decides"),
    ],
)
def test_public_pages_look_right(page, catalogue, address, name):
    look(page, address, name)


def test_search_as_you_type_leads_to_the_guide(page, catalogue):
    page.goto("/matters/")
    with watched(page):
        page.get_by_label("事项名称").press_sequentially("spjy")
        page.locator("#suggestions").get_by_role("link", name="食品经营许可").click()
        page.wait_for_url("**/matters/SJ-04/")
        page.get_by_label("食品经营许可申请书").check()
        page.get_by_role("button", name="打印").wait_for()


@pytest.fixture
def desk(page, catalogue, admin, client):
    """A page signed in as the catalogue admin."""
    client.force_login(admin)
    page.goto("/matters/")
    page.context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": page.url,
            }
        ]
    )
    return page


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/catalogue/", "catalogue-desk"),
        ("/catalogue/matters/", "catalogue-matters"),
        ("/catalogue/matters/SJ-04/", "catalogue-matter"),
        ("/catalogue/findings/", "catalogue-findings"),
        ("/catalogue/exchange/", "catalogue-exchange"),
        ("/catalogue/drafts/{draft}/?add=materials", "catalogue-draft"),
        ("/catalogue/drafts/{draft}/publish/", "catalogue-publish"),
    ],
)
def test_desk_pages_look_right(desk, admin, address, name):
    draft = create_draft("SJ-04", actor=admin)
    look(desk, address.format(draft=draft.pk), name)
