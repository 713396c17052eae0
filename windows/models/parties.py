from django.conf import settings
from django.db import models

from laiyang_approval.kernel.fields import EncryptedTextField


class Party(models.Model):
    """申请人: a person or organisation that applies; found again by the blind index of its number, never by the number."""

    class Kind(models.TextChoices):
        NATURAL = "natural", "自然人"
        LEGAL = "legal", "法人"
        UNINCORPORATED = "unincorporated", "非法人组织"
        SOLE_TRADER = "sole_trader", "个体工商户"

    kind = models.CharField("类别", max_length=16, choices=Kind)
    name = models.CharField("名称或姓名", max_length=200)
    id_kind = models.CharField("证件类型", max_length=32)
    id_number = EncryptedTextField("证件号码")
    id_index = models.CharField("证件号码盲索引", max_length=64)
    phone = EncryptedTextField("联系电话", blank=True, default="")
    address = models.CharField("住所", max_length=200, blank=True)
    legal_representative = models.CharField("法定代表人（负责人）", max_length=50, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name="登录账号",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="party",
    )
    created_at = models.DateTimeField("登记时间")

    #: Set by whoever registers the party: False where no restriction of it was ever left standing.
    may_be_restricted = True

    class Meta:
        verbose_name = verbose_name_plural = "申请人"
        constraints = [models.UniqueConstraint(fields=["id_kind", "id_index"], name="party_once_per_number")]

    def __str__(self) -> str:
        return f"申请人{self.pk}"

    @property
    def is_natural(self) -> bool:
        return self.kind == self.Kind.NATURAL
