from django.conf import settings
from django.db import models

from ..domain.intake_modes import Consequence
from .cases import Case, CaseMaterial
from .documents import Letter


class Deferral(models.Model):
    """容缺受理: accepted although listed secondary materials were missing, on the applicant's signed promise (D07).

    ``consequence`` is what the applicant was told would follow; a later change of the rule does not touch it.
    """

    case = models.OneToOneField(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="deferral")
    signatory = models.CharField("承诺人", max_length=50)
    signed_at = models.DateTimeField("承诺时间")
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="经手人", on_delete=models.PROTECT, related_name="+"
    )
    letter = models.OneToOneField(Letter, verbose_name="容缺受理通知书", on_delete=models.PROTECT, related_name="+")
    consequence = models.CharField("逾期后果", max_length=10, choices=[(one.value, one.label) for one in Consequence])
    due_on = models.DateField("补齐期限", null=True, blank=True, help_text="日历待公布时为空。")
    remind_on = models.DateField("提醒日", null=True, blank=True)
    settled_at = models.DateTimeField("补齐时间", null=True, blank=True)
    ended_at = models.DateTimeField("按逾期处理时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "容缺受理"
        indexes = [
            # The sweep of deferral terms: promises still open, by the day they end.
            models.Index(
                fields=["due_on"],
                condition=models.Q(settled_at__isnull=True, ended_at__isnull=True),
                name="deferral_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} 容缺至{self.due_on or '待公布'}"

    @property
    def is_open(self) -> bool:
        return self.settled_at is None and self.ended_at is None

    @property
    def known_consequence(self) -> Consequence:
        return Consequence(self.consequence)


class DeferredItem(models.Model):
    """容缺材料: one material promised for later: what was wrong with it, in which form it must come."""

    deferral = models.ForeignKey(Deferral, verbose_name="容缺受理", on_delete=models.PROTECT, related_name="items")
    material = models.ForeignKey(CaseMaterial, verbose_name="材料", on_delete=models.PROTECT, related_name="+")
    lack = models.CharField("缺少或者存在的问题", max_length=300)
    form = models.CharField("补交形式", max_length=100)
    supplied_at = models.DateTimeField("补齐时间", null=True, blank=True)
    supplied_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="接收人", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "容缺材料"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["deferral", "material"], name="deferred_item_once")]

    def __str__(self) -> str:
        return f"{self.deferral_id}：{self.material_id}"


class Commitment(models.Model):
    """告知承诺: the conditions were told, the applicant signed (D08), and listed materials need not be handed in.

    The signed text is the letter's stored input. A dropped commitment stays on record beside the one that follows it.
    """

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="commitments")
    signatory = models.CharField("承诺人", max_length=50)
    signed_at = models.DateTimeField("承诺时间")
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="经手人", on_delete=models.PROTECT, related_name="+"
    )
    publicity_consent = models.BooleanField("同意公开承诺书", default=False)
    letter = models.OneToOneField(Letter, verbose_name="告知承诺书", on_delete=models.PROTECT, related_name="+")
    dropped_at = models.DateTimeField("不再采用的时间", null=True, blank=True)
    dropped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    drop_reason = models.CharField("不再采用的理由", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "告知承诺"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(dropped_at__isnull=True), name="commitment_one_standing"
            ),
            models.CheckConstraint(
                condition=models.Q(dropped_at__isnull=True) | ~models.Q(drop_reason=""),
                name="commitment_dropped_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} 告知承诺"


class CommittedItem(models.Model):
    """承诺代替的材料: one material that need not be handed in, and how it stood before the promise."""

    commitment = models.ForeignKey(Commitment, verbose_name="告知承诺", on_delete=models.PROTECT, related_name="items")
    material = models.ForeignKey(CaseMaterial, verbose_name="材料", on_delete=models.PROTECT, related_name="+")
    before = models.CharField("承诺前的情况", max_length=12, choices=CaseMaterial.Status)

    class Meta:
        verbose_name = verbose_name_plural = "承诺代替的材料"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["commitment", "material"], name="committed_item_once")]

    def __str__(self) -> str:
        return f"{self.commitment_id}：{self.material_id}"
