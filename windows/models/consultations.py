"""What other departments are asked: an opinion, or people for a visit; and the one joint visit."""

from django.conf import settings
from django.db import models

from laiyang_approval.kernel.clock import SHANGHAI

from .cases import Case, CaseMaterial


class Consultation(models.Model):
    """征求意见（派员请求）: a question to another department, its term, and the answer of that department's staff.

    Its time counts: Article 45 does not list it, unless a special statute does.
    """

    class Kind(models.TextChoices):
        OPINION = "opinion", "征求意见"
        SITE_VISIT = "site_visit", "现场踏勘派员"
        DRAWINGS = "drawings", "审图派员"
        ACCEPTANCE = "acceptance", "验收派员"

    class Answer(models.TextChoices):
        AGREED = "agreed", "同意"
        CONDITIONAL = "conditional", "附条件同意"
        OBJECTED = "objected", "不同意"
        NO_OPINION = "no_opinion", "无意见"
        SENT = "sent", "已派员"

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="consultations")
    kind = models.CharField("种类", max_length=12, choices=Kind)
    department = models.ForeignKey(
        "kernel.Department", verbose_name="被征求部门", on_delete=models.PROTECT, related_name="consultations"
    )
    question = models.TextField("征求的问题", max_length=2000)
    materials = models.ManyToManyField(
        CaseMaterial, verbose_name="提供的材料", blank=True, related_name="consultations"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="征求人", on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField("征求时间")
    due_on = models.DateField("答复期限", null=True, blank=True, help_text="放假安排待公布时为空。")
    answer = models.CharField("答复", max_length=12, choices=Answer, blank=True)
    answer_text = models.TextField("答复内容", max_length=4000, blank=True)
    people = models.JSONField("派出人员", default=list, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="答复人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    chased_at = models.DateTimeField("催办时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "征求意见"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "department", "kind"],
                condition=models.Q(answered_at__isnull=True),
                name="consultation_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True) | ~models.Q(answer=""), name="consultation_answer_whole"
            ),
        ]
        indexes = [
            # The asked department's list and the sweep that chases.
            models.Index(
                fields=["department", "due_on"],
                condition=models.Q(answered_at__isnull=True),
                name="consultation_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_kind_display()}{self.pk}"

    @property
    def wants_people(self) -> bool:
        return self.kind != self.Kind.OPINION


class JointVisit(models.Model):
    """联合踏勘（审图、验收）: the one appointment of all departments that need to look, and what came of it."""

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="joint_visits")
    kind = models.CharField("种类", max_length=12, choices=Consultation.Kind)
    meets_at = models.DateTimeField("约定时间")
    place = models.CharField("地点", max_length=200)
    consultations = models.ManyToManyField(Consultation, verbose_name="参加部门", related_name="visits")
    appointed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="组织人", on_delete=models.PROTECT, related_name="+"
    )
    appointed_at = models.DateTimeField("通知时间")
    result = models.TextField("结果", max_length=4000, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField("登记时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "联合踏勘、审图、验收"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=models.Q(recorded_at__isnull=True), name="joint_visit_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_kind_display()}{self.pk}"

    @property
    def text(self) -> str:
        """2026年3月11日9时00分，某某路18号"""
        at = self.meets_at.astimezone(SHANGHAI)
        return f"{at.year}年{at.month}月{at.day}日{at.hour}时{at.minute:02d}分，{self.place}"
