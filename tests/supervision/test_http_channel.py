"""系统接口: a push is delivered when the receiver's answer names it; all else is tried again, or handed to a person (T7, T24)."""

import socket
from datetime import timedelta

import pytest

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import DomainError, NotFound, NotPermitted
from laiyang_approval.kernel.jobs import run_due_jobs
from laiyang_approval.kernel.models import Job
from supervision.commands import attempts
from supervision.commands.attempts import record_answer, recover_lost_attempts, send_again
from supervision.gateways import http
from supervision.gateways.http import Answer, deliver
from supervision.models import Push, PushAttempt, RegulatorChannel
from tests.factories import cases as make
from tests.factories import supervision as sup
from tests.factories.cases import MONDAY

from .receiver import AFTER, BEFORE, Receiver, running

QUEUED_AT = MONDAY + timedelta(hours=4)


@pytest.fixture
def regulator(people, settings):
    """The market supervision bureau's own system, open to us."""
    with running(Receiver(keys=set())) as receiver:
        channel = sup.http_channel(url=f"{receiver.url}/push")
        receiver.keys.add(channel.key)
        settings.PUSH_ALLOWED_ENDPOINTS = [receiver.url]
        settings.PUSH_ALLOWED_NETWORKS = ["127.0.0.1/32"]
        yield receiver


def tried(monkeypatch, at) -> None:
    """Every job due ``at`` is worked on, with the clock there. Real time signs: the reference library looks at it."""
    real = http.sign
    monkeypatch.setattr(http, "sign", lambda key, **given: real(key, **given | {"at": _REAL_NOW()}))
    monkeypatch.setattr(clock, "now", lambda: at)
    run_due_jobs(at=at)
    monkeypatch.undo()


_REAL_NOW = clock.now


def queued(people) -> Push:
    push = sup.pushed(people)
    assert (push.channel, push.state, push.attempts) == ("http", "queued", 0)
    return push


def fresh(push: Push) -> Push:
    return Push.objects.get(pk=push.pk)


def test_a_receiver_that_names_the_push_has_it(people, regulator, monkeypatch):
    push = queued(people)
    tried(monkeypatch, QUEUED_AT)
    push = fresh(push)
    assert (push.state, push.attempts, push.delivered_at, push.last_error) == ("delivered", 1, QUEUED_AT, "")
    assert (regulator.effects, regulator.unsigned) == ({push.number: 1}, 0)
    assert regulator.bodies[push.number] == {push.body.encode()}
    assert push.attempt_rows.get().outcome == "ok"


@pytest.mark.parametrize("fault", [*BEFORE, *AFTER, "408", "409", "425", "huge", "headers"])
def test_whatever_else_it_does_is_tried_again_and_takes_effect_once(people, regulator, monkeypatch, fault):
    push = queued(people)
    regulator.always = fault
    tried(monkeypatch, QUEUED_AT)
    push = fresh(push)
    assert (push.state, push.attempts, push.needs_person_at) == ("queued", 1, None)
    assert push.attempt_rows.get().outcome == "temporary"
    due = Job.objects.get(key=push.next_job).due_at - QUEUED_AT
    assert timedelta(seconds=22) <= due <= timedelta(seconds=38)
    regulator.always = ""
    tried(monkeypatch, QUEUED_AT + timedelta(minutes=1))
    assert (fresh(push).state, regulator.effects, regulator.posts[push.number]) == ("delivered", {push.number: 1}, 2)
    assert len(regulator.bodies[push.number]) == 1


@pytest.mark.parametrize("fault", ["400", "401", "403", "404", "410", "413", "422", "redirect"])
def test_a_plain_no_is_for_a_person_at_once(people, regulator, monkeypatch, fault):
    push = queued(people)
    regulator.always = fault
    tried(monkeypatch, QUEUED_AT)
    push = fresh(push)
    assert (push.state, push.needs_person_at, push.next_job) == ("queued", QUEUED_AT, "")
    assert push.steps.last().kind == "stuck"
    assert regulator.posts[push.number] == 1


def test_a_receiver_that_drips_is_cut_off(people, regulator, monkeypatch):
    monkeypatch.setattr(http, "TOTAL_SECONDS", 0.5)
    regulator.always = "drip"
    channel = RegulatorChannel.objects.get()
    answer = deliver(channel.url, key=channel.key, message_id="TS-SJ-000001", body="{}", at=_REAL_NOW())
    assert answer.outcome == "temporary"
    assert answer.milliseconds < 3000


def test_after_a_day_of_trying_a_person_must_look(people, regulator, monkeypatch):
    push = queued(people)
    regulator.always = "503"
    at, tries = QUEUED_AT, 0
    while fresh(push).needs_person_at is None:
        tried(monkeypatch, at)
        tries += 1
        waiting = Job.objects.filter(state=Job.State.NEW).order_by("due_at").first()
        at = waiting.due_at if waiting else at
        assert tries < 60
    push = fresh(push)
    assert push.needs_person_at == QUEUED_AT + timedelta(hours=24)
    assert push.attempts == push.attempt_rows.count() >= 15
    gaps = [b.at - a.at for a, b in zip(push.attempt_rows.all(), list(push.attempt_rows.all())[1:], strict=False)]
    assert min(gaps) >= timedelta(seconds=20) and max(gaps) <= timedelta(hours=4)


def test_a_receiver_that_is_away_is_left_alone_for_a_while(people, regulator, monkeypatch):
    for serial in range(5):
        make.granted(people, party=_party(serial))
    sup.relayed(QUEUED_AT)
    regulator.always = "500"
    tried(monkeypatch, QUEUED_AT)
    assert regulator.posts.total() == 3
    assert RegulatorChannel.objects.get().rests_until > QUEUED_AT
    assert PushAttempt.objects.count() == 3
    regulator.always = ""
    for minutes in range(1, 8):
        tried(monkeypatch, QUEUED_AT + timedelta(minutes=minutes))
    assert set(Push.objects.values_list("state", flat=True)) == {"delivered"}
    assert (RegulatorChannel.objects.get().failures, set(regulator.effects.values())) == (0, {1})


def _party(serial: int):
    from tests.windows.hall_setup import credit_code

    return make.PartyData(
        kind="legal", name=f"莱阳市第{serial}餐饮店", id_kind="credit_code", id_number=credit_code(serial + 1)
    )


def test_send_again_twenty_times_is_one_effect(people, watch, regulator, monkeypatch):
    push = queued(people)
    regulator.always = "400"
    tried(monkeypatch, QUEUED_AT)
    regulator.always = ""
    again = QUEUED_AT + timedelta(hours=1)
    send_again(push.number, actor=watch.coordinator, at=again)
    for _ in range(19):
        with pytest.raises(DomainError, match="正在自动重试"):
            send_again(push.number, actor=watch.coordinator, at=again)
    tried(monkeypatch, again)
    assert (fresh(push).state, regulator.effects[push.number], regulator.posts[push.number]) == ("delivered", 1, 2)
    with pytest.raises(DomainError, match="已经送达"):
        send_again(push.number, actor=watch.coordinator, at=again)


def test_only_coordinator_and_supervisor_send_again(people, watch, regulator, monkeypatch):
    push = queued(people)
    regulator.always = "400"
    tried(monkeypatch, QUEUED_AT)
    with pytest.raises(NotPermitted):
        send_again(push.number, actor=watch.regulator, at=QUEUED_AT)
    with pytest.raises(NotFound):
        send_again(push.number, actor=watch.other, at=QUEUED_AT)
    assert fresh(push).needs_person_at == QUEUED_AT


def test_an_answer_that_comes_late_changes_nothing(people, regulator, monkeypatch):
    push = queued(people)
    tried(monkeypatch, QUEUED_AT)
    for outcome in PushAttempt.Outcome:
        record_answer(push.pk, Answer(outcome, 500, "late", 1), at=QUEUED_AT + timedelta(minutes=5))
    push = fresh(push)
    assert (push.state, push.attempts, push.steps.filter(kind="deliver").count()) == ("delivered", 1, 1)


def test_an_attempt_whose_job_is_lost_is_tried_again_and_one_that_died_is_shown(people, regulator, monkeypatch):
    push = queued(people)
    Job.objects.all().delete()
    assert recover_lost_attempts(at=QUEUED_AT) == 1
    assert recover_lost_attempts(at=QUEUED_AT) == 0
    Job.objects.update(state=Job.State.FAILED)
    assert recover_lost_attempts(at=QUEUED_AT) == 1
    assert (fresh(push).needs_person_at, fresh(push).last_error) == (QUEUED_AT, attempts.LOST)


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1"])
def test_a_name_that_turns_inward_after_it_was_written_down_is_never_connected_to(
    people, regulator, settings, monkeypatch, address
):
    settings.PUSH_ALLOWED_ENDPOINTS = ["http://jg.example.cn"]
    settings.PUSH_ALLOWED_NETWORKS = []
    port = int(regulator.url.rpartition(":")[2])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: [(0, 0, 0, "", (address, port))])
    monkeypatch.setattr(socket, "create_connection", lambda *args: pytest.fail("connected"))
    answer = deliver("http://jg.example.cn/", key="whsec_AAAA", message_id="TS-SJ-000001", body="{}", at=_REAL_NOW())
    assert (answer.outcome, regulator.posts.total()) == ("permanent", 0)
    assert "内部地址" in answer.error


def test_an_address_the_deployment_does_not_name_is_never_resolved(people, regulator, settings, monkeypatch):
    settings.PUSH_ALLOWED_ENDPOINTS = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: pytest.fail("resolved"))
    answer = deliver(regulator.url, key="whsec_AAAA", message_id="TS-SJ-000001", body="{}", at=_REAL_NOW())
    assert (answer.outcome, "不在部署时设定的允许名单中" in answer.error) == ("permanent", True)


def test_a_proxy_of_the_environment_is_not_asked(people, regulator, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    channel = RegulatorChannel.objects.get()
    answer = deliver(channel.url, key=channel.key, message_id="TS-SJ-000001", body="{}", at=_REAL_NOW())
    assert answer.outcome == "ok"
