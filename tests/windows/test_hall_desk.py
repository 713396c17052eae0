"""The clerk's desk and the page of a case before acceptance, through the client."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from windows.commands.intake import withdraw_case
from windows.models import Case, Letter

from .hall_setup import (
    NOW,
    at_nine_thirty,
    clerk,
    clerk_of,
    credit_code,
    edition_of,
    shipped,
    typed,
    window,
)

__all__ = ["at_nine_thirty", "clerk", "shipped", "window"]
pytestmark = pytest.mark.django_db

DESK = "/hall/desk/"


def text_of(response) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", response.content.decode()))


def take(window, number: int = 0, *, outcome: str = "keep", missing: tuple[int, ...] = (), **fields: str) -> Case:
    """A case taken in at the counter; ``missing`` are the numbers of the papers that did not come."""
    page = typed(outcome=outcome, token=f"{number:043d}", id_number=credit_code(10 + number), **fields)
    for place in missing:
        page[f"m{list(edition_of().materials.all())[place - 1].pk}-status"] = "missing"
    response = window.post("/hall/", page)
    assert response.status_code == 302, text_of(response)
    return Case.objects.order_by("-id").first()


def checklist(case: Case, **changes: str) -> dict[str, str]:
    """The rows as the page shows them, with some changed: ``s3="missing"`` is the status of the third."""
    page = {"version": str(case.version)}
    for place, row in enumerate(case.materials.order_by("edition_material__seq"), 1):
        prefix = f"m{row.edition_material_id}"
        page |= {
            f"{prefix}-status": changes.get(f"s{place}", row.status),
            f"{prefix}-originals": str(row.originals),
            f"{prefix}-copies": str(row.copies),
        }
    return page


def url(name: str, case: Case) -> str:
    return reverse(name, args=[case.number])


def as_it_was(case: Case) -> bool:
    return Case.objects.get(pk=case.pk).version == case.version


# ---- the lists


def test_an_empty_desk_says_what_would_stand_here(window):
    assert "没有待审核的收件" in text_of(window.get(DESK))
    assert "没有等待补正的办件" in text_of(window.get(DESK, {"list": "correction"}))
    assert "今天还没有收件" in text_of(window.get(DESK, {"list": "today"}))


def test_each_case_stands_in_the_list_that_waits_for_it(window):
    kept = take(window, 1)
    told = take(window, 2, outcome="correct", missing=(1,))
    accepted = take(window, 3, outcome="accept")
    received = text_of(window.get(DESK))
    assert kept.number in received
    assert "2026-03-09" in received
    assert told.number not in received
    assert accepted.number not in received
    assert "待审核1待补正1今日办件3" in received
    assert told.number in text_of(window.get(DESK, {"list": "correction"}))
    today = text_of(window.get(DESK, {"list": "today"}))
    assert all(case.number in today for case in (kept, told, accepted))


def test_cases_of_another_body_are_not_on_the_desk(window, client):
    case = take(window)
    client.force_login(clerk_of("GA", "gongan"))
    assert case.number not in text_of(client.get(DESK))
    assert client.get(url("hall-case", case)).status_code == 404
    assert client.post(url("hall-withdraw", case), {"version": case.version, "reason": "撤"}).status_code == 404
    assert as_it_was(case)


def pages(window, **query: str) -> list[list[str]]:
    """The case numbers of every page, followed by its link to the next one."""
    found = []
    while True:
        html = window.get(DESK, query).content.decode()
        found.append(re.findall(r'class="case-row-number" href="/hall/cases/([^/]+)/"', html))
        onward = re.search(r"after=([0-9-]+)", html)
        if onward is None:
            return found
        query["after"] = onward[1]


@pytest.mark.parametrize("name", ["received", "correction", "today"])
def test_pages_by_keyset_lose_and_double_nothing(window, monkeypatch, name):
    monkeypatch.setattr("windows.desk.PAGE_SIZE", 3)
    made = [
        take(window, number, outcome="correct" if name == "correction" else "keep", missing=(1,)).number
        for number in range(7)
    ]
    found = pages(window, list=name)
    assert [len(page) for page in found] == [3, 3, 1]
    assert [number for page in found for number in page] == (made[::-1] if name == "today" else made)


@pytest.mark.parametrize(
    "cursor", ["x", "20260301", "99999999-1", "20260301-", "２０２６０３０１-1", "20260301-" + "9" * 40]
)
def test_a_cursor_nobody_gave_out_is_refused_in_words(window, cursor):
    response = window.get(DESK, {"after": cursor})
    assert response.status_code == 422
    assert "翻页位置无效" in text_of(response)


def test_a_list_that_does_not_exist_is_refused_in_words(window):
    assert "没有这个列表" in text_of(window.get(DESK, {"list": "all"}))


@pytest.mark.parametrize("name", ["received", "correction", "today"])
def test_the_desk_costs_at_most_six_queries_at_any_number(window, name):
    outcome = "correct" if name == "correction" else "keep"
    take(window, 0, outcome=outcome, missing=(1,))
    window.get(DESK, {"list": name})
    with CaptureQueriesContext(connection) as few:
        window.get(DESK, {"list": name})
    for number in range(1, 8):
        take(window, number, outcome=outcome, missing=(1,))
    with CaptureQueriesContext(connection) as many:
        window.get(DESK, {"list": name})
    assert len(many) == len(few)
    assert len(many) <= 6, [query["sql"][:90] for query in many]


# ---- one case: check, decide


def test_the_checklist_is_recorded_as_found_and_judged_again(window):
    case = take(window)
    response = window.post(url("hall-materials", case), checklist(case, s2="missing"))
    assert response["Location"] == url("hall-case", case)
    page = text_of(window.get(url("hall-case", case)))
    assert "材料登记已保存" in page
    assert "材料6/7：缺1项，均可容缺" in page
    assert "建议：容缺受理" in page
    window.post(url("hall-materials", case), checklist(Case.objects.get(), s2="missing", s4="missing"))
    page = text_of(window.get(url("hall-case", case)))
    assert "材料5/7：缺2项，应当一次性告知全部内容" in page
    assert "建议：一次性告知补正" in page
    second = case.materials.order_by("edition_material__seq")[1]
    assert (second.status, second.copies) == ("missing", 0)


def test_a_complete_case_is_accepted_from_its_page(window):
    case = take(window)
    assert "建议：受理" in text_of(window.get(url("hall-case", case)))
    response = window.post(url("hall-decide", case), checklist(case) | {"outcome": "accept"})
    assert response["Location"] == url("intake-result", case)
    assert Case.objects.get().state == "accepted"
    assert "承诺" in text_of(window.get(response["Location"]))


def test_changes_not_yet_saved_stop_the_decision(window):
    case = take(window)
    response = window.post(url("hall-decide", case), checklist(case, s1="defective") | {"outcome": "accept"})
    assert response.status_code == 422
    assert "材料登记有改动尚未保存" in text_of(response)
    assert as_it_was(case)


def test_a_correction_is_told_from_the_page(window):
    case = take(window, missing=(3,))
    assert window.post(url("hall-decide", case), checklist(case) | {"outcome": "correct"}).status_code == 302
    case.refresh_from_db()
    assert case.state == "correction_pending"
    assert case.correction_notices.get().items.get().reason == "未提交"


def test_acceptance_of_an_incomplete_case_is_refused(window):
    case = take(window, missing=(3,))
    response = window.post(url("hall-decide", case), checklist(case) | {"outcome": "accept"})
    assert response.status_code == 409
    assert "不能受理：" in text_of(response)
    assert as_it_was(case)


def test_a_stale_page_names_who_was_first_and_changes_nothing(window, clerk):
    case = take(window)
    old = checklist(case)
    window.post(url("hall-materials", case), old)
    response = window.post(url("hall-materials", case), old)
    assert response.status_code == 409
    assert "本件已由于晓静办理“材料登记变更”，现为“已收件”；您的操作没有生效" in text_of(response)
    assert Case.objects.get().version == case.version + 1


@pytest.mark.parametrize("version", ["", "-1", "abc", "１", "9" * 40])
def test_a_page_without_its_version_is_out_of_date(window, version):
    case = take(window)
    response = window.post(url("hall-materials", case), checklist(case) | {"version": version})
    assert response.status_code == 422
    assert "页面已过期，请刷新后再办" in text_of(response)
    assert as_it_was(case)


def test_a_case_withdrawn_meanwhile_takes_no_decision(window, clerk):
    case = take(window)
    withdraw_case(case.number, reason="装修计划取消", actor=clerk, at=NOW)
    response = window.post(url("hall-decide", case), checklist(case) | {"outcome": "accept"})
    assert response.status_code == 409
    assert "本件已由于晓静办理“申请人撤回申请”，现为“申请人已撤回”" in text_of(response)
    assert Case.objects.get().state == "withdrawn"


def test_materials_of_another_list_are_refused(window):
    case = take(window)
    foreign = next(iter(edition_of("WJ-05").materials.all()))
    response = window.post(url("hall-materials", case), checklist(case) | {f"m{foreign.pk}-status": "complete"})
    assert response.status_code == 422
    assert "材料清单与本事项现行办事指南不一致" in text_of(response)
    assert as_it_was(case)


def test_a_clerk_without_the_right_sees_why_and_cannot(window, clerk):
    case = take(window)
    clerk.role_rows.update(role="department_staff")
    from guardian.models import UserObjectPermission

    UserObjectPermission.objects.filter(user=clerk).delete()
    page = text_of(window.get(url("hall-case", case)))
    assert "不能由本人受理：本件由莱阳市行政审批服务局办理，您没有该单位的授权" in page
    response = window.post(url("hall-decide", case), checklist(case) | {"outcome": "accept"})
    assert response.status_code == 403
    assert as_it_was(case)


# ---- corrections


@pytest.fixture
def told(window) -> Case:
    """A case whose first and third papers are awaited."""
    return take(window, outcome="correct", missing=(1, 3))


def awaited(case: Case, **statuses: str) -> dict[str, str]:
    page = {"version": str(case.version)}
    for place in (1, 3):
        material = list(edition_of().materials.all())[place - 1]
        page[f"m{material.pk}-status"] = statuses.get(f"s{place}", "complete")
        page[f"m{material.pk}-originals"] = "1"
    return page


def test_the_page_lists_only_what_was_told_with_its_words(window, told):
    page = text_of(window.get(url("hall-case", told)))
    assert "补正告知所列材料2项" in page
    assert "已告知：未提交；提交食品经营许可申请书" in page
    assert "从业人员健康证明" not in page


def test_corrected_papers_are_received_together_and_five_days_run_again(window, told):
    response = window.post(url("hall-resubmit", told), awaited(told))
    assert response["Location"] == url("hall-case", told)
    told.refresh_from_db()
    assert (told.state, told.intake_due_on.isoformat()) == ("received", "2026-03-09")
    assert [letter.kind for letter in Letter.objects.order_by("id")] == ["D01", "D04", "D01"]
    assert "补正材料已接收" in text_of(window.get(url("hall-case", told)))


def test_a_part_of_what_was_told_is_not_received(window, told):
    response = window.post(url("hall-resubmit", told), awaited(told, s3="missing"))
    assert response.status_code == 409
    assert "补正告知所列材料尚未全部收到（缺：法定代表人（负责人）身份证明）" in text_of(response)
    assert as_it_was(told)


def test_a_paper_that_was_not_told_is_not_received(window, told):
    second = list(edition_of().materials.all())[1]
    response = window.post(url("hall-resubmit", told), awaited(told) | {f"m{second.pk}-status": "complete"})
    assert response.status_code == 422
    assert as_it_was(told)


# ---- withdrawal


def test_the_applicant_withdraws_and_the_confirmation_is_made(window):
    case = take(window)
    response = window.post(url("hall-withdraw", case), {"version": case.version, "reason": "装修计划取消"})
    assert response["Location"] == url("intake-result", case)
    assert Case.objects.get().state == "withdrawn"
    assert Letter.objects.order_by("-id").first().kind == "D17"


@pytest.mark.parametrize(
    ("reason", "sentence"), [("", "请填写撤回理由"), ("撤" * 10_000, "内容过长（10000个字），最多300个字")]
)
def test_a_withdrawal_needs_a_reason_that_fits(window, reason, sentence):
    case = take(window)
    response = window.post(url("hall-withdraw", case), {"version": case.version, "reason": reason})
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert as_it_was(case)


def test_a_case_that_ended_shows_why_it_cannot_be_withdrawn(window):
    case = take(window)
    window.post(url("hall-withdraw", case), {"version": case.version, "reason": "装修计划取消"})
    page = text_of(window.get(url("hall-case", case)))
    assert "本件当前状态不能撤回申请" in page
    assert "本件已离开收件环节" in page
