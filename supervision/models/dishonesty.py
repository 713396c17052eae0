from django.conf import settings
from django.db import models


class DishonestyListing(models.Model):
    """严重失信主体名单的一条: one organisation on one list national rules allow, with basis, period and how it came off.

    Shown to the public from ``listed_on`` until the day before ``ends_on``, or until it is taken off: repaired, or listed in error.
    """

    class Removal(models.TextChoices):
        REPAIRED = "repaired", "信用修复，提前移出"
        WRONG = "wrong", "列入有误或者决定被撤销"

    number = models.CharField("名单编号", max_length=20, unique=True)
    list_key = models.CharField("名单", max_length=40)
    list_name = models.CharField("名单名称", max_length=100)
    basis = models.CharField("依据", max_length=200)
    subject_name = models.CharField("主体名称", max_length=200)
    subject_code = models.CharField("统一社会信用代码", max_length=18)
    department = models.ForeignKey(
        "kernel.Department", verbose_name="认定部门", on_delete=models.PROTECT, related_name="dishonesty_listings"
    )
    document_number = models.CharField("列入决定书文号", max_length=60)
    listed_on = models.DateField("列入日期")
    ends_on = models.DateField("期满日", help_text="自当日起不再公示。")
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    removed_on = models.DateField("移出日期", null=True, blank=True)
    removal = models.CharField("移出原因", max_length=10, choices=Removal, blank=True)
    removal_note = models.CharField("移出依据和文号", max_length=300, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="移出人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = verbose_name_plural = "严重失信主体名单"
        constraints = [
            models.UniqueConstraint(
                fields=["department", "document_number", "subject_code"], name="dishonesty_once_per_decision"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("listed_on")), name="dishonesty_period_ordered"
            ),
            models.CheckConstraint(
                condition=models.Q(removed_on__isnull=True, removed_by__isnull=True, removal="", removal_note="")
                | models.Q(removed_on__isnull=False, removed_by__isnull=False)
                & ~models.Q(removal="")
                & ~models.Q(removal_note=""),
                name="dishonesty_removed_whole",
            ),
        ]
        indexes = [
            # What a reviewer reads of an applicant.
            models.Index(fields=["subject_code"], name="dishonesty_of_subject"),
        ]

    def __str__(self) -> str:
        return self.number
