from django.db import models
from simple_history.models import HistoricalRecords


class LawRecord(models.Model):
    """法律条文: one provision that letters cite, how it is cited, the term it gives, and between which days it is in force."""

    class Unit(models.TextChoices):
        DAY = "day", "日"
        MONTH = "month", "个月"
        WORKDAY = "workday", "个工作日"

    key = models.CharField("引用名", max_length=40)
    law = models.CharField("法律、法规、文件", max_length=100)
    article = models.CharField("条、款、项", max_length=60, blank=True)
    content = models.CharField("内容", max_length=300)
    term_value = models.PositiveSmallIntegerField("期限", null=True, blank=True)
    term_unit = models.CharField("期限单位", max_length=8, choices=Unit, blank=True)
    valid_from = models.DateField("施行日")
    valid_to = models.DateField("失效日", null=True, blank=True, help_text="最后一日（含）；空为有效。")
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "法律条文"
        ordering = ["key", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["key", "valid_from"], name="law_record_starts_once"),
            models.CheckConstraint(
                condition=models.Q(term_value__isnull=True, term_unit="")
                | (models.Q(term_value__isnull=False) & ~models.Q(term_unit="")),
                name="law_record_term_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.law}{self.article}"

    @property
    def citation(self) -> str:
        """《中华人民共和国行政许可法》第三十八条第二款; a document with a number of its own stands without brackets."""
        return f"{self.law}{self.article}" if self.law.endswith("号") else f"《{self.law}》{self.article}"

    @property
    def term_text(self) -> str:
        """60日, 6个月, 5个工作日; "" without a term."""
        return f"{self.term_value}{self.get_term_unit_display()}" if self.term_value is not None else ""
