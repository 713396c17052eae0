from django.conf import settings
from django.db import models

from laiyang_approval.kernel.fields import EncryptedJSONField

from .cases import Case


class Letter(models.Model):
    """文书: a numbered document of a case, sealed in the act and rendered by a worker from its stored inputs."""

    class State(models.TextChoices):
        QUEUED = "queued", "生成中"
        RENDERED = "rendered", "已生成"
        FAILED = "failed", "生成失败"

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField("文书种类", max_length=12)
    title = models.CharField("标题", max_length=60)
    department = models.ForeignKey(
        "kernel.Department", verbose_name="出具机关", on_delete=models.PROTECT, related_name="+"
    )
    series = models.CharField("文号序列", max_length=60)
    period = models.CharField("年度", max_length=10)
    serial = models.PositiveIntegerField("流水号")
    number = models.CharField("文号", max_length=60)
    seal = models.ForeignKey("kernel.Seal", verbose_name="印章", null=True, on_delete=models.PROTECT, related_name="+")
    sealed_on = models.DateField("落款日期")
    sealed_at = models.DateTimeField("盖章时间")
    sealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="盖章人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    snapshot = EncryptedJSONField("全部输入")
    snapshot_sha256 = models.CharField("输入哈希", max_length=64)
    verify_token_hash = models.CharField("核验令牌SHA-256", max_length=64, unique=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.QUEUED)
    storage_name = models.CharField("存储名", max_length=80, blank=True)
    sha256 = models.CharField("文件哈希", max_length=64, blank=True)
    # Null, not blank: a column that may be null is added without remaking the table and its triggers.
    unsigned_sha256 = models.CharField("签名前哈希", max_length=64, null=True, blank=True)
    signed_as = models.CharField("签名人", max_length=200, null=True, blank=True)
    size = models.PositiveIntegerField("字节数", null=True, blank=True)
    pages = models.PositiveSmallIntegerField("页数", null=True, blank=True)
    rendered_at = models.DateTimeField("生成时间", null=True, blank=True)
    last_error = models.CharField("最近错误", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "文书"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["series", "period", "serial"], name="letter_number_once"),
        ]
        indexes = [
            # Comparing a file somebody holds with the record.
            models.Index(fields=["sha256"], condition=~models.Q(sha256=""), name="letter_by_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"

    @property
    def reference(self) -> dict[str, str | int]:
        """The letter's own key, known before it is written: its series, year and number there."""
        return {"series": self.series, "period": self.period, "serial": self.serial}


class DocumentService(models.Model):
    """送达: how, when and to whom a letter or certificate was served, and what proves it (送达回证)."""

    class Method(models.TextChoices):
        DIRECT = "direct", "直接送达"
        LEFT = "left", "留置送达"
        POST = "post", "邮寄送达"
        ELECTRONIC = "electronic", "电子送达"
        PUBLIC_NOTICE = "public_notice", "公告送达"

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="services")
    letter = models.ForeignKey(Letter, verbose_name="文书", on_delete=models.PROTECT, related_name="services")
    method = models.CharField("方式", max_length=16, choices=Method)
    place = models.CharField("地点", max_length=200, blank=True)
    served_at = models.DateTimeField("送达时间")
    recipient = models.CharField("签收人", max_length=50, blank=True)
    relation = models.CharField("与受送达人关系", max_length=50, blank=True)
    tracking_number = models.CharField("邮寄单号", max_length=40, blank=True)
    witness = models.CharField("见证人", max_length=50, blank=True)
    evidence = models.ForeignKey(
        "kernel.StoredFile", verbose_name="送达凭证", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    served_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="送达人", on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField("备注", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "送达"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_method_display()}"
