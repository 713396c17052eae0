"""Tasks of supervision: they read the clock and call one command."""

from celery import shared_task

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.models import SweepRun
from laiyang_approval.kernel.scheduling import sweep_run

from . import papers  # noqa: F401 - a worker learns of its job handlers by importing the tasks
from .commands.attempts import recover_lost_attempts
from .commands.pushing import OVERLAP, queue_pushes
from .commands.reconciling import reconcile_until_yesterday
from .commands.review_terms import remind_of_reviews
from .commands.tracking import claim_overdue, recompute_terms


@shared_task(name="supervision.relay")
def relay() -> None:
    at = clock.now()
    last = (
        SweepRun.objects.filter(name="push_relay", finished_at__isnull=False, errors=0).order_by("-started_at").first()
    )
    since = last.started_at - OVERLAP if last is not None else None
    with sweep_run("push_relay", at=at) as run:
        run.count("pushes", queue_pushes(at=at, since=since, on_failure=run.failed))
        run.count("claimed", claim_overdue(at=at))
        run.count("recovered", recover_lost_attempts(at=at))


@shared_task(name="supervision.nightly")
def nightly() -> None:
    at = clock.now()
    with sweep_run("push_nightly", at=at) as run:
        run.count("terms", recompute_terms(at=at))
        run.count("pushes", queue_pushes(at=at, since=None, on_failure=run.failed))
        run.count("claimed", claim_overdue(at=at))
        run.count("papers", reconcile_until_yesterday(at=at))


@shared_task(name="supervision.review_terms")
def review_terms() -> None:
    at = clock.now()
    with sweep_run("review_terms", at=at) as run:
        run.count("reminders", remind_of_reviews(at=at, on_failure=run.failed))
