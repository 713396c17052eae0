"""Is the portal well? One function per thing that can be wrong; each returns the reasons, empty when all is well."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from redis.exceptions import RedisError

from .celery import recurring_work
from .kernel import calendars, clock
from .kernel.errors import CalendarMissing
from .kernel.jobs import failed_jobs, jobs_waiting_since
from .kernel.scheduling import overdue_sweeps

#: A job due this long ago that nobody holds means that the worker, the bell or both are gone.
LONGEST_WAIT = timedelta(minutes=5)


def database(at: datetime) -> list[str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return [f"database does not answer: {type(error).__name__}"]
    return []


def broker(at: datetime) -> list[str]:
    if settings.REDIS_URL:
        try:
            with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as client:
                client.ping()
        except RedisError as error:
            return [f"redis does not answer: {type(error).__name__}"]
        return []
    return _not_writable("broker folder", Path(settings.BROKER_DIR))


def files(at: datetime) -> list[str]:
    return _not_writable("files folder", Path(settings.FILES_DIR))


def _not_writable(what: str, folder: Path) -> list[str]:
    probe = folder / f".probe-{uuid.uuid4().hex}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return [f"{what} is not writable: {error.strerror}"]
    return []


def sweeps(at: datetime) -> list[str]:
    return [
        f"{sweep.name} has no complete run since {sweep.last_run:%Y-%m-%d %H:%M} UTC"
        if sweep.last_run
        else f"{sweep.name} has never run"
        for sweep in overdue_sweeps(at, recurring_work())
    ]


def jobs(at: datetime) -> list[str]:
    reasons = []
    if failed := failed_jobs().count():
        reasons.append(f"{failed} failed jobs wait for a person")
    if waiting := jobs_waiting_since(at - LONGEST_WAIT).count():
        reasons.append(f"{waiting} jobs wait for a worker since more than {LONGEST_WAIT.seconds // 60} minutes")
    return reasons


def calendar(at: datetime) -> list[str]:
    try:
        warning = calendars.calendar_warning(clock.local_date(at))
    except CalendarMissing:
        return ["no calendar is loaded: manage.py bootstrap"]
    return [warning] if warning else []


CHECKS: dict[str, Callable[[datetime], list[str]]] = {
    "broker": broker,
    "files": files,
    "sweeps": sweeps,
    "jobs": jobs,
    "calendar": calendar,
}
NEEDS_DATABASE = {"sweeps", "jobs", "calendar"}


def ailments(at: datetime) -> dict[str, list[str]]:
    """For each check its reasons for concern; a check that cannot be made is a reason itself."""
    found = {"database": database(at)}
    for name, check in CHECKS.items():
        if found["database"] and name in NEEDS_DATABASE:
            found[name] = ["not asked: no database"]
            continue
        try:
            found[name] = check(at)
        except DatabaseError as error:
            found[name] = [f"could not be checked: {type(error).__name__}"]
    return found
