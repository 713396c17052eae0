from django.db import models


class Job(models.Model):
    """待办任务: work a worker must do, written in the transaction of the act (architecture, idea 10).

    The broker only rings; a conditional update with a lease claims the row, so a lost message costs seconds and a
    second bell changes nothing.
    """

    class State(models.TextChoices):
        NEW = "new", "待执行"
        DONE = "done", "已完成"
        FAILED = "failed", "须人工处理"

    kind = models.CharField("种类", max_length=40)
    key = models.CharField("自然键", max_length=120, unique=True)
    payload = models.JSONField("参数（只含编号）", default=dict)
    state = models.CharField("状态", max_length=8, choices=State, default=State.NEW)
    due_at = models.DateTimeField("应执行时间")
    lease_until = models.DateTimeField("租约至", null=True, blank=True)
    rung_at = models.DateTimeField("最近唤醒", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("已试次数", default=0)
    last_error = models.CharField("最近错误", max_length=500, blank=True)
    created_at = models.DateTimeField("写入时间")
    done_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "待办任务"
        indexes = [
            # The sweep that rings again: due rows not yet done.
            models.Index(fields=["due_at"], condition=models.Q(state="new"), name="job_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.get_state_display()}"
