from django.conf import settings
from django.db import models

from laiyang_approval.kernel.models.append_only import AppendOnlyModel

from .cases import Case


class Opinion(AppendOnlyModel):
    """审查意见: what a reviewer proposes, why a decider sends the case back, why a clerk differed from the system."""

    class Kind(models.TextChoices):
        GRANT = "grant", "建议准予"
        REFUSE = "refuse", "建议不予"
        RETURN = "return", "退回重审"
        OVERRIDE = "override", "窗口判断与系统不同"
        ACT = "act", "建议作出处理决定"
        NO_ACT = "no_act", "建议不作处理"

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="opinions")
    kind = models.CharField("意见", max_length=8, choices=Kind)
    text = models.TextField("内容", max_length=4000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="提出人", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "审查意见"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_kind_display()}"


class Decision(AppendOnlyModel):
    """行政许可决定: one per case, never reopened; the unique case is the net under the lock (control M7)."""

    class Result(models.TextChoices):
        GRANTED = "granted", "准予"
        REFUSED = "refused", "不予"

    case = models.OneToOneField(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="decision")
    result = models.CharField("结果", max_length=8, choices=Result)
    department = models.ForeignKey(
        "kernel.Department", verbose_name="决定机关", on_delete=models.PROTECT, related_name="+"
    )
    decider = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="决定人", on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField("决定时间")
    decided_on = models.DateField("决定日期")
    content = models.TextField("许可内容", max_length=2000, blank=True)
    conditions = models.TextField("附加条件", max_length=2000, blank=True)
    facts = models.TextField("事实", max_length=4000, blank=True)
    reasons = models.TextField("理由", max_length=4000, blank=True)
    basis = models.TextField("依据", max_length=2000)
    valid_from = models.DateField("有效期自", null=True, blank=True)
    valid_to = models.DateField("有效期至", null=True, blank=True, help_text="空为长期。")

    class Meta:
        verbose_name = verbose_name_plural = "行政许可决定"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(result="granted") | ~models.Q(reasons=""), name="decision_refusal_has_reasons"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="decision_validity_ordered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_result_display()}"
