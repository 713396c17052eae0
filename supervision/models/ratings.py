"""好差评: one rating of one service, what follows a bad one, the appeal against it, and every step of it."""

from django.conf import settings
from django.db import models

from laiyang_approval.kernel.models.append_only import AppendOnlyModel

from ..domain.ratings import BAD, SERVICE_LABELS, Channel, Level, Outcome, RectificationState


class ServiceRating(models.Model):
    """评价: what the applicant said of one service, once (一次一评); the words never change.

    ``assess_number`` counts the services of a case from 1. ``is_default``: nobody rated within the term; in no rate.
    ``voided_at``: an appeal was upheld; in no rate either.
    """

    event = models.OneToOneField(
        "windows.CaseEvent", verbose_name="所评服务", on_delete=models.PROTECT, related_name="rating"
    )
    case = models.ForeignKey("windows.Case", verbose_name="办件", on_delete=models.PROTECT, related_name="ratings")
    assess_number = models.PositiveSmallIntegerField("服务次数")
    service = models.CharField("服务", max_length=20, choices=list(SERVICE_LABELS.items()))
    service_on = models.DateField("服务日期")
    department = models.ForeignKey(
        "kernel.Department", verbose_name="被评单位", on_delete=models.PROTECT, related_name="ratings"
    )
    clerk = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="被评人员", null=True, on_delete=models.PROTECT, related_name="+"
    )
    channel = models.CharField(
        "渠道", max_length=8, blank=True, choices=[(channel.value, channel.label) for channel in Channel]
    )
    level = models.CharField("等级", max_length=20, choices=[(level.value, level.label) for level in Level])
    reasons = models.JSONField("差评原因", default=list, blank=True)
    text = models.TextField("评价内容", max_length=500, blank=True)
    is_default = models.BooleanField("默认好评", default=False)
    rated_at = models.DateTimeField("评价时间")
    voided_at = models.DateTimeField("不计入统计时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "好差评"
        constraints = [
            models.UniqueConstraint(fields=["case", "assess_number"], name="rating_once_per_service"),
            models.CheckConstraint(
                condition=models.Q(is_default=True, level=Level.VERY_SATISFIED.value, channel="", text="")
                | (models.Q(is_default=False) & ~models.Q(channel="")),
                name="rating_default_is_silent",
            ),
        ]
        indexes = [
            # The public figures, by period and body.
            models.Index(fields=["service_on", "department"], name="rating_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.assess_number} {self.get_level_display()}"

    @property
    def is_bad(self) -> bool:
        return Level(self.level) in BAD


class Rectification(models.Model):
    """差评整改: the call back and the answer a bad rating needs, each by its day."""

    rating = models.OneToOneField(
        ServiceRating, verbose_name="评价", on_delete=models.PROTECT, related_name="rectification"
    )
    department = models.ForeignKey(
        "kernel.Department", verbose_name="整改单位", on_delete=models.PROTECT, related_name="rectifications"
    )
    opened_on = models.DateField("起算日")
    contact_by_on = models.DateField("应在此日前联系", null=True, help_text="日历待公布时为空。")
    close_by_on = models.DateField("应在此日前办结", null=True, help_text="日历待公布时为空。")
    state = models.CharField(
        "状态",
        max_length=10,
        choices=[(state.value, state.label) for state in RectificationState],
        default=RectificationState.OPEN.value,
    )
    contacted_at = models.DateTimeField("首次联系时间", null=True)
    outcome = models.CharField(
        "处理结果", max_length=10, blank=True, choices=[(outcome.value, outcome.label) for outcome in Outcome]
    )
    reply = models.TextField("给评价人的答复", max_length=1000, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="办结人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    extended_from_on = models.DateField("延长前的期限", null=True)
    revisit_satisfied = models.BooleanField("对处理结果满意", null=True)
    revisited_at = models.DateTimeField("回访时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "差评整改"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="closed")
                | (
                    models.Q(closed_at__isnull=False, closed_by__isnull=False, contacted_at__isnull=False)
                    & ~models.Q(outcome="")
                    & ~models.Q(reply="")
                ),
                name="rectification_closed_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(revisited_at__isnull=True, revisit_satisfied__isnull=True)
                | models.Q(revisited_at__isnull=False, revisit_satisfied__isnull=False, closed_at__isnull=False),
                name="rectification_revisit_whole",
            ),
        ]
        indexes = [
            # The desk of the body, due first; the sweep of what is late.
            models.Index(
                fields=["department", "close_by_on"],
                condition=models.Q(state__in=["open", "contacted"]),
                name="rectification_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rating_id} {self.get_state_display()}"

    @property
    def current_state(self) -> RectificationState:
        return RectificationState(self.state)


class RatingAppeal(models.Model):
    """申诉与复核: that a bad rating was malicious or a mistake; ruled by somebody else."""

    class State(models.TextChoices):
        PENDING = "pending", "待复核"
        UPHELD = "upheld", "申诉成立，评价不计入统计"
        DISMISSED = "dismissed", "申诉不成立，评价维持"

    rating = models.OneToOneField(ServiceRating, verbose_name="评价", on_delete=models.PROTECT, related_name="appeal")
    reason = models.TextField("申诉理由", max_length=1000)
    made_at = models.DateTimeField("申诉时间")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="申诉人", on_delete=models.PROTECT, related_name="+"
    )
    rule_by_on = models.DateField("应在此日前复核", null=True, help_text="日历待公布时为空。")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PENDING)
    ruling = models.TextField("复核意见", max_length=1000, blank=True)
    ruled_at = models.DateTimeField("复核时间", null=True)
    ruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="复核人", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "评价申诉"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="pending", ruled_at__isnull=True, ruled_by__isnull=True)
                | (
                    ~models.Q(state="pending")
                    & models.Q(ruled_at__isnull=False, ruled_by__isnull=False)
                    & ~models.Q(ruling="")
                ),
                name="appeal_ruled_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(ruled_by__isnull=True) | ~models.Q(ruled_by=models.F("made_by")),
                name="appeal_ruled_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rating_id} {self.get_state_display()}"


class RatingStep(AppendOnlyModel):
    """差评经过: what was done about a rating, by whom; written once. ``due_on``: the term that passed, once each."""

    rating = models.ForeignKey(ServiceRating, verbose_name="评价", on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField("经过", max_length=16)
    at = models.DateTimeField("时间")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="行为人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField("说明", max_length=1000, blank=True)
    due_on = models.DateField("已过的期限", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "差评经过"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rating", "kind", "due_on"],
                condition=models.Q(due_on__isnull=False),
                name="rating_step_late_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rating_id} {self.kind}"

    LABELS = {
        "bad": "差评，转整改",
        "contact": "联系评价人",
        "extend": "延长办结期限",
        "close": "登记处理结果",
        "appeal": "提出申诉",
        "upheld": "复核：申诉成立",
        "dismissed": "复核：申诉不成立",
        "revisit": "评价人回访",
        "contact_late": "逾期未联系",
        "close_late": "逾期未办结",
        "rule_late": "逾期未复核",
    }

    @property
    def label(self) -> str:
        return self.LABELS[self.kind]
