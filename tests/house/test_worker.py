"""A real Celery worker on the engine of this run: killed outright, its broker emptied, it loses and doubles nothing."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection, transaction

from laiyang_approval.kernel import clock, jobs
from laiyang_approval.kernel.models import Job, NumberSeries
from laiyang_approval.kernel.rules import load_business_rules

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def _url_of_test_database() -> str:
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    password = f":{given['PASSWORD']}" if given["PASSWORD"] else ""
    return f"postgres://{given['USER']}{password}@{given['HOST']}:{given['PORT'] or 5432}/{given['NAME']}"


@contextmanager
def worker(log: Path) -> Iterator[subprocess.Popen]:
    """The worker of ./run, with beat in it, on the test database."""
    command = [sys.executable, "-m", "celery", "-A", "laiyang_approval", "worker", "--beat", "--concurrency", "1"]
    command += ["--loglevel", "WARNING", "--include", "tests.house.worker_jobs"]
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=os.environ | {"DATABASE_URL": _url_of_test_database()},
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _empty_the_broker() -> None:
    """Every bell is lost, as by a disk wiped or FLUSHALL."""
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    if "data_folder_in" in options:
        shutil.rmtree(options["data_folder_in"])
        os.mkdir(options["data_folder_in"])
    else:
        with current_app.connection() as broker:
            broker.default_channel.queue_purge("celery")


def _done() -> int:
    return Job.objects.filter(state=Job.State.DONE).count()


def _until(condition, log: Path, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, log.read_text(encoding="utf-8")[-3000:]
        time.sleep(0.1)


def _leases_run_out() -> None:
    """What happens when the lease time has passed, without waiting for it."""
    Job.objects.filter(state=Job.State.NEW).update(lease_until=None, rung_at=None)


def test_jobs_survive_workers_killed_outright_and_a_broker_that_forgets(tmp_path):
    load_business_rules()
    log = tmp_path / "worker.log"
    names = [f"worker-test {number}" for number in range(24)]
    with transaction.atomic():
        for name in names:
            jobs.enqueue("worker-test", name, {"name": name, "seconds": 0.15}, at=clock.now())

    for kill_after in (4, 10):
        with worker(log) as process:
            _until(lambda kill_after=kill_after: _done() >= kill_after, log)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        assert _done() < len(names)
        _leases_run_out()

    _empty_the_broker()
    with worker(log):
        _until(lambda: _done() == len(names), log)
    assert {row.series: row.last for row in NumberSeries.objects.filter(series__in=names)} == dict.fromkeys(names, 1)
    assert Job.objects.exclude(state=Job.State.DONE).count() == 0


def test_a_worker_told_to_stop_finishes_what_it_is_doing(tmp_path):
    load_business_rules()
    log = tmp_path / "worker.log"
    jobs.enqueue("worker-test", "slow", {"name": "slow", "seconds": 2}, at=clock.now())
    with worker(log) as process:
        _until(lambda: Job.objects.get(key="slow").lease_until is not None, log)
        process.terminate()
        process.wait(timeout=30)
    assert Job.objects.get(key="slow").state == Job.State.DONE
    assert NumberSeries.objects.get(series="slow").last == 1
