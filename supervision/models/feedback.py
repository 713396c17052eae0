"""监管反馈: what a regulator reported, once, and what the bureau has to do about it."""

from django.conf import settings
from django.db import models

from laiyang_approval.kernel.models.append_only import AppendOnlyModel

from ..domain.consequences import FeedbackKind, TaskKind


class SupervisionFeedback(AppendOnlyModel):
    """监管反馈: a report of a regulator with what it brought about; written once, one row a message of a department."""

    class Source(models.TextChoices):
        PORTAL = "portal", "门户"
        API = "api", "系统接口"

    number = models.CharField("反馈编号", max_length=20, unique=True)
    department = models.ForeignKey(
        "kernel.Department", verbose_name="反馈部门", on_delete=models.PROTECT, related_name="feedback"
    )
    source = models.CharField("来源", max_length=6, choices=Source)
    external_id = models.CharField("来文编号", max_length=100)
    sha256 = models.CharField("来文哈希", max_length=64)
    received_at = models.DateTimeField("收到时间")
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField("种类", max_length=20, choices=[(kind.value, kind.label) for kind in FeedbackKind])
    happened_on = models.DateField("日期")
    push = models.ForeignKey(
        "supervision.Push", verbose_name="所据推送", null=True, on_delete=models.PROTECT, related_name="feedback"
    )
    case = models.ForeignKey("windows.Case", verbose_name="办件", on_delete=models.PROTECT, related_name="feedback")
    licence = models.ForeignKey(
        "windows.Licence", verbose_name="证照", null=True, on_delete=models.PROTECT, related_name="feedback"
    )
    party = models.ForeignKey(
        "windows.Party", verbose_name="行政相对人", on_delete=models.PROTECT, related_name="feedback"
    )
    document_number = models.CharField("文号", max_length=60, blank=True)
    officers = models.JSONField("执法人员", default=list)
    finding = models.TextField("情况", max_length=2000)
    measures = models.TextField("处理措施", max_length=2000, blank=True)
    until_on = models.DateField("至", null=True)
    rectify_by_on = models.DateField("整改期限", null=True)
    is_bad = models.BooleanField("发现问题", default=False)
    requires_action = models.BooleanField("请审批机关处理", default=False)
    effect = models.CharField("系统处理", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "监管反馈"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["department", "external_id"], name="feedback_once_per_message"),
        ]
        indexes = [
            # What a reviewer reads of an applicant, and the page of a licence.
            models.Index(fields=["party", "-id"], name="feedback_of_party"),
        ]

    def __str__(self) -> str:
        return self.number


class FollowUp(models.Model):
    """处理任务: what the approving body has to do about a report, by when, and what it answered."""

    class State(models.TextChoices):
        OPEN = "open", "待处理"
        ACCEPTED = "accepted", "已采纳"
        DECLINED = "declined", "不予采纳"

    feedback = models.OneToOneField(
        SupervisionFeedback, verbose_name="反馈", on_delete=models.PROTECT, related_name="follow_up"
    )
    kind = models.CharField("任务", max_length=16, choices=[(kind.value, kind.label) for kind in TaskKind])
    department = models.ForeignKey(
        "kernel.Department", verbose_name="处理机关", on_delete=models.PROTECT, related_name="follow_ups"
    )
    opened_on = models.DateField("起算日")
    due_on = models.DateField("答复期限", null=True, help_text="日历待公布时为空。")
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    reply = models.TextField("答复", max_length=2000, blank=True)
    replied_at = models.DateTimeField("答复时间", null=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="答复人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_case = models.ForeignKey(
        "windows.Case", verbose_name="立案", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "处理任务"
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open", replied_at__isnull=True)
                | (~models.Q(state="open") & models.Q(replied_at__isnull=False) & ~models.Q(reply="")),
                name="follow_up_answered_whole",
            ),
        ]
        indexes = [
            # The desk of the approving body.
            models.Index(fields=["department", "due_on"], condition=models.Q(state="open"), name="follow_up_open"),
        ]

    def __str__(self) -> str:
        return f"{self.feedback_id} {self.get_kind_display()}"
