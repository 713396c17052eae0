"""One piece of recurring work, as data: what beat starts, and how old its newest complete run may be."""

from dataclasses import dataclass
from datetime import timedelta

from celery.schedules import crontab


@dataclass(frozen=True)
class Recurring:
    """``task`` is started by ``when``; health reports it once the newest complete run ``name`` is older than ``max_age``.

    ``max_age`` is None for work that leaves no SweepRun. Times of day are Asia/Shanghai.
    """

    name: str
    task: str
    when: timedelta | crontab
    max_age: timedelta | None
