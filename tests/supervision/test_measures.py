"""考核评价: each figure against twenty cases worked out by hand, the list behind it, and who sees whose."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from laiyang_approval.kernel.errors import InvalidInput, NotFound
from laiyang_approval.kernel.models import Department
from laiyang_approval.kernel.roles import Role
from supervision.measures import registry
from supervision.measures.cases import ACCEPTED
from supervision.measures.charts import _scale
from supervision.measures.figures import Figure, behind, table
from supervision.measures.periods import asked_period, period_of
from supervision.measures.registry import Measure, measure_by_key, measures
from supervision.measures.report import as_pdf, report_of
from supervision.measures.scope import Scope, asked_scope, scope_of
from supervision.measures.speed import days_used
from supervision.measures.trend import trend
from tests.windows.hall_setup import shipped

from . import measured

__all__ = ["shipped"]
pytestmark = pytest.mark.django_db

TODAY = date(2026, 4, 2)
MARCH = period_of("month", date(2026, 3, 15), TODAY)
EVERYTHING = Scope(None)

#: For each figure which of the twenty are counted, which of them meet it, and how it reads.
BY_HAND = {
    "accepted": ({1, 2, 3, 4, 5, 6, 7, 9, 12, 13, 14, 15, 16}, None, "13"),
    "concluded": ({1, 2, 3, 4, 6, 7, 8, 9, 12, 13, 14, 15, 16, 20}, None, "14"),
    "in_time": ({1, 2, 3, 4, 6, 7, 8, 9, 12, 13, 14, 15, 20}, {1, 2, 6, 7, 8, 9, 13, 14, 15}, "69.2%"),
    "ahead": ({1, 2, 3, 4, 6, 7, 8, 9, 12, 13, 14, 15, 20}, {1, 6, 7, 8, 9, 14, 15}, "53.8%"),
    "overdue": ({1, 2, 3, 4, 6, 7, 8, 9, 12, 13, 14, 15, 20}, {4, 20}, "15.4%"),
    "faster": ({1, 2, 3, 4, 6, 7, 8, 9, 12, 13, 15, 20}, None, "28.6%"),
    "instant_cases": ({1, 2, 3, 4, 5, 6, 7, 9, 12, 13, 14, 15, 16}, {13}, "7.7%"),
    "once": ({1, 2, 6, 7, 9, 13}, {1, 6, 7, 13}, "66.7%"),
    "online": ({1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18}, {6, 7}, "11.8%"),
    "all_online": ({1, 2, 6, 7, 9, 13}, {6}, "16.7%"),
    "told_once": ({9, 10, 11}, {9, 11}, "66.7%"),
}
#: Working days from the day after acceptance to the decision, and those the law allows: without the five of the expert review in
#: case 12, with the Saturday of 28 February in cases 8 and 20.
DAYS_USED = {
    1: (3, 10),
    2: (7, 10),
    3: (8, 10),
    4: (21, 10),
    6: (3, 10),
    7: (4, 10),
    8: (6, 10),
    9: (5, 10),
    12: (9, 20),
    13: (0, 3),
    15: (5, 20),
    20: (24, 10),
}


@pytest.fixture(scope="module")
def march(shipped, django_db_blocker):
    with django_db_blocker.unblock():
        return measured.twenty()


def total(key: str, scope: Scope = EVERYTHING, period=MARCH) -> Figure:
    return next(one for one in table(period, scope, "department").total if one.measure.key == key)


def cases_behind(march, key: str, part: str, scope: Scope = EVERYTHING) -> set[int]:
    measure = measure_by_key(key)
    pk = "case_id" if measure.source.case else "pk"
    return march.numbers(behind(measure, part, MARCH, scope).values_list(pk, flat=True))


@pytest.mark.parametrize("key", BY_HAND)
def test_a_figure_of_the_twenty_and_the_cases_behind_it(march, key):
    counted, met, reads = BY_HAND[key]
    figure = total(key)
    assert figure.text == reads
    assert cases_behind(march, key, "all") == counted
    if met is not None:
        assert (figure.top, figure.bottom) == (len(met), len(counted))
        assert cases_behind(march, key, "hit") == met
        assert cases_behind(march, key, "miss") == counted - met


def test_the_days_used_are_those_of_the_clock(march):
    decided = behind(measure_by_key("faster"), "all", MARCH, EVERYTHING)
    used = {number: days_used(decided.filter(pk=case.pk), "").get(None) for number, case in march.cases.items()}
    assert {number: pair for number, pair in used.items() if pair} == DAYS_USED
    assert total("faster").worked_out == "1－95÷133"


def test_what_the_nineteen_matters_of_the_police_promise(march):
    scope = Scope(frozenset({Department.objects.get(code="GA").pk}))
    offered = behind(measure_by_key("instant_matters"), "all", MARCH, scope)
    assert {edition.matter.code for edition in offered.select_related("matter")} == {
        f"GA-{number:02d}" for number in range(1, 20)
    }
    # GA-02 7 of 20, 03 10 of 20, 04 7 of 20, 05 10 of 20, 13 7 of 10, 17 3 of 5, 18 3 of 20; the others count calendar days.
    shorter = total("promised_shorter", scope)
    assert (shorter.worked_out, shorter.text) == ("1－47÷115", "59.1%")
    # GA-14, 15 and 16 are decided at once.
    instant = total("instant_matters", scope)
    assert (instant.worked_out, instant.text) == ("3÷19", "15.8%")


def test_figures_by_body_window_and_clerk(march):
    def split(dimension: str, key: str) -> dict[str, tuple[int, int]]:
        found = table(MARCH, EVERYTHING, dimension)
        return {
            group.name: (one.top, one.bottom)
            for group in found.groups
            for one in group.figures
            if one.measure.key == key and one.bottom
        }

    assert split("window", "in_time") == {"综合1号窗": (4, 8), "综合2号窗": (4, 4), "未登记": (1, 1)}
    bureau, police = (Department.objects.get(code=code).short_name for code in ("SP", "GA"))
    # Two clerks bear one name.
    assert split("clerk", "in_time") == {f"于晓静（{bureau}）": (4, 8), "宫海波": (4, 4), f"于晓静（{police}）": (1, 1)}
    assert split("department", "in_time") == {bureau: (8, 12), police: (1, 1)}
    assert split("department", "concluded") == {bureau: (12, 12), police: (2, 2)}
    assert sum(top for top, _ in split("matter", "faster").values()) == 95  # as in the whole


def test_narrowed_to_one_clerk_the_whole_table_is_theirs(march, watch):
    scope = asked_scope(watch.supervisor, {"clerk": str(march.second.clerk.pk)})
    assert cases_behind(march, "in_time", "all", scope) == {6, 7, 8, 14}
    assert total("in_time", scope).text == "100.0%"
    assert not total("promised_shorter", scope).is_asked
    assert total("promised_shorter", scope).text == "—"


def test_those_without_a_window_are_found_again(march, watch):
    scope = asked_scope(watch.supervisor, {"window": "-"})
    assert cases_behind(march, "concluded", "all", scope) == {15, 16}


def test_the_same_days_in_the_year_and_by_the_day(march):
    assert total("accepted", period=period_of("year", date(2026, 3, 1), TODAY)).top == 13 + 3
    assert total("accepted", period=period_of("day", date(2026, 3, 3), TODAY)).top == 3
    assert total("accepted", period=period_of("day", date(2026, 4, 1), TODAY)).top == 1


def test_the_trend_adds_up_to_the_figures(march):
    steps = trend(MARCH, EVERYTHING)
    assert [step.period.key for step in steps] == [f"2026-03-{day:02d}" for day in range(1, 32)]
    assert (sum(step.accepted for step in steps), sum(step.concluded for step in steps)) == (13, 14)
    assert [(step.period.first.day, step.accepted, step.concluded) for step in steps if step.concluded > 1] == [
        (9, 1, 2)
    ]
    months = trend(period_of("year", MARCH.first, TODAY), EVERYTHING)
    assert [(step.accepted, step.concluded) for step in months][1:4] == [(2, 0), (13, 14), (1, 1)]


def test_a_head_sees_their_own_body_and_no_other(march):
    scope = scope_of(march.police.decider)
    assert cases_behind(march, "concluded", "all", scope) == {15, 16}
    assert total("concluded", scope).top == 2
    with pytest.raises(NotFound):
        asked_scope(march.police.decider, {"department": "SP"})
    with pytest.raises(NotFound):
        scope_of(march.people.clerk)


def test_what_nobody_offers_is_refused_in_a_sentence(march, watch):
    for asked in ({"department": "XX"}, {"matter": "ZZ-99"}, {"clerk": "x"}, {"reviewer": "9" * 30}):
        with pytest.raises(InvalidInput):
            asked_scope(watch.supervisor, asked)
    for unit, on in (("week", ""), ("month", "2026-13"), ("day", "gestern"), ("year", "1999"), ("day", "9999-12-31")):
        with pytest.raises(InvalidInput):
            asked_period(unit, on, TODAY)


def test_the_scale_of_the_picture_is_round_and_no_higher_than_it_must_be():
    assert [_scale(most)[-1] for most in (0, 1, 3, 4, 5, 9, 17, 41, 1001)] == [1, 1, 3, 4, 6, 10, 20, 60, 1500]


def test_a_share_short_of_the_whole_never_reads_as_whole():
    measure = measure_by_key("in_time")
    assert Figure(measure, 99_999, 100_000).text == "99.9%"
    assert Figure(measure, 1, 100_000).text == "0.1%"
    assert Figure(measure, 0, 0).text == "—"


def test_more_cases_take_no_more_statements(march):
    def statements(dimension: str, scope: Scope) -> int:
        with CaptureQueriesContext(connection) as seen:
            table(MARCH, scope, dimension)
        return len(seen)

    body = Department.objects.get(code="GA").pk
    statements("department", EVERYTHING)  # the calendar is read once
    few = {name: statements(name, Scope(frozenset({body}))) for name in ("department", "matter", "clerk")}
    many = {name: statements(name, EVERYTHING) for name in ("department", "matter", "clerk")}
    assert few == many
    # One a source, one for what the days add up to, one for names.
    sources = {one.source.key for one in measures()}
    assert many["clerk"] == len(sources) + 2


def test_another_source_brings_its_own_figures(march, monkeypatch):
    monkeypatch.setattr(registry, "_brought", dict(registry._brought))
    one = Measure("at_once", "评价", "当场办结率", "即办件÷受理", ACCEPTED, hit="is_instant")
    registry.bring([one])
    assert total("at_once").worked_out == "1÷13"
    with pytest.raises(ValueError, match="no group"):
        registry.bring([replace(one, group="其他")])


class TestPages:
    def test_every_figure_leads_to_its_cases(self, march, watch, client):
        client.force_login(watch.supervisor)
        page = client.get("/supervision/measures/?unit=month&on=2026-03").content.decode()
        assert "69.2%" in page and "measure=in_time&amp;part=miss" in page
        behind_it = client.get("/supervision/measures/list/?unit=month&on=2026-03&measure=in_time&part=miss")
        text = behind_it.content.decode()
        assert {n for n, case in march.cases.items() if case.number in text} == {3, 4, 12, 20}

    def test_the_workbook_holds_every_figure_and_every_group(self, march, watch, client):
        client.force_login(watch.supervisor)
        book = client.get("/supervision/measures/report.xlsx?unit=month&on=2026-03").content
        assert load_workbook(BytesIO(book)).sheetnames == [
            "指标", "按机关", "按事项", "按窗口", "按收件人员", "按审查人员", "走势",
        ]  # fmt: skip
        figures = load_workbook(BytesIO(book))["指标"].iter_rows(min_row=2, values_only=True)
        found = {row[0]: row[1:4] for row in figures}
        assert found["按时办结率"] == ("69.2%", "9", "13")
        assert found["办结量"][0] == "14"
        windows = {row[1]: row for row in load_workbook(BytesIO(book))["按窗口"].iter_rows(values_only=True)}
        heads = windows["窗口"]
        assert windows["综合1号窗"][heads.index("按时办结率")] == "50.0%"
        again = client.get("/supervision/measures/report.xlsx?unit=month&on=2026-03").content
        assert again == book

    @pytest.mark.parametrize(
        ("query", "title"),
        [("unit=day&on=2026-03-09", "日报"), ("unit=month&on=2026-03", "月报"), ("unit=year&on=2026", "年报")],
    )
    def test_a_daily_monthly_and_yearly_report_on_paper(self, march, query, title):
        unit, on = (part.split("=")[1] for part in query.split("&"))
        made = as_pdf(report_of(asked_period(unit, on, TODAY), EVERYTHING, "全部机关"))
        text = made.text.replace(" ", "").replace("\n", "")
        assert f"行政审批考核{title}" in text
        assert "分收件人员" in text

    def test_the_report_in_both_forms(self, march, watch, client):
        client.force_login(watch.coordinator)
        book = client.get("/supervision/measures/report.xlsx?unit=month&on=2026-03")
        assert book.content[:2] == b"PK"
        assert 'filename="measures-2026-03.xlsx"' in book["Content-Disposition"]
        paper = client.get("/supervision/measures/report.pdf?unit=month&on=2026-03")
        assert paper.content[:4] == b"%PDF"
        assert client.get("/supervision/measures/report.docx").status_code == 404

    def test_bad_addresses_are_answered_in_a_sentence(self, march, watch, client):
        client.force_login(watch.supervisor)
        for query in ("?unit=week", "?on=x", "?by=weather", "?matter=ZZ-99"):
            assert client.get(f"/supervision/measures/{query}").status_code == 422, query
        assert client.get("/supervision/measures/list/?measure=nothing").status_code == 404
        assert client.get("/supervision/measures/list/?measure=in_time&part=some").status_code == 422
        assert client.get("/supervision/measures/list/?measure=in_time&after=x").status_code == 422

    def test_a_head_of_another_body_is_told_nothing(self, march, client):
        client.force_login(march.police.decider)
        page = client.get("/supervision/measures/?unit=month&on=2026-03").content.decode()
        assert "公安" in page and "综合1号窗" not in page
        assert client.get("/supervision/measures/?department=SP").status_code == 404
        assert client.get("/supervision/measures/list/?department=SP&measure=accepted").status_code == 404
        assert client.get("/supervision/measures/report.xlsx?department=SP").status_code == 404
        client.force_login(march.police.clerk)
        assert client.get("/supervision/measures/").status_code == 404
        assert Role.SUPERVISOR not in march.police.clerk.roles


@pytest.mark.postgres
@pytest.mark.parametrize("key", ["accepted", "concluded", "in_time", "once", "online", "told_once"])
def test_a_period_is_found_by_an_index_of_its_days(march, key):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # few rows; what is asked is whether there is another way
    day = period_of("day", date(2026, 3, 9), TODAY)
    plan = behind(measure_by_key(key), "all", day, EVERYTHING).order_by().explain()
    assert "supervision_case_" in plan or "supervision_correction_given" in plan
    assert "Seq Scan on windows_case " not in plan
