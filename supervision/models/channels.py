from django.conf import settings
from django.db import models

from laiyang_approval.kernel.fields import EncryptedTextField


class RegulatorChannel(models.Model):
    """推送渠道: how a regulator is reached, and the keys both directions are signed with; without a row: its inbox here.

    ``failures`` in a row and ``rests_until`` keep one receiver that is away from holding up the others.
    """

    class Kind(models.TextChoices):
        CONSOLE = "console", "门户收件箱"
        HTTP = "http", "系统接口"

    department = models.OneToOneField(
        "kernel.Department", verbose_name="监管部门", on_delete=models.PROTECT, related_name="push_channel"
    )
    kind = models.CharField("渠道", max_length=8, choices=Kind, default=Kind.CONSOLE)
    url = models.CharField("接收地址", max_length=300, blank=True)
    key = EncryptedTextField("推送签名密钥", blank=True, default="")
    inbound_key = EncryptedTextField("反馈签名密钥", blank=True, default="")
    former_inbound_key = EncryptedTextField("原反馈签名密钥", blank=True, default="")
    former_until = models.DateTimeField("原密钥用到", null=True, blank=True)
    failures = models.PositiveIntegerField("连续失败次数", default=0)
    rests_until = models.DateTimeField("暂停推送至", null=True, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="设置人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField("设置时间")

    class Meta:
        verbose_name = verbose_name_plural = "推送渠道"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="console") | ~models.Q(url=""), name="channel_http_has_address"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.get_kind_display()}"
