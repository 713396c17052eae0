"""Recurring work of supervision."""

from datetime import timedelta

from celery.schedules import crontab

from laiyang_approval.kernel.recurring import Recurring

RECURRING = (
    Recurring("push_relay", "supervision.relay", timedelta(minutes=1), timedelta(minutes=15)),
    Recurring("push_nightly", "supervision.nightly", crontab(hour=1, minute=10), timedelta(hours=26)),
    # ---- file reviews
    Recurring("review_terms", "supervision.review_terms", crontab(hour=1, minute=40), timedelta(hours=26)),
    # ---- 公示
    Recurring("publicity", "supervision.publish", timedelta(minutes=5), timedelta(hours=1)),
    Recurring("publicity_nightly", "supervision.publish_nightly", crontab(hour=1, minute=25), timedelta(hours=26)),
    # ---- ratings and complaints
    Recurring("rating_terms", "supervision.rating_terms", crontab(hour=1, minute=25), timedelta(hours=26)),
)
