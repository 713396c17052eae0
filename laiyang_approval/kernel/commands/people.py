"""账号与岗位: every change to who may sign in and what they may do; each one is an act of the security officer, on record."""

import secrets
import string
from collections.abc import Iterable
from datetime import datetime

from axes.models import AccessAttempt
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from guardian.models import UserObjectPermission
from guardian.shortcuts import assign_perm, remove_perm

from ..addresses import plain_address
from ..auditing import AuditAction, record
from ..clock import local_date
from ..errors import DomainError, InvalidInput, NotFound, NotPermitted
from ..models import Department, FormerPassword, User, UserRole
from ..open_work import open_work_of
from ..permissions import role_conflict
from ..roles import Role
from ..security_rules import limit

#: Rights on departments that the security officer gives and takes (django-guardian).
DEPARTMENT_RIGHTS = ("intake_for_department", "review_for_department", "decide_for_department", "supervise_department")

_USERNAME_LETTERS = frozenset(string.ascii_lowercase + string.digits + "._-")


@transaction.atomic
def create_account(
    *,
    username: str,
    display_name: str,
    department: Department | None,
    roles: Iterable[str],
    window_label: str = "",
    actor: User,
    at: datetime,
    address: str | None = None,
) -> tuple[User, str]:
    """Afterwards the account exists with these roles; returns it with its first password, which is shown once and must be changed.

    Raises InvalidInput for a taken or unfit name and for roles that exclude one another, NotPermitted unless ``actor`` is a
    security officer.
    """
    _require_security_officer(actor)
    wanted = _roles(roles)
    user, password = _new_user(username, display_name, department, window_label, wanted, at)
    _record(AuditAction.ACCOUNT_CREATED, user, actor=actor, at=at, address=address, roles=sorted(wanted))
    return user, password


@transaction.atomic
def create_first_officer(*, username: str, display_name: str, at: datetime) -> tuple[User, str]:
    """Afterwards the one security officer of a new installation exists; returns the account with its first password.

    Raises NotPermitted once there is one: further accounts are the security officer's to make.
    """
    if UserRole.objects.filter(role=Role.SECURITY_OFFICER, user__is_active=True).exists():
        raise NotPermitted("已有安全管理员，请由其登录后新建账号。")
    roles = {Role.SECURITY_OFFICER.value}
    user, password = _new_user(username, display_name, None, "", roles, at)
    _record(AuditAction.ACCOUNT_CREATED, user, actor=None, at=at, address=None, roles=sorted(roles))
    return user, password


def _new_user(
    username: str,
    display_name: str,
    department: Department | None,
    window_label: str,
    roles: Iterable[str],
    at: datetime,
) -> tuple[User, str]:
    name = username.strip().lower()
    if not 3 <= len(name) <= 30 or not set(name) <= _USERNAME_LETTERS:
        raise InvalidInput(
            "登录名须为3至30位小写字母、数字或.-_，请改正。", fields={"username": "3至30位小写字母、数字或.-_。"}
        )
    shown = _display_name(display_name)
    password = _first_password()
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                name,
                password=password,
                display_name=shown,
                department=department,
                window_label=window_label.strip()[:20],
                must_change_password=True,
                password_changed_at=at,
            )
    except IntegrityError as error:
        raise InvalidInput("这个登录名已有人使用，请换一个。", fields={"username": "已有人使用。"}) from error
    for role in sorted(roles):
        UserRole.objects.create(user=user, role=role)
    return user, password


@transaction.atomic
def change_account(
    user_id: int,
    *,
    display_name: str,
    department: Department | None,
    window_label: str,
    actor: User,
    at: datetime,
    address: str | None = None,
) -> User:
    """Afterwards the person stands under this name, in this department, at this window."""
    user = _lock_other(user_id, actor)
    before = user.department_id
    user.display_name = _display_name(display_name)
    user.department = department
    user.window_label = window_label.strip()[:20]
    user.save(update_fields=["display_name", "department", "window_label"])
    _record(
        AuditAction.ACCOUNT_CHANGED, user, actor=actor, at=at, address=address, department=[before, user.department_id]
    )
    return user


@transaction.atomic
def disable_account(user_id: int, *, reason: str, actor: User, at: datetime, address: str | None = None) -> User:
    """Afterwards nobody is signed in to this account on their next request, and nobody can be (promise R17).

    Raises DomainError while cases or tasks are still this person's: they are handed over first.
    """
    user = _lock_other(user_id, actor)
    stated = " ".join(reason.split())[:200]
    if not stated:
        raise InvalidInput("停用账号须写明原因。", fields={"reason": "请填写停用原因。"})
    if not user.is_active:
        raise DomainError("这个账号已经停用，不必重复操作。")
    if open_work := open_work_of(user):
        raise DomainError(
            f"不能停用：{user.display_name}名下还有{'、'.join(open_work)}；请其单位负责人先在“工作交接”中移交。"
        )
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(
        AuditAction.ACCOUNT_DISABLED, actor=actor, at=at, object_ref=f"user:{user.pk}", purpose=stated, address=address
    )
    return user


@transaction.atomic
def enable_account(user_id: int, *, actor: User, at: datetime, address: str | None = None) -> User:
    """Afterwards the person can sign in again, with their old password and roles."""
    user = _lock_other(user_id, actor)
    if user.is_active:
        raise DomainError("这个账号正在使用，不必启用。")
    user.is_active = True
    user.save(update_fields=["is_active"])
    _record(AuditAction.ACCOUNT_ENABLED, user, actor=actor, at=at, address=address)
    return user


@transaction.atomic
def set_roles(user_id: int, *, roles: Iterable[str], actor: User, at: datetime, address: str | None = None) -> User:
    """Afterwards the person holds exactly these roles, from their next request on.

    Raises InvalidInput for roles that exclude one another (三员分立, GB/T 22239-2019 8.1.4.2).
    """
    wanted = _roles(roles)
    user = _lock_other(user_id, actor)
    held = {row.role: row for row in user.role_rows.all()}
    for role in sorted(set(held) - wanted):
        held[role].delete()
    for role in sorted(wanted - set(held)):
        UserRole.objects.create(user=user, role=role)
    if wanted != set(held):
        _record(
            AuditAction.ROLES_CHANGED,
            user,
            actor=actor,
            at=at,
            address=address,
            given=sorted(wanted - set(held)),
            taken=sorted(set(held) - wanted),
        )
    return User.objects.get(pk=user.pk)


@transaction.atomic
def set_department_rights(
    user_id: int, *, rights: Iterable[tuple[str, int]], actor: User, at: datetime, address: str | None = None
) -> User:
    """Afterwards the person holds exactly these (right, department id) pairs, from their next request on.

    Raises InvalidInput for a right or a department that does not exist.
    """
    user = _lock_other(user_id, actor)
    wanted = set(rights)
    departments = Department.objects.in_bulk({department for _, department in wanted})
    if any(right not in DEPARTMENT_RIGHTS or department not in departments for right, department in wanted):
        raise InvalidInput("授权范围中有不存在的权限或机关，请重新选择。")
    held = department_rights(user)
    for right, department in sorted(held - wanted):
        remove_perm(f"kernel.{right}", user, Department.objects.get(pk=department))
    for right, department in sorted(wanted - held):
        assign_perm(f"kernel.{right}", user, departments[department])
    if wanted != held:
        _record(
            AuditAction.RIGHTS_CHANGED,
            user,
            actor=actor,
            at=at,
            address=address,
            given=sorted(map(list, wanted - held)),
            taken=sorted(map(list, held - wanted)),
        )
    return user


def department_rights(user: User) -> set[tuple[str, int]]:
    """The (right, department id) pairs this person holds."""
    rows = UserObjectPermission.objects.filter(user=user, permission__codename__in=DEPARTMENT_RIGHTS)
    return {(right, int(department)) for right, department in rows.values_list("permission__codename", "object_pk")}


@transaction.atomic
def reset_password(user_id: int, *, actor: User, at: datetime, address: str | None = None) -> tuple[User, str]:
    """Afterwards the account has a new first password, shown once, to be changed at the next sign-in; open sessions end."""
    user = _lock_other(user_id, actor)
    password = _first_password()
    _replace_password(user, password, at=at, must_change=True)
    _record(AuditAction.PASSWORD_RESET, user, actor=actor, at=at, address=address)
    return user, password


@transaction.atomic
def change_password(*, user: User, new: str, at: datetime, address: str | None = None) -> User:
    """Afterwards the person's password is ``new``, and every other session of theirs is over.

    The caller has checked the old one. Raises InvalidInput with the sentence of the rule that ``new`` breaks.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    try:
        password_validation.validate_password(new, locked)
    except ValidationError as error:
        raise InvalidInput("".join(error.messages), fields={"new": "".join(error.messages)}) from error
    _replace_password(locked, new, at=at, must_change=False)
    _record(AuditAction.PASSWORD_CHANGED, locked, actor=locked, at=at, address=address)
    return locked


@transaction.atomic
def unlock_account(user_id: int, *, actor: User, at: datetime, address: str | None = None) -> int:
    """Afterwards no address is locked out of this account; returns how many locks were lifted."""
    _require_security_officer(actor)
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound("没有查到这个账号。")
    lifted, _ = AccessAttempt.objects.filter(username=user.username).delete()
    _record(AuditAction.UNLOCKED, user, actor=actor, at=at, address=address, lifted=lifted)
    return lifted


@transaction.atomic
def unlock_address(unlocked: str, *, actor: User, at: datetime, address: str | None = None) -> int:
    """Afterwards the failures counted against this address are forgotten, and its locks lifted; returns how many."""
    _require_security_officer(actor)
    plain = plain_address(unlocked)
    if plain is None:
        raise InvalidInput("这不是一个网络地址，请核对后填写。", fields={"address": "如 10.0.3.17。"})
    lifted, _ = AccessAttempt.objects.filter(ip_address=plain).delete()
    record(
        AuditAction.UNLOCKED,
        actor=actor,
        at=at,
        object_ref=f"address:{plain}",
        address=address,
        detail={"lifted": lifted},
    )
    return lifted


def _require_security_officer(actor: User) -> None:
    if not actor.is_active or not actor.has_role(Role.SECURITY_OFFICER):
        raise NotPermitted("账号和授权由安全管理员办理，请联系本局安全管理员。", article="GB/T 22239-2019第8.1.4.2条")


def _lock_other(user_id: int, actor: User) -> User:
    """The account, locked; nobody changes their own, so the last security officer cannot lock themselves out by a slip."""
    _require_security_officer(actor)
    if user_id == actor.pk:
        raise NotPermitted("不能修改自己的账号和授权；请由另一名安全管理员办理。")
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound("没有查到这个账号。")
    return user


def _roles(roles: Iterable[str]) -> set[str]:
    wanted = set(roles)
    if not wanted:
        raise InvalidInput("请至少选择一个岗位。", fields={"roles": "请至少选择一个岗位。"})
    if not wanted <= set(Role.values):
        raise InvalidInput("有不存在的岗位，请重新选择。", fields={"roles": "有不存在的岗位。"})
    if conflict := role_conflict(wanted):
        raise InvalidInput(conflict, article="GB/T 22239-2019第8.1.4.2条", fields={"roles": conflict})
    return wanted


def _display_name(text: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= 50:
        raise InvalidInput("请填写姓名（50字以内）。", fields={"display_name": "请填写姓名（50字以内）。"})
    return name


def _first_password() -> str:
    """Sixteen characters without look-alikes, of three classes; told once, by hand."""
    letters, capitals, digits = "abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKMNPQRSTUVWXYZ", "23456789"
    picked = [secrets.choice(kind) for kind in (letters, capitals, digits)]
    picked += [secrets.choice(letters + capitals + digits) for _ in range(13)]
    secrets.SystemRandom().shuffle(picked)
    return "".join(picked)


def _replace_password(user: User, new: str, *, at: datetime, must_change: bool) -> None:
    FormerPassword.objects.create(user=user, password=user.password, replaced_at=at)
    kept = limit("password_history", local_date(at))
    stale = user.former_passwords.order_by("-replaced_at", "-pk").values_list("pk", flat=True)[kept:]
    FormerPassword.objects.filter(pk__in=list(stale)).delete()
    user.set_password(new)
    user.must_change_password = must_change
    user.password_changed_at = at
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])


def _record(
    action: AuditAction, user: User, *, actor: User | None, at: datetime, address: str | None, **detail
) -> None:
    record(action, actor=actor, at=at, object_ref=f"user:{user.pk}", address=address, detail=detail)
