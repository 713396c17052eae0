from django.conf import settings
from django.db import models

from laiyang_approval.kernel.models.append_only import AppendOnlyModel

from .cases import Case
from .documents import Letter
from .restrictions import PartyRestriction


class PostCheck(models.Model):
    """承诺核查: whether what was promised is so; after a grant by commitment, on a clock of its own."""

    class State(models.TextChoices):
        OPEN = "open", "待核查"
        RECTIFYING = "rectifying", "责令整改，待复查"
        KEPT = "kept", "承诺属实"
        BROKEN = "broken", "承诺不实，应当撤销"

    case = models.OneToOneField(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="post_check")
    supervising_department = models.ForeignKey(
        "kernel.Department", verbose_name="监管部门", on_delete=models.PROTECT, related_name="post_checks"
    )
    state = models.CharField("状态", max_length=12, choices=State, default=State.OPEN)
    is_high_risk = models.BooleanField("风险较高", default=False)
    opened_on = models.DateField("起算日", help_text="作出决定之日；次日起算。")
    limit_value = models.PositiveSmallIntegerField("核查期限")
    limit_unit = models.CharField("期限单位", max_length=8)
    due_on = models.DateField("核查届满日", null=True, blank=True, help_text="日历待公布时为空。")
    remind_on = models.DateField("提醒日", null=True, blank=True)
    rectify_due_on = models.DateField("整改届满日", null=True, blank=True, help_text="日历待公布时为空。")
    restriction = models.ForeignKey(
        PartyRestriction, verbose_name="失信限制", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField("核查终结时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "承诺核查"
        ordering = ["id"]
        indexes = [
            # The list of a supervising department, and the sweep of terms: what is still to be checked, first due first.
            models.Index(
                fields=["supervising_department", "due_on", "id"],
                condition=models.Q(closed_at__isnull=True),
                name="post_check_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_state_display()}"


class PostCheckFinding(AppendOnlyModel):
    """核查记录: what two people found on a day; a false promise carries its order to rectify (D26) and the term of it."""

    class Outcome(models.TextChoices):
        KEPT = "kept", "与承诺相符"
        FALSE = "false", "与承诺不符"

    check_of = models.ForeignKey(PostCheck, verbose_name="承诺核查", on_delete=models.PROTECT, related_name="findings")
    sequence = models.PositiveSmallIntegerField("次数")
    outcome = models.CharField("结论", max_length=6, choices=Outcome)
    text = models.TextField("核查情况", max_length=2000)
    checked_on = models.DateField("核查日期")
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="核查人", on_delete=models.PROTECT, related_name="+"
    )
    companion = models.CharField("同行核查人", max_length=50)
    recorded_at = models.DateTimeField("登记时间")
    letter = models.OneToOneField(
        Letter, verbose_name="责令限期整改通知书", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "核查记录"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["check_of", "sequence"], name="post_check_finding_once")]

    def __str__(self) -> str:
        return f"{self.check_of_id} 第{self.sequence}次 {self.get_outcome_display()}"
