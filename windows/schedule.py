"""Recurring work of windows. Every five minutes includes ten past midnight, when the dates have changed."""

from datetime import timedelta

from celery.schedules import crontab

from laiyang_approval.kernel.recurring import Recurring

RECURRING = (
    Recurring("case_sweep", "windows.sweep", crontab(minute="*/5"), timedelta(hours=1)),
    Recurring("owner_watch", "windows.watch_owners", crontab(hour=0, minute=50), timedelta(hours=26)),
    Recurring("case_digest", "windows.write_digest", crontab(hour=0, minute=40), timedelta(hours=26)),
)
