"""A real Celery worker on the engine of this run, and what may happen to it: killed, its broker emptied, its leases run out."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.db import connection

from laiyang_approval.kernel.models import Job


def _url_of_test_database() -> str:
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    password = f":{given['PASSWORD']}" if given["PASSWORD"] else ""
    return f"postgres://{given['USER']}{password}@{given['HOST']}:{given['PORT'] or 5432}/{given['NAME']}"


@contextmanager
def worker(log: Path, *, include: str = "tests.house.worker_jobs", **more: str) -> Iterator[subprocess.Popen]:
    """The worker of ./run, with beat in it, on the test database; ``more`` goes into its environment."""
    command = [sys.executable, "-m", "celery", "-A", "laiyang_approval", "worker", "--beat", "--concurrency", "1"]
    command += ["--loglevel", "WARNING", "--include", include]
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=os.environ | {"DATABASE_URL": _url_of_test_database()} | more,
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


def empty_the_broker() -> None:
    """Every bell is lost, as by a disk wiped or FLUSHALL."""
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    if "data_folder_in" in options:
        # One by one: who rings meanwhile writes on.
        for message in Path(options["data_folder_in"]).iterdir():
            message.unlink(missing_ok=True)
    else:
        with current_app.connection() as broker:
            broker.default_channel.queue_purge("celery")


def until(condition, log: Path, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, log.read_text(encoding="utf-8")[-3000:]
        time.sleep(0.1)


def leases_run_out() -> None:
    """What happens when the lease time has passed, without waiting for it."""
    Job.objects.filter(state=Job.State.NEW).update(lease_until=None, rung_at=None)


def kill(process: subprocess.Popen) -> None:
    """The worker and its children are gone at once, in the middle of whatever they did."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
