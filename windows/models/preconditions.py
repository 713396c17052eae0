"""What must stand on record before a decision: credit query, lawful fees, the report upward and what came back."""

from django.conf import settings
from django.db import models

from laiyang_approval.kernel.models.append_only import AppendOnlyModel

from .cases import Case, CaseFile
from .decisions import Decision
from .documents import Letter


class CreditCheck(AppendOnlyModel):
    """信用查询 (山东省社会信用条例第二十二条): when, where, by whom, what was found and what was made of it."""

    class Result(models.TextChoices):
        CLEAR = "clear", "无不良信息"
        ADVERSE = "adverse", "有不良信息"
        NO_ANSWER = "no_answer", "没有得到答复"

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="credit_checks")
    source = models.CharField("查询平台", max_length=100)
    result = models.CharField("查询结果", max_length=10, choices=Result)
    detail = models.CharField("查到的内容", max_length=1000, blank=True)
    consequence = models.CharField("如何使用", max_length=500, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="查询人", on_delete=models.PROTECT, related_name="+"
    )
    checked_at = models.DateTimeField("查询时间")

    class Meta:
        verbose_name = verbose_name_plural = "信用查询"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_result_display()}"


class FeeNotice(models.Model):
    """缴费通知: a fee that a law or an administrative regulation has (行政许可法第五十八条、第五十九条), and how it was settled."""

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="fee_notices")
    fee = models.ForeignKey("matters.Fee", verbose_name="收费项目", on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField("金额（元）", max_digits=16, decimal_places=2)
    payee = models.CharField("收款单位", max_length=100)
    letter = models.OneToOneField(Letter, verbose_name="缴费通知书", on_delete=models.PROTECT, related_name="+")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="通知人", on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField("通知时间")
    voucher_number = models.CharField("缴款凭证号", max_length=60, blank=True)
    payer = models.CharField("缴款人", max_length=100, blank=True)
    paid_on = models.DateField("缴款日期", null=True, blank=True)
    reduction_basis = models.CharField("减免依据", max_length=300, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField("登记时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "缴费通知"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "fee"], name="fee_notice_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="fee_notice_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(settled_at__isnull=True)
                | (~models.Q(voucher_number="") & ~models.Q(payer="") & models.Q(paid_on__isnull=False))
                | ~models.Q(reduction_basis=""),
                name="fee_notice_settled_with_proof",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.amount}元"


class UpwardReport(AppendOnlyModel):
    """报送上级 (行政许可法第三十五条、第四十三条): opinion and whole file, once; the body above may not ask for the papers again."""

    case = models.OneToOneField(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="upward_report")
    to_body = models.CharField("报送机关", max_length=100)
    opinion = models.TextField("初步审查意见", max_length=4000)
    file_list = models.JSONField("报送案卷", help_text="文书和附件的标识与哈希。")
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="签报人", on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField("报送时间")
    due_on = models.DateField("应报送日", null=True, help_text="受理后二十个工作日；日历待公布时为空。")

    class Meta:
        verbose_name = verbose_name_plural = "报送上级"

    def __str__(self) -> str:
        return f"{self.case_id} 报送{self.to_body}"


class OutsideDecision(AppendOnlyModel):
    """上级机关的决定: taken on paper by a body above, registered here with its number, its day and a scan of the document."""

    decision = models.OneToOneField(Decision, verbose_name="决定", on_delete=models.PROTECT, related_name="outside")
    body = models.ForeignKey("kernel.Department", verbose_name="决定机关", on_delete=models.PROTECT, related_name="+")
    document_number = models.CharField("文号", max_length=60)
    document_on = models.DateField("决定日期")
    certificate_number = models.CharField("证件编号", max_length=60, blank=True)
    scan = models.OneToOneField(CaseFile, verbose_name="决定书扫描件", on_delete=models.PROTECT, related_name="+")
    letter = models.OneToOneField(Letter, verbose_name="决定送达告知书", on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "上级机关的决定"
        constraints = [
            models.CheckConstraint(condition=~models.Q(document_number=""), name="outside_decision_has_number"),
        ]

    def __str__(self) -> str:
        return f"{self.document_number}"
