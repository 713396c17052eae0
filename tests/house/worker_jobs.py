"""Handlers for the worker that tests/house/test_worker.py starts (celery --include)."""

import time

from laiyang_approval.kernel.jobs import job_handler
from laiyang_approval.kernel.models import NumberSeries


@job_handler("worker-test")
def note(payload: dict):
    time.sleep(payload["seconds"])
    return lambda: write(payload["name"])


def write(name: str) -> None:
    row, _ = NumberSeries.objects.get_or_create(series=name, period="2026")
    row.last += 1
    row.save()
