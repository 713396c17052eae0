"""Looking at a page as ui.md section 7 asks: both sizes, a picture of each, axe, no sideways scroll, only our own origin, no policy broken.

For everybody's browser tests, with the ``page`` fixture of tests/conftest.py::

    def test_guide_page(page):
        look(page, "/matters/SJ-04/", "guide")

Pictures go to the folder PORTAL_SHOTS names; without it none are kept.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

#: A screen in the hall, and a phone.
HALL = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
SIZES = {"hall": HALL, "phone": PHONE}

#: WCAG 2.1 AA and what axe holds for good practice within it; of what it finds in order, no list.
AXE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],
}
_AXE_SCRIPT = Axe().axe_script

SMALLEST_TOUCH = 44
SMALLEST_DESK = 32


@dataclass
class Watch:
    """What went wrong while a page was open; ``clean`` raises when anything did."""

    foreign: list[str] = field(default_factory=list)
    broken_policy: list[str] = field(default_factory=list)
    script_errors: list[str] = field(default_factory=list)

    def clean(self) -> None:
        assert self.foreign == [], f"requests to other origins: {self.foreign}"
        assert self.broken_policy == [], f"content security policy broken: {self.broken_policy}"
        assert self.script_errors == [], f"script errors: {self.script_errors}"


@contextmanager
def watched(page: Page, origin: str = "") -> Iterator[Watch]:
    """Everything the page asks for and complains about inside this block; asserts at its end that all was well."""
    watch = Watch()
    own = (origin or page.url.split("/", 3)[0] or "", "data:", "blob:", "about:")

    def on_request(request):
        if origin and not request.url.startswith(own):
            watch.foreign.append(request.url)

    def on_console(message):
        if "Content Security Policy" in message.text:
            watch.broken_policy.append(message.text)

    def on_error(error):
        watch.script_errors.append(str(error))

    page.on("request", on_request)
    page.on("console", on_console)
    page.on("pageerror", on_error)
    try:
        yield watch
    finally:
        page.remove_listener("request", on_request)
        page.remove_listener("console", on_console)
        page.remove_listener("pageerror", on_error)
    watch.clean()


def look(page: Page, address: str = "", name: str = "", *, touch: bool = True) -> None:
    """Opens ``address`` (or stays where ``page`` is) in both sizes and asserts all that ``check`` asserts, with pictures."""
    with watched(page):
        for size, viewport in SIZES.items():
            page.set_viewport_size(viewport)
            if address:
                page.goto(address)
            page.wait_for_load_state("networkidle")
            shot(page, f"{name or 'page'}-{size}")
            check(page, touch=touch and size == "phone")
    page.set_viewport_size(HALL)


def check(page: Page, *, touch: bool = False) -> None:
    """Asserts of the page as it stands: axe finds nothing, nothing scrolls sideways, with ``touch`` no target is too small."""
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    if touch:
        assert_targets_large(page)


def shot(page: Page, name: str) -> Path | None:
    """A picture of the whole page in the folder PORTAL_SHOTS, or nothing where the variable is not set."""
    folder = os.environ.get("PORTAL_SHOTS")
    if not folder:
        return None
    path = Path(folder) / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True)
    return path


def axe_findings(page: Page, options: dict = AXE) -> list[dict]:
    """What axe objects to. The library's own ``Axe.run`` brings the script and everything in order over each time: twice the cost."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE_SCRIPT)
    return page.evaluate("options => axe.run(options).then(results => results.violations)", options)


def assert_accessible(page: Page) -> None:
    """axe (WCAG 2.1 AA) has nothing to say; otherwise each finding with the elements it is about."""
    findings = axe_findings(page)
    told = [
        f"{one['id']}: {one['help']}\n"
        + "\n".join(f"    {node['html'][:160]}  {node.get('failureSummary', '')[:200]}" for node in one["nodes"][:5])
        for one in findings
    ]
    assert not told, f"{page.url}\n" + "\n".join(told)


def assert_no_sideways_scroll(page: Page) -> None:
    """Nothing sticks out of the window to the right; otherwise the elements that do."""
    wider = page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width + 1) { return []; }
          return Array.from(document.querySelectorAll("body *"))
            .filter((one) => one.getBoundingClientRect().right > width + 1)
            .slice(0, 8).map((one) => one.outerHTML.slice(0, 120));
        }"""
    )
    assert wider == [], f"{page.url} scrolls sideways: {wider}"


def assert_targets_large(page: Page, smallest: int = SMALLEST_TOUCH) -> None:
    """Buttons, fields and links that stand alone are at least ``smallest`` px high (links inside a sentence are left out)."""
    small = page.evaluate(
        """(smallest) => Array.from(document.querySelectorAll("button, select, textarea, input:not([type=hidden]), nav a, a.button, summary"))
          .filter((one) => {
            const box = one.getBoundingClientRect();
            if (!box.width || !box.height || getComputedStyle(one).visibility === "hidden" || one.closest(".breadcrumbs, .visually-hidden")) { return false; }
            const label = one.matches("[type=checkbox], [type=radio]") && one.closest("label");
            return (label || one).getBoundingClientRect().height < smallest - 0.5;
          })
          .slice(0, 8).map((one) => one.outerHTML.slice(0, 120))""",
        smallest,
    )
    assert small == [], f"{page.url} targets smaller than {smallest}px: {small}"
