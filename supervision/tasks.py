"""Tasks of supervision: they read the clock and call one command."""

from celery import shared_task

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.models import SweepRun
from laiyang_approval.kernel.scheduling import sweep_run

from . import papers  # noqa: F401 - a worker learns of its job handlers by importing the tasks
from .commands.attempts import recover_lost_attempts
from .commands.publicity import publish_decisions, recompute_publicity_terms
from .commands.pushing import OVERLAP, queue_pushes
from .commands.rating_terms import mark_late, open_missing_rectifications, record_default_praise, settle_terms
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


# ---- 公示
@shared_task(name="supervision.publish")
def publish() -> None:
    at = clock.now()
    last = (
        SweepRun.objects.filter(name="publicity", finished_at__isnull=False, errors=0).order_by("-started_at").first()
    )
    with sweep_run("publicity", at=at) as run:
        since = last.started_at - OVERLAP if last is not None else None
        run.count("published", publish_decisions(at=at, since=since, on_failure=run.failed))


@shared_task(name="supervision.publish_nightly")
def publish_nightly() -> None:
    at = clock.now()
    with sweep_run("publicity_nightly", at=at) as run:
        run.count("terms", recompute_publicity_terms(at=at))
        run.count("published", publish_decisions(at=at, since=None, on_failure=run.failed))


# ---- ratings and complaints
@shared_task(name="supervision.rating_terms")
def rating_terms() -> None:
    at = clock.now()
    with sweep_run("rating_terms", at=at) as run:
        run.count("opened", open_missing_rectifications(at=at))
        run.count("settled", settle_terms(at=at))
        run.count("late", mark_late(at=at))
        run.count("defaults", record_default_praise(at=at, on_failure=run.failed))
