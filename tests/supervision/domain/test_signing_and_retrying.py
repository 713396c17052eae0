"""签名、重试、地址: pure rules, with the vector of the Standard Webhooks specification and hostile addresses."""

from datetime import UTC, datetime, timedelta

import pytest

from supervision.domain.addresses import (
    Forbidden,
    endpoint_of,
    networks_of,
    require_listed,
    require_reachable,
)
from supervision.domain.messages import body_of, names_us
from supervision.domain.retries import FIRST_PAUSE, LONGEST_PAUSE, next_attempt, pause_after
from supervision.domain.signatures import is_genuine, new_key, sign

pytestmark = pytest.mark.once

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", '{"test": 2432232314}'
AT = datetime.fromtimestamp(1614265330, tz=UTC)
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def genuine(**changed) -> bool:
    given = {
        "keys": [KEY], "message_id": ID, "timestamp": "1614265330", "signature": SIGNATURE, "body": BODY,
        "at": AT, "tolerance": 300,
    } | changed  # fmt: skip
    return is_genuine(given.pop("keys"), **given)


def test_the_vector_of_the_specification():
    assert sign(KEY, message_id=ID, at=AT, body=BODY)["Webhook-Signature"] == SIGNATURE
    assert genuine()


@pytest.mark.parametrize(
    "changed",
    [
        {"body": BODY + " "},
        {"message_id": ID[:-1] + "x"},
        {"timestamp": "1614265331"},
        {"keys": [new_key()]},
        {"keys": []},
        {"signature": ""},
        {"signature": SIGNATURE.replace("v1,", "v0,")},
        {"signature": "none"},
        {"signature": "v1,"},
        {"signature": "v1,١٢٣"},
        {"timestamp": "1614265330.0"},
        {"timestamp": "١٦١٤٢٦٥٣٣٠"},
        {"timestamp": "9" * 5000},
        {"timestamp": "-1614265330"},
    ],
    ids=lambda changed: f"{next(iter(changed))} {len(str(next(iter(changed.values()))))}",  # a key is another each time
)
def test_whatever_differs_is_not_genuine(changed):
    assert not genuine(**changed)


@pytest.mark.parametrize(("seconds", "expected"), [(300, True), (-300, True), (301, False), (-301, False)])
def test_three_hundred_seconds_either_way_and_no_more(seconds, expected):
    assert genuine(at=AT + timedelta(seconds=seconds)) is expected


def test_one_of_two_keys_and_one_of_two_signatures_is_enough():
    assert genuine(keys=[new_key(), KEY], signature=f"v1,AAAA {SIGNATURE}")


def test_pauses_grow_are_spread_and_end_at_the_day():
    pauses = [pause_after(attempt, spread_by="TS-SJ-000001") for attempt in range(1, 15)]
    assert all(FIRST_PAUSE * 0.75 <= pause <= LONGEST_PAUSE * 1.25 for pause in pauses)
    assert pauses[:7] == sorted(pauses[:7])
    assert len({pause_after(1, spread_by=f"TS-{n}") for n in range(50)}) > 40
    assert next_attempt(AT, 30, at=AT + timedelta(hours=23, minutes=59), hours=24, spread_by="x") == AT + timedelta(
        hours=24
    )
    assert next_attempt(AT, 31, at=AT + timedelta(hours=24), hours=24, spread_by="x") is None


@pytest.mark.parametrize(
    "url",
    [
        "ftp://jg.example.cn/", "//jg.example.cn/", "https://user@jg.example.cn/", "https://jg.example.cn/?a=1",
        "https://jg.example.cn/#a", "https://jg.example.cn:99999/", "https://", "https://jg.example.cn\\@127.0.0.1/",
        "https://jg.example.cn/ a", "https://莱阳.cn/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL", "",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(url):
    with pytest.raises(Forbidden):
        endpoint_of(url)


@pytest.mark.parametrize(
    "url",
    ["https://jg.example.cn:8443/x", "http://jg.example.cn/x", "https://jg.example.cn.evil.cn/", "http://127.0.0.1/"],
)
def test_what_the_deployment_does_not_name_is_refused(url):
    with pytest.raises(Forbidden, match="不在部署时设定的允许名单中"):
        require_listed(endpoint_of(url), ["https://jg.example.cn"])


def test_the_named_one_is_let_through_whatever_its_path():
    require_listed(endpoint_of("https://JG.example.cn:443/push/in"), ["https://jg.example.cn"])


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
        "2002:7f00:1::", "ff02::1",
    ],
)  # fmt: skip
def test_a_name_that_stands_for_an_inner_address_is_refused(address):
    with pytest.raises(Forbidden, match="内部地址"):
        require_reachable([address], ())
    with pytest.raises(Forbidden, match="内部地址"):
        require_reachable(["8.8.8.8", address], networks_of(["10.99.0.0/16"]))


def test_an_inner_network_the_deployment_opens_is_let_through_and_no_other():
    opened = networks_of(["10.20.0.0/16"])
    assert require_reachable(["10.20.3.4"], opened) == "10.20.3.4"
    with pytest.raises(Forbidden):
        require_reachable(["10.21.3.4"], opened)
    assert require_reachable(["8.8.8.8"], ()) == "8.8.8.8"


def test_a_name_without_addresses_is_refused():
    with pytest.raises(Forbidden, match="没有解析出地址"):
        require_reachable([], ())


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b'{"id": "m1"}', True),
        (b'{"id": "m2"}', False),
        (b'{"code": 500}', False),
        (b"<html>OK</html>", False),
        (b'"m1"', False),
        (b"[" * 100_000, False),
        (b"", False),
        (b"\xff\xfe", False),
    ],
)
def test_only_an_answer_that_names_us_is_an_acknowledgement(answer, expected):
    assert names_us(answer, "m1") is expected


def test_the_same_fields_always_make_the_same_bytes():
    assert body_of({"b": 1, "a": "𠮷"}) == body_of({"a": "𠮷", "b": 1})
    assert body_of({"a": "𠮷"}).text == '{"a":"𠮷"}'
