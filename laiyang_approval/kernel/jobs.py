"""Work for a worker: the row is the record, the broker only a bell (architecture, idea 10; control C1).

An act writes its Job in its own transaction. A bell (a Celery message after commit, or the sweep every few seconds)
makes a worker claim the row by one conditional UPDATE with a lease. The handler does its slow work outside every
transaction and returns the effect; the effect and "done" are then written in one transaction, and only by the worker
that still holds the claim. So a lost bell costs seconds, a second bell changes nothing, and a worker killed between any
two statements leaves a row that is claimed again when its lease runs out.

    @job_handler("render_letter")
    def render_letter(payload):
        pdf = render(payload["letter"])                       # slow, outside every transaction, may run twice
        return lambda: store_letter(payload["letter"], pdf)   # together with "done", takes effect once

A handler without an effect returns None. What cannot succeed however often it is tried raises HopelessJob.
"""

import json
import logging
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from celery import current_app
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from .bells import ring, ringer
from .clock import local_date
from .log_masking import mask_text
from .models import Job
from .rules import rule_int

log = logging.getLogger(__name__)

Effect = Callable[[], object]
Handler = Callable[[dict], Effect | None]

_handlers: dict[str, Handler] = {}

#: A worker kills what takes longer than this (seconds): a job, or the jobs of one bell together.
TIME_LIMIT = 120
#: A claim outlives the time limit, so that nobody takes a job that is still being worked on.
LEASE = timedelta(seconds=TIME_LIMIT + 30)
#: The sweep rings a waiting job again after this long: a bell may just be waiting its turn.
RING_AGAIN_AFTER = timedelta(seconds=30)
#: Bells rung by one sweep: the rest is rung by the next, while the worker is busy with these.
RING_AT_ONCE = 200
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)


class HopelessJob(Exception):
    """Raised by a handler: trying again cannot help, a person must look."""


class Outcome(StrEnum):
    """How one attempt at a job ended."""

    DONE = "done"
    NOT_MINE = "not mine"  # not due, already done, or somebody else's claim
    RETRY = "retry"
    FAILED = "failed"
    CLAIM_LOST = "claim lost"  # took longer than the lease; another worker's result stands


def job_handler(kind: str) -> Callable[[Handler], Handler]:
    """Registers the function that works on jobs of ``kind``; raises ValueError if there is one already."""

    def register(handler: Handler) -> Handler:
        if kind in _handlers:
            raise ValueError(f"two handlers for jobs of kind {kind}")
        _handlers[kind] = handler
        return handler

    return register


def _handler_for(kind: str) -> Handler:
    if kind not in _handlers:
        current_app.loader.import_default_modules()  # outside a worker nobody has imported the tasks of the apps yet
    if kind not in _handlers:
        raise HopelessJob(f"no handler for jobs of kind {kind}")
    return _handlers[kind]


_INSERT_ONCE = """
INSERT INTO kernel_job (kind, key, payload, state, due_at, attempts, last_error, created_at)
VALUES (%s, %s, %s, %s, %s, 0, '', %s) ON CONFLICT (key) DO NOTHING RETURNING id
"""


def enqueue(kind: str, key: str, payload: dict, *, at: datetime, due_at: datetime | None = None) -> Job:
    """Afterwards, if the caller's transaction commits, exactly one job with this natural ``key`` exists and is rung for.

    ``payload`` holds ids and codes only. The first call with a key decides; a later one changes nothing. The job
    becomes due ``at`` or at ``due_at``. Raises ValueError when the key belongs to a job of another kind.
    """
    job = Job(kind=kind, key=key, payload=payload, due_at=due_at or at, created_at=at)
    stored = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_ONCE, [kind, key, json.dumps(payload), Job.State.NEW, stored(job.due_at), stored(at)])
        row = cursor.fetchone()
    if row is None:
        job = Job.objects.get(key=key)
        if job.kind != kind:
            raise ValueError(f"job {key} is of kind {job.kind}, not {kind}")
        return job
    job.pk = row[0]
    if job.due_at <= at:
        ring_after_commit([job])
    return job


def new_job(kind: str, key: str, payload: dict, *, at: datetime) -> Job:
    """A job for work that cannot have been asked for before, to be written with the other rows of its act, and rung for."""
    return Job(kind=kind, key=key, payload=payload, due_at=at, created_at=at)


def ring_after_commit(written: Sequence[Job]) -> None:
    """Afterwards, if the caller's transaction commits, a worker is asked to look at these jobs, by one bell."""
    # robust: the act has committed; whatever the bell does is no longer its concern.
    transaction.on_commit(lambda: ringer.ask(*(job.pk for job in written)), robust=True)


def _claimable(at: datetime) -> QuerySet[Job]:
    return Job.objects.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=at), state=Job.State.NEW, due_at__lte=at)


def _pause_after(job: Job) -> timedelta:
    """Doubles with each attempt; the jitter (±25 %, fixed by key and attempt) keeps a crowd from coming back at once."""
    pause = min(FIRST_PAUSE * 2 ** (job.attempts - 1), LONGEST_PAUSE)
    jitter = zlib.crc32(f"{job.key}/{job.attempts}".encode()) / 0xFFFFFFFF
    return pause * (0.75 + jitter / 2)


def _record_failure(claimed: QuerySet[Job], job: Job, error: Exception, *, at: datetime, final: bool) -> Outcome:
    message = mask_text(f"{type(error).__name__}: {error}")[:500]
    if final:
        changed = claimed.update(state=Job.State.FAILED, lease_until=None, last_error=message)
    else:
        changed = claimed.update(due_at=at + _pause_after(job), lease_until=None, rung_at=None, last_error=message)
    log.error("job failed job=%s kind=%s attempts=%s final=%s error=%s", job.pk, job.kind, job.attempts, final, message)
    if not changed:
        return Outcome.CLAIM_LOST
    return Outcome.FAILED if final else Outcome.RETRY


def run_job(job_id: int, *, at: datetime) -> Outcome:
    """Works on the job if it is due and nobody holds it; see the module's first lines for what holds afterwards.

    A job that failed as often as the rule ``job_max_attempts`` allows is FAILED and waits for a person.
    """
    max_attempts = rule_int("job_max_attempts", local_date(at))
    if not _claimable(at).filter(pk=job_id).update(lease_until=at + LEASE, attempts=F("attempts") + 1):
        return Outcome.NOT_MINE
    job = Job.objects.get(pk=job_id)
    # attempts is the fencing token: a later claim raises it, and an overtaken worker no longer finds its row.
    claimed = Job.objects.filter(pk=job_id, state=Job.State.NEW, attempts=job.attempts)
    try:
        if job.attempts > max_attempts:
            raise HopelessJob(f"the worker died in each of {max_attempts} attempts")
        effect = _handler_for(job.kind)(job.payload)
        with transaction.atomic():
            if not claimed.update(state=Job.State.DONE, done_at=at, lease_until=None, last_error=""):
                return Outcome.CLAIM_LOST
            if effect is not None:
                effect()
    except HopelessJob as error:
        return _record_failure(claimed, job, error, at=at, final=True)
    except Exception as error:  # a sweep and its jobs may catch everything (house rules 16, 19)
        return _record_failure(claimed, job, error, at=at, final=job.attempts >= max_attempts)
    return Outcome.DONE


def ring_due_jobs(*, at: datetime) -> int:
    """Rings for due jobs that nobody holds and nobody rang for lately; returns how many. Two sweeps at once are harmless."""
    waiting = _claimable(at).filter(Q(rung_at__isnull=True) | Q(rung_at__lt=at - RING_AGAIN_AFTER))
    ids = list(waiting.order_by("due_at").values_list("pk", flat=True)[:RING_AT_ONCE])
    rung = [job_id for job_id in ids if ring(job_id)]
    if rung:
        Job.objects.filter(pk__in=rung).update(rung_at=at)
    return len(rung)


def run_due_jobs(*, at: datetime) -> Counter[Outcome]:
    """Works in this process on every job due ``at``, and on those they bring forth, until none is left."""
    outcomes: Counter[Outcome] = Counter()
    while ids := list(_claimable(at).order_by("due_at", "pk").values_list("pk", flat=True)[:RING_AT_ONCE]):
        for job_id in ids:
            outcomes[run_job(job_id, at=at)] += 1
    return outcomes


def failed_jobs() -> QuerySet[Job]:
    """Jobs that wait for a person, newest first."""
    return Job.objects.filter(state=Job.State.FAILED).order_by("-pk")


def jobs_waiting_since(before: datetime) -> QuerySet[Job]:
    """Jobs that were due before ``before`` and still nobody works on: the worker or the bell is not there."""
    return _claimable(before)


def try_again(job_id: int, *, at: datetime) -> bool:
    """Afterwards a FAILED job is due again with all its attempts; False if it was not FAILED."""
    reset = Job.objects.filter(pk=job_id, state=Job.State.FAILED).update(
        state=Job.State.NEW, due_at=at, attempts=0, lease_until=None, rung_at=None
    )
    if reset:
        transaction.on_commit(lambda: ringer.ask(job_id), robust=True)
    return bool(reset)
