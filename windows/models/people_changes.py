"""What people put right about a case and its people: a mistaken intake, another reviewer, nobody to answer for it."""

from django.conf import settings
from django.db import models

from laiyang_approval.kernel.fields import EncryptedJSONField
from laiyang_approval.kernel.models.append_only import AppendOnlyModel

from .cases import Case
from .documents import Letter


class IntakeCorrection(AppendOnlyModel):
    """收件登记更正: what was wrong and what is right, with a corrected receipt beside the first one, which is kept."""

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="intake_corrections")
    original = models.ForeignKey(Letter, verbose_name="原凭证", on_delete=models.PROTECT, related_name="+")
    receipt = models.OneToOneField(Letter, verbose_name="更正后的凭证", on_delete=models.PROTECT, related_name="+")
    changes = EncryptedJSONField("更正内容", help_text="每项：名称、原登记、更正为。")
    identity_changed = models.BooleanField("更换申请人", default=False)
    reason = models.CharField("理由", max_length=300)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="更正人", on_delete=models.PROTECT, related_name="+"
    )
    corrected_at = models.DateTimeField("更正时间")

    class Meta:
        verbose_name = verbose_name_plural = "收件登记更正"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.case_id} 更正{self.pk}"


class Reassignment(AppendOnlyModel):
    """改派: from whom to whom a case, or a task in it, went, and why; the clock does not know of it."""

    class What(models.TextChoices):
        REVIEW = "review", "审查"
        SITE_CHECK = "site_check", "现场核查"
        HEARING = "hearing", "主持听证"

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="reassignments")
    what = models.CharField("任务", max_length=12, choices=What, default=What.REVIEW)
    from_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="原承办人", on_delete=models.PROTECT, related_name="+"
    )
    to_person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="现承办人",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="主持听证：另行通知时确定。",
    )
    reason = models.CharField("理由", max_length=300)
    reassigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="改派人", on_delete=models.PROTECT, related_name="+"
    )
    reassigned_at = models.DateTimeField("改派时间")

    class Meta:
        verbose_name = verbose_name_plural = "改派"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_what_display()}改派"


class OwnerGap(models.Model):
    """无人负责: an open case nobody who is active and has the right answers for; found at night, closed when its cause is gone."""

    class Kind(models.TextChoices):
        NO_REVIEWER = "no_reviewer", "审查中没有承办人"
        INACTIVE = "inactive", "承办人账号已停用"
        NO_RIGHT = "no_right", "承办人没有本单位的审查授权"
        NOBODY = "nobody", "本单位没有可以办理下一步的人员"

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="owner_gaps")
    kind = models.CharField("种类", max_length=12, choices=Kind)
    found_at = models.DateTimeField("发现时间")
    closed_at = models.DateTimeField("消除时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "无人负责的办件"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=models.Q(closed_at__isnull=True), name="owner_gap_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_kind_display()}"
