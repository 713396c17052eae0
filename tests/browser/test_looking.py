"""The controls: what the helpers of looking.py are to find on a page, they find."""

import pytest

from .looking import PHONE, assert_accessible, assert_no_sideways_scroll, assert_targets_large, axe_findings

pytestmark = pytest.mark.browser

FAULTY = """<!doctype html><html lang="zh-CN"><head><title>错</title></head><body><main><h1>错</h1>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width="600" height="9">
<p style="color: #aaa; background: #fff">看不清</p><button style="height: 20px; color: #000; background: #fff">小</button></main></body></html>"""


def test_a_faulty_page_is_found_out(browser):
    page = browser.new_page(viewport=PHONE)
    page.set_content(FAULTY)
    assert sorted(one["id"] for one in axe_findings(page)) == ["color-contrast", "image-alt"]
    for question in (assert_accessible, assert_no_sideways_scroll, assert_targets_large):
        with pytest.raises(AssertionError):
            question(page)
    page.close()
