"""安全审计 (control C5; GB/T 22239 8.1.4.3): who did what to whose account or data, from where, and with what result.

One chain for the whole portal. A counter row is locked while a record is written, so there is one writer at a time on both
engines and the sequence has no holes; each record carries the hash of the one before. Details hold ids and codes only:
never names, identity numbers, phones or typed text other than a purpose.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Q, QuerySet

from . import chain
from .addresses import plain_address
from .errors import InvalidInput, NotPermitted
from .models import AuditRecord, NumberSeries, User
from .numbering import allot_number
from .roles import Role

_SERIES, _PERIOD = "audit", "all"
PAGE_SIZE = 50
#: Shortest and longest purpose a person may give for reading personal data in clear.
PURPOSE_LENGTH = (4, 200)


class AuditAction(models.TextChoices):
    """审计行为"""

    LOGIN = "login", "登录"
    LOGIN_FAILED = "login_failed", "登录失败"
    LOGIN_LOCKED = "login_locked", "登录被锁定"
    LOGOUT = "logout", "退出登录"
    SESSION_EXPIRED = "session_expired", "会话超时退出"
    CONFIRMED = "confirmed", "再次验证身份"
    CONFIRM_FAILED = "confirm_failed", "再次验证失败"
    PASSWORD_CHANGED = "password_changed", "修改密码"
    PASSWORD_RESET = "password_reset", "重置密码"
    ACCOUNT_CREATED = "account_created", "新建账号"
    ACCOUNT_CHANGED = "account_changed", "修改账号"
    ACCOUNT_DISABLED = "account_disabled", "停用账号"
    ACCOUNT_ENABLED = "account_enabled", "启用账号"
    ROLES_CHANGED = "roles_changed", "调整岗位"
    RIGHTS_CHANGED = "rights_changed", "调整授权范围"
    DELEGATED = "delegated", "登记委托"
    DELEGATION_REVOKED = "delegation_revoked", "收回委托"
    UNLOCKED = "unlocked", "解除锁定"
    REVEAL = "reveal", "查看完整信息"
    DOWNLOAD_FILE = "download_file", "下载材料"
    DOWNLOAD_LETTER = "download_letter", "下载文书"
    EXPORT = "export", "导出"
    CALENDAR_CHANGED = "calendar_changed", "调整工作日历"
    RULE_CHANGED = "rule_changed", "调整业务规则"
    LAW_CHANGED = "law_changed", "登记法律条文变化"
    CHANNEL_CHANGED = "channel_changed", "设置推送渠道"
    CHANNEL_KEY_RENEWED = "channel_key_renewed", "换发推送密钥"
    AUDIT_VERIFIED = "audit_verified", "校验审计链"


class AuditResult(models.TextChoices):
    """审计结果"""

    OK = "ok", "成功"
    REFUSED = "refused", "拒绝"
    BROKEN = "broken", "发现异常"


def _content(record: AuditRecord) -> dict[str, Any]:
    """What the hash of a record stands for."""
    return {
        "sequence": record.sequence,
        "at": record.at,
        "actor": record.actor_id,
        "action": record.action,
        "object_ref": record.object_ref,
        "purpose": record.purpose,
        "address": record.address,
        "result": record.result,
        "detail": record.detail,
        "alg": record.alg,
    }


@transaction.atomic
def record(
    action: str,
    *,
    actor: User | None,
    at: datetime,
    object_ref: str = "",
    purpose: str = "",
    address: str | None = None,
    detail: dict[str, Any] | None = None,
    result: str = AuditResult.OK,
) -> AuditRecord:
    """Afterwards one more record stands at the end of the chain; it commits or vanishes with the caller's transaction.

    ``object_ref`` is "kind:id" ("user:17", "case:SP…"), ``address`` the client's address. Raises ValueError for an action that
    has no name in AuditAction.
    """
    sequence = allot_number(_SERIES, period=_PERIOD)
    previous = AuditRecord.objects.filter(sequence=sequence - 1).values_list("hash", flat=True).first()
    row = AuditRecord(
        sequence=sequence,
        at=at,
        actor=actor,
        action=AuditAction(action).value,
        object_ref=object_ref,
        purpose=purpose,
        address=plain_address(address),
        result=AuditResult(result).value,
        detail=detail or {},
        alg=chain.ALGORITHM,
        prev_hash=previous or chain.GENESIS,
    )
    row.hash = chain.link(row.prev_hash, _content(row))
    row.save()
    return row


@dataclass(frozen=True)
class AuditCheck:
    """校验结果: how many records were read, and the first sequence at which the chain does not hold (None: it holds)."""

    records: int
    broken_at: int | None
    reason: str = ""
    last_hash: str = chain.GENESIS


def verify_audit() -> AuditCheck:
    """Reads the whole chain; names the first record changed, missing, inserted or cut off at the end."""
    previous, expected = chain.GENESIS, 1
    for row in AuditRecord.objects.order_by("sequence").iterator(chunk_size=2000):
        if row.sequence != expected:
            return AuditCheck(expected - 1, expected, "记录缺失")
        if row.alg != chain.ALGORITHM:
            return AuditCheck(expected - 1, expected, "算法标识被改动")
        if row.prev_hash != previous:
            return AuditCheck(expected - 1, expected, "与前一记录不衔接")
        if chain.link(row.prev_hash, _content(row)) != row.hash:
            return AuditCheck(expected - 1, expected, "内容被改动")
        previous, expected = row.hash, expected + 1
    given = NumberSeries.objects.filter(series=_SERIES, period=_PERIOD).values_list("last", flat=True).first() or 0
    if given >= expected:
        return AuditCheck(expected - 1, expected, "末尾记录缺失", previous)
    return AuditCheck(expected - 1, None, "", previous)


def reveal(*, actor: User, at: datetime, object_ref: str, purpose: str, address: str | None, fields: list[str]) -> None:
    """Afterwards it is on record that ``actor`` read ``fields`` of ``object_ref`` in clear, and why (PIPL 第五十一条).

    Call it in the transaction that reads the values, after the permission check. Raises InvalidInput without a purpose.
    """
    stated = " ".join(purpose.split())
    shortest, longest = PURPOSE_LENGTH
    if not shortest <= len(stated) <= longest:
        raise InvalidInput(
            f"查看完整信息须写明目的（{shortest}至{longest}字）；请填写后再查看。",
            article="个人信息保护法第五十一条",
            fields={"purpose": f"请写明查看目的，{shortest}至{longest}字。"},
        )
    record(
        AuditAction.REVEAL,
        actor=actor,
        at=at,
        object_ref=object_ref,
        purpose=stated,
        address=address,
        detail={"fields": sorted(fields)},
    )


@dataclass(frozen=True)
class AuditFilter:
    """审计日志的筛选条件; blank means any."""

    action: str = ""
    actor: str = ""
    object_ref: str = ""
    address: str = ""
    since: datetime | None = None
    until: datetime | None = None


def audit_page(reader: User, wanted: AuditFilter, *, before: int | None = None) -> tuple[list[AuditRecord], int | None]:
    """One page of records, newest first, and the sequence the next page starts before (None on the last).

    Raises NotPermitted for anybody but an audit officer (三员分立).
    """
    if not reader.has_role(Role.AUDIT_OFFICER):
        raise NotPermitted("只有审计管理员可以查看审计日志；如确需了解，请联系本局审计管理员。")
    found = _matching(wanted)
    if before is not None:
        found = found.filter(sequence__lt=before)
    rows = list(found.select_related("actor").order_by("-sequence")[: PAGE_SIZE + 1])
    return rows[:PAGE_SIZE], rows[PAGE_SIZE - 1].sequence if len(rows) > PAGE_SIZE else None


def _matching(wanted: AuditFilter) -> QuerySet[AuditRecord]:
    found = AuditRecord.objects.all()
    if wanted.action:
        found = found.filter(action=wanted.action)
    if wanted.actor:
        found = found.filter(Q(actor__username=wanted.actor) | Q(actor__display_name=wanted.actor))
    if wanted.object_ref:
        found = found.filter(object_ref=wanted.object_ref)
    if wanted.address:
        found = found.filter(address=plain_address(wanted.address))
    if wanted.since:
        found = found.filter(at__gte=wanted.since)
    if wanted.until:
        found = found.filter(at__lt=wanted.until)
    return found
