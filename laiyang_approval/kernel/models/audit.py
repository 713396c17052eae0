from django.db import models

from .append_only import AppendOnlyModel


class AuditRecord(AppendOnlyModel):
    """安全审计: signing in and out, rights given, personal data shown in clear; hash-chained, kept apart from case events."""

    sequence = models.BigIntegerField("序号", unique=True)
    at = models.DateTimeField("时间")
    actor = models.ForeignKey(
        "kernel.User", verbose_name="人员", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    action = models.CharField("行为", max_length=40)
    object_ref = models.CharField("对象", max_length=100, blank=True)
    purpose = models.CharField("目的", max_length=200, blank=True)
    address = models.GenericIPAddressField("来源地址", null=True, blank=True)
    result = models.CharField("结果", max_length=20, default="ok")
    detail = models.JSONField("细节（只含编号）", default=dict)
    alg = models.CharField("算法", max_length=10, default="sha256", help_text="为国密 SM3 留位（控制 C5）。")
    prev_hash = models.CharField("前一哈希", max_length=64)
    hash = models.CharField("哈希", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "安全审计记录"
        ordering = ["sequence"]
        indexes = [
            # The address-wide limit of the log-in page: failures from one address in the last minutes.
            models.Index(
                fields=["address", "-at"], condition=models.Q(action="login_failed"), name="audit_login_failures"
            ),
            # The log-in page: has this person signed in from this address before?  The audit page: acts of one person.
            models.Index(fields=["actor", "action", "-sequence"], name="audit_by_actor"),
            # The audit page: one kind of act, newest first.
            models.Index(fields=["action", "-sequence"], name="audit_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action}"


class SweepRun(models.Model):
    """定时任务运行记录: one run of one scheduled job; health looks at the newest complete one."""

    name = models.CharField("任务", max_length=40)
    started_at = models.DateTimeField("开始")
    finished_at = models.DateTimeField("结束", null=True, blank=True)
    counts = models.JSONField("计数", default=dict)
    errors = models.PositiveIntegerField("失败行数", default=0)
    last_error = models.CharField("最近错误", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "定时任务运行"
        indexes = [models.Index(fields=["name", "-started_at"], name="sweep_newest")]  # health pages

    def __str__(self) -> str:
        return f"{self.name} {self.started_at:%F %T}"
