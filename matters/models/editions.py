"""版本: the published, immutable text of a matter's guide, and the rows it is made of (domain fields 2.4–2.6)."""

from django.db import models
from simple_history.models import HistoricalRecords

from .choices import (
    AnnexStatus,
    BasisLevel,
    ClockStart,
    EditionState,
    Handling,
    LimitUnit,
    MaterialForm,
    MaterialSource,
)
from .matters import Matter


class PublishedEditionError(RuntimeError):
    """Raised when code tries to change a published edition or its rows; the database's triggers refuse it too."""


class Edition(models.Model):
    """实施清单版本: what one matter asks and promises between two dates. A case is pinned to its edition.

    A published edition never changes, save that publishing the next one sets ``effective_to``; Python and a trigger
    hold it for the edition and its rows. A blank text means 待核实: the reconstruction does not know it.
    """

    matter = models.ForeignKey(Matter, verbose_name="事项", on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField("版次")
    state = models.CharField("状态", max_length=10, choices=EditionState, default=EditionState.DRAFT)
    effective_from = models.DateField("生效日", null=True, blank=True)
    effective_to = models.DateField("失效日", null=True, blank=True, help_text="最后一日（含）；空为有效。")
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    published_by = models.ForeignKey(
        "kernel.User", verbose_name="发布人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    annex_status = models.CharField("附件状态", max_length=16, choices=AnnexStatus, default=AnnexStatus.RECONSTRUCTED)
    change_note = models.CharField("修改说明", max_length=500, blank=True)
    draft_version = models.PositiveIntegerField("草稿修订号", default=0)

    name = models.CharField("事项名称", max_length=200)
    applicant_kinds = models.CharField("申请人", max_length=60, help_text="自然人、法人，半角分号分隔。")
    statutory_value = models.PositiveSmallIntegerField("法定时限", null=True, blank=True)
    statutory_unit = models.CharField("法定时限单位", max_length=8, choices=LimitUnit, blank=True)
    statutory_basis = models.TextField("法定时限依据", blank=True)
    statutory_is_assumption = models.BooleanField("法定时限为假定", default=True)
    promised_value = models.PositiveSmallIntegerField("承诺时限", null=True, blank=True)
    promised_unit = models.CharField("承诺时限单位", max_length=8, choices=LimitUnit, blank=True)
    promised_is_assumption = models.BooleanField("承诺时限为假定", default=True)
    clock_start = models.CharField("起算", max_length=14, choices=ClockStart, blank=True)
    extension_value = models.PositiveSmallIntegerField(
        "可延长",
        null=True,
        blank=True,
        help_text="与法定时限同单位；空为依行政许可法第四十二条第一款（时限按工作日计算的）；0为不可延长。",
    )
    extension_approver = models.CharField("延长批准人", max_length=60, blank=True)
    handling = models.CharField("办件类型", max_length=10, choices=Handling)
    result_document = models.CharField("结果文书", max_length=200, blank=True)
    validity_text = models.CharField("有效期", max_length=300, blank=True)
    special_procedures = models.CharField(
        "特别程序", max_length=200, blank=True, help_text="半角分号分隔；无则填“无”。"
    )
    acceptance_condition = models.TextField("受理条件", blank=True)
    quantity_limit = models.CharField("数量限制", max_length=300, blank=True)
    form_sample = models.CharField("申请书示范文本", max_length=300, blank=True)
    fee_note = models.CharField("收费说明", max_length=300, blank=True)

    window = models.CharField("办理窗口", max_length=200, blank=True)
    address = models.CharField("办理地址", max_length=200, blank=True)
    service_hours = models.CharField("办理时间", max_length=200, blank=True)
    phone = models.CharField("咨询电话", max_length=60, blank=True)
    complaint_phone = models.CharField("监督投诉电话", max_length=60, blank=True)

    catalog_code = models.CharField("基本编码", max_length=13, blank=True)
    task_code = models.CharField("实施编码", max_length=36, blank=True)
    power_source = models.CharField("权力来源", max_length=40, blank=True)
    entrusting_body = models.CharField("委托机关", max_length=100, blank=True)
    joint_bodies = models.CharField("联办机构", max_length=200, blank=True)
    intermediary_service = models.CharField("中介服务", max_length=200, blank=True)
    service_area = models.CharField("通办范围", max_length=60, blank=True)
    online_depth = models.CharField("网办深度", max_length=60, blank=True)
    visits = models.PositiveSmallIntegerField("到现场次数", null=True, blank=True)
    visits_reason = models.CharField("须到现场的原因", max_length=200, blank=True)
    can_be_posted = models.BooleanField("可邮寄送达", null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "事项版本"
        ordering = ["matter", "number"]
        constraints = [
            models.UniqueConstraint(fields=["matter", "number"], name="edition_number_once"),
            models.UniqueConstraint(
                fields=["matter"], condition=models.Q(state="draft"), name="edition_one_draft_a_matter"
            ),
            models.UniqueConstraint(
                fields=["matter", "effective_from"], condition=models.Q(state="published"), name="edition_starts_once"
            ),
            models.CheckConstraint(
                condition=models.Q(effective_to__isnull=True) | models.Q(effective_to__gte=models.F("effective_from")),
                name="edition_validity_ordered",
            ),
            # Publishing needs both limits with unit and clock start (trap 15), a day of effect and a publisher's time.
            models.CheckConstraint(
                condition=models.Q(state="draft")
                | (
                    models.Q(
                        effective_from__isnull=False,
                        published_at__isnull=False,
                        statutory_value__isnull=False,
                        promised_value__isnull=False,
                    )
                    & ~models.Q(statutory_unit="")
                    & ~models.Q(promised_unit="")
                    & ~models.Q(clock_start="")
                ),
                name="edition_published_has_limits",
            ),
            # 优化营商环境条例第三十六条: a promise may only be shorter; drafts may be wrong until they are mended.
            models.CheckConstraint(
                condition=models.Q(state="draft")
                | ~models.Q(promised_unit=models.F("statutory_unit"))
                | models.Q(promised_value__lte=models.F("statutory_value")),
                name="edition_promise_within_law",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} 第{self.number}版"

    @classmethod
    def from_db(cls, db, field_names, values):
        edition = super().from_db(db, field_names, values)
        edition._was_published = edition.__dict__.get("state") == EditionState.PUBLISHED
        return edition

    def save(self, *args, **kwargs):
        if getattr(self, "_was_published", False):
            raise PublishedEditionError(f"edition {self.pk} is published and never changes")
        super().save(*args, **kwargs)
        self._was_published = self.is_published

    def delete(self, *args, **kwargs):
        if getattr(self, "_was_published", False):
            raise PublishedEditionError(f"edition {self.pk} is published and is never deleted")
        return super().delete(*args, **kwargs)

    @property
    def is_published(self) -> bool:
        return self.state == EditionState.PUBLISHED

    @property
    def applicant_kind_list(self) -> list[str]:
        return [kind for kind in self.applicant_kinds.split(";") if kind]

    @property
    def special_procedure_list(self) -> list[str]:
        return [name for name in self.special_procedures.split(";") if name and name != "无"]


class EditionRow(models.Model):
    """版本内的一行"""

    seq = models.PositiveSmallIntegerField("序号")

    class Meta:
        abstract = True
        ordering = ["seq"]

    def save(self, *args, **kwargs):
        if self.edition.is_published:
            raise PublishedEditionError(f"rows of edition {self.edition_id} never change: it is published")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        if self.edition.is_published:
            raise PublishedEditionError(f"rows of edition {self.edition_id} are never deleted: it is published")
        return super().delete(*args, **kwargs)


class LegalBasis(EditionRow):
    """设定依据"""

    edition = models.ForeignKey(Edition, verbose_name="版本", on_delete=models.CASCADE, related_name="legal_bases")
    citation = models.CharField("依据（到条款项）", max_length=500)

    class Meta(EditionRow.Meta):
        verbose_name = verbose_name_plural = "设定依据"
        constraints = [models.UniqueConstraint(fields=["edition", "seq"], name="legal_basis_once")]

    def __str__(self) -> str:
        return self.citation


class Condition(EditionRow):
    """许可条件"""

    edition = models.ForeignKey(Edition, verbose_name="版本", on_delete=models.CASCADE, related_name="conditions")
    text = models.CharField("条件", max_length=500)
    basis = models.CharField("依据", max_length=200, blank=True)

    class Meta(EditionRow.Meta):
        verbose_name = verbose_name_plural = "许可条件"
        constraints = [models.UniqueConstraint(fields=["edition", "seq"], name="condition_once")]

    def __str__(self) -> str:
        return self.text


class ProcessStep(EditionRow):
    """办理流程"""

    edition = models.ForeignKey(Edition, verbose_name="版本", on_delete=models.CASCADE, related_name="process_steps")
    name = models.CharField("环节", max_length=60)
    duty = models.CharField("办理人员", max_length=100, blank=True)
    limit_text = models.CharField("环节时限", max_length=60, blank=True)
    standard = models.CharField("审查标准", max_length=500, blank=True)

    class Meta(EditionRow.Meta):
        verbose_name = verbose_name_plural = "办理流程"
        constraints = [models.UniqueConstraint(fields=["edition", "seq"], name="process_step_once")]

    def __str__(self) -> str:
        return self.name


class Fee(EditionRow):
    """收费: only a law or an administrative regulation may found one (行政许可法第五十八条、第五十九条)."""

    edition = models.ForeignKey(Edition, verbose_name="版本", on_delete=models.CASCADE, related_name="fees")
    name = models.CharField("项目", max_length=200)
    standard = models.CharField("标准", max_length=200, blank=True)
    basis = models.CharField("依据", max_length=300, blank=True)
    basis_level = models.CharField("依据层级", max_length=20, choices=BasisLevel, blank=True)
    is_for_licence = models.BooleanField(
        "许可收费", default=False, help_text="办理本事项本身的收费；占用费、补偿费等另行缴纳的不是。"
    )
    reduction = models.CharField("减免", max_length=200, blank=True)

    class Meta(EditionRow.Meta):
        verbose_name = verbose_name_plural = "收费项目"
        constraints = [models.UniqueConstraint(fields=["edition", "seq"], name="fee_once")]

    def __str__(self) -> str:
        return self.name


class Question(EditionRow):
    """常见问题"""

    edition = models.ForeignKey(Edition, verbose_name="版本", on_delete=models.CASCADE, related_name="questions")
    question = models.CharField("问", max_length=200)
    answer = models.CharField("答", max_length=1000)

    class Meta(EditionRow.Meta):
        verbose_name = verbose_name_plural = "常见问题"
        constraints = [models.UniqueConstraint(fields=["edition", "seq"], name="question_once")]

    def __str__(self) -> str:
        return self.question


class EditionMaterial(EditionRow):
    """申请材料: one item the edition asks for (domain fields 2.5). Items not listed may not be asked for (第三十一条)."""

    edition = models.ForeignKey(Edition, verbose_name="版本", on_delete=models.CASCADE, related_name="materials")
    name = models.CharField("材料名称", max_length=200)
    form = models.CharField("形式", max_length=10, choices=MaterialForm)
    original_count = models.PositiveSmallIntegerField("原件份数", default=0)
    copy_count = models.PositiveSmallIntegerField("复印件份数", default=0)
    is_main = models.BooleanField("主件", default=False)
    is_conditional = models.BooleanField("特定情形才提交", default=False)
    condition = models.CharField("情形", max_length=200, blank=True)
    deferrable = models.BooleanField("可容缺", default=False)
    commitment_allowed = models.BooleanField("可告知承诺", default=False)
    source = models.CharField("来源", max_length=14, choices=MaterialSource)
    source_note = models.CharField("来源说明", max_length=200, blank=True)
    basis = models.CharField("依据", max_length=300, blank=True)
    acceptance_standard = models.CharField("受理标准", max_length=300, blank=True)
    fill_note = models.CharField("填报须知", max_length=300, blank=True)
    sign_requirement = models.CharField("签字盖章要求", max_length=200, blank=True)
    page_format = models.CharField("规格", max_length=40, blank=True)
    share_source = models.CharField("共享核验来源", max_length=100, blank=True)
    elicense_type = models.CharField("对应电子证照", max_length=100, blank=True)
    reuse_days = models.PositiveSmallIntegerField("可复用天数", null=True, blank=True)
    note = models.CharField("备注", max_length=300, blank=True)
    history = HistoricalRecords()

    class Meta(EditionRow.Meta):
        verbose_name = verbose_name_plural = "申请材料"
        constraints = [
            models.UniqueConstraint(fields=["edition", "seq"], name="material_once"),
            # 主件一律不容缺 (catalogue, section 4)
            models.CheckConstraint(
                condition=~models.Q(is_main=True, deferrable=True), name="material_main_never_deferred"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def copies_text(self) -> str:
        """“原件1份、复印件2份”, as the guide and the receipt print it."""
        parts = []
        if self.original_count:
            parts.append(f"原件{self.original_count}份")
        if self.copy_count:
            parts.append(f"复印件{self.copy_count}份")
        return "、".join(parts) or self.get_form_display()
