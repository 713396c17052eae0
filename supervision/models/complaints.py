"""咨询投诉: what somebody asked or complained of, by when it is answered, and the answer."""

from django.conf import settings
from django.db import models

from laiyang_approval.kernel.fields import EncryptedTextField
from laiyang_approval.kernel.models.append_only import AppendOnlyModel

from ..domain.complaints import ComplaintKind, ComplaintState, Finding


class Complaint(models.Model):
    """咨询投诉: found again by its number and its own query code; name and phone are for the body that answers, encrypted."""

    number = models.CharField("编号", max_length=20, unique=True)
    token = models.CharField("表单令牌", max_length=43, unique=True)
    query_code_hmac = models.CharField("查询码HMAC", max_length=64)
    kind = models.CharField("种类", max_length=12, choices=[(kind.value, kind.label) for kind in ComplaintKind])
    case = models.ForeignKey(
        "windows.Case",
        verbose_name="办件",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="complaints",
        help_text="只在出示过查询码时关联。",
    )
    about = models.ForeignKey(
        "kernel.Department",
        verbose_name="反映的单位",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="重复盖章：要求再盖章的部门。",
    )
    text = models.TextField("内容", max_length=2000)
    name = EncryptedTextField("姓名", blank=True, default="")
    phone = EncryptedTextField("电话", blank=True, default="")
    made_at = models.DateTimeField("提出时间")
    department = models.ForeignKey(
        "kernel.Department", verbose_name="承办单位", on_delete=models.PROTECT, related_name="complaints"
    )
    answer_by_on = models.DateField("答复期限", null=True, help_text="日历待公布时为空。")
    state = models.CharField(
        "状态",
        max_length=10,
        choices=[(state.value, state.label) for state in ComplaintState],
        default=ComplaintState.OPEN.value,
    )
    finding = models.CharField(
        "查证结果", max_length=8, blank=True, choices=[(finding.value, finding.label) for finding in Finding]
    )
    answer = models.TextField("答复", max_length=2000, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="答复人", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "咨询投诉"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open", answered_at__isnull=True)
                | (
                    models.Q(state="answered", answered_at__isnull=False, answered_by__isnull=False)
                    & ~models.Q(answer="")
                ),
                name="complaint_answered_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="answered") | models.Q(kind="question") | ~models.Q(finding=""),
                name="complaint_has_finding",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="second_seal") | models.Q(about__isnull=False),
                name="complaint_second_seal_names_body",
            ),
        ]
        indexes = [
            # The desk of the body that answers, due first; the sweep of what is late.
            models.Index(
                fields=["department", "answer_by_on"], condition=models.Q(state="open"), name="complaint_open"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def current_state(self) -> ComplaintState:
        return ComplaintState(self.state)


class ComplaintStep(AppendOnlyModel):
    """咨询投诉经过; written once. ``due_on``: the term that passed, once each."""

    LABELS = {"lodged": "收到", "pass_on": "转办", "answer": "答复", "late": "逾期未答复"}

    complaint = models.ForeignKey(Complaint, verbose_name="咨询投诉", on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField("经过", max_length=12)
    at = models.DateTimeField("时间")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="行为人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField("说明", max_length=1000, blank=True)
    due_on = models.DateField("已过的期限", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "咨询投诉经过"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "kind", "due_on"],
                condition=models.Q(due_on__isnull=False),
                name="complaint_step_late_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.kind}"

    @property
    def label(self) -> str:
        return self.LABELS[self.kind]
