"""The public list, its entries and files, and the desk: what is shown, to whom, and that no number of a person ever is."""

import csv
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from openpyxl import load_workbook

from laiyang_approval.kernel.spreadsheets import restored
from supervision import publicity
from supervision.commands import publicity as commands
from supervision.commands.publicity import publish_decisions, withdraw_entry
from supervision.domain.publicity import FIELDS, has_personal_number
from supervision.models import PublicityEntry
from tests.browser.pages import TUESDAY
from tests.factories import cases as make
from tests.factories.cases import MONDAY, days_later
from windows.demo.cases import load_demo_cases
from windows.demo.people import load_demo_accounts
from windows.models import Party

LATER = MONDAY + timedelta(hours=4)
#: Numbers of persons where free text can carry them, as people and programs write them.
HOSTILE = (
    "热食类，负责人370682199001019996，电话13800000000",
    "热食类３７０６８２１９９００１０１９９９６",
    "热食类370682 1990 0101 9996、138-0000-0000",
    "热食类三七〇六八二一九九〇〇一〇一九九九六",
    "热食类，护照E12345678，0535-7211234",
    "tel13800000000热食类37068219900101999X",
)
#: What is a code of an organisation by its place in the table.
CODES = {"XK_XDR_SHXYM", "XK_XKJGDM", "XK_LYDWDM"}


def publish(at=LATER) -> None:
    def fail(reference, error):
        raise error

    publish_decisions(at=at, since=None, on_failure=fail)


@pytest.fixture
def shown(people):
    """A grant to a firm and one to a person, published, looked at the day after."""
    make.granted(people)
    make.granted(people, party=make.PERSON)
    publish()
    with time_machine.travel(days_later(1), tick=False):
        yield PublicityEntry.objects.order_by("pk")


def table(client, file_format: str, query: str = "") -> list[list[str]]:
    """The rows of the file as a spreadsheet program shows them."""
    answer = client.get(f"/publicity/download/{file_format}/{query}")
    assert answer.status_code == 200 and answer.headers["X-Content-Type-Options"] == "nosniff"
    if file_format == "xlsx":
        sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
        assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} <= {"s"}
        return [[cell.value or "" for cell in row] for row in sheet.iter_rows()]
    text = answer.content.decode("utf-8-sig")
    return [[restored(cell) for cell in row] for row in csv.reader(text.splitlines())]


def numbers_in(rows: list[list[str]]) -> list[str]:
    """Every cell with a number of a person in it; a code of an organisation stands in its own columns."""
    heads = rows[0]
    return [
        cell
        for row in rows[1:]
        for head, cell in zip(heads, row, strict=True)
        if head not in CODES and has_personal_number(cell)
    ]


def test_everybody_sees_the_list_the_entry_and_both_files(shown, client):
    page = client.get("/publicity/").content.decode()
    assert "莱阳市某某餐饮店" in page and "姜*" in page and "姜𠮷" not in page
    firm, person = shown
    entry = client.get(f"/publicity/{firm.number}/").content.decode()
    assert "91370682MA00000A9M" in entry and "热食类食品制售" in entry and "有效" in entry
    entry = client.get(f"/publicity/{person.number}/").content.decode()
    assert "姜*" in entry and "热食类" not in entry and "370682" not in entry
    for file_format in ("csv", "xlsx"):
        rows = table(client, file_format)
        assert rows[0] == [code for code, _ in FIELDS]
        assert [row[0] for row in rows[1:]] == ["姜*", "莱阳市某某餐饮店"]


def test_the_list_is_searched_by_what_it_shows(shown, client):
    firm, person = shown

    def found(query: str) -> list[str]:
        page = client.get(f"/publicity/?{query}").content.decode()
        return [one.number for one in shown if f"/publicity/{one.number}/" in page]

    assert found("q=餐饮店") == found("q=91370682ma00000a9m") == [firm.number]
    assert found(f"q={firm.document_number}") == [firm.number]
    assert found(f"q={firm.document_number.replace('〔', '[').replace('〕', ']')}") == [firm.number]
    assert found("q=食品经营") == found("month=2026-03") == found("state=valid") == [firm.number, person.number]
    assert found("month=2026-02") == found("state=invalid") == found("q=没有这个") == []
    # Whoever knows a name or a number learns nothing from the list.
    assert found("q=姜𠮷") == found("q=370682199001019996") == []
    assert [row[0] for row in table(client, "csv", "?q=餐饮店")[1:]] == ["莱阳市某某餐饮店"]


@pytest.mark.parametrize("query", ["state=x", "month=2026-13", "month=abc", "after=x", "after=-1", "after=" + "9" * 30])
def test_a_filter_nobody_gave_out_is_refused_with_a_sentence(shown, client, query):
    assert client.get(f"/publicity/?{query}").status_code == 422


def test_unknown_numbers_and_formats_are_not_there(shown, client):
    assert client.get("/publicity/GS-2026-999999/").status_code == 404
    assert client.get("/publicity/download/pdf/").status_code == 404


def test_the_list_is_one_query_however_long_and_goes_on_by_keyset(
    shown, people, client, monkeypatch, django_assert_num_queries
):
    with django_assert_num_queries(1):
        client.get("/publicity/")
    for day in range(1, 4):
        make.granted(people, at=days_later(-7 * day))
    publish()
    with django_assert_num_queries(1):
        client.get("/publicity/")
    monkeypatch.setattr(publicity, "PAGE_SIZE", 2)
    seen, cursor = [], ""
    for _ in range(4):
        page = publicity.public_page(publicity.Wanted(), today=MONDAY.date(), cursor=cursor)
        seen += [row.id for row in page.rows]
        if not (cursor := page.next_cursor):
            break
    assert seen == sorted(PublicityEntry.objects.values_list("pk", flat=True), reverse=True)


def test_a_file_too_long_asks_for_a_month(shown, client, monkeypatch):
    monkeypatch.setattr(publicity, "MOST_IN_A_FILE", 1)
    answer = client.get("/publicity/download/csv/")
    assert answer.status_code == 422 and "请选择月份" in answer.content.decode()


# Numbers of persons


def hostile_entries(people) -> None:
    """Grants whose every free text carries numbers of persons and formulas."""
    for day, text in enumerate(HOSTILE):
        case = make.pending_decision(people, at=days_later(-7 * day))
        grant = make.Grant(text, make.GRANT.valid_from, make.GRANT.valid_to)
        make.grant_case(case.number, grant=grant, actor=people.decider, at=days_later(-7 * day, hours=3))
        Party.objects.filter(pk=case.party_id).update(
            name="=莱阳市370682199001019996食品店", legal_representative="邹13800000000"
        )
    publish()


def test_no_file_and_no_page_holds_a_number_of_a_person_whatever_was_typed(people, client):
    hostile_entries(people)
    make.granted(people, at=MONDAY, party=make.PERSON)
    publish()
    with time_machine.travel(days_later(1), tick=False):
        for file_format in ("csv", "xlsx"):
            rows = table(client, file_format)
            assert len(rows) == 2 + len(HOSTILE)
            assert numbers_in(rows) == []
            assert rows[-1][0] == "=莱阳市***食品店"
        pages = [client.get("/publicity/").content.decode()]
        pages += [client.get(f"/publicity/{one.number}/").content.decode() for one in PublicityEntry.objects.all()]
    for page in pages:
        assert "热食类" in page or "姜*" in page
        for number in (
            "199001019996",
            "13800000000",
            "３７０６８２",
            "三七〇六八二",
            "E12345678",
            "7211234",
            "0000-0000",
        ):
            assert number not in page


def test_control_without_the_guard_the_numbers_would_be_there(people, client, monkeypatch):
    monkeypatch.setattr(commands, "without_personal_numbers", lambda text: text)
    hostile_entries(people)
    with time_machine.travel(days_later(1), tick=False):
        # A name, a legal representative and a content in each row.
        assert len(numbers_in(table(client, "csv"))) == 3 * len(HOSTILE)


def test_a_cell_is_never_a_formula(people, client):
    hostile_entries(people)
    with time_machine.travel(days_later(1), tick=False):
        raw = client.get("/publicity/download/csv/").content.decode("utf-8-sig")
    assert "'=莱阳市***食品店" in raw and "\r\n=" not in raw


def test_of_the_demo_cases_no_number_of_a_person_is_published(shipped, db, client):
    load_demo_accounts()
    load_demo_cases(at=TUESDAY)
    publish(TUESDAY)
    parties = list(Party.objects.all())
    with time_machine.travel(TUESDAY, tick=False):
        rows = table(client, "csv")
        valid, invalid = table(client, "csv", "?state=valid"), table(client, "csv", "?state=invalid")
    assert len(rows) > 10 and numbers_in(rows) == []
    state = rows[0].index("XK_ZT")
    assert {row[state] for row in valid[1:]} == {"1"} and {row[state] for row in invalid[1:]} == {"2"}
    assert len(valid) + len(invalid) == len(rows) + 1
    said = "\n".join("\t".join(row) for row in rows)
    for party in parties:
        if party.is_natural:
            assert party.id_number not in said and party.name not in said
        assert not party.phone or party.phone not in said
        assert not party.address or party.address not in said


# The desk


def test_the_decider_withdraws_on_the_page_and_the_public_sees_only_that(shown, people, client):
    firm = shown[0]
    client.force_login(people.decider)
    assert firm.number in client.get("/supervision/publicity/").content.decode()
    address = f"/supervision/publicity/{firm.number}/"
    assert client.post(f"{address}withdraw/", {"reason": ""}).status_code == 422
    assert client.post(f"{address}delete/", {"reason": "相对人名称有误。"}).status_code == 404
    assert client.post(f"{address}withdraw/", {"reason": "相对人名称有误。"}).status_code == 302
    assert "相对人名称有误。" in client.get("/supervision/publicity/?list=withdrawn").content.decode()
    assert client.post(f"{address}withdraw/", {"reason": "相对人名称有误。"}).status_code == 409
    client.logout()
    answer = client.get(f"/publicity/{firm.number}/")
    page = answer.content.decode()
    assert answer.status_code == 410 and "已撤下" in page
    assert "餐饮店" not in page and "相对人名称有误" not in page
    client.force_login(people.decider)
    assert client.post(f"{address}republish/", {"reason": "名称已更正。"}).status_code == 302
    assert client.get(f"/publicity/{firm.number}/").status_code == 200


def test_the_desk_is_of_ones_own_body_and_only_its_decider_withdraws(shown, people, watch, client):
    firm = shown[0]
    address = f"/supervision/publicity/{firm.number}/"
    client.force_login(people.reviewer)
    assert client.get(address).status_code == 200
    assert client.post(f"{address}withdraw/", {"reason": "相对人名称有误。"}).status_code == 404
    client.force_login(watch.supervisor)
    assert client.get(address).status_code == 200
    other = make.People("GA")
    client.force_login(other.decider)
    assert client.get(address).status_code == 404
    assert firm.number not in client.get("/supervision/publicity/").content.decode()
    assert client.post(f"{address}withdraw/", {"reason": "相对人名称有误。"}).status_code == 404
    for stranger in (people.clerk, watch.regulator):
        client.force_login(stranger)
        assert client.get("/supervision/publicity/").status_code == 404
    assert PublicityEntry.objects.get(pk=firm.pk).state == "published"


def test_what_waits_stands_on_the_desk_until_it_is_published(people, client):
    case = make.granted(people)
    client.force_login(people.decider)
    with time_machine.travel(days_later(10), tick=False):
        page = client.get("/supervision/publicity/?list=late").content.decode()
    assert case.number in page and "逾期" in page and "2026-03-11" in page
    publish()
    with time_machine.travel(days_later(10), tick=False):
        assert case.number not in client.get("/supervision/publicity/?list=late").content.decode()


def test_a_withdrawn_entry_is_in_no_list_and_no_file(shown, people, client):
    withdraw_entry(shown[0].number, reason="相对人名称有误。", actor=people.decider, at=days_later(1))
    assert "餐饮店" not in client.get("/publicity/").content.decode()
    assert [row[0] for row in table(client, "xlsx")[1:]] == ["姜*"]
