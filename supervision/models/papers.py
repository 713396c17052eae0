"""对账证明: what the two sides of a day or a month came to, frozen when it was counted, with its signed PDF."""

from django.db import models


class ReconciliationPaper(models.Model):
    """对账证明、对账函: of one day or one month, for one regulator or for all (``regulator`` empty); counted once."""

    class Kind(models.TextChoices):
        DAY = "day", "无遗漏推送证明"
        MONTH = "month", "审管对账函"

    class State(models.TextChoices):
        QUEUED = "queued", "生成中"
        RENDERED = "rendered", "已生成"

    number = models.CharField("编号", max_length=40, unique=True)
    kind = models.CharField("种类", max_length=5, choices=Kind)
    from_on = models.DateField("自")
    to_on = models.DateField("至")
    regulator = models.ForeignKey(
        "kernel.Department", verbose_name="监管部门", null=True, on_delete=models.PROTECT, related_name="+"
    )
    figures = models.JSONField("结果")
    adds_up = models.BooleanField("相符")
    made_at = models.DateTimeField("对账时间")
    state = models.CharField("状态", max_length=8, choices=State, default=State.QUEUED)
    storage_name = models.CharField("存储名", max_length=80, blank=True)
    sha256 = models.CharField("文件哈希", max_length=64, blank=True)
    signed_as = models.CharField("签名人", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "对账证明"
        ordering = ["-from_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "from_on", "regulator"], name="paper_once_per_regulator"),
            models.UniqueConstraint(
                fields=["kind", "from_on"], condition=models.Q(regulator__isnull=True), name="paper_once_for_all"
            ),
        ]
        indexes = [
            # The desk's alarm.
            models.Index(fields=["-from_on"], condition=models.Q(adds_up=False), name="paper_alarm"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def alarm_title(self) -> str:
        return f"对账不符：{self.from_on.isoformat()}"

    @property
    def problem_text(self) -> str:
        """The first few things that do not add up, in words."""
        return "；".join(self.figures["problems"][:3])
