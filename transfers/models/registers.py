"""登记簿导入: an old register between its dry run and its import; its rows hold personal data and go once it is settled."""

from django.conf import settings
from django.db import models

from laiyang_approval.kernel.fields import EncryptedJSONField


class RegisterImport(models.Model):
    """登记簿导入: who brought which register, how many rows it had, what came of it."""

    class State(models.TextChoices):
        PREVIEWED = "previewed", "待确认"
        CONFIRMED = "confirmed", "已导入"
        DISCARDED = "discarded", "已放弃"

    class Table(models.TextChoices):
        LICENCES = "licences", "证照登记簿"
        CASES = "cases", "在办件登记簿"

    table = models.CharField("登记簿", max_length=10, choices=Table)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PREVIEWED)
    file_name = models.CharField("文件名", max_length=200)
    count = models.PositiveIntegerField("行数")
    rows = EncryptedJSONField("内容")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="导入人", on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField("上传时间")
    settled_at = models.DateTimeField("确认或放弃时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "登记簿导入"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_table_display()} {self.get_state_display()}"
