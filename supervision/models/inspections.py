"""检查任务: an inner check by one of the four methods of the opinion, with links to recordings; no recording is stored here."""

from django.conf import settings
from django.db import models

from laiyang_approval.kernel.models.append_only import AppendOnlyModel


class InspectionTask(models.Model):
    """检查任务 (莱政发〔2018〕18号): what is to be looked at, by which method, by whom and by when, and what was found."""

    class Method(models.TextChoices):
        ON_SITE = "on_site", "现场核查"
        FROM_SYSTEM = "from_system", "系统调取"
        FILES = "files", "案卷抽查"
        RECORDINGS = "recordings", "音视频监控"

    class Result(models.TextChoices):
        GOOD = "good", "未发现问题"
        BAD = "bad", "发现问题"

    number = models.CharField("任务编号", max_length=20, unique=True)
    method = models.CharField("方式", max_length=12, choices=Method)
    subject = models.CharField("检查内容", max_length=500)
    department = models.ForeignKey(
        "kernel.Department", verbose_name="被检查单位", on_delete=models.PROTECT, related_name="inspected_in"
    )
    case = models.ForeignKey(
        "windows.Case",
        verbose_name="办件",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="inspected_in",
    )
    inspector = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="检查人", on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField("下达时间")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="下达人", on_delete=models.PROTECT, related_name="+"
    )
    due_on = models.DateField("完成期限", null=True, help_text="日历待公布时为空。")
    result = models.CharField("结果", max_length=4, choices=Result, blank=True)
    finding = models.TextField("检查情况", max_length=2000, blank=True)
    measures = models.TextField("处理意见", max_length=2000, blank=True)
    done_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "检查任务"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(result="", done_at__isnull=True)
                | (~models.Q(result="") & ~models.Q(finding="") & models.Q(done_at__isnull=False)),
                name="inspection_done_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(result="bad") | ~models.Q(measures=""), name="inspection_bad_has_measures"
            ),
        ]
        indexes = [
            # What an inspector has to do, due first.
            models.Index(
                fields=["inspector", "due_on"], condition=models.Q(done_at__isnull=True), name="inspection_open"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class RecordingLink(AppendOnlyModel):
    """音视频索引: where a recording lies and which span of it matters; the recording itself stays in its own store."""

    class Place(models.TextChoices):
        WINDOW = "window", "窗口"
        ON_SITE = "on_site", "现场（执法记录仪）"

    task = models.ForeignKey(
        InspectionTask, verbose_name="检查任务", on_delete=models.PROTECT, related_name="recordings"
    )
    place = models.CharField("场所", max_length=8, choices=Place)
    camera = models.CharField("摄像机或者窗口", max_length=60)
    from_at = models.DateTimeField("自")
    to_at = models.DateTimeField("至")
    reference = models.CharField("存储位置", max_length=200)
    keep_until_on = models.DateField("保存至", null=True, help_text="空为随案卷保存。")
    added_at = models.DateTimeField("登记时间")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "音视频索引"
        ordering = ["from_at", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(to_at__gt=models.F("from_at")), name="recording_span_ordered"),
            models.UniqueConstraint(fields=["task", "reference", "from_at"], name="recording_linked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.camera}"
