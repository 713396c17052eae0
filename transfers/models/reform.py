"""改革进程: the opinion's steps with what proves them done, and the questions put to the coordination mechanism."""

from django.conf import settings
from django.db import models


class Milestone(models.Model):
    """时间节点: one step of the opinion's third part, who answers for it, and what proves that it was done."""

    seq = models.PositiveSmallIntegerField("序号", unique=True)
    title = models.CharField("节点", max_length=60)
    starts_on = models.DateField("自")
    ends_on = models.DateField("至")
    responsible = models.CharField("责任单位", max_length=200)
    basis = models.CharField("依据", max_length=100)
    done_on = models.DateField("完成日", null=True, blank=True)
    evidence = models.CharField("完成的依据", max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="登记人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = verbose_name_plural = "时间节点"
        ordering = ["seq"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="milestone_ordered"),
            models.CheckConstraint(
                condition=models.Q(done_on__isnull=True) | ~models.Q(evidence=""), name="milestone_done_by_evidence"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    """协调事项 (领导协调机制): raised by a body, decided by the mechanism, carried out by whom it concerns."""

    raised_by = models.ForeignKey(
        "kernel.Department", verbose_name="提出单位", on_delete=models.PROTECT, related_name="+"
    )
    raised_on = models.DateField("提出日")
    matter = models.ForeignKey(
        "matters.Matter", verbose_name="涉及事项", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField("问题", max_length=2000)
    decision = models.TextField("决定", max_length=2000, blank=True)
    decided_on = models.DateField("决定日", null=True, blank=True)
    decided_in = models.CharField("议定文件", max_length=100, blank=True, help_text="会议纪要或者批示的文号。")
    carried_out_on = models.DateField("落实日", null=True, blank=True)
    outcome = models.CharField("落实情况", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "协调事项"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(carried_out_on__isnull=True) | models.Q(decided_on__isnull=False),
                name="question_decided_first",
            )
        ]

    def __str__(self) -> str:
        return f"{self.raised_by_id} {self.raised_on}"

    @property
    def state(self) -> tuple[str, str]:
        """Where it stands: look and word."""
        if self.carried_out_on:
            return "done", "已落实"
        return ("accepted", "已决定") if self.decided_on else ("queued", "待决定")
