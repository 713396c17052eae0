"""Recurring work of the kernel."""

from datetime import timedelta

from celery.schedules import crontab

from .recurring import Recurring

RECURRING = (
    # Runs every five seconds, records itself once a minute.
    Recurring("ring_due_jobs", "kernel.ring_due_jobs", timedelta(seconds=5), timedelta(minutes=5)),
    Recurring("clean_up", "kernel.clean_up", crontab(minute=20), timedelta(hours=3)),
    Recurring("audit_digest", "kernel.write_audit_digest", crontab(hour=0, minute=45), timedelta(hours=26)),
)
