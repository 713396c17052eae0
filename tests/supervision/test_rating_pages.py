"""好差评 and 咨询投诉 on their pages: let in by the code, rated once, answered at the desk, read again by number and code."""

import csv
import re
from io import StringIO

import pytest
import time_machine

from laiyang_approval.kernel.crypto import query_code_hmac, token_digest
from supervision.commands.ratings import Opinion, rate_service
from supervision.models import Complaint, Rectification, ServiceRating
from tests.factories import cases as make
from tests.factories.cases import days_later
from windows.models import Case

CODE, TOKEN = "ABCDEFGH", "t" * 22


@pytest.fixture
def case(people):
    """Handed over that Monday, looked at on Tuesday."""
    one = make.delivered(people)
    Case.objects.filter(pk=one.pk).update(query_code_hmac=query_code_hmac(CODE), query_token_hash=token_digest(TOKEN))
    with time_machine.travel(days_later(1), tick=False):
        yield one


@pytest.fixture
def bad(case):
    return rate_service(case.number, 2, opinion=Opinion("dissatisfied", "qr", ("slow",), "太慢。"), at=days_later(1))


def let_in(client, case, **more) -> None:
    answer = client.post("/rate/", {"number": case.number, "code": CODE} | more)
    assert answer.headers["Location"] == "/rate/case/"


def test_rated_once_behind_the_code(case, client):
    assert client.get("/rate/case/").status_code == 403
    assert client.post("/rate/", {"number": case.number, "code": "WRONGONE"}).status_code == 404
    let_in(client, case)
    page = client.get("/rate/case/").content.decode()
    assert "送达" in page and "收件" in page and "评价截止2026年3月9日" in page
    vote = {"number": "2", "level": "satisfied", "text": "谢谢"}
    assert client.post("/rate/case/", vote).status_code == 302
    again = client.post("/rate/case/", vote | {"level": "very_dissatisfied", "reasons": "slow"})
    assert again.status_code == 409 and "已经评价过，一次服务评价一次" in again.content.decode()
    rating = ServiceRating.objects.get()
    assert (rating.level, rating.text, rating.channel, rating.case_id) == ("satisfied", "谢谢", "web", case.pk)


@pytest.mark.parametrize(
    ("how", "channel"),
    [({}, "web"), ({"at": "kiosk"}, "kiosk"), ({"at": "window"}, "window"), ({"at": "moon"}, "web"),
     ({"token": TOKEN}, "qr")],
)  # fmt: skip
def test_the_way_in_is_the_channel(case, client, how, channel):
    let_in(client, case, **how)
    client.post("/rate/case/", {"number": "1", "level": "very_satisfied"})
    assert ServiceRating.objects.get().channel == channel


def test_the_receipts_qr_code_leads_to_the_status_page_and_on_to_the_rating(case, client):
    page = client.post("/status/", {"token": TOKEN}).content.decode()
    assert 'href="/rate/case/"' in page and "评价这次服务" in page
    client.post("/rate/case/", {"number": "2", "level": "satisfied"})
    assert ServiceRating.objects.get().channel == "qr"


def test_after_the_term_the_status_page_offers_what_was_said_and_nothing_new_is_taken(case, client):
    with time_machine.travel(days_later(8), tick=False):
        assert "我的评价" in client.post("/status/", {"number": case.number, "code": CODE}).content.decode()
        late = client.post("/rate/case/", {"number": "2", "level": "satisfied"})
        assert late.status_code == 409 and "评价期限至2026-03-09，已经届满" in late.content.decode()
    assert not ServiceRating.objects.exists()


def test_a_bad_one_without_a_word_is_asked_why(case, client):
    let_in(client, case)
    answer = client.post("/rate/case/", {"number": "2", "level": "dissatisfied"})
    assert answer.status_code == 422 and "请至少选择一项原因" in answer.content.decode()
    for typed in ({"number": "2"}, {"number": "x", "level": "satisfied"}, {"number": "99", "level": "satisfied"}):
        assert client.post("/rate/case/", typed).status_code in {404, 422}
    assert not ServiceRating.objects.exists()


def test_the_desk_calls_back_answers_and_the_applicant_reads_it(case, bad, people, client):
    client.force_login(people.reviewer)
    assert "剩1个工作日" in client.get("/supervision/ratings/").content.decode()
    address = f"/supervision/ratings/{bad.pk}/"
    assert "太慢。" in client.get(address).content.decode()
    early = client.post(f"{address}close/", {"close-outcome": "fixed", "close-reply": "已改"})
    assert early.status_code == 409 and "请先联系评价人核实" in early.content.decode()
    assert client.post(f"{address}contact/", {"contact-note": ""}).status_code == 422
    assert client.post(f"{address}contact/", {"contact-note": "已电话联系"}).status_code == 302
    assert client.post(f"{address}close/", {"close-outcome": "fixed", "close-reply": "已增设窗口。"}).status_code == 302
    client.logout()
    let_in(client, case)
    assert "已增设窗口。" in client.get("/rate/case/").content.decode()
    assert client.post("/rate/case/", {"number": "2", "revisit": "1", "satisfied": "yes"}).status_code == 302
    assert Rectification.objects.get().revisit_satisfied is True


def test_appealed_at_the_desk_and_ruled_by_the_supervisor(bad, people, watch, client):
    address = f"/supervision/ratings/{bad.pk}/"
    client.force_login(people.issuer)
    page = client.get(address).content.decode()
    assert "您是被评价人" in page
    assert client.post(f"{address}contact/", {"contact-note": "x"}).status_code == 403
    assert client.post(f"{address}appeal/", {"appeal-reason": "误评"}).status_code == 302
    client.force_login(watch.supervisor)
    assert "误评" in client.get(address).content.decode()
    assert "待复核" in client.get("/supervision/ratings/?list=appeals").content.decode()
    done = client.post(f"{address}recheck/", {"recheck-uphold": "yes", "recheck-ruling": "录音证实"})
    assert done.status_code == 302 and Rectification.objects.get().state == "voided"


def test_another_body_knows_nothing_of_it(bad, client):
    client.force_login(make.person("clerk-GA", make.Role.WINDOW_CLERK, department="GA", right="intake_for_department"))
    address = f"/supervision/ratings/{bad.pk}/"
    assert client.get(address).status_code == 404
    assert client.post(f"{address}contact/", {"contact-note": "x"}).status_code == 404
    assert "太慢" not in client.get("/supervision/ratings/?list=all").content.decode()
    assert Rectification.objects.get().state == "open"


def test_the_public_page_shows_rates_and_no_words(bad, case, client):
    page = client.get("/satisfaction/").content.decode()
    assert "太慢" not in page and case.number not in page
    assert re.search(r"满意率.{0,80}0\.0", page, re.S)
    assert client.get("/satisfaction/?month=2026-99").status_code == 200
    assert "2026年3月1日至2026年3月3日" in client.get("/satisfaction/?month=2026-03").content.decode()


def test_the_supervisors_table_bears_both_code_orders_and_no_name(bad, case, people, watch, client):
    rate_service(case.number, 1, opinion=Opinion("very_satisfied", "web", (), "=1+1"), at=days_later(1))
    client.force_login(people.reviewer)
    assert client.get("/supervision/ratings/export/").status_code == 404
    client.force_login(watch.supervisor)
    assert "/supervision/ratings/export/" in client.get("/supervision/ratings/").content.decode()
    rows = list(csv.reader(StringIO(client.get("/supervision/ratings/export/").content.decode("utf-8-sig"))))
    assert [row[1:4] + row[7:15] for row in rows[1:]] == [
        ["1", "收件", "2026-03-02", "网上", "5", "1", "", "'=1+1", "2026-03-03 09:30", "0", "0"],
        ["2", "送达", "2026-03-02", "扫码", "2", "4", "办得慢、等得久", "太慢。", "2026-03-03 09:30", "0", "0"],
    ]
    assert make.RESTAURANT.name not in str(rows)


# ---- complaints


def typed(**changed) -> dict[str, str]:
    return {"token": "k" * 43, "kind": "second_seal", "about": "SJ", "text": "要求再盖所章。"} | changed


def test_a_second_seal_from_the_status_page_is_about_the_case_and_read_again_by_its_code(case, people, client):
    assert "被要求重复盖章" in client.post("/status/", {"number": case.number, "code": CODE}).content.decode()
    page = client.post("/complaints/", typed(name="姜成")).content.decode()
    complaint = Complaint.objects.get()
    assert (complaint.case_id, complaint.about.code, complaint.department.code) == (case.pk, "SJ", "SP")
    code = re.search(r"查询码</dt>\s*<dd>([0-9A-Z]{8})", page).group(1)
    assert "没有重复登记" in client.post("/complaints/", typed()).content.decode()
    assert Complaint.objects.count() == 1
    client.force_login(people.decider)
    desk = client.get("/supervision/complaints/").content.decode()
    assert complaint.number in desk and "剩5个工作日" in desk
    address = f"/supervision/complaints/{complaint.number}/"
    assert client.post(address, {"answer": "x"}).status_code == 422
    assert client.post(address, {"finding": "true", "answer": "已责令纠正。"}).status_code == 302
    client.logout()
    assert client.post("/complaints/answer/", {"number": complaint.number, "code": "WRONGONE"}).status_code == 404
    read = client.post("/complaints/answer/", {"number": complaint.number, "code": code}).content.decode()
    assert "已责令纠正。" in read and "姜成" not in read


def test_the_body_is_asked_for_and_what_was_typed_stays(people, client):
    answer = client.post("/complaints/", typed(about=""))
    page = answer.content.decode()
    assert answer.status_code == 422 and "请选择要求您再盖章的部门。" in page and "要求再盖所章。" in page
    assert not Complaint.objects.exists()


def test_without_the_code_no_case_is_named(case, client):
    client.post("/complaints/", typed(kind="complaint", about=""))
    assert Complaint.objects.get().case_id is None


def test_from_one_address_ten_an_hour(people, client):
    for number in range(10):
        assert client.post("/complaints/", typed(token=f"{number:043d}")).status_code == 200
    refused = client.post("/complaints/", typed())
    assert refused.status_code == 429 and "提交过于频繁" in refused.content.decode()
    assert Complaint.objects.count() == 10


def test_the_watchers_read_a_masked_name(people, watch, client):
    client.post("/complaints/", typed(name="王小明", phone="13800000001"))
    number = Complaint.objects.get().number
    client.force_login(watch.supervisor)
    page = client.get(f"/supervision/complaints/{number}/").content.decode()
    assert "王*明" in page and "138****0001" in page and "王小明" not in page
    client.force_login(people.clerk)
    assert "王小明" in client.get(f"/supervision/complaints/{number}/").content.decode()


def test_passed_on_at_the_desk(people, client):
    client.post("/complaints/", typed(kind="question", text="户口怎么迁？", about=""))
    number = Complaint.objects.get().number
    client.force_login(people.reviewer)
    address = f"/supervision/complaints/{number}/"
    assert client.post(address, {"pass_on": "1", "to": "GA", "reason": ""}).status_code == 422
    moved = client.post(address, {"pass_on": "1", "to": "GA", "reason": "由公安机关答复。"})
    assert moved.headers["Location"] == "/supervision/complaints/"
    assert client.get(address).status_code == 404
