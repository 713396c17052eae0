"""推送渠道的设置: how a regulator is reached, and the keys; what the deployment does not allow cannot be set."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from laiyang_approval.kernel.auditing import AuditAction, record
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import InvalidInput, NotFound, NotPermitted
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.roles import Role
from laiyang_approval.kernel.rules import rule_int

from .. import queries
from ..domain.addresses import Forbidden, endpoint_of, require_listed
from ..domain.pushes import PushState
from ..domain.signatures import new_key
from ..models import Push, RegulatorChannel
from .stepping import mark_delivered

Kind = RegulatorChannel.Kind
NO_SUCH_BODY = "没有查到这个监管部门；请从列表中选择。"


@transaction.atomic
def set_channel(code: str, *, kind: str, url: str, actor: User, at: datetime) -> RegulatorChannel:
    """Afterwards the regulator is reached this way; what still waited for a system that is given up lies in the inbox here.

    Raises NotPermitted, NotFound, InvalidInput for an address the deployment does not name.
    """
    channel = _locked(code, actor, at)
    if kind not in Kind.values:
        raise InvalidInput("请选择推送渠道。", fields={"kind": "请选择推送渠道。"})
    address = url.strip()
    if kind == Kind.HTTP:
        try:
            require_listed(endpoint_of(address), settings.PUSH_ALLOWED_ENDPOINTS)
        except Forbidden as refusal:
            raise InvalidInput(f"{refusal}；请系统运维人员先在部署配置中开放。", fields={"url": str(refusal)}) from None
        if not channel.key:
            raise InvalidInput("还没有推送签名密钥；请先换发并交给对方。", fields={"url": "请先换发推送密钥。"})
    channel.kind, channel.url = kind, address if kind == Kind.HTTP else ""
    channel.failures, channel.rests_until = 0, None
    channel.changed_by, channel.changed_at = actor, at
    channel.save()
    if kind == Kind.CONSOLE:
        _into_the_inbox(channel, at=at)
    record(AuditAction.CHANNEL_CHANGED, actor=actor, at=at, object_ref=f"channel:{code}", detail={"kind": kind})
    return channel


@transaction.atomic
def renew_key(code: str, *, inbound: bool, actor: User, at: datetime) -> str:
    """Afterwards a new key signs: ours to the regulator, or (``inbound``) its reports to us; returns it, to be shown once.

    The former inbound key holds for the hours of the rule, so that the other side can change over.
    """
    channel = _locked(code, actor, at)
    key = new_key()
    if inbound:
        hours = rule_int("pushback_former_key_hours", local_date(at))
        channel.former_inbound_key, channel.former_until = channel.inbound_key, at + timedelta(hours=hours)
        channel.inbound_key = key
    else:
        channel.key = key
    channel.changed_by, channel.changed_at = actor, at
    channel.save()
    record(
        AuditAction.CHANNEL_KEY_RENEWED, actor=actor, at=at, object_ref=f"channel:{code}", detail={"inbound": inbound}
    )
    return key


def _locked(code: str, actor: User, at: datetime) -> RegulatorChannel:
    if not actor.has_role(Role.SYSTEM_OFFICER):
        raise NotPermitted("推送渠道由系统管理员设置；请联系本局系统管理员。")
    body = Department.objects.filter(code=code, is_supervisor=True).first()
    if body is None:
        raise NotFound(NO_SUCH_BODY)
    RegulatorChannel.objects.get_or_create(department=body, defaults={"changed_at": at})
    return RegulatorChannel.objects.select_for_update(of=("self",)).get(department=body)


def _into_the_inbox(channel: RegulatorChannel, *, at: datetime) -> None:
    waiting = Push.objects.filter(regulator_id=channel.department_id, state=PushState.QUEUED.value)
    for push_id in list(waiting.order_by("id").values_list("pk", flat=True)):
        push = queries.lock_push_by_id(push_id)
        if push.state == PushState.QUEUED.value:
            mark_delivered(push, at=at)
            push.save()
