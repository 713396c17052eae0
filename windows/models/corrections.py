from django.conf import settings
from django.db import models

from .cases import Case, CaseMaterial
from .documents import Letter


class CorrectionNotice(models.Model):
    """补正告知: everything that must be corrected, told once (行政许可法第三十二条第一款第四项)."""

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="correction_notices")
    sequence = models.PositiveSmallIntegerField("次数")
    given_at = models.DateTimeField("告知时间")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="告知人", on_delete=models.PROTECT, related_name="+"
    )
    deadline_on = models.DateField("补正期限", null=True, help_text="日历待公布时为空。")
    letter = models.OneToOneField(Letter, verbose_name="告知书", null=True, on_delete=models.PROTECT, related_name="+")
    served_on = models.DateField("送达日", null=True, blank=True, help_text="没有送达的告知不因逾期终止。")

    class Meta:
        verbose_name = verbose_name_plural = "补正告知"
        ordering = ["sequence"]
        constraints = [models.UniqueConstraint(fields=["case", "sequence"], name="correction_notice_sequence_once")]

    def __str__(self) -> str:
        return f"{self.case_id} 第{self.sequence}次补正告知"


class CorrectionItem(models.Model):
    """补正事项: one material to be corrected: what, why, how, by which rule."""

    notice = models.ForeignKey(
        CorrectionNotice, verbose_name="补正告知", on_delete=models.PROTECT, related_name="items"
    )
    material = models.ForeignKey(
        CaseMaterial, verbose_name="材料", on_delete=models.PROTECT, related_name="correction_items"
    )
    reason = models.CharField("存在的问题", max_length=300)
    remedy = models.CharField("补正方法", max_length=300)
    basis = models.CharField("依据", max_length=200, blank=True)
    met_at = models.DateTimeField("补正到位时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "补正事项"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["notice", "material"], name="correction_item_once")]

    def __str__(self) -> str:
        return f"{self.notice_id}：{self.material_id}"
