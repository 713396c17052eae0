from django.conf import settings
from django.db import models

from .cases import Case
from .documents import Letter


class StopProvision(models.Model):
    """单行法的停止计时规定: what besides Article 45 stops the clock of one matter, by which provision, from when to when."""

    matter = models.ForeignKey(
        "matters.Matter", verbose_name="事项", on_delete=models.PROTECT, related_name="stop_provisions"
    )
    label = models.CharField("程序", max_length=40)
    legal_basis = models.CharField("依据（到条、款、项）", max_length=300)
    excluded_from_statutory = models.BooleanField("不计入法定时限", default=True)
    excluded_from_promised = models.BooleanField("不计入承诺时限", default=True)
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True, help_text="最后一日（含）；空为有效。")
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="登记人",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="空为随系统载入。",
    )
    set_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "停止计时规定"
        ordering = ["matter__code", "label", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["matter", "label", "valid_from"], name="stop_provision_starts_once"),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="stop_provision_validity_ordered",
            ),
            models.CheckConstraint(
                condition=models.Q(excluded_from_statutory=True) | models.Q(excluded_from_promised=True),
                name="stop_provision_stops_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.label}"


class SpecialProcedure(models.Model):
    """特别程序 (行政许可法第四十五条): time not counted, told to the applicant in writing; one row a notice.

    Asked for by the reviewer, approved by the head with the sealing of D09, in force from the day after its service. Days
    after ``started_on`` up to and including the end are excluded. The end is ``ended_on``, but never later than
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
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="未批准人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    declined_at = models.DateTimeField("不批准时间", null=True, blank=True)
    decline_reason = models.CharField("不批准理由", max_length=300, blank=True)
    letter = models.OneToOneField(Letter, verbose_name="告知书", null=True, on_delete=models.PROTECT, related_name="+")
    started_on = models.DateField("告知送达日", null=True, blank=True, help_text="次日起不计入期限。")
    told_until_on = models.DateField("告知的最后一日", null=True, blank=True, help_text="日历待公布时为空。")
    overrun_at = models.DateTimeField("登记超过告知时间", null=True, blank=True)
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
            models.CheckConstraint(
                condition=models.Q(started_on__isnull=True) | models.Q(letter__isnull=False),
                name="special_procedure_starts_with_its_notice",
            ),
        ]
        indexes = [
            # The sweep of told time that has run out.
            models.Index(
                fields=["told_until_on"],
                condition=models.Q(started_on__isnull=False, ended_on__isnull=True, overrun_at__isnull=True),
                name="special_procedure_running",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.label}"


class Extension(models.Model):
    """延长办理期限 (行政许可法第四十二条): once a case. Asked for, approved with D10, and of effect once D10 has been served.

    Approved and told on or before the due date as it was, or without effect (rule K7).
    """

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="extensions")
    value = models.PositiveSmallIntegerField("延长", help_text="与法定时限同单位。")
    reason = models.CharField("理由", max_length=500)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="提出人", on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField("提出时间")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="批准人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField("批准时间", null=True, blank=True)
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="未批准人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    declined_at = models.DateTimeField("不批准时间", null=True, blank=True)
    decline_reason = models.CharField("不批准理由", max_length=300, blank=True)
    letter = models.OneToOneField(Letter, verbose_name="告知书", null=True, on_delete=models.PROTECT, related_name="+")
    served_on = models.DateField("告知送达日", null=True, blank=True, help_text="送达后延长才生效。")
    old_due_on = models.DateField("原届满日", null=True, blank=True, help_text="日历待公布时为空。")
    new_due_on = models.DateField("延长后届满日", null=True, blank=True, help_text="日历待公布时为空。")

    class Meta:
        verbose_name = verbose_name_plural = "延长办理期限"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(declined_at__isnull=True), name="extension_once_a_case"
            ),
            models.CheckConstraint(
                condition=models.Q(served_on__isnull=True) | models.Q(letter__isnull=False),
                name="extension_told_by_its_notice",
            ),
        ]
        indexes = [
            # The sweep of notices that were not served in time.
            models.Index(
                fields=["case"],
                condition=models.Q(approved_at__isnull=False, served_on__isnull=True),
                name="extension_not_told",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} 延长{self.value}"


class JointHandler(models.Model):
    """共同办理机关 (行政许可法第二十六条第二款): one of the departments that handle a case together; two or more."""

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="joint_handlers")
    department = models.ForeignKey("kernel.Department", verbose_name="机关", on_delete=models.PROTECT, related_name="+")
    basis = models.CharField("依据", max_length=300, help_text="市人民政府确定统一、联合或者集中办理的文件。")
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    set_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "共同办理机关"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "department"], name="joint_handler_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.department_id}"
