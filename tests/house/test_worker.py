"""A real Celery worker on the engine of this run: killed outright, its broker emptied, it loses and doubles nothing."""

import pytest
from django.db import transaction

from laiyang_approval.kernel import clock, jobs
from laiyang_approval.kernel.models import Job, NumberSeries
from laiyang_approval.kernel.rules import load_business_rules

from .workers import empty_the_broker, kill, leases_run_out, until, worker

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def _done() -> int:
    return Job.objects.filter(state=Job.State.DONE).count()


def test_jobs_survive_workers_killed_outright_and_a_broker_that_forgets(tmp_path):
    load_business_rules()
    log = tmp_path / "worker.log"
    names = [f"worker-test {number}" for number in range(24)]
    with transaction.atomic():
        for name in names:
            jobs.enqueue("worker-test", name, {"name": name, "seconds": 0.15}, at=clock.now())

    for kill_after in (4, 10):
        with worker(log) as process:
            until(lambda kill_after=kill_after: _done() >= kill_after, log)
            kill(process)
        assert _done() < len(names)
        leases_run_out()

    empty_the_broker()
    with worker(log):
        until(lambda: _done() == len(names), log)
    assert {row.series: row.last for row in NumberSeries.objects.filter(series__in=names)} == dict.fromkeys(names, 1)
    assert Job.objects.exclude(state=Job.State.DONE).count() == 0


def test_a_worker_told_to_stop_finishes_what_it_is_doing(tmp_path):
    load_business_rules()
    log = tmp_path / "worker.log"
    jobs.enqueue("worker-test", "slow", {"name": "slow", "seconds": 2}, at=clock.now())
    with worker(log) as process:
        until(lambda: Job.objects.get(key="slow").lease_until is not None, log)
        process.terminate()
        process.wait(timeout=30)
    assert Job.objects.get(key="slow").state == Job.State.DONE
    assert NumberSeries.objects.get(series="slow").last == 1
