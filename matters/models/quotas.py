from django.db import models

from .matters import Matter


class Quota(models.Model):
    """数量限制 (行政许可法第五十七条): how many licences of a matter there may be, granted in order of acceptance."""

    matter = models.ForeignKey(Matter, verbose_name="事项", on_delete=models.PROTECT, related_name="quotas")
    number = models.PositiveIntegerField("总数")
    basis = models.CharField("依据", max_length=300)
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True, help_text="最后一日（含）；空为有效。")
    set_by = models.ForeignKey("kernel.User", verbose_name="登记人", on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "数量限制"
        ordering = ["matter", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["matter", "valid_from"], name="quota_starts_once"),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="quota_validity_ordered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} 限{self.number}"
