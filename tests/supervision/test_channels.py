"""推送渠道: set by the system officer, only where the deployment allows; keys are shown once and stored encrypted."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from laiyang_approval.kernel.errors import InvalidInput, NotFound, NotPermitted
from laiyang_approval.kernel.models import AuditRecord
from laiyang_approval.kernel.roles import Role
from supervision.commands.channels import renew_key, set_channel
from supervision.models import Push, RegulatorChannel
from tests.factories import cases as make
from tests.factories import supervision as sup
from tests.factories.cases import MONDAY, days_later

URL = "https://jg.example.cn/push"


@pytest.fixture
def officer(people, settings):
    settings.PUSH_ALLOWED_ENDPOINTS = ["https://jg.example.cn"]
    return make.person("officer", Role.SYSTEM_OFFICER)


def test_a_regulators_own_system_is_set_with_its_key_and_both_are_audited(officer):
    key = renew_key("SJ", inbound=False, actor=officer, at=MONDAY)
    channel = set_channel("SJ", kind="http", url=URL, actor=officer, at=MONDAY)
    assert (channel.kind, channel.url, channel.key) == ("http", URL, key)
    refs = AuditRecord.objects.filter(action__startswith="channel").values_list("action", "object_ref")
    assert sorted(refs) == [("channel_changed", "channel:SJ"), ("channel_key_renewed", "channel:SJ")]
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM supervision_regulatorchannel")
        assert key not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("https://elsewhere.cn/push", "不在部署时设定的允许名单中"),
        ("http://jg.example.cn/push", "不在部署时设定的允许名单中"),
        ("http://127.0.0.1:6379/", "不在部署时设定的允许名单中"),
        ("http://169.254.169.254/", "不在部署时设定的允许名单中"),
        ("file:///etc/passwd", "https://"),
        ("", "https://"),
    ],
)
def test_what_the_deployment_does_not_name_cannot_be_set(officer, url, sentence):
    renew_key("SJ", inbound=False, actor=officer, at=MONDAY)
    with pytest.raises(InvalidInput, match=sentence):
        set_channel("SJ", kind="http", url=url, actor=officer, at=MONDAY)
    assert RegulatorChannel.objects.get().kind == "console"


def test_without_a_key_there_is_no_interface(officer):
    with pytest.raises(InvalidInput, match="还没有推送签名密钥"):
        set_channel("SJ", kind="http", url=URL, actor=officer, at=MONDAY)


def test_what_waited_for_a_system_that_is_given_up_lies_in_the_inbox(officer, people):
    renew_key("SJ", inbound=False, actor=officer, at=MONDAY)
    set_channel("SJ", kind="http", url=URL, actor=officer, at=MONDAY)
    push = sup.pushed(people)
    assert push.state == "queued"
    set_channel("SJ", kind="console", url="", actor=officer, at=days_later(1))
    push = Push.objects.get(pk=push.pk)
    assert (push.state, push.delivered_at) == ("delivered", days_later(1))


def test_the_former_inbound_key_holds_for_a_while(officer):
    first = renew_key("SJ", inbound=True, actor=officer, at=MONDAY)
    second = renew_key("SJ", inbound=True, actor=officer, at=days_later(1))
    channel = RegulatorChannel.objects.get()
    assert (channel.inbound_key, channel.former_inbound_key) == (second, first)
    assert channel.former_until == days_later(1) + timedelta(hours=72)


def test_nobody_else_sets_it_and_only_for_a_regulator(officer, people, watch):
    for who in (people.reviewer, watch.regulator, watch.coordinator):
        with pytest.raises(NotPermitted):
            renew_key("SJ", inbound=True, actor=who, at=MONDAY)
    with pytest.raises(NotFound):
        renew_key("SP", inbound=True, actor=officer, at=MONDAY)
    assert RegulatorChannel.objects.count() == 0


def test_the_page_shows_a_new_key_once(officer, client):
    client.force_login(officer)
    with time_machine.travel(MONDAY, tick=False):
        session = client.session
        session.update({"confirmed_at": MONDAY.timestamp(), "signed_in_at": MONDAY.timestamp()})
        session.save()
        made = client.post("/supervision/channels/SJ/keys/inbound/")
        key = RegulatorChannel.objects.get().inbound_key
        assert key in made.content.decode().replace("&#x2B;", "+") and "no-store" in made.headers["Cache-Control"]
        assert key not in client.get("/supervision/channels/SJ/").content.decode()
        wrong = client.post("/supervision/channels/SJ/", {"kind": "http", "url": "https://elsewhere.cn/"})
        assert wrong.status_code == 422
        assert client.get("/supervision/channels/").status_code == 200
        assert client.get("/supervision/channels/SP/").status_code == 404
