from django.db import models
from simple_history.models import HistoricalRecords


class BusinessRule(models.Model):
    """业务规则: a number or text the law does not give, with its dates, its basis and whether it is our stated default."""

    key = models.CharField("规则", max_length=60)
    label = models.CharField("名称", max_length=100)
    value = models.CharField("值", max_length=500)
    unit = models.CharField("单位", max_length=20, blank=True)
    basis = models.CharField("依据", max_length=300)
    is_default = models.BooleanField("系统默认（未经本市确定）", default=True)
    valid_from = models.DateField("生效日")
    valid_to = models.DateField("失效日", null=True, blank=True, help_text="最后一日（含）；空为有效。")
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "业务规则"
        constraints = [models.UniqueConstraint(fields=["key", "valid_from"], name="business_rule_once_a_day")]

    def __str__(self) -> str:
        return f"{self.label}：{self.value}{self.unit}"
