"""权力清单、责任清单: of any day and body, and the difference between two days."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from laiyang_approval.kernel import clock
from tests.factories import cases as make
from tests.factories import transfers as hand
from transfers.power_lists import differences_between, duties_on, shares_of

BEFORE, DAY = date(2018, 12, 25), date(2018, 12, 26)


def share(on: date, code: str) -> int:
    return {one.code: one.powers for one in shares_of(duties_on(on))}.get(code, 0)


def test_the_bureau_has_none_the_day_before_and_all_of_the_first_batch_on_the_day(office):
    assert (share(BEFORE, "SP"), share(DAY, "SP")) == (0, 122)
    assert (share(BEFORE, "WJ"), share(DAY, "WJ")) == (14, 0)
    row = duties_on(DAY, body="SP", matter="WJ-01")[0]
    assert (row.what, row.since, row.instrument) == ("受理、决定、用印", DAY, "莱政发〔2018〕18号")


def test_the_difference_between_the_two_days_is_the_first_batch(office):
    changes = [one for one in differences_between(BEFORE, DAY) if one.kind == "职权"]
    assert len(changes) == 122
    one = next(change for change in changes if change.matter_code == "WJ-01")
    assert (one.before, one.after, one.instrument) == (
        "莱阳市卫生和计划生育局受理、决定、用印",
        "莱阳市行政审批服务局受理、决定、用印",
        "莱政发〔2018〕18号",
    )
    of_health = differences_between(BEFORE, DAY, body="WJ")
    assert [one.kind for one in of_health].count("职权") == 14
    # The boundary begins with the reform: who supervises stands on record from that day on.
    assert {(one.before, one.instrument[:12]) for one in of_health if one.kind == "责任"} == {
        ("", "莱政发〔2018〕18号")
    }
    assert differences_between(DAY, date(2018, 12, 31)) == []


def test_the_lists_of_responsibilities_name_who_leads_the_supervision(office):
    of_health = [one for one in duties_on(DAY, body="WJ") if not one.is_power]
    assert {one.what for one in of_health} == {"主要监管"}
    assert {one.matter_code for one in of_health} >= {"WJ-01", "WJ-02"}
    assert [one for one in duties_on(DAY, body="SP") if not one.is_power] == []


def test_what_moves_later_stands_on_the_list_of_its_day(office):
    hand.completed(office)
    assert [one.matter_code for one in differences_between(date(2026, 3, 9), hand.EFFECTIVE)] == ["JY-01"]


@pytest.fixture
def staff(office, client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: make.MONDAY)
    client.force_login(office.overseer)
    return client


def test_the_page_and_the_files_answer_for_any_day(staff):
    body = staff.get("/power-lists/", {"on": "2018-12-26", "since": "2018-12-25", "body": "WJ"}).content.decode()
    changes = differences_between(BEFORE, DAY, body="WJ")
    assert f"2018年12月25日以来的变动（{len(changes)}处）" in body
    table = load_workbook(
        BytesIO(staff.get("/power-lists/list.xlsx", {"on": "2018-12-26", "since": "2018-12-25", "body": "SP"}).content)
    )
    assert [sheet.max_row for sheet in table] == [123, 123]
    answer = staff.get("/power-lists/list.pdf", {"on": "2018-12-26", "body": "SP"})
    assert answer.content.startswith(b"%PDF-")
    assert staff.get("/power-lists/list.pdf").status_code == 422
    assert staff.get("/power-lists/list.doc").status_code == 404
    for address in ("/power-lists/", "/power-lists/list.xlsx"):
        assert staff.get(address, {"on": "gestern"}).status_code == 422


def test_the_list_costs_the_same_number_of_queries_at_any_length(office, django_assert_num_queries):
    with django_assert_num_queries(3):
        duties_on(DAY)
