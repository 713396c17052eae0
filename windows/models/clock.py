from django.conf import settings
from django.db import models

from .cases import Case
from .documents import Letter


class SpecialProcedure(models.Model):
    """特别程序 (行政许可法第四十五条): time not counted, told to the applicant in writing; one row a notice.

    Days after ``started_on`` up to and including the end are excluded. The end is ``ended_on``, but never later than
    ``told_until_on``: time beyond what the notice named is excluded only after a second notice (``continues``).
    """

    class Kind(models.TextChoices):
        HEARING = "hearing", "听证"
        TENDER = "tender", "招标"
        AUCTION = "auction", "拍卖"
        INSPECTION = "inspection", "检验"
        TESTING = "testing", "检测"
        QUARANTINE = "quarantine", "检疫"
        APPRAISAL = "appraisal", "鉴定"
        EXPERT_REVIEW = "expert_review", "专家评审"
        OTHER = "other", "单行法另有规定"

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="special_procedures")
    kind = models.CharField("种类", max_length=16, choices=Kind)
    label = models.CharField("名称", max_length=40)
    legal_basis = models.CharField("依据", max_length=300)
    reason = models.CharField("事由", max_length=300, blank=True)
    needed_days = models.PositiveSmallIntegerField("所需工作日")
    excluded_from_statutory = models.BooleanField("不计入法定时限", default=True)
    excluded_from_promised = models.BooleanField("不计入承诺时限", default=True)
    continues = models.ForeignKey(
        "self", verbose_name="续前一告知", null=True, blank=True, on_delete=models.PROTECT, related_name="continued_by"
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="提出人", on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField("提出时间")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="批准人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField("批准时间", null=True, blank=True)
    letter = models.OneToOneField(Letter, verbose_name="告知书", null=True, on_delete=models.PROTECT, related_name="+")
    started_on = models.DateField("告知送达日", null=True, blank=True, help_text="次日起不计入期限。")
    told_until_on = models.DateField("告知的最后一日", null=True, blank=True)
    ended_on = models.DateField("结束日", null=True, blank=True)
    result = models.CharField("结果", max_length=2000, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "特别程序"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_on__isnull=True) | models.Q(ended_on__gte=models.F("started_on")),
                name="special_procedure_ordered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.label}"


class Extension(models.Model):
    """延长办理期限 (行政许可法第四十二条): once a case, approved and told before the due date."""

    case = models.OneToOneField(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="extension")
    value = models.PositiveSmallIntegerField("延长", help_text="与法定时限同单位。")
    reason = models.CharField("理由", max_length=500)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="提出人", on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="批准人", on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField("批准时间")
    old_due_on = models.DateField("原届满日")
    new_due_on = models.DateField("延长后届满日", null=True, blank=True, help_text="日历待公布时为空。")
    letter = models.OneToOneField(Letter, verbose_name="告知书", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "延长办理期限"

    def __str__(self) -> str:
        return f"{self.case_id} 延长{self.value}"
