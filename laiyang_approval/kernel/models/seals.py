from django.db import models
from simple_history.models import HistoricalRecords


class Seal(models.Model):
    """印章: a seal of one body, the kind of paper it may stand on, and the dates between which it is valid."""

    class Kind(models.TextChoices):
        OFFICIAL = "official", "公章"
        APPROVAL = "approval", "行政审批专用章"
        INTAKE = "intake", "受理专用章"

    department = models.ForeignKey(
        "kernel.Department", verbose_name="机关", on_delete=models.PROTECT, related_name="seals"
    )
    kind = models.CharField("种类", max_length=12, choices=Kind)
    ring_text = models.CharField("印文", max_length=40, help_text="沿边的文字，一般为机关全称。")
    centre_text = models.CharField("下方文字", max_length=20, blank=True)
    keeper = models.CharField("保管人", max_length=50, blank=True)
    in_use_from = models.DateField("启用日")
    in_use_to = models.DateField("停用日", null=True, blank=True, help_text="最后可用日（含）；空为在用。")
    sealed_up_on = models.DateField("封存日", null=True, blank=True)
    imprint = models.ForeignKey(
        "kernel.StoredFile",
        verbose_name="印模",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="备案的印模图片；文书上只印样章。",
    )
    announcement = models.CharField("启用公告", max_length=200, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "印章"

    def __str__(self) -> str:
        return f"{self.ring_text}（{self.get_kind_display()}）"
