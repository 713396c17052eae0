"""委托: a person's tasks are also another's for a time, on a stated basis; what is done then names both."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from laiyang_approval.kernel.auditing import AuditAction, record
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound, NotPermitted
from laiyang_approval.kernel.models import Delegation, User
from laiyang_approval.kernel.names import clean_text
from laiyang_approval.kernel.rules import rule_int

from ..delegations import may_delegate_for, possible_delegates


@dataclass(frozen=True)
class DelegationInput:
    """委托登记: whose tasks, to whom, from when to when, on which basis."""

    principal_id: int
    delegate_id: int
    from_on: date
    to_on: date
    basis: str


@transaction.atomic
def delegate_tasks(given: DelegationInput, *, actor: User, at: datetime, address: str | None = None) -> Delegation:
    """Afterwards the delegate sees and does the principal's tasks on the days named; nothing of the principal's is taken away.

    Raises NotPermitted unless it is the principal, or a head of the same body, who delegates; InvalidInput for a period that is
    past, too long or taken, and for somebody who cannot stand in.
    """
    today = local_date(at)
    # The principal's row is the lock: of two delegations of the same days one is told of the other.
    principal = User.objects.select_for_update(of=("self",)).filter(pk=given.principal_id, is_active=True).first()
    if principal is None:
        raise NotFound("没有查到委托人；请重新选择。")
    if not may_delegate_for(actor, principal):
        raise NotPermitted("不能由本人登记：委托须由委托人本人或者其单位负责人登记。")
    basis = clean_text(given.basis, max_length=300)
    if not basis:
        raise InvalidInput("请填写委托的依据。", fields={"basis": "请写明依据，如请假批准、分工文件。"})
    _require_period(given, today)
    delegate = possible_delegates(principal).filter(pk=given.delegate_id).first()
    if delegate is None:
        sentence = "受托人须是同一单位在岗的办理人员，且不是委托人本人；请重新选择。"
        raise InvalidInput(sentence, fields={"delegate_id": sentence})
    standing = Delegation.objects.filter(
        principal=principal, revoked_at__isnull=True, from_on__lte=given.to_on, to_on__gte=given.from_on
    ).first()
    if standing is not None:
        sentence = (
            f"{standing.from_on.isoformat()}至{standing.to_on.isoformat()}已委托{standing.delegate.display_name}；"
            "同一时间只能委托一人，请先收回或者改选日期。"
        )
        raise InvalidInput(sentence, fields={"from_on": sentence})
    made = Delegation.objects.create(
        principal=principal,
        delegate=delegate,
        from_on=given.from_on,
        to_on=given.to_on,
        basis=basis,
        registered_by=actor,
        registered_at=at,
    )
    _record(AuditAction.DELEGATED, made, actor=actor, at=at, address=address)
    return made


@transaction.atomic
def revoke_delegation(delegation_id: int, *, actor: User, at: datetime, address: str | None = None) -> Delegation:
    """Afterwards the delegate has the tasks no more, from their next request on; what was done stands."""
    row = (
        Delegation.objects.select_for_update(of=("self",))
        .select_related("principal", "delegate")
        .filter(pk=delegation_id)
        .first()
    )
    if row is None or not (may_delegate_for(actor, row.principal) or actor.pk == row.delegate_id):
        raise NotFound("没有查到这项委托。")
    if row.revoked_at is not None or row.to_on < local_date(at):
        raise DomainError("这项委托已经结束，不必收回。")
    row.revoked_by, row.revoked_at = actor, at
    row.save(update_fields=["revoked_by", "revoked_at"])
    _record(AuditAction.DELEGATION_REVOKED, row, actor=actor, at=at, address=address)
    return row


def _require_period(given: DelegationInput, today: date) -> None:
    if given.from_on < today:
        raise InvalidInput("委托不能追溯；起始日不能早于今天。", fields={"from_on": "请选今天或以后的日期。"})
    if given.to_on < given.from_on:
        raise InvalidInput("截止日早于起始日，请改正。", fields={"to_on": "截止日不能早于起始日。"})
    most = rule_int("delegation_max_days", today)
    if (given.to_on - given.from_on).days >= most:
        sentence = f"一次委托不超过{most}日；更长的请调整岗位和授权。"
        raise InvalidInput(sentence, fields={"to_on": sentence})


def _record(action: AuditAction, row: Delegation, *, actor: User, at: datetime, address: str | None) -> None:
    record(
        action,
        actor=actor,
        at=at,
        object_ref=f"user:{row.principal_id}",
        purpose=row.basis[:200],
        address=address,
        detail={"delegation": row.pk, "delegate": row.delegate_id, "from": str(row.from_on), "to": str(row.to_on)},
    )
