"""The kernel's tasks: they take ids, read the clock, call one function."""

from datetime import timedelta

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore

from . import clock, jobs
from .audit_digest import write_audit_digest as write_digest_of_the_day
from .commands import calendars  # noqa: F401 - a worker learns of its job handlers by importing the tasks
from .models import SweepRun
from .scheduling import sweep_run
from .uploads import sweep_orphan_files

#: Runs are kept long enough to look at a bad fortnight.
KEEP_RUNS = timedelta(days=14)


@shared_task(name="kernel.run_jobs", time_limit=jobs.TIME_LIMIT, soft_time_limit=jobs.TIME_LIMIT - 10)
def run_jobs(job_ids: list[int]) -> None:
    for job_id in job_ids:
        jobs.run_job(job_id, at=clock.now())


@shared_task(name="kernel.ring_due_jobs")
def ring_due_jobs() -> None:
    at = clock.now()
    rung = jobs.ring_due_jobs(at=at)
    # Every five seconds, so only the first run of a minute and runs that did something leave a row.
    if rung or not SweepRun.objects.filter(name="ring_due_jobs", started_at__gt=at - timedelta(minutes=1)).exists():
        with sweep_run("ring_due_jobs", at=at) as run:
            run.count("rung", rung)


@shared_task(name="kernel.clean_up")
def clean_up() -> None:
    at = clock.now()
    with sweep_run("clean_up", at=at) as run:
        removed, _ = SweepRun.objects.filter(started_at__lt=at - KEEP_RUNS).delete()
        run.count("sweep_runs", removed)
        SessionStore.clear_expired()
        run.count("orphan_files", sweep_orphan_files(at=at))


@shared_task(name="kernel.write_audit_digest")
def write_audit_digest() -> None:
    at = clock.now()
    with sweep_run("audit_digest", at=at) as run:
        write_digest_of_the_day(at=at)
        run.count("files", 1)
