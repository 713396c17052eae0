"""推送的跟踪: read, claimed, disputed, planned, followed up; claimed by silence when the term is over."""

from datetime import datetime

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.names import clean_text
from matters.boundaries import Regulator, regulators_on

from .. import permissions, queries
from ..clocks import due_after
from ..domain.pushes import UNCLAIMED, PushEvent, PushState
from ..models import Push
from ..payloads import facts_of
from .pushing import push_to
from .stepping import take_step

MOST_CLAIMED_AT_ONCE = 500


@transaction.atomic
def read_push(number: str, *, actor: User, at: datetime) -> Push:
    """Afterwards a delivered push counts as read by the regulator, from its first look on; nothing changes otherwise."""
    push = queries.lock_push(number)
    if push.state == PushState.DELIVERED.value and push.regulator_id in permissions.bodies_of(actor):
        take_step(push, PushEvent.READ, actor=actor, at=at)
        push.read_at = at
        push.save(update_fields=["state", "read_at"])
    return push


@transaction.atomic
def claim_push(number: str, *, actor: User, at: datetime) -> Push:
    """Afterwards the regulator answers for the supervision; a plan is due by the rule of the day."""
    push = _begin(number, "claim", actor)
    take_step(push, PushEvent.CLAIM, actor=actor, at=at)
    _claimed(push, Push.ClaimMode.MANUAL, actor=actor, at=at)
    push.save()
    return push


@transaction.atomic
def dispute_push(number: str, *, reason: str, actor: User, at: datetime) -> Push:
    """Afterwards the coordinators are asked whose the supervision is; within the term to claim and with a reason only."""
    text = clean_text(reason, max_length=1000, multiline=True)
    if not text:
        raise InvalidInput("提出异议须写明理由。", fields={"reason": "请写明为什么不属于本部门监管，应由谁监管。"})
    push = _begin(number, "dispute", actor)
    if push.claim_by_on is not None and local_date(at) > push.claim_by_on:
        raise DomainError(
            f"异议期限至{push.claim_by_on.isoformat()}，已经届满；职责确有不清的，请向协调机制反映。",
            article="莱政发〔2018〕18号",
        )
    take_step(push, PushEvent.DISPUTE, actor=actor, at=at, note=text)
    push.dispute_reason = text
    push.save(update_fields=["state", "dispute_reason"])
    return push


@transaction.atomic
def plan_push(number: str, *, plan: str, actor: User, at: datetime) -> Push:
    """Afterwards the first supervision is planned."""
    text = clean_text(plan, max_length=1000, multiline=True)
    if not text:
        raise InvalidInput("请填写监管计划。", fields={"plan": "请写明检查方式和时间。"})
    push = _begin(number, "plan", actor)
    take_step(push, PushEvent.PLAN, actor=actor, at=at, note=text)
    push.plan = text
    push.save(update_fields=["state", "plan"])
    return push


@transaction.atomic
def follow_up(number: str, *, note: str, actor: User, at: datetime) -> Push:
    """Afterwards what the regulator did stands with the push; findings with an effect are reported as 监管反馈."""
    text = clean_text(note, max_length=1000, multiline=True)
    if not text:
        raise InvalidInput("请填写监管情况。", fields={"note": "请写明何时、由谁、做了什么。"})
    push = _begin(number, "follow_up", actor)
    take_step(push, PushEvent.FOLLOW_UP, actor=actor, at=at, note=text)
    push.save(update_fields=["state"])
    return push


@transaction.atomic
def uphold_push(number: str, *, reason: str, actor: User, at: datetime) -> Push:
    """Afterwards the disputed supervision stays with this regulator, who counts as having claimed it."""
    text = _ruling(reason)
    push = _begin(number, "uphold", actor)
    take_step(push, PushEvent.UPHOLD, actor=actor, at=at, note=text)
    _claimed(push, Push.ClaimMode.RULED, actor=actor, at=at)
    push.save()
    return push


@transaction.atomic
def move_push(number: str, *, to: str, reason: str, actor: User, at: datetime) -> Push:
    """Afterwards another regulator (by code) is told of the decision instead; returns the new push.

    Raises InvalidInput for a body that cannot supervise, DomainError for one that was told already.
    """
    text = _ruling(reason)
    push = _begin(number, "move", actor)
    today = local_date(at)
    body = Department.objects.filter(code=to, is_supervisor=True, valid_from__lte=today).first()
    if body is None or (body.valid_to is not None and body.valid_to < today):
        raise InvalidInput("请选择现有的监管部门。", fields={"to": "请从列表中选择。"})
    take_step(push, PushEvent.MOVE, actor=actor, at=at, note=f"{body.short_name}：{text}")
    push.save(update_fields=["state"])
    facts = facts_of(push.event)
    regulators = [*regulators_on(push.event.case.matter, facts.decided_on), Regulator(body, Push.Part.ASSIGNED.value)]
    moved = push_to(body, Push.Part.ASSIGNED.value, facts, regulators, at=at, moved_from=push)
    if moved is None:
        raise DomainError(f"{body.short_name}已经收到本次决定的推送；请维持原部门，或者改选其他部门。")
    return moved


def claim_overdue(*, at: datetime) -> int:
    """Afterwards what nobody claimed within the term counts as claimed by the responsible body, with a red light on it.

    推送即认领: no decision is left without a regulator. Returns how many.
    """
    today, claimed = local_date(at), 0
    for push_id in list(queries.overdue_claims(today).values_list("pk", flat=True)[:MOST_CLAIMED_AT_ONCE]):
        with transaction.atomic():
            push = queries.lock_push_by_id(push_id)
            if push.current_state not in UNCLAIMED or push.claim_by_on is None or push.claim_by_on >= today:
                continue  # somebody claimed it between the look and the lock
            take_step(push, PushEvent.CLAIM, actor=None, at=at, note=f"至{push.claim_by_on.isoformat()}没有认领")
            _claimed(push, Push.ClaimMode.AUTO, actor=None, at=at)
            push.save()
            claimed += 1
    return claimed


def recompute_terms(*, at: datetime) -> int:
    """Afterwards the terms of what is still unclaimed are those of the calendar in force; returns how many moved."""
    moved = 0
    for push_id in list(
        Push.objects.filter(state__in=[state.value for state in UNCLAIMED]).values_list("pk", flat=True)
    ):
        with transaction.atomic():
            push = queries.lock_push_by_id(push_id)
            if push.current_state not in UNCLAIMED:
                continue
            due = due_after("push_claim_days", local_date(push.delivered_at))
            if due != push.claim_by_on:
                push.claim_by_on = due
                push.save(update_fields=["claim_by_on"])
                moved += 1
    return moved


def _begin(number: str, action: str, actor: User) -> Push:
    push = queries.lock_push(number)
    permissions.require(actor, action, push)
    return push


def _claimed(push: Push, mode: str, *, actor: User | None, at: datetime) -> None:
    push.claimed_at, push.claimed_by, push.claim_mode = at, actor, mode
    push.plan_by_on = due_after("push_plan_days", local_date(at))


def _ruling(reason: str) -> str:
    text = clean_text(reason, max_length=800, multiline=True)
    if not text:
        raise InvalidInput("请写明处理意见。", fields={"reason": "请写明依据和理由。"})
    return text
