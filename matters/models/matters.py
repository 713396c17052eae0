"""事项: what can be applied for, what has changed since 2018, and who may accept, decide, seal and supervise it when."""

from django.conf import settings
from django.db import models
from simple_history.models import HistoricalRecords

from .choices import (
    AnnexStatus,
    BasisCheck,
    ChangeKind,
    Confidence,
    MatterKind,
    Power,
    StatutoryDecider,
)


class Matter(models.Model):
    """政务服务事项: one matter of the catalogue. What it asks of an applicant stands in its published editions."""

    code = models.CharField("事项代码", max_length=16, unique=True)
    kind = models.CharField("类别", max_length=12, choices=MatterKind)
    matter_type = models.CharField("事项类型", max_length=20, help_text="行政许可、行政确认、备案等。")
    name = models.CharField("事项名称", max_length=200)
    aliases = models.CharField("别名", max_length=500, blank=True, help_text="常用叫法，半角分号分隔；只用于检索。")
    pinyin_initials = models.CharField("拼音首字母", max_length=600, blank=True, editable=False)
    pinyin_full = models.TextField("拼音", blank=True, editable=False)
    domain = models.CharField("领域", max_length=20)
    original_department = models.ForeignKey(
        "kernel.Department", verbose_name="原实施部门", on_delete=models.PROTECT, related_name="original_matters"
    )
    supervising_department = models.ForeignKey(
        "kernel.Department", verbose_name="监管部门", on_delete=models.PROTECT, related_name="supervised_matters"
    )
    related_to = models.ForeignKey(
        "self",
        verbose_name="所跟随的许可",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="related_matters",
    )
    statutory_decider = models.CharField("法定决定机关", max_length=20, choices=StatutoryDecider)
    #: That of the newest published edition; publishing sets it.
    annex_status = models.CharField("附件状态", max_length=16, choices=AnnexStatus, default=AnnexStatus.RECONSTRUCTED)
    confidence = models.CharField("法律描述的把握", max_length=8, choices=Confidence)
    basis_check = models.CharField("依据核对", max_length=20, choices=BasisCheck)
    name_source = models.CharField("名称来历", max_length=200, blank=True)
    note = models.TextField("备注", blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "事项"
        ordering = ["code"]
        permissions = [("work_on_matter", "办理本事项")]
        indexes = [models.Index(fields=["domain", "code"], name="matter_by_domain")]  # public browsing

    def __str__(self) -> str:
        return f"{self.name}（{self.code}）"

    @property
    def is_reconstructed(self) -> bool:
        """重建: whether this row still stands in for the official annex."""
        return self.annex_status == AnnexStatus.RECONSTRUCTED


class LaterChange(models.Model):
    """后续变化: what happened to a matter after November 2018, read from the catalogue's ``later_change`` text.

    A whole change (``is_partial`` false) of kind closed or filing stops intake from ``effective_on``. A change without
    an exact date is 待核实: it is shown and closes nothing.
    """

    matter = models.ForeignKey(Matter, verbose_name="事项", on_delete=models.CASCADE, related_name="later_changes")
    seq = models.PositiveSmallIntegerField("序号")
    effective_on = models.DateField("生效日", null=True, blank=True, help_text="日期不确切的留空，显示“待核实”。")
    kind = models.CharField("变化", max_length=8, choices=ChangeKind)
    is_partial = models.BooleanField("只涉及部分情形", default=False)
    new_value = models.CharField("变化后", max_length=300)
    competent_organ = models.CharField("改由何机关办理", max_length=100, blank=True)
    basis = models.CharField("依据", max_length=500)
    note = models.CharField("备注", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "后续变化"
        ordering = ["matter", "seq"]
        constraints = [models.UniqueConstraint(fields=["matter", "seq"], name="later_change_once")]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.get_kind_display()} {self.effective_on or '待核实'}"

    def stops_intake_on(self, day) -> bool:
        """Whether this change, whole and dated, has stopped applications by ``day``."""
        ends = self.kind in (ChangeKind.CLOSED, ChangeKind.FILING) and not self.is_partial
        return ends and self.effective_on is not None and self.effective_on <= day


class Authority(models.Model):
    """职权: which body may accept, decide or seal this matter, from when to when, by which instrument.

    For one matter and power the periods never overlap (on PostgreSQL an exclusion constraint holds it).
    """

    matter = models.ForeignKey(Matter, verbose_name="事项", on_delete=models.PROTECT, related_name="authorities")
    department = models.ForeignKey(
        "kernel.Department", verbose_name="机关", on_delete=models.PROTECT, related_name="authorities"
    )
    power = models.CharField("职权", max_length=8, choices=Power)
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True, help_text="最后一日（含）；空为有效。")
    instrument = models.CharField("依据", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "职权"
        ordering = ["matter", "power", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["matter", "power", "valid_from"], name="authority_starts_once"),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="authority_validity_ordered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.get_power_display()} {self.department_id} {self.valid_from}"


class BoundaryItem(models.Model):
    """审管职责边界: who approves, supervises and enforces a matter, by date; no matter opens for intake without one.

    One body leads the supervision (``supervise_org``), others may share it. For one matter the periods never overlap.
    """

    matter = models.ForeignKey(Matter, verbose_name="事项", on_delete=models.PROTECT, related_name="boundary_items")
    approve_org = models.ForeignKey(
        "kernel.Department", verbose_name="审批", on_delete=models.PROTECT, related_name="+"
    )
    supervise_org = models.ForeignKey(
        "kernel.Department", verbose_name="主要监管", on_delete=models.PROTECT, related_name="boundary_items"
    )
    further_orgs = models.ManyToManyField(
        "kernel.Department", verbose_name="协同监管", blank=True, related_name="shared_boundary_items"
    )
    enforce_org = models.ForeignKey(
        "kernel.Department", verbose_name="执法", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    basis = models.CharField("依据", max_length=200)
    memo_no = models.CharField("备忘录编号", max_length=60, blank=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="登记人",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="空为随目录载入。",
    )
    set_at = models.DateTimeField("登记时间", null=True)
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True, help_text="最后一日（含）；空为有效。")

    class Meta:
        verbose_name = verbose_name_plural = "审管职责边界"
        ordering = ["matter", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["matter", "valid_from"], name="boundary_starts_once"),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="boundary_validity_ordered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.valid_from}"
