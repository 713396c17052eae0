"""The pages of a transfer: who sees what, what each form does, what a refusal says."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.roles import Role
from laiyang_approval.kernel.spreadsheets import Sheet, write_xlsx
from tests.factories import cases as make
from tests.factories import transfers as hand
from tests.factories.transfers import CERTIFICATES, item_of
from transfers.commands.inventories import sign_lists
from transfers.models import InventoryLine, TransferBatch, TransferEvent, TransferItem
from transfers.spreadsheets import COLUMNS

NOW = make.days_later(1)


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def as_(client):
    def sign_in(user: User):
        client.force_login(user)
        session = client.session
        session.update(dict.fromkeys(("signed_in_at", "seen_at", "confirmed_at"), NOW.timestamp()))
        session.save()
        return client

    return sign_in


def text(response, status: int = 200) -> str:
    assert response.status_code == status, response.content.decode()[:800]
    return response.content.decode()


def acted(browser, item: TransferItem, action: str, status: int = 302, **data):
    response = browser.post(reverse("transfer-item-act", args=[item.pk, action]), data)
    assert response.status_code == status, response.content.decode()[:800]
    return response


def test_the_board_shows_the_sum_and_no_difference(office, as_):
    body = text(as_(office.overseer).get("/transfers/"))
    assert "批次、事项目录和职权登记一致，没有差异。" in body
    assert body.count("与文件相符") == 9
    assert "登记新批次" in body


def test_the_board_names_a_difference(office, as_):
    TransferItem.objects.filter(matter__code="SJ-04").delete()
    body = text(as_(office.overseer).get("/transfers/"))
    assert "SJ-04在目录中属于“划转许可”，没有列入任何批次" in body
    assert "首批划转公布许可事项103项，登记102项" in body


def test_the_boards_queries_do_not_grow_with_items(office, as_, django_assert_max_num_queries):
    browser = as_(office.overseer)
    browser.get("/transfers/")
    with django_assert_max_num_queries(16):
        browser.get("/transfers/")


def test_a_department_sees_its_own_and_no_others(office, as_):
    browser = as_(office.giver)
    body = text(browser.get("/transfers/"))
    assert "莱阳市交通运输局" in body
    assert "莱阳市国土资源局" not in body
    batch = TransferBatch.objects.get(number="2018-2").pk
    assert text(browser.get(f"/transfers/batches/{batch}/JY/"))
    for address in (
        f"/transfers/items/{item_of('GT-01').pk}/",
        f"/transfers/items/{item_of('GT-01').pk}/lists.pdf",
        f"/transfers/items/{item_of('GT-01').pk}/lists.xlsx",
        f"/transfers/batches/{batch}/GT/",
        f"/transfers/batches/{batch}/ZZ/",
        f"/transfers/batches/{TransferBatch.objects.get(number='2018-1').pk}/",
        "/transfers/items/999999/",
    ):
        text(browser.get(address), 404)
    stranger = make.person("stranger", Role.DEPARTMENT_STAFF, department="GA")
    assert "没有与您所在单位有关的划转" in text(as_(stranger).get("/transfers/"))


def test_the_whole_way_over_the_pages(office, as_):
    item = item_of("JY-01")
    browser = as_(office.overseer)
    acted(browser, item, "activate", evidence=hand.EVIDENCE)
    acted(
        browser, item, "clear",
        conclusion="move", assessed_on="2026-03-02", assessor="市司法局", findings="可以划转。", document="",
    )  # fmt: skip
    browser = as_(office.giver)
    acted(browser, item, "draw_up")
    acted(browser, item, "line", inventory="archives", description="2017年案卷", quantity="12", unit="卷")
    for inventory in ("people", "assets"):
        acted(browser, item, "nothing", inventory=inventory)
    handover = reverse("transfer-handover", args=[item.batch_id, "JY"])
    assert "监交方还没有签字" in text(browser.get(handover))
    for who in (office.giver, office.receiver, office.overseer):
        assert as_(who).post(f"{handover}sign/").status_code == 302
    assert item_of("JY-01").state == "handed_over"
    assert "没有等待签字的事项" in text(as_(office.giver).post(f"{handover}sign/"), 409)
    answer = as_(office.overseer).post(f"{handover}complete/", {"on": "2026-03-03", "instrument": ""})
    assert "最早自次日起生效" in text(answer, 422)
    assert as_(office.overseer).post(f"{handover}complete/", {"on": "2026-03-10"}).status_code == 302
    assert item_of("JY-01").state == "effective"
    # Its fulfilment shows on the public page.
    assert "莱阳市行政审批服务局</strong>受理、决定、用印" in text(
        browser.get("/matters/JY-01/competence/", {"on": "2026-03-10"})
    )


def test_signing_and_completing_ask_for_the_password_again(office, client):
    item = hand.drawn_up(office)
    client.force_login(office.receiver)
    session = client.session
    session.update({"signed_in_at": NOW.timestamp(), "seen_at": NOW.timestamp()})
    session["confirmed_at"] = make.MONDAY.timestamp()
    session.save()
    answer = client.post(reverse("transfer-sign", args=[item.batch_id, "JY"]))
    assert "再次验证身份" in text(answer, 403)
    assert item.lines.filter(signatures__isnull=False).count() == 0


def test_an_act_of_somebody_else_is_grey_with_its_reason_and_refused_when_posted(office, as_):
    item = hand.assessed(office)
    browser = as_(office.receiver)
    assert "须由市政府协调机制人员暂缓划转。" in text(browser.get(f"/transfers/items/{item.pk}/"))
    assert "须由市政府协调机制人员办理" in text(acted(browser, item, "defer", status=403, reason="x"), 403)
    assert "移交" in text(acted(browser, item, "draw_up", status=403), 403)
    assert item_of("JY-01").state == "risk_assessed"
    assert TransferEvent.objects.filter(item=item).count() == 2
    text(browser.post(f"/transfers/items/{item.pk}/act/unknown/"), 404)


def test_a_refused_form_keeps_what_was_typed(office, as_):
    item = hand.assessed(office)
    answer = acted(
        as_(office.giver), item, "line", status=422,
        inventory="assets", description="许可证（空白）", number_from="鲁交000101", number_to="鲁运000200",
    )  # fmt: skip
    assert "字头和位数须与起号相同" in text(answer, 422)
    assert 'value="鲁运000200"' in answer.content.decode()
    assert InventoryLine.objects.count() == 0


def test_a_line_is_disputed_by_the_receiver_and_written_anew_by_the_giver(office, as_):
    item = hand.handed_over(office, extra=(CERTIFICATES,))
    line = item.lines.get(number_from="鲁交000101")
    address = reverse("transfer-line", args=[line.pk])
    assert "提出异议" in text(as_(office.receiver).get(address))
    assert as_(office.receiver).post(address, {"reason": "实点99份"}).status_code == 302
    browser = as_(office.giver)
    assert "实点99份" in text(browser.get(address))
    data = {"description": line.description, "quantity": "99", "number_from": "鲁交000101", "number_to": "鲁交000199"}
    assert browser.post(address, data).status_code == 302
    line.refresh_from_db()
    assert (line.quantity, line.disputed_reason, line.inventory) == (99, "", "assets")
    assert browser.post(address, {"remove": "1"}).status_code == 302
    assert not InventoryLine.objects.filter(pk=line.pk).exists()


def table(*rows: dict) -> SimpleUploadedFile:
    blank = {column.key: "" for column in COLUMNS}
    return SimpleUploadedFile("清单.xlsx", write_xlsx([Sheet("交接清单", COLUMNS, [blank | row for row in rows])]))


def test_a_long_list_comes_in_as_a_table_and_goes_out_as_one(office, as_):
    item = hand.assessed(office)
    rows = [
        {"inventory": "档案和文件资料", "description": f"第{number}卷", "quantity": "1"} for number in range(1, 301)
    ]
    rows.append(
        {"inventory": "印章、空白证书和资产", "description": "许可证", "number_from": "A001", "number_to": "A100",
         "missing_numbers": "A015"}
    )  # fmt: skip
    browser, address = as_(office.giver), reverse("transfer-import", args=[item.pk])
    assert browser.post(address, {"file": table(*rows)}).status_code == 302
    assert item.lines.count() == 301
    assert item.lines.get(number_from="A001").quantity == 99
    sheet = load_workbook(BytesIO(browser.get(reverse("transfer-lists-table", args=[item.pk])).content)).active
    assert sheet.max_row == 302
    assert [cell.value for cell in sheet[1]] == [column.label for column in COLUMNS]


def test_a_table_with_faults_is_told_row_by_row_and_nothing_of_it_taken(office, as_):
    item = hand.assessed(office)
    good = {"inventory": "人员和编制", "description": "编制", "quantity": "3"}
    browser, address = as_(office.giver), reverse("transfer-import", args=[item.pk])
    faulty = table(good, good | {"inventory": "其他"}, good | {"quantity": "三"}, good | {"description": ""})
    body = text(browser.post(address, {"file": faulty}), 422)
    assert "第3行：没有“其他”这张清单" in body
    assert "第4行：数量“三”不是整数。" in body
    assert "第5行" in body
    text(browser.post(address, {"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04no")}), 422)
    text(browser.post(address, {}), 422)
    text(browser.post(address, {"file": table()}), 422)
    assert InventoryLine.objects.count() == 0
    text(as_(office.receiver).get(address), 404)


def test_the_lists_print_with_names_of_who_signed_and_what_is_wanting(office, as_):
    item = hand.drawn_up(office, extra=(CERTIFICATES,))
    sign_lists([item.pk], actor=office.giver, at=NOW)
    answer = as_(office.receiver).get(reverse("transfer-lists-pdf", args=[item.pk]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")


def test_a_batch_is_registered_and_a_matter_put_on_it(office, as_):
    browser = as_(office.overseer)
    data = {
        "number": "2026-1", "title": "2026年第一批", "basis": "莱政字〔2026〕5号", "basis_issued_on": "2026-02-20",
        "decided_on": "2026-02-20", "deadline_on": "2026-02-01", "condition": "", "in_flight": "finish",
    }  # fmt: skip
    assert "不能早于文件印发日" in text(browser.post("/transfers/new/", data), 422)
    answer = browser.post("/transfers/new/", data | {"deadline_on": "2026-04-01"})
    batch = TransferBatch.objects.get(number="2026-1")
    assert answer["Location"] == f"/transfers/batches/{batch.pk}/"
    address = answer["Location"]
    assert browser.post(address, {"matter_code": "GA-01", "kind": "licence", "source": "own"}).status_code == 302
    item = item_of("GA-01")
    assert (item.state, item.from_department.code, item.to_department.code) == ("planned", "GA", "SP")
    for code, sentence in (("JY-01", "已列入“暂缓划转”"), ("ZZ-01", "没有查到这个事项"), ("GA-01", "已列入")):
        answer = browser.post(address, {"matter_code": code, "kind": "licence", "source": "own"})
        assert sentence in answer.content.decode(), code
        assert answer.status_code in (404, 422)
    text(as_(office.receiver).get("/transfers/new/"), 404)
