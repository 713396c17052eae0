"""Recurring work of the embedded broker."""

from datetime import timedelta

from celery.schedules import crontab

from laiyang_approval.kernel.recurring import Recurring

RECURRING = (Recurring("clean_broker", "broker.clean_broker", crontab(minute=35), timedelta(hours=3)),)
