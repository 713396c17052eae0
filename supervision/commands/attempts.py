"""推送的送达: attempts to reach a regulator's system, each a job of the database; the broker only rings (ADR 0001).

The request goes out outside every transaction and may go out twice; what it brought is written once, under the push's lock.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, NotFound
from laiyang_approval.kernel.jobs import enqueue, job_handler
from laiyang_approval.kernel.models import Job, User
from laiyang_approval.kernel.rules import rule_int

from .. import permissions, queries
from ..domain.pushes import PushState
from ..domain.retries import FAILURES_BEFORE_REST, next_attempt, pause_after
from ..gateways.http import Answer, deliver
from ..models import Push, PushAttempt, PushStep, RegulatorChannel
from .stepping import mark_delivered

log = logging.getLogger(__name__)

JOB = "deliver_push"
LOST = "推送任务多次中断，没有完成"


def schedule_attempt(push: Push, *, at: datetime, due_at: datetime | None = None) -> None:
    """Afterwards (the caller saves ``push``) a job will try to deliver it, now or at ``due_at``."""
    due = due_at or at
    push.next_job = f"push {push.pk} {push.attempts + 1} {int(due.timestamp())}"
    enqueue(JOB, push.next_job, {"push": push.pk}, at=at, due_at=due)


@job_handler(JOB)
def run_attempt(payload: dict[str, Any]) -> Callable[[], object] | None:
    """One attempt: sent outside every transaction; what it brought is written together with the job's end."""
    at = clock.now()
    push = Push.objects.get(pk=payload["push"])
    if push.state != PushState.QUEUED.value:
        return None
    channel = RegulatorChannel.objects.get(department_id=push.regulator_id)
    if channel.kind != RegulatorChannel.Kind.HTTP:
        return None  # its inbox has it since the channel was changed
    if channel.rests_until is not None and channel.rests_until > at:
        return lambda: _wait_for_rest(push.pk, channel.rests_until, at=at)
    answer = deliver(channel.url, key=channel.key, message_id=push.number, body=push.body, at=at)
    return lambda: record_answer(push.pk, answer, at=at)


@transaction.atomic
def _wait_for_rest(push_id: int, until: datetime, *, at: datetime) -> None:
    push = queries.lock_push_by_id(push_id)
    if push.state != PushState.QUEUED.value:
        return
    end = push.tried_since + timedelta(hours=rule_int("push_retry_hours", local_date(at)))
    if at >= end:
        push.last_error = push.last_error or "对方系统持续不通"
        hand_to_person(push, at=at)
    else:
        # Spread, so that all that waited do not come at once when the rest is over.
        schedule_attempt(push, at=at, due_at=min(until + pause_after(1, spread_by=push.number) / 4, end))
    push.save()


@transaction.atomic
def record_answer(push_id: int, answer: Answer, *, at: datetime) -> None:
    """Afterwards the attempt is on record and the push delivered, or due again, or on a person's desk.

    An answer that comes after the push is delivered changes nothing.
    """
    push = queries.lock_push_by_id(push_id)
    if push.state != PushState.QUEUED.value:
        return
    push.attempts += 1
    PushAttempt.objects.create(
        push=push,
        number=push.attempts,
        at=at,
        outcome=answer.outcome,
        status=answer.status,
        error=answer.error[:300],
        milliseconds=answer.milliseconds,
    )
    if answer.outcome == PushAttempt.Outcome.ACKNOWLEDGED:
        RegulatorChannel.objects.filter(department_id=push.regulator_id).exclude(failures=0, rests_until=None).update(
            failures=0, rests_until=None
        )
        mark_delivered(push, at=at)
    else:
        _failed(push, answer, at=at)
    push.save()


def _failed(push: Push, answer: Answer, *, at: datetime) -> None:
    push.last_error, push.next_job = answer.error[:300], ""
    if answer.outcome == PushAttempt.Outcome.PERMANENT:
        hand_to_person(push, at=at)
        return
    channel = RegulatorChannel.objects.select_for_update().get(department_id=push.regulator_id)
    channel.failures += 1
    if channel.failures >= FAILURES_BEFORE_REST:
        streak = channel.failures - FAILURES_BEFORE_REST + 1
        channel.rests_until = at + pause_after(streak, spread_by=str(channel.pk))
    channel.save(update_fields=["failures", "rests_until"])
    again = next_attempt(
        push.tried_since,
        push.attempts,
        at=at,
        hours=rule_int("push_retry_hours", local_date(at)),
        spread_by=push.number,
    )
    if again is None:
        hand_to_person(push, at=at)
    else:
        schedule_attempt(push, at=at, due_at=again)


def hand_to_person(push: Push, *, at: datetime) -> None:
    """Afterwards (in memory) the push waits on the desk of the coordinators, with its last error."""
    push.needs_person_at = at
    PushStep.objects.create(push=push, kind="stuck", at=at, note=push.last_error)
    log.error("push needs a person push=%s attempts=%s", push.number, push.attempts)


def recover_lost_attempts(*, at: datetime) -> int:
    """Afterwards no push waits without a job that will try it: what the queue lost is tried again, what died is shown.

    Returns how many were found.
    """
    waiting = Job.objects.filter(key=OuterRef("next_job"), state=Job.State.NEW)
    found = Push.objects.filter(state=PushState.QUEUED.value, needs_person_at__isnull=True).filter(~Exists(waiting))
    lost = 0
    for push_id in found.order_by("id").values_list("pk", flat=True)[:500]:
        with transaction.atomic():
            push = queries.lock_push_by_id(push_id)
            job = Job.objects.filter(key=push.next_job).first()
            if push.state != PushState.QUEUED.value or (job is not None and job.state == Job.State.NEW):
                continue
            if job is not None and job.state == Job.State.FAILED:
                push.last_error = LOST
                hand_to_person(push, at=at)
            else:
                schedule_attempt(push, at=at)
            push.save()
            lost += 1
    return lost


@transaction.atomic
def send_again(number: str, *, actor: User, at: datetime) -> Push:
    """Afterwards a stuck push is tried again at once, with a full day before it; however often this is asked, one effect.

    Raises NotFound, NotPermitted, DomainError for one that is delivered or on its way.
    """
    push = queries.lock_push(number)
    permissions.require(actor, "send_again", push)
    if push.state != PushState.QUEUED.value:
        raise DomainError("本次推送已经送达，不必再推。")
    if push.needs_person_at is None:
        raise DomainError("本次推送正在自动重试，不必再推；转人工后再办。")
    if not RegulatorChannel.objects.filter(department_id=push.regulator_id).exists():
        raise NotFound("监管部门的推送渠道已经撤销；请系统管理员设置后再推。")
    push.needs_person_at, push.tried_since = None, at
    RegulatorChannel.objects.filter(department_id=push.regulator_id).update(failures=0, rests_until=None)
    PushStep.objects.create(push=push, kind="again", at=at, actor=actor)
    schedule_attempt(push, at=at)
    push.save()
    return push
