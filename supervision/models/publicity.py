"""公示: what the public is told of a decision that granted something, and what became of that entry."""

from django.conf import settings
from django.db import models

from laiyang_approval.kernel.models.append_only import AppendOnlyModel
from windows.models import Party

from ..domain.publicity import CATEGORIES, PUBLISHED_TYPES


class PublicityEntry(models.Model):
    """公示记录: one granting decision as the public sees it (行政许可法第四十条); derived from the case event, one row each.

    What depends on the licence's life (number, state) is read from the licence when the entry is shown. Of a natural person only
    the masked name, the matter and the decision are here (山东省社会信用条例第二十条): the rest is not kept in the row at all.
    """

    class State(models.TextChoices):
        PUBLISHED = "published", "公示中"
        WITHDRAWN = "withdrawn", "已撤下"

    number = models.CharField("公示编号", max_length=20, unique=True)
    event = models.OneToOneField(
        "windows.CaseEvent", verbose_name="决定", on_delete=models.PROTECT, related_name="publicity"
    )
    case = models.ForeignKey("windows.Case", verbose_name="办件", on_delete=models.PROTECT, related_name="publicity")
    kind = models.CharField(
        "决定种类", max_length=8, choices=sorted((kind.value, kind.label) for kind in PUBLISHED_TYPES)
    )
    decided_on = models.DateField("许可决定日期")
    publish_by_on = models.DateField("应在此日前公示", null=True, blank=True, help_text="日历待公布时为空。")
    published_at = models.DateTimeField("公示时间")
    published_on = models.DateField("公示日期")
    state = models.CharField("公示状态", max_length=10, choices=State, default=State.PUBLISHED)

    holder_name = models.CharField("行政相对人名称", max_length=200, help_text="自然人已隐去部分。")
    holder_kind = models.CharField("行政相对人类别", max_length=16, choices=Party.Kind)
    holder_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    legal_representative = models.CharField("法定代表人", max_length=50, blank=True)
    matter_name = models.CharField("事项", max_length=200)
    document_title = models.CharField("行政许可决定文书名称", max_length=100)
    document_number = models.CharField("行政许可决定文书号", max_length=60)
    category = models.CharField("许可类别", max_length=2, choices=list(CATEGORIES.items()))
    content = models.TextField("许可内容", max_length=2000, blank=True)
    valid_from = models.DateField("有效期自", null=True, blank=True)
    valid_to = models.DateField("有效期至", null=True, blank=True, help_text="空为长期。")
    organ_name = models.CharField("许可机关", max_length=100)
    organ_code = models.CharField("许可机关统一社会信用代码", max_length=18, blank=True)

    withdrawn_at = models.DateTimeField("撤下时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="撤下人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    withdraw_reason = models.CharField("撤下理由", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "公示记录"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state="published", withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdraw_reason=""
                )
                | models.Q(state="withdrawn", withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                & ~models.Q(withdraw_reason=""),
                name="publicity_withdrawn_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(holder_kind="natural")
                | models.Q(
                    holder_code="",
                    legal_representative="",
                    content="",
                    valid_from__isnull=True,
                    valid_to__isnull=True,
                    holder_name__contains="*",
                ),
                name="publicity_of_a_person_is_little",
            ),
        ]
        indexes = [
            # The public list, newest first, and the entries of a month.
            models.Index(fields=["-id"], condition=models.Q(state="published"), name="publicity_listed"),
            models.Index(fields=["decided_on"], name="publicity_by_day"),
            # Terms that wait for a calendar.
            models.Index(
                fields=["decided_on", "id"], condition=models.Q(publish_by_on__isnull=True), name="publicity_no_term"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PublicityStep(AppendOnlyModel):
    """公示经过: published, withdrawn, published again: by whom and why; written once."""

    class Kind(models.TextChoices):
        PUBLISH = "publish", "公示"
        WITHDRAW = "withdraw", "撤下"
        REPUBLISH = "republish", "重新公示"

    entry = models.ForeignKey(PublicityEntry, verbose_name="公示", on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField("经过", max_length=10, choices=Kind)
    at = models.DateTimeField("时间")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="行为人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "公示经过"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.get_kind_display()}"
