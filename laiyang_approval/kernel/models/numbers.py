from django.db import models


class NumberSeries(models.Model):
    """文号序列: the last number given in a series and year; locked inside the act that takes the next (control C7)."""

    series = models.CharField("序列", max_length=60)
    period = models.CharField("年度或日期", max_length=10)
    last = models.PositiveIntegerField("已用到", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "文号序列"
        constraints = [models.UniqueConstraint(fields=["series", "period"], name="number_series_once")]

    def __str__(self) -> str:
        return f"{self.series} {self.period}：{self.last}"


class VoidedNumber(models.Model):
    """作废文号: a number that was given and will not stand on a document; never used again."""

    series = models.CharField("序列", max_length=60)
    period = models.CharField("年度或日期", max_length=10)
    number = models.PositiveIntegerField("号")
    reason = models.CharField("作废原因", max_length=200)
    voided_by = models.ForeignKey(
        "kernel.User", verbose_name="作废人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    voided_at = models.DateTimeField("作废时间")

    class Meta:
        verbose_name = verbose_name_plural = "作废文号"
        constraints = [models.UniqueConstraint(fields=["series", "period", "number"], name="number_voided_once")]

    def __str__(self) -> str:
        return f"{self.series} {self.period} 第{self.number}号 作废"
