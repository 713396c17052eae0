"""证照: what a grant leads to, its whole life, the acts that end it without an application, and corrections of its papers."""

from django.conf import settings
from django.db import models

from laiyang_approval.kernel.models.append_only import AppendOnlyModel

from ..domain.licences import CANCEL_REASONS, GROUNDS, LicenceEvent, LicenceState, Money
from .cases import Case
from .documents import Letter
from .parties import Party


class Licence(models.Model):
    """证照: the certificate a grant led to, or the decision itself where the matter has none; one row a version.

    ``state`` changes only in commands, through ``next_state``; what holds today is ``live_state``, for a day that has come
    needs no sweep to be true. The body that issued it and the body that has the power now are two things.
    """

    case = models.OneToOneField(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="licence")
    number = models.CharField("证照编号", max_length=60, unique=True)
    title = models.CharField("证照名称", max_length=100)
    matter = models.ForeignKey("matters.Matter", verbose_name="事项", on_delete=models.PROTECT, related_name="licences")
    holder = models.ForeignKey(Party, verbose_name="持证人", on_delete=models.PROTECT, related_name="licences")
    issued_by_department = models.ForeignKey(
        "kernel.Department", verbose_name="发证机关", on_delete=models.PROTECT, related_name="+"
    )
    letter = models.OneToOneField(
        Letter,
        verbose_name="证照文件",
        null=True,
        on_delete=models.PROTECT,
        related_name="licence",
        help_text="历史登记的证照没有本系统的文件。",
    )
    issued_on = models.DateField("发证日期")
    valid_from = models.DateField("有效期自")
    valid_to = models.DateField("有效期至", null=True, blank=True, help_text="空为长期；证照届满日不因节假日顺延。")
    content = models.TextField("许可内容", max_length=2000, blank=True)
    conditions = models.TextField("附加条件", max_length=2000, blank=True)
    premises = models.CharField("经营场所（项目地址）", max_length=200, blank=True)
    state = models.CharField(
        "状态",
        max_length=12,
        choices=[(state.value, state.label) for state in LicenceState],
        default=LicenceState.VALID.value,
    )
    previous = models.OneToOneField(
        "self",
        verbose_name="原证",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="next",
        help_text="变更、延续、补发的新证替代原证；一张证只能被替代一次。",
    )
    sequence = models.PositiveSmallIntegerField("第几版", default=1)
    suspended_until_on = models.DateField("暂扣至", null=True, blank=True, help_text="最后一日（含）；空为未定期限。")
    cancel_reason = models.PositiveSmallIntegerField(
        "注销原因", null=True, blank=True, choices=CANCEL_REASONS, help_text="行政许可法第七十条的项。"
    )

    class Meta:
        verbose_name = verbose_name_plural = "证照"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="licence_validity_ordered",
            ),
            models.CheckConstraint(
                condition=models.Q(state="cancelled", cancel_reason__isnull=False)
                | (~models.Q(state="cancelled") & models.Q(cancel_reason__isnull=True)),
                name="licence_cancelled_for_a_reason",
            ),
        ]
        indexes = [
            # The sweeps of expiry, of early reminders and of suspensions that are over.
            models.Index(
                fields=["valid_to", "id"],
                condition=models.Q(state__in=["valid", "suspended"]),
                name="licence_runs_out",
            ),
            # The register: newest first, by state or by matter; a person's own licences.
            models.Index(fields=["state", "-id"], name="licence_by_state"),
            models.Index(fields=["matter", "-id"], name="licence_by_matter"),
            models.Index(fields=["holder", "-id"], name="licence_of_holder"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def current_state(self) -> LicenceState:
        return LicenceState(self.state)


class LicenceChange(AppendOnlyModel):
    """证照变动: what happened to a licence after it was issued, on which day, on what basis, by whom; written once.

    A penalty of another body stands here with its document number and that body; it is never a decision of ours.
    """

    licence = models.ForeignKey(Licence, verbose_name="证照", on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField("变动", max_length=12, choices=[(event.value, event.label) for event in LicenceEvent])
    on = models.DateField("日期")
    at = models.DateTimeField("登记时间")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    case = models.ForeignKey(
        Case, verbose_name="所据办件", null=True, on_delete=models.PROTECT, related_name="licence_changes"
    )
    basis = models.CharField("依据", max_length=200)
    note = models.CharField("说明", max_length=500, blank=True)
    document_number = models.CharField("处罚文号", max_length=60, blank=True)
    department = models.ForeignKey(
        "kernel.Department", verbose_name="执法部门", null=True, on_delete=models.PROTECT, related_name="+"
    )
    until_on = models.DateField("至", null=True, blank=True)
    cancel_reason = models.PositiveSmallIntegerField("注销原因", null=True, blank=True, choices=CANCEL_REASONS)

    class Meta:
        verbose_name = verbose_name_plural = "证照变动"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.licence_id} {self.get_kind_display()} {self.on}"


class ExOfficioAct(models.Model):
    """依职权处理: an act on a licence without an application (行政许可法第八条、第六十九条、第七十条), from its ground to its end.

    Before a licence is withdrawn or revoked its holder is told and may state and defend (第七条).
    """

    case = models.OneToOneField(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="ex_officio")
    ground = models.CharField("事由", max_length=16, choices=[(key, rule.label) for key, rule in GROUNDS.items()])
    facts = models.TextField("事实和证据", max_length=4000)
    source = models.CharField("线索来源", max_length=200, blank=True)
    told_letter = models.OneToOneField(
        Letter, verbose_name="陈述申辩告知书", null=True, on_delete=models.PROTECT, related_name="+"
    )
    told_on = models.DateField("告知送达日", null=True, blank=True)
    statement_due_on = models.DateField("陈述申辩期限", null=True, blank=True, help_text="日历待公布时为空。")
    statement = models.TextField("陈述申辩", max_length=4000, blank=True)
    statement_waived = models.BooleanField("放弃陈述申辩", default=False)
    statement_at = models.DateTimeField("陈述登记时间", null=True, blank=True)
    statement_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="陈述登记人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="决定人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reasons = models.TextField("理由", max_length=4000, blank=True)
    public_interest = models.TextField("公共利益", max_length=2000, blank=True)
    money = models.CharField(
        "补偿、赔偿", max_length=12, choices=[(kind.value, kind.label) for kind in Money], default=Money.NONE.value
    )
    money_note = models.TextField("补偿、赔偿的处理", max_length=2000, blank=True)
    is_safety_related = models.BooleanField("直接关系公共安全、人身健康、生命财产安全", default=False)
    not_done_article = models.CharField("不作处理的依据", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "依职权处理"
        constraints = [
            # 补偿 only under Article 8(2), 赔偿 only under Article 69(1), (4): never one for the other.
            models.CheckConstraint(
                condition=models.Q(money="none")
                | models.Q(money="compensation", ground__in=["law_changed", "facts_changed"])
                | models.Q(money="damages", ground__in=["abuse", "no_power", "procedure", "unqualified", "other"]),
                name="ex_officio_money_as_the_law_has_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.ground}"


class LetterCorrection(AppendOnlyModel):
    """更正: a clerical error of a paper, put right by a numbered notice that stands beside the unchanged original."""

    letter = models.ForeignKey(Letter, verbose_name="原文书", on_delete=models.PROTECT, related_name="corrections")
    notice = models.OneToOneField(Letter, verbose_name="更正通知书", on_delete=models.PROTECT, related_name="corrects")
    entry = models.CharField("更正事项", max_length=40)
    label = models.CharField("更正事项名称", max_length=40)
    wrong = models.CharField("原文", max_length=300)
    right = models.CharField("更正为", max_length=300)
    reason = models.CharField("说明", max_length=300)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="更正人", on_delete=models.PROTECT, related_name="+"
    )
    corrected_at = models.DateTimeField("更正时间")

    class Meta:
        verbose_name = verbose_name_plural = "更正"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.label}"
