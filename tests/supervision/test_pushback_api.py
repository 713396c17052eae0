"""POST /api/v1/pushbacks/: only what the department's own key signed just now is taken, once, and bad input is told in words."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from supervision.domain.signatures import new_key, sign
from supervision.models import RegulatorChannel, SupervisionFeedback
from tests.factories import cases as make
from tests.factories import licences as lic
from tests.factories import supervision as sup
from tests.factories.cases import days_later
from windows.models import Licence

URL = "/api/v1/pushbacks/"
AT = days_later(3)


@pytest.fixture
def channel(people):
    lic.old_licence(people, at=make.MONDAY)
    channel = sup.http_channel()
    with time_machine.travel(AT, tick=False):
        yield channel


def forfeiture(**changed) -> dict:
    return {
        "kind": "forfeiture",
        "date": "2026-03-03",
        "licence_no": Licence.objects.get().number,
        "document_no": "莱市监罚〔2026〕12号",
        "officers": ["张三丰", "李四光"],
        "finding": "经查，使用过期原料，情节严重。",
    } | changed


def post(channel: RegulatorChannel, said, *, message_id: str = "msg_1", key: str = "", at=AT, client=None, **headers):
    body = said if isinstance(said, (str, bytes)) else json.dumps(said, ensure_ascii=False)
    text = body if isinstance(body, str) else body.decode("latin-1")
    signed = sign(key or channel.inbound_key, message_id=message_id, at=at, body=text)
    sent = {name.replace("-", "_").upper(): value for name, value in ({"Webhook-Sender": "SJ"} | signed).items()}
    sent |= {name.replace("-", "_").upper(): value for name, value in headers.items()}
    browser = client or Client(enforce_csrf_checks=True)
    return browser.post(
        URL, body, content_type="application/json", **{f"HTTP_{name}": value for name, value in sent.items()}
    )


def taken() -> tuple[str, int]:
    return Licence.objects.get().state, SupervisionFeedback.objects.count()


def test_a_forfeiture_is_taken_and_says_what_it_brought_about(channel):
    answer = post(channel, forfeiture())
    assert answer.status_code == 201
    assert answer.json() == {
        "id": "msg_1",
        "receipt": "JG2026000001",
        "received_at": AT.isoformat(),
        "effect": f"证照{Licence.objects.get().number}已吊销；至2027-03-05不适用容缺受理和告知承诺",
        "reply_due": "2026-03-12",
    }
    assert answer.headers["Cache-Control"] == "private, no-store" or "no-store" in answer.headers["Cache-Control"]
    assert taken() == ("forfeited", 1)


def test_the_same_message_again_is_answered_the_same_and_takes_no_effect(channel):
    first = post(channel, forfeiture())
    for minutes in (0, 4):
        again = post(channel, forfeiture(), at=AT + timedelta(minutes=minutes))
        assert (again.status_code, again.json()["receipt"]) == (200, first.json()["receipt"])
    assert taken() == ("forfeited", 1)


def test_another_body_under_the_same_id_is_a_conflict(channel):
    post(channel, forfeiture(kind="penalty"))
    answer = post(channel, forfeiture())
    assert (answer.status_code, taken()) == (409, ("valid", 1))
    assert "内容不同" in answer.json()["error"]


@pytest.mark.parametrize("seconds", [301, -301, 86400])
def test_a_message_of_another_time_is_not_taken(channel, seconds):
    assert post(channel, forfeiture(), at=AT + timedelta(seconds=seconds)).status_code == 401
    assert taken() == ("valid", 0)


@pytest.mark.parametrize(
    "headers",
    [
        {"Webhook-Sender": "WJ19"},
        {"Webhook-Sender": "XX"},
        {"Webhook-Sender": ""},
        {"Webhook-Sender": "sj"},
        {"Webhook-Signature": ""},
        {"Webhook-Signature": "none"},
        {"Webhook-Signature": "v1,AAAA"},
        {"Webhook-Timestamp": "0"},
        {"Webhook-Id": "msg_2"},
        {"Webhook-Id": ""},
        {"Webhook-Id": "x" * 101},
    ],
    ids=str,
)
def test_what_the_departments_key_did_not_sign_is_not_taken(channel, headers):
    answer = post(channel, forfeiture(), **headers)
    assert (answer.status_code, taken()) == (401, ("valid", 0))
    assert answer.json()["error"].startswith("签名无效")


def test_neither_another_departments_key_nor_one_of_ours_opens_it(channel):
    other = sup.http_channel("WJ19")
    for key in (other.inbound_key, channel.key, new_key()):
        assert post(channel, forfeiture(), key=key).status_code == 401
    assert taken() == ("valid", 0)


def test_the_former_key_holds_until_its_day(channel):
    former = new_key()
    channel.former_inbound_key, channel.former_until = former, AT + timedelta(hours=1)
    channel.save()
    assert post(channel, forfeiture(kind="inspection"), key=former).status_code == 201
    with time_machine.travel(AT + timedelta(hours=2), tick=False):
        late = post(channel, forfeiture(), key=former, message_id="msg_2", at=AT + timedelta(hours=2))
    assert late.status_code == 401


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("{", "正文不是 JSON"),
        ("[]", "一个 JSON 对象"),
        ("[" * 30_000, "正文不是 JSON"),
        ({"kind": "forfeiture", "state": "cancelled"}, "不认识的字段：state"),
        ({"kind": 7}, "kind 须为文字"),
        ({"abnormal": "yes"}, "abnormal 须为true 或 false"),
        ({"officers": "张三丰"}, "至多两个姓名"),
        ({"officers": ["甲", "乙", "丙"]}, "至多两个姓名"),
        ({}, "内容有误"),
        ({"kind": "burn", "date": "2026-03-03", "finding": "x"}, "内容有误"),
        ({"kind": "penalty", "date": "3/3/2026", "finding": "x"}, "内容有误"),
        ({"kind": "penalty", "date": "٢٠٢٦-٠٣-٠٣", "finding": "x"}, "内容有误"),
        ({"kind": "penalty", "date": "2026-03-03", "finding": "x" * 3000}, "内容有误"),
        ({"kind": "penalty", "date": "2026-03-03", "finding": "x", "document_no": "1"}, "请写明推送编号或者证照编号"),
        (
            {"kind": "forfeiture", "date": "2026-03-03", "finding": "x", "licence_no": "x", "document_no": "1"},
            "不由贵部门监管",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bad_input_is_told_in_words_and_nothing_is_taken(channel, said, sentence):
    answer = post(channel, said)
    assert answer.status_code in {409, 422}
    assert sentence in answer.json()["error"]
    assert taken() == ("valid", 0)


def test_fields_that_are_wrong_are_named_as_they_were_sent(channel):
    answer = post(channel, {"kind": "penalty", "date": "x", "finding": ""})
    assert answer.json()["fields"] == {"date": "日期应写作2026-11-24的形式。", "finding": "请写明查明的情况。"}


def test_too_long_another_type_and_another_method_are_refused(channel):
    assert post(channel, " " * 70_000).status_code == 413
    assert Client().post(URL, "{}", content_type="text/plain").status_code == 415
    assert Client().get(URL).status_code == 405
    assert post(channel, '{"finding": "\\ud800"}').status_code == 400
    assert Client().post(URL, b"\xff\xfe", content_type="application/json").status_code in {400, 401}
    assert taken() == ("valid", 0)
