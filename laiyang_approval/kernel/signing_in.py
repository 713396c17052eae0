"""登录: one way to check a password, with its limits and its trail (controls T27, R16; GB/T 22239 8.1.4.1 b).

Two limits, both in the database, so that a flushed cache unlocks nobody. Five failures of one account from one address lock
that pair (django-axes). Many failures from one address stop further accounts from there – but not people who lately signed in
from it, or one stranger at a hall screen could shut out the whole hall before nine.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from axes.handlers.proxy import AxesProxyHandler
from axes.utils import reset as axes_reset
from django.contrib.auth import authenticate
from django.http import HttpRequest

from . import clock
from .addresses import client_address
from .auditing import AuditAction, AuditResult, record
from .crypto import blind_index
from .models import AuditRecord, User
from .security_rules import limit, minutes

MAX_USERNAME, MAX_PASSWORD = 150, 128


@dataclass(frozen=True)
class Attempt:
    """一次验证的结果: the person, or nobody; ``locked`` when even the right password would not be looked at now."""

    user: User | None
    locked: bool = False


def check_password(
    request: HttpRequest, *, username: str, password: str, at: datetime, confirming: bool = False
) -> Attempt:
    """Whether this is the account's password; failures count and are on record, also for names nobody has.

    ``confirming`` marks the second check of a person already signed in. Unknown, disabled and wrong give the same answer
    after the same work.
    """
    address = client_address(request)
    failed = AuditAction.CONFIRM_FAILED if confirming else AuditAction.LOGIN_FAILED
    if len(username) > MAX_USERNAME or len(password) > MAX_PASSWORD:
        _record_failure(failed, username[:MAX_USERNAME], at=at, address=address)
        return Attempt(None)
    if _address_is_full(address, username, at):
        _record_failure(AuditAction.LOGIN_LOCKED, username, at=at, address=address)
        return Attempt(None, locked=True)
    bare = _bare(request)
    user = authenticate(bare, username=username, password=password)
    if user is not None:
        axes_reset(username=username, ip=address)
        return Attempt(user)
    locked = bool(getattr(bare, "axes_locked_out", False))
    _record_failure(AuditAction.LOGIN_LOCKED if locked else failed, username, at=at, address=address)
    return Attempt(None, locked=locked)


def _bare(request: HttpRequest) -> HttpRequest:
    """The request without its form: django-axes keeps what was posted, and a decision's text is not its business."""
    bare = HttpRequest()
    bare.method = request.method
    bare.path = bare.path_info = request.path_info
    bare.META = {
        "REMOTE_ADDR": client_address(request) or "",
        "HTTP_USER_AGENT": request.META.get("HTTP_USER_AGENT", "")[:255],
    }
    AxesProxyHandler.update_request(bare)
    return bare


def _record_failure(action: AuditAction, username: str, *, at: datetime, address: str | None) -> None:
    """The typed name stays out of the trail: people type passwords into that field. Its keyed digest tells attempts apart."""
    known = User.objects.filter(username=username).values_list("pk", flat=True).first()
    record(
        action,
        actor=None,
        at=at,
        object_ref=f"user:{known}" if known else "user:unknown",
        address=address,
        result=AuditResult.REFUSED,
        detail={"name_digest": blind_index(username, "login")[:16]},
    )


def _address_is_full(address: str | None, username: str, at: datetime) -> bool:
    if address is None:
        return False
    on = clock.local_date(at)
    since = at - minutes("login_address_minutes", on)
    unlocked = (
        AuditRecord.objects.filter(action=AuditAction.UNLOCKED, object_ref=f"address:{address}", at__gte=since)
        .order_by("-sequence")
        .values_list("at", flat=True)
        .first()
    )
    failures = AuditRecord.objects.filter(
        action=AuditAction.LOGIN_FAILED, address=address, at__gt=max(since, unlocked) if unlocked else since
    )
    most = limit("login_failures_per_address", on)
    if failures.order_by()[:most].count() < most:
        return False
    return not AuditRecord.objects.filter(
        actor__username=username,
        action=AuditAction.LOGIN,
        address=address,
        at__gte=at - timedelta(days=limit("login_known_days", on)),
    ).exists()


def failure_limit(request: HttpRequest, credentials: dict) -> int:
    """For django-axes: after how many failures the pair of account and address is locked."""
    return limit("login_failures", clock.today())


def lock_time(request: HttpRequest | None) -> timedelta:
    """For django-axes: how long the lock lasts."""
    return minutes("login_lock_minutes", clock.today())


def nobody(*_about_the_client) -> str:
    """For django-axes' own log lines: names and addresses stand in the audit trail, not in the log."""
    return "-"
