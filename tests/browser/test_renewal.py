"""A renewal in a browser: from the licence's page to the counter, to the decision, to a new certificate that anybody can verify."""

import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from laiyang_approval.kernel.models import User
from tests.factories import cases as make
from tests.factories import licences as lic
from tests.windows.hall_setup import load_everything
from windows.commands.review import start_review, submit_opinion
from windows.demo.people import load_demo_accounts
from windows.models import Case

from .looking import HALL, PHONE, check, shot
from .pages import verify_path
from .test_main_job import _act_done, _render_letters, _state, hand
from .test_suspended_case import as_person, opened

__all__ = ["hand"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: A Thursday, 10:00 in Shanghai, more than thirty days before the licence runs out on 2026-10-31.
THURSDAY = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)


def test_a_food_licence_renewed_in_time(page, hand):
    load_everything()
    load_demo_accounts()
    accounts = {"clerk": "chuangkou", "reviewer": "shencha", "decider": "juzhang", "issuer": "chujian"}
    people = SimpleNamespace(**{role: User.objects.get(username=name) for role, name in accounts.items()})
    old = lic.licence(people)
    _render_letters()
    page.set_viewport_size(HALL)
    page.set_default_timeout(20_000)

    hand(THURSDAY)
    number = _taken_in_from_the_licence(page, old)
    _reviewed(people, number)
    hand(THURSDAY + timedelta(days=5))
    _granted(page, number)
    _made_out(page, number)

    new = Case.objects.get(number=number).licence
    assert (new.previous, new.valid_from, new.valid_to) == (old, date(2026, 11, 1), date(2027, 10, 31))
    page.context.clear_cookies()
    page.set_viewport_size(PHONE)
    hand(lic.noon(date(2026, 11, 2)))
    page.goto(verify_path(new.letter))
    expect(page.locator(".verify-result")).to_contain_text("证照真实、有效。")
    page.goto(verify_path(old.letter))
    expect(page.locator(".verify-result")).to_contain_text(f"已由新证替代；现行证照编号：{new.number}。")
    check(page, touch=True)
    shot(page, "renewal-verify-phone")


def _taken_in_from_the_licence(page, old) -> str:
    """The clerk finds the licence, and the counter knows which one and what for; only the holder and the papers are typed."""
    as_person(page, "chuangkou", "/licences/")
    page.get_by_label("在登记簿中查找").fill(old.number)
    page.keyboard.press("Enter")
    page.get_by_role("row").get_by_role("link", name=old.number).click()
    expect(page.locator("#renewal")).to_contain_text("2026-10-01")
    check(page)
    page.get_by_role("link", name="受理延续申请").click()
    form = page.locator("#counter-form")
    expect(form.locator("[name=purpose]")).to_have_value("renewal")
    expect(form.locator("[name=licence_number]")).to_have_value(old.number)
    for field, text in (
        ("id_number", make.RESTAURANT.id_number),
        ("name", make.RESTAURANT.name),
        ("legal_representative", make.RESTAURANT.legal_representative),
        ("phone", make.RESTAURANT.phone),
        ("address", make.RESTAURANT.address),
        ("premises", make.RESTAURANT.address),
        ("request", "申请延续食品经营许可"),
    ):
        form.locator(f"[name={field}]").fill(text)
    page.locator("[data-checklist] input[type=radio]").first.focus()
    page.keyboard.press("0")
    expect(page.locator("[data-panel]")).to_contain_text("届满三十日前提出，逾期未决定视为准予延续")
    shot(page, "renewal-counter-hall")
    check(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/hall/results/"))
    expect(page.locator("h1")).to_have_text("已受理")
    case = Case.objects.get(subject_licence=old)
    assert (case.state, case.purpose, case.decide_before_on, case.renewal_in_time) == (
        "accepted", "renewal", date(2026, 10, 31), True,
    )  # fmt: skip
    return case.number


def _reviewed(people, number: str) -> None:
    reviewer = people.reviewer
    case = start_review(number, actor=reviewer, at=THURSDAY + timedelta(days=1))
    make.credit_checked(people, case, at=THURSDAY + timedelta(days=1, hours=1))
    submit_opinion(
        number,
        proposal="grant",
        text="条件未变，建议准予延续。",
        actor=reviewer,
        at=THURSDAY + timedelta(days=1, hours=2),
    )


def _granted(page, number: str) -> None:
    as_person(page, "juzhang", f"/cases/{number}/")
    expect(page.locator("main")).to_contain_text("证照届满")
    form = opened(page, "准予延续")
    form.get_by_label("有效期自").fill("2026-11-01")
    form.get_by_label("有效期至").fill("2027-10-31")
    shot(page, "renewal-decision-hall")
    check(page)
    form.get_by_role("button", name="准予延续").click()
    _act_done(page, "已作出准予决定，决定书正在生成。")
    assert _state(number) == "granted"


def _made_out(page, number: str) -> None:
    as_person(page, "chujian", f"/cases/{number}/")
    page.get_by_role("button", name="制发证件").click()
    _act_done(page, "证件已编号用印，正在生成。")
    assert _state(number) == "issued"
    _render_letters()
    page.reload()
    expect(page.locator("#letters")).to_contain_text("准予延续行政许可决定书")
