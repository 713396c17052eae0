"""登记簿导入: old licences and open cases from a table; tried first, all or nothing, each a case of its own (trap 20)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError, NotFound, StaleState
from laiyang_approval.kernel.seals import seal_on
from laiyang_approval.kernel.spreadsheets import InvalidTable, Sheet, write_xlsx
from tests.factories import cases as make
from tests.factories import transfers as hand
from transfers import queries
from transfers.commands.registers import COLUMNS, confirm_register, discard_register, preview_register, read_register
from transfers.models import RegisterImport
from windows import licences
from windows.commands.decision import Grant, grant_case
from windows.commands.preconditions import CreditQuery, record_credit_check
from windows.commands.review import start_review, submit_opinion
from windows.models import Case, CaseEvent, Licence

#: Thursday 2018-12-27: the matters are the bureau's since yesterday.
AFTER = datetime(2018, 12, 27, 1, 30, tzinfo=UTC)
PARTY = {
    "holder_kind": "法人", "holder_name": "莱阳市某某医院", "id_kind": "统一社会信用代码",
    "id_number": "91370682MA00000A9M", "representative": "邹念慈", "address": "莱阳市某某街道18号",
}  # fmt: skip
CASE = PARTY | {
    "matter_code": "WJ-01", "number": "莱卫受2018-077", "received_on": "2018-12-19", "accepted_on": "2018-12-20",
    "request": "公共场所卫生许可",
}  # fmt: skip
LICENCE = PARTY | {
    "matter_code": "WJ-01", "number": "莱卫证字〔2017〕第0031号", "title": "卫生许可证",
    "issued_by": "莱阳市卫生和计划生育局", "issued_on": "2017-06-01", "valid_from": "2017-06-01", "valid_to": "2027-05-31",
    "content": "宾馆",
}  # fmt: skip


def table(kind: str, *rows: dict) -> SimpleUploadedFile:
    blank = {column.key: "" for column in COLUMNS[kind]}
    return SimpleUploadedFile("簿.xlsx", write_xlsx([Sheet("簿", COLUMNS[kind], [blank | row for row in rows])]))


def tried(kind: str, *rows: dict, actor, at=make.MONDAY) -> RegisterImport:
    return preview_register(kind, read_register(kind, table(kind, *rows)), file_name="簿.xlsx", actor=actor, at=at)


def counts() -> tuple:
    return Case.objects.count(), Licence.objects.count(), CaseEvent.objects.count()


def test_a_dry_run_leaves_nothing_and_the_confirmed_register_a_case_for_each_licence(office):
    people = make.People()
    before = counts()
    waiting = tried("licences", LICENCE, LICENCE | {"number": "莱卫证字〔2017〕第0032号"}, actor=people.clerk)
    assert counts() == before
    assert (waiting.state, waiting.count) == ("previewed", 2)
    done = confirm_register(waiting.pk, actor=people.clerk, at=make.days_later(1))
    assert (done.state, done.rows) == ("confirmed", [])
    licence = Licence.objects.get(number="莱卫证字〔2017〕第0031号")
    assert (licence.case.origin, licence.case.state) == ("imported", "archived")
    assert list(licence.case.events.values_list("kind", flat=True)) == ["licence_registered"]
    with pytest.raises(StaleState):
        confirm_register(waiting.pk, actor=people.clerk, at=make.days_later(1))


def test_trap_20_a_licence_of_2017_is_valid_and_the_bureau_renews_it(office):
    people = make.People()
    confirm_register(tried("licences", LICENCE, actor=people.clerk).pk, actor=people.clerk, at=make.MONDAY)
    licence = Licence.objects.get()
    today = make.MONDAY.date()
    assert licences.state_on(licence, today).value == "valid"
    assert licence.issued_by_department.code == "WJ"
    assert [body.code for body in licences.bodies_on(licence, today)] == ["SP", "SP"]


def test_faults_are_told_row_by_row_and_nothing_is_kept(office):
    people = make.People()
    before = counts()
    with pytest.raises(InvalidTable) as refusal:
        tried(
            "licences",
            LICENCE,
            LICENCE | {"number": "2", "issued_by": "市卫生局"},
            LICENCE | {"number": "3", "issued_on": "2017年6月"},
            LICENCE | {"number": "4", "id_number": "91370682MA00000A9N"},
            LICENCE,
            LICENCE | {"number": "6", "issued_on": "2019-06-01"},
            actor=people.clerk,
        )
    assert [error.split("：")[0] for error in refusal.value.errors] == ["第3行", "第4行", "第5行", "第6行", "第7行"]
    assert "没有“市卫生局”这个机关" in refusal.value.errors[0]
    assert counts() == before
    assert not RegisterImport.objects.exists()


def test_what_waits_is_its_bringers_alone_and_may_be_dropped(office):
    people, other = make.People(), make.person("other", make.Role.WINDOW_CLERK, right="intake_for_department")
    waiting = tried("licences", LICENCE, actor=people.clerk)
    with pytest.raises(NotFound):
        confirm_register(waiting.pk, actor=other, at=make.MONDAY)
    assert discard_register(waiting.pk, actor=people.clerk, at=make.MONDAY).rows == []
    assert counts() == (0, 0, 0)


def test_trap_20_a_case_accepted_on_the_20th_is_finished_by_the_department_under_its_seal(office):
    department = make.People("WJ")
    waiting = tried("cases", CASE, actor=department.clerk, at=AFTER)
    confirm_register(waiting.pk, actor=department.clerk, at=AFTER)
    case = Case.objects.get()
    assert (case.origin, case.state, case.handling_department.code, case.accepted_on) == (
        "imported", "accepted", "WJ", date(2018, 12, 20),
    )  # fmt: skip
    # The clock runs from the day of acceptance, not of the import.
    assert case.clock_from_on == date(2018, 12, 20)
    item = hand.item_of("WJ-01")
    assert queries.in_flight_counts([item])[item.pk].open == 1
    start_review(case.number, actor=department.reviewer, at=AFTER)
    record_credit_check(
        case.number, query=CreditQuery("信用中国（山东）", "clear"), actor=department.reviewer, at=AFTER
    )
    submit_opinion(case.number, proposal="grant", text="准予。", actor=department.reviewer, at=AFTER)
    later = AFTER + timedelta(days=1)
    case = grant_case(
        case.number,
        grant=Grant("宾馆", date(2018, 12, 28), date(2022, 12, 27)),
        actor=department.decider,
        at=later,
    )
    letter = case.letters.get(kind="D15")
    assert (letter.department.code, letter.seal.department.code, letter.sealed_on) == ("WJ", "WJ", date(2018, 12, 28))
    # Until it is served it stays on the countdown.
    assert queries.in_flight_counts([item])[item.pk].open == 1
    with pytest.raises(DomainError, match="停用"):
        seal_on(letter.department, "official", date(2019, 1, 1))


def test_trap_20_a_case_accepted_on_the_27th_is_the_bureaus(office):
    bureau = make.People()
    case = make.accepted(bureau, "WJ-01", at=AFTER)
    assert (case.handling_department.code, case.accepted_on) == ("SP", date(2018, 12, 27))
    # What the department accepted before is not the bureau's to bring in.
    with pytest.raises(InvalidTable, match="没有为莱阳市卫生和计划生育局收件的权限"):
        tried("cases", CASE, actor=bureau.clerk, at=AFTER)


def test_a_case_is_brought_in_once_and_with_dates_that_can_be(office):
    department = make.People("WJ")
    with pytest.raises(InvalidTable) as refusal:
        tried(
            "cases", CASE, CASE, CASE | {"number": "3", "received_on": "2018-12-21"}, actor=department.clerk, at=AFTER
        )
    assert [error.split("：")[0] for error in refusal.value.errors] == ["第3行", "第4行"]
    assert counts() == (0, 0, 0)


def test_the_page_tries_confirms_and_shows_faults(office, client, monkeypatch):
    people = make.People()
    monkeypatch.setattr(clock, "now", lambda: make.MONDAY)
    client.force_login(people.clerk)
    answer = client.post(
        "/transfers/registers/", {"table": "licences", "file": table("licences", LICENCE | {"number": ""})}
    )
    assert (answer.status_code, "第2行" in answer.content.decode()) == (422, True)
    assert client.post("/transfers/registers/", {"table": "licences"}).status_code == 422
    assert (
        client.post("/transfers/registers/", {"table": "licences", "file": table("licences", LICENCE)}).status_code
        == 302
    )
    body = client.get("/transfers/registers/").content.decode()
    assert "确认导入" in body and "91370682MA00000A9M" not in body
    pk = RegisterImport.objects.get().pk
    assert client.post(f"/transfers/registers/{pk}/burn/").status_code == 404
    assert client.post(f"/transfers/registers/{pk}/confirm/").status_code == 302
    assert Licence.objects.count() == 1
    assert client.get("/transfers/registers/cases.xlsx").content.startswith(b"PK")
    assert client.get("/transfers/registers/other.xlsx").status_code == 404
