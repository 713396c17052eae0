"""A thousand pushes to a receiver that fails three times of ten, workers killed, the broker flushed: none lost, no effect doubled.

Each guard is taken out once to show that the test would see it (controls M1 to M5, R1).
"""

import os
from contextlib import contextmanager

import pytest
from celery import current_app
from django.db import connection
from django.test import override_settings

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.jobs import run_due_jobs
from laiyang_approval.kernel.models import Department, Job
from supervision.domain.pushes import PushState
from supervision.domain.signatures import new_key
from supervision.gateways import http
from supervision.models import Push, PushAttempt, PushStep, RegulatorChannel
from tests.factories import supervision as sup
from tests.house.workers import empty_the_broker, kill, leases_run_out, until, worker
from tests.windows.hall_setup import forget_everything, load_everything
from windows.demo.bulk import load_cases
from windows.demo.people import load_demo_accounts

from .receiver import Receiver, running

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

#: The whole number on the engine of the machine room; the embedded one commits to disk each time and gets a share of it.
PUSHES = int(os.environ.get("PORTAL_TEST_PUSHES", "1000" if connection.vendor == "postgresql" else "150"))
FEW = 60


@contextmanager
def regulators(count: int, **faults):
    """``count`` decisions told to regulators with a system of their own, which is one and the same receiver."""
    forget_everything()
    load_everything()
    load_demo_accounts()
    with running(Receiver(keys={new_key()}, **faults)) as receiver:
        key = next(iter(receiver.keys))
        RegulatorChannel.objects.bulk_create(
            RegulatorChannel(department=body, kind="http", url=f"{receiver.url}/push", key=key, changed_at=clock.now())
            for body in Department.objects.filter(is_supervisor=True)
        )
        load_cases(count=count + count // 5, at=clock.now())
        sup.relayed(clock.now())
        assert Push.objects.filter(state=PushState.QUEUED).count() >= count
        yield receiver


def environment(receiver: Receiver) -> dict[str, str]:
    return {"PUSH_ALLOWED_ENDPOINTS": receiver.url, "PUSH_ALLOWED_NETWORKS": "127.0.0.1/32"}


def delivered() -> int:
    return Push.objects.exclude(state=PushState.QUEUED.value).count()


def test_fault_a_thousand_pushes_workers_killed_broker_flushed_none_lost_none_doubled(tmp_path):
    log = tmp_path / "worker.log"
    with regulators(PUSHES, rate=0.3) as receiver:
        wanted = set(Push.objects.values_list("number", flat=True))
        for share in (0.1, 0.3, 0.5):
            with worker(log, include="tests.supervision.worker_jobs", **environment(receiver)) as process:
                until(lambda share=share: delivered() >= share * len(wanted), log, 240)
                kill(process)
            empty_the_broker()
            leases_run_out()
        with worker(log, include="tests.supervision.worker_jobs", **environment(receiver)):
            until(lambda: delivered() == len(wanted), log, 240)

        assert set(receiver.effects) == wanted
        assert set(receiver.effects.values()) == {1}
        assert receiver.posts.total() > len(wanted) * 1.3
        assert (receiver.unsigned, {len(bodies) for bodies in receiver.bodies.values()}) == (0, {1})
        assert PushStep.objects.filter(kind="deliver").count() == len(wanted)
        assert PushAttempt.objects.filter(outcome="ok").count() == len(wanted)
        assert Push.objects.filter(needs_person_at__isnull=False).count() == 0
        for body in Department.objects.filter(pushes__isnull=False).distinct():
            sequences = list(body.pushes.order_by("sequence").values_list("sequence", flat=True))
            assert sequences == list(range(1, len(sequences) + 1))


def test_control_a_receiver_that_does_not_look_at_the_id_doubles_effects(tmp_path):
    log = tmp_path / "worker.log"
    with (
        regulators(FEW, rate=0.5, looks_at_ids=False) as receiver,
        worker(log, include="tests.supervision.worker_jobs", **environment(receiver)),
    ):
        until(lambda: max(receiver.effects.values(), default=0) > 1, log, 120)


def test_control_sent_by_the_message_alone_pushes_are_lost(tmp_path):
    log = tmp_path / "worker.log"
    with regulators(FEW) as receiver:
        pushes = list(Push.objects.values_list("number", "body"))
        Job.objects.all().delete()
        empty_the_broker()
        receiver.keys.clear()
        for number, body in pushes:
            current_app.send_task("control.post_once", args=[f"{receiver.url}/push", number, body], ignore_result=True)
        with worker(log, include="tests.supervision.worker_jobs") as process:
            until(lambda: len(receiver.posts) >= 5, log)
            kill(process)
        empty_the_broker()
        with worker(log, include="tests.supervision.worker_jobs"):
            current_app.send_task("control.post_once", args=[f"{receiver.url}/push", "last", ""], ignore_result=True)
            until(lambda: "last" in receiver.posts, log)
        assert len(receiver.posts) - 1 < len(pushes)


def test_control_an_answer_taken_for_received_whatever_it_says_loses_pushes(monkeypatch):
    monkeypatch.setattr(http, "names_us", lambda answer, message_id: True)
    with regulators(FEW, rate=0.5, faults=("html_before",)) as receiver:
        allowed = {name: [value] for name, value in environment(receiver).items()}
        with override_settings(**allowed):
            run_due_jobs(at=clock.now())
        lost = set(Push.objects.exclude(state="queued").values_list("number", flat=True)) - set(receiver.effects)
        assert lost
