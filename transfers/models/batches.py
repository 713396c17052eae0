"""划转批次: which matters go from which body to which, by which document, and how far each has come."""

from django.conf import settings
from django.db import models

from laiyang_approval.kernel.models.append_only import AppendOnlyModel

from ..domain.states import ItemState


class TransferBatch(models.Model):
    """划转批次: one decision to transfer powers, with what it announced."""

    class InFlight(models.TextChoices):
        """在办件: the opinion says nothing; what was accepted before stays with the former body unless the batch says otherwise."""

        FINISH = "finish", "由原部门办结（按受理日期）"
        MOVE = "move", "移交承接机关继续办理"

    number = models.CharField("批次编号", max_length=20, unique=True)
    title = models.CharField("批次名称", max_length=100)
    basis = models.CharField("依据文件", max_length=100)
    basis_issued_on = models.DateField("文件印发日")
    decided_on = models.DateField("决定日")
    deadline_on = models.DateField("交接期限", null=True, blank=True)
    condition = models.CharField("划转条件", max_length=200, blank=True, help_text="空为立即划转。")
    announced_licences = models.PositiveSmallIntegerField("公布的许可事项", null=True, blank=True)
    announced_related = models.PositiveSmallIntegerField("公布的关联事项", null=True, blank=True)
    in_flight = models.CharField("在办件", max_length=8, choices=InFlight, default=InFlight.FINISH)

    class Meta:
        verbose_name = verbose_name_plural = "划转批次"
        ordering = ["decided_on", "number"]

    def __str__(self) -> str:
        return self.title


class TransferItem(models.Model):
    """划转事项: one matter of a batch on its way from one body to another; ``state`` changes only in commands."""

    class Kind(models.TextChoices):
        LICENCE = "licence", "许可"
        RELATED = "related", "关联"
        FEE = "fee", "收费"

    class Source(models.TextChoices):
        """职权来源 (GB/T 39046): where the power comes from."""

        OWN = "own", "本级部门"
        HANDED_DOWN = "handed_down", "上级下放"
        ENTRUSTED = "entrusted", "上级委托"

    batch = models.ForeignKey(TransferBatch, verbose_name="批次", on_delete=models.PROTECT, related_name="items")
    matter = models.ForeignKey(
        "matters.Matter", verbose_name="事项", on_delete=models.PROTECT, related_name="transfer_items"
    )
    kind = models.CharField("类型", max_length=8, choices=Kind)
    source = models.CharField("职权来源", max_length=12, choices=Source, default=Source.OWN)
    from_department = models.ForeignKey(
        "kernel.Department", verbose_name="移交机关", on_delete=models.PROTECT, related_name="+"
    )
    to_department = models.ForeignKey(
        "kernel.Department", verbose_name="承接机关", on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        "状态",
        max_length=16,
        choices=[(state.value, state.label) for state in ItemState],
        default=ItemState.PLANNED.value,
    )
    effective_on = models.DateField("生效日", null=True, blank=True)
    returned_on = models.DateField("退回日", null=True, blank=True, help_text="自这一日起由原部门行使。")
    reason = models.CharField("暂缓、保留、退回的理由", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "划转事项"
        ordering = ["batch", "matter__code", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "kind"],
                condition=~models.Q(state=ItemState.RETURNED.value),
                name="transfer_item_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[ItemState.EFFECTIVE.value, ItemState.RETURNED.value])
                | models.Q(effective_on__isnull=False),
                name="transfer_effective_has_day",
            ),
            models.CheckConstraint(
                condition=~models.Q(
                    state__in=[ItemState.DEFERRED.value, ItemState.RETAINED.value, ItemState.RETURNED.value]
                )
                | ~models.Q(reason=""),
                name="transfer_item_says_why",
            ),
        ]
        # The page of one department's handover.
        indexes = [models.Index(fields=["from_department", "batch"], name="transfer_item_by_giver")]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.get_state_display()}"

    @property
    def current_state(self) -> ItemState:
        return ItemState(self.state)


class RiskAssessment(AppendOnlyModel):
    """政策风险评估: what was found before a matter moves or stays (意见第二部分: 先评估，后划转)."""

    class Conclusion(models.TextChoices):
        MOVE = "move", "可以划转"
        STAY = "stay", "不宜划转，保留在部门"

    item = models.ForeignKey(TransferItem, verbose_name="事项", on_delete=models.PROTECT, related_name="assessments")
    conclusion = models.CharField("结论", max_length=8, choices=Conclusion)
    assessed_on = models.DateField("评估日")
    assessor = models.CharField("评估单位", max_length=100)
    findings = models.TextField("评估意见", max_length=2000)
    document = models.CharField("评估报告文号", max_length=100, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "政策风险评估"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.item_id} {self.get_conclusion_display()}"


class TransferEvent(AppendOnlyModel):
    """划转记录: what was done to an item or a batch, when, by whom; written once."""

    batch = models.ForeignKey(TransferBatch, verbose_name="批次", on_delete=models.PROTECT, related_name="events")
    item = models.ForeignKey(
        TransferItem, verbose_name="事项", null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    kind = models.CharField("行为", max_length=20)
    at = models.DateTimeField("时间")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="行为人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "划转记录"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.item_id} {self.kind}"
