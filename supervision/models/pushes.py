from django.conf import settings
from django.db import models

from laiyang_approval.kernel.models.append_only import AppendOnlyModel

from ..domain.pushes import DecisionType, PushState
from .channels import RegulatorChannel


class Push(models.Model):
    """推送: one decision told to one regulator in force on its date; derived from the case event, one row each.

    ``sequence`` counts without holes per regulator. ``body`` is what is sent, stored and never built again. ``state`` changes only
    in commands, through ``next_state``; every change leaves a PushStep.
    """

    class Part(models.TextChoices):
        LEAD = "lead", "主要监管"
        FURTHER = "further", "协同监管"
        ENFORCING = "enforcing", "执法"
        ASSIGNED = "assigned", "协调指定"

    class ClaimMode(models.TextChoices):
        MANUAL = "manual", "部门认领"
        AUTO = "auto", "逾期自动认领"
        RULED = "ruled", "协调确定"

    number = models.CharField("推送编号", max_length=40, unique=True)
    event = models.ForeignKey("windows.CaseEvent", verbose_name="决定", on_delete=models.PROTECT, related_name="pushes")
    case = models.ForeignKey("windows.Case", verbose_name="办件", on_delete=models.PROTECT, related_name="pushes")
    regulator = models.ForeignKey(
        "kernel.Department", verbose_name="监管部门", on_delete=models.PROTECT, related_name="pushes"
    )
    part = models.CharField("监管职责", max_length=10, choices=Part)
    sequence = models.PositiveIntegerField("序号")
    decision_type = models.CharField(
        "决定种类", max_length=10, choices=[(kind.value, kind.label) for kind in DecisionType]
    )
    decided_on = models.DateField("决定日期")
    channel = models.CharField("渠道", max_length=8, choices=RegulatorChannel.Kind)
    payload_version = models.PositiveSmallIntegerField("报文版本")
    body = models.TextField("报文")
    sha256 = models.CharField("报文哈希", max_length=64)
    state = models.CharField(
        "状态",
        max_length=12,
        choices=[(state.value, state.label) for state in PushState],
        default=PushState.QUEUED.value,
    )
    queued_at = models.DateTimeField("生成时间")
    deliver_by_on = models.DateField("应在此日前送达", null=True, blank=True, help_text="日历待公布时为空。")
    delivered_at = models.DateTimeField("送达时间", null=True, blank=True)
    read_at = models.DateTimeField("查收时间", null=True, blank=True)
    claim_by_on = models.DateField("应在此日前认领", null=True, blank=True, help_text="日历待公布时为空。")
    claimed_at = models.DateTimeField("认领时间", null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="认领人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    claim_mode = models.CharField("认领方式", max_length=8, choices=ClaimMode, blank=True)
    dispute_reason = models.TextField("异议理由", max_length=1000, blank=True)
    moved_from = models.ForeignKey(
        "self", verbose_name="改自", null=True, blank=True, on_delete=models.PROTECT, related_name="moved_to"
    )
    plan = models.TextField("监管计划", max_length=1000, blank=True)
    plan_by_on = models.DateField("应在此日前列入计划", null=True, blank=True)
    attempts = models.PositiveIntegerField("已试次数", default=0)
    next_job = models.CharField("下一次任务", max_length=120, blank=True)
    tried_since = models.DateTimeField("自何时起推送", help_text="由此计算何时转人工；重新推送时从头计。")
    last_error = models.CharField("最近错误", max_length=300, blank=True)
    needs_person_at = models.DateTimeField("转人工时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "推送"
        constraints = [
            models.UniqueConstraint(fields=["event", "regulator"], name="push_once_per_regulator"),
            models.UniqueConstraint(fields=["regulator", "sequence"], name="push_sequence_once"),
            models.CheckConstraint(
                condition=models.Q(state="queued", delivered_at__isnull=True)
                | (~models.Q(state="queued") & models.Q(delivered_at__isnull=False)),
                name="push_delivered_when_it_says_so",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["claimed", "planned", "followed_up"])
                | (models.Q(claimed_at__isnull=False) & ~models.Q(claim_mode="")),
                name="push_claim_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="disputed") | ~models.Q(dispute_reason=""), name="push_dispute_has_reason"
            ),
        ]
        indexes = [
            # A regulator's inbox: by state, oldest first.
            models.Index(fields=["regulator", "state", "id"], name="push_inbox"),
            # The sweep that claims by silence, and the light of those near it.
            models.Index(
                fields=["claim_by_on"], condition=models.Q(state__in=["delivered", "read"]), name="push_to_claim"
            ),
            # The desk of what is stuck, and the relay that looks for lost attempts.
            models.Index(fields=["id"], condition=models.Q(state="queued"), name="push_waiting"),
            # Disputes for the coordinator.
            models.Index(fields=["id"], condition=models.Q(state="disputed"), name="push_disputed"),
            # Reconciliation and the certificate of a day.
            models.Index(fields=["decided_on", "regulator"], name="push_by_day"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def current_state(self) -> PushState:
        return PushState(self.state)

    @property
    def waits_for_claim(self) -> bool:
        return self.state in {PushState.DELIVERED.value, PushState.READ.value}


class PushAttempt(AppendOnlyModel):
    """推送尝试: one attempt to reach a regulator's system, with what came back; written once."""

    class Outcome(models.TextChoices):
        ACKNOWLEDGED = "ok", "已确认"
        TEMPORARY = "temporary", "稍后再试"
        PERMANENT = "permanent", "转人工"

    push = models.ForeignKey(Push, verbose_name="推送", on_delete=models.PROTECT, related_name="attempt_rows")
    number = models.PositiveIntegerField("第几次")
    at = models.DateTimeField("时间")
    outcome = models.CharField("结果", max_length=10, choices=Outcome)
    status = models.PositiveSmallIntegerField("HTTP状态", null=True)
    error = models.CharField("错误", max_length=300, blank=True)
    milliseconds = models.PositiveIntegerField("用时（毫秒）")

    class Meta:
        verbose_name = verbose_name_plural = "推送尝试"
        ordering = ["push_id", "number"]
        constraints = [models.UniqueConstraint(fields=["push", "number"], name="push_attempt_once")]

    def __str__(self) -> str:
        return f"{self.push_id}/{self.number} {self.get_outcome_display()}"


class PushStep(AppendOnlyModel):
    """推送经过: what became of a push, by whom; written once."""

    push = models.ForeignKey(Push, verbose_name="推送", on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField("经过", max_length=12)
    at = models.DateTimeField("时间")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="行为人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField("说明", max_length=1000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "推送经过"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.push_id} {self.kind}"
