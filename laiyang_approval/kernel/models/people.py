from collections.abc import Iterable, Sequence

from django.contrib.auth.models import AbstractUser
from django.db import models
from simple_history.models import HistoricalRecords

from ..roles import Role
from .organisations import Department


class User(AbstractUser):
    """人员: a person who signs in; what they may do comes from roles, department and guardian rights."""

    first_name = None
    last_name = None
    display_name = models.CharField("姓名", max_length=50)
    department = models.ForeignKey(
        Department, verbose_name="所在单位", null=True, blank=True, on_delete=models.PROTECT, related_name="staff"
    )
    window_label = models.CharField("窗口", max_length=20, blank=True)
    must_change_password = models.BooleanField("须修改密码", default=False)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    class Meta:
        verbose_name = verbose_name_plural = "人员"

    def __str__(self) -> str:
        return self.display_name or self.username

    @property
    def roles(self) -> frozenset[str]:
        """The roles this person holds, read once per request."""
        if not hasattr(self, "_roles"):
            self._roles = frozenset(self.role_rows.values_list("role", flat=True)) if self.pk else frozenset()
        return self._roles

    @property
    def grants(self) -> Sequence[Sequence[str]]:
        """The guardian rights of this person as (codename, id of the object), read once per request."""
        if not hasattr(self, "_grants"):
            self._grants = (
                tuple(self.userobjectpermission_set.values_list("permission__codename", "object_pk")) if self.pk else ()
            )
        return self._grants

    def keep_roles_and_grants(self, roles: Iterable[str], grants: Sequence[Sequence[str]]) -> None:
        """For whoever has read them together with the person: ``roles`` and ``grants`` cost no query of their own."""
        self._roles, self._grants = frozenset(roles), grants

    def has_role(self, *roles: str) -> bool:
        return bool(self.roles & set(roles))


class UserRole(models.Model):
    """岗位: one role of one person."""

    user = models.ForeignKey(User, verbose_name="人员", on_delete=models.CASCADE, related_name="role_rows")
    role = models.CharField("岗位", max_length=24, choices=Role)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "岗位"
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="user_role_once")]

    def __str__(self) -> str:
        return f"{self.user}：{self.get_role_display()}"


class FormerPassword(models.Model):
    """用过的密码: the hash of a password a person had, kept so that it is not taken again (GB/T 22239 8.1.4.1 a)."""

    user = models.ForeignKey(User, verbose_name="人员", on_delete=models.CASCADE, related_name="former_passwords")
    password = models.CharField("密码散列", max_length=128)
    replaced_at = models.DateTimeField("停用时间")

    class Meta:
        verbose_name = verbose_name_plural = "用过的密码"
        indexes = [models.Index(fields=["user", "-replaced_at"], name="former_password_newest")]  # password change

    def __str__(self) -> str:
        return f"{self.user} {self.replaced_at:%F}"
