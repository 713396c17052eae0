"""一次性告知单: what somebody who has not applied yet was told; no application, no case, no clock."""

from django.conf import settings
from django.db import models

from laiyang_approval.kernel.fields import EncryptedJSONField
from laiyang_approval.kernel.models.append_only import AppendOnlyModel


class AdviceSheet(AppendOnlyModel):
    """一次性告知单 (D27): the edition whose list was told, by whom and when, and the complete inputs of the paper."""

    edition = models.ForeignKey(
        "matters.Edition", verbose_name="办事指南版本", on_delete=models.PROTECT, related_name="advice_sheets"
    )
    department = models.ForeignKey(
        "kernel.Department", verbose_name="出具机关", on_delete=models.PROTECT, related_name="+"
    )
    series = models.CharField("文号序列", max_length=60)
    period = models.CharField("年度", max_length=10)
    serial = models.PositiveIntegerField("流水号")
    number = models.CharField("文号", max_length=60, unique=True)
    snapshot = EncryptedJSONField("全部输入")
    snapshot_sha256 = models.CharField("输入哈希", max_length=64)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="出具人", on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField("出具时间")

    class Meta:
        verbose_name = verbose_name_plural = "一次性告知单"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["series", "period", "serial"], name="advice_number_once"),
        ]

    def __str__(self) -> str:
        return self.number
