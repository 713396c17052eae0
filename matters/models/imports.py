from django.db import models


class CatalogueImport(models.Model):
    """目录导入: one uploaded table between its preview and its confirmation, kept as the record of who brought in what."""

    class State(models.TextChoices):
        PREVIEWED = "previewed", "待确认"
        CONFIRMED = "confirmed", "已导入"
        DISCARDED = "discarded", "已放弃"

    class Table(models.TextChoices):
        MATTERS = "matters", "事项表"
        MATERIALS = "materials", "材料表"

    table = models.CharField("表", max_length=10, choices=Table)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PREVIEWED)
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    rows = models.JSONField("内容")
    counts = models.JSONField("计数", default=dict)
    uploaded_by = models.ForeignKey("kernel.User", verbose_name="导入人", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间")
    settled_at = models.DateTimeField("确认或放弃时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "目录导入"
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return f"{self.get_table_display()} {self.file_name} {self.get_state_display()}"
