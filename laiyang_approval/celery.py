"""The Celery app: tasks of every app, and the beat schedule each app names in its own ``schedule.py``."""

import os
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec

from celery import Celery

from . import broker  # noqa: F401  (makes the atomicfs:// transport known)
from .kernel.recurring import Recurring

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "laiyang_approval.settings")

#: In the order of the arrows. Recurring work of an app stands in its ``schedule.py`` as RECURRING, plain data.
APPS = ("laiyang_approval.kernel", "laiyang_approval.broker", "matters", "windows", "transfers", "supervision")


def recurring_work() -> tuple[Recurring, ...]:
    """The recurring work of every app."""
    return tuple(
        entry for name in APPS if find_spec(f"{name}.schedule") for entry in import_module(f"{name}.schedule").RECURRING
    )


def _beat_entry(entry: Recurring) -> dict:
    # A start that finds no worker within its own period is not worth keeping: the next one does the same work.
    expires = entry.when.total_seconds() if isinstance(entry.when, timedelta) else 3600
    return {"task": entry.task, "schedule": entry.when, "options": {"expires": max(expires, 60)}}


app = Celery("laiyang_approval")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {entry.name: _beat_entry(entry) for entry in recurring_work()}
app.autodiscover_tasks(APPS)
