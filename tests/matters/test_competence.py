"""谁有权: one matter on any day, as page and as JSON."""

from datetime import UTC, datetime

import pytest

from laiyang_approval.kernel import clock

ADDRESS = "/api/v1/matters/{}/competence/"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 2, 4, 0, tzinfo=UTC))


def asked(client, code: str, on: str = "", status: int = 200) -> dict:
    response = client.get(ADDRESS.format(code), {"on": on} if on else {})
    assert (response.status_code, response["Content-Type"]) == (status, "application/json")
    return response.json()


@pytest.mark.parametrize(
    ("on", "body", "instrument"),
    [
        ("2018-12-20", "WJ", "法定职责（划转前）"),
        ("2018-12-25", "WJ", "法定职责（划转前）"),
        ("2018-12-26", "SP", "莱政发〔2018〕18号"),
        ("2030-01-01", "SP", "莱政发〔2018〕18号"),
    ],
)
def test_trap_20_the_same_question_on_four_days(client, catalogue, on, body, instrument):
    data = asked(client, "WJ-01", on)
    assert (data["on"], data["closed"]) == (on, None)
    assert [(one["power"], one["registered_body"]["code"], one["instrument"]) for one in data["powers"]] == [
        (power, body, instrument) for power in ("accept", "decide", "seal")
    ]


def test_without_a_day_it_is_today(client, catalogue):
    data = asked(client, "SJ-04")
    assert data["on"] == "2026-03-02"
    assert data["powers"][0] == {
        "power": "accept",
        "label": "受理",
        "body": "莱阳市行政审批服务局",
        "registered_body": {"code": "SP", "name": "莱阳市行政审批服务局"},
        "valid_from": "2018-12-26",
        "valid_to": None,
        "instrument": "莱政发〔2018〕18号",
    }


def test_a_deferred_matter_is_its_departments_successors(client, catalogue):
    data = asked(client, "JS-23")
    assert {one["registered_body"]["code"] for one in data["powers"]} == {"GT19"}


def test_a_stopped_matter_says_since_when(client, catalogue):
    assert asked(client, "JY-04", "2019-03-01")["closed"] is None
    assert asked(client, "JY-04", "2019-03-02")["closed"]["since"] == "2019-03-02"


@pytest.mark.parametrize("on", ["2018-13-01", "gestern", "2018-12-26T00:00", "0000-00-00"])
def test_what_is_no_day_is_told(client, catalogue, on):
    assert asked(client, "SJ-04", on, status=422) == {"error": "日期应写作2018-12-26的形式；请改正后再查。"}
    assert client.get("/matters/SJ-04/competence/", {"on": on}).status_code == 422
    assert client.get("/who-decides/", {"on": on}).status_code == 422


def test_an_unknown_matter_is_not_found(client, catalogue):
    assert asked(client, "ZZ-99", status=404) == {"error": "没有查到这个事项；请核对事项代码，或按名称检索。"}


def test_the_page_answers_in_one_sentence_and_shows_the_whole_history(client, catalogue):
    body = client.get("/matters/WJ-01/competence/", {"on": "2018-12-20"}).content.decode()
    assert "<strong>莱阳市卫生和计划生育局</strong>受理、决定、用印。" in body
    assert "2000-01-01 至 2018-12-25" in body
    assert "2018-12-26 至 今" in body


def test_the_list_of_all_matters_answers_for_another_day_and_stays_on_it(client, catalogue):
    body = client.get("/who-decides/", {"on": "2018-12-25"}).content.decode()
    assert "2018年12月25日由谁决定" in body
    assert 'on=2018-12-25" rel="next"' in body or "on=2018-12-25" in body.split('rel="next"')[0].rsplit("href=", 1)[1]
