from django.db import models


class StoredFile(models.Model):
    """存储文件: bytes that passed the upload gate (control C8), under a random name, with their hash."""

    class Scan(models.TextChoices):
        NOT_CONFIGURED = "none", "未配置查毒"
        PENDING = "pending", "待查毒"
        CLEAN = "clean", "未发现病毒"
        INFECTED = "infected", "发现病毒"
        ERROR = "error", "查毒失败"

    storage_name = models.CharField("存储名", max_length=80, unique=True)
    original_name = models.CharField("原文件名", max_length=200)
    media_type = models.CharField("类型", max_length=80)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("SHA-256", max_length=64)
    pages = models.PositiveIntegerField("页数", null=True, blank=True)
    scan = models.CharField("查毒", max_length=8, choices=Scan, default=Scan.NOT_CONFIGURED)
    uploaded_by = models.ForeignKey(
        "kernel.User", verbose_name="上传人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = verbose_name_plural = "存储文件"

    def __str__(self) -> str:
        return f"文件{self.pk}"  # the name people gave it often holds theirs
