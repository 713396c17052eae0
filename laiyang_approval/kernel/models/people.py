from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

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

    @property
    def delegations(self) -> Sequence["Delegated"]:
        """Whose tasks were given to this person, revoked ones left out, read once per request."""
        if not hasattr(self, "_delegations"):
            given = Delegation.objects.filter(delegate_id=self.pk, revoked_at__isnull=True) if self.pk else ()
            self._delegations = tuple(Delegated(one.principal_id, one.from_on, one.to_on) for one in given)
        return self._delegations

    def keep_roles_and_grants(
        self, roles: Iterable[str], grants: Sequence[Sequence[str]], delegations: Sequence["Delegated"]
    ) -> None:
        """For whoever has read them together with the person: none of the three costs a query of its own."""
        self._roles, self._grants, self._delegations = frozenset(roles), grants, delegations

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


@dataclass(frozen=True)
class Delegated:
    """受托: whose tasks, from which day to which (both included)."""

    principal_id: int
    from_on: date
    to_on: date


class Delegation(models.Model):
    """委托: one person's tasks are also another's from one day to another, on a stated basis; both are named in what is done."""

    principal = models.ForeignKey(
        User, verbose_name="委托人", on_delete=models.PROTECT, related_name="delegations_given"
    )
    delegate = models.ForeignKey(
        User, verbose_name="受托人", on_delete=models.PROTECT, related_name="delegations_taken"
    )
    from_on = models.DateField("自")
    to_on = models.DateField("至", help_text="最后一日（含）。")
    basis = models.CharField("依据", max_length=300)
    registered_by = models.ForeignKey(User, verbose_name="登记人", on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField("登记时间")
    revoked_by = models.ForeignKey(
        User, verbose_name="收回人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField("收回时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "委托"
        ordering = ["-from_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_on__gte=models.F("from_on")), name="delegation_period_ordered"
            ),
            models.CheckConstraint(
                condition=~models.Q(principal=models.F("delegate")), name="delegation_to_somebody_else"
            ),
        ]
        indexes = [
            # Read with every person that signs in: whose tasks they have now.
            models.Index(
                fields=["delegate", "to_on"], condition=models.Q(revoked_at__isnull=True), name="delegation_standing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.principal} → {self.delegate} {self.from_on}"


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
