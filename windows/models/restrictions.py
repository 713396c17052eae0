from django.conf import settings
from django.db import models

from ..domain.restrictions import RestrictionKind
from .parties import Party


class PartyRestriction(models.Model):
    """申请人限制: what an applicant may not do for a time, on which basis, and how it ended.

    ``from_on`` and ``to_on`` are both included and never roll (K5); ``to_on`` empty: until it is lifted. A restriction that was
    lifted no longer holds from ``lifted_on`` on.
    """

    party = models.ForeignKey(Party, verbose_name="申请人", on_delete=models.PROTECT, related_name="restrictions")
    kind = models.CharField("种类", max_length=12, choices=[(kind.value, kind.label) for kind in RestrictionKind])
    matter = models.ForeignKey(
        "matters.Matter",
        verbose_name="所涉事项",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="空为不限事项；不得再次申请的限制必有事项。",
    )
    from_on = models.DateField("自")
    to_on = models.DateField("至", null=True, blank=True, help_text="最后一日（含）；空为直至解除。")
    basis = models.CharField("依据", max_length=300)
    source_case = models.ForeignKey(
        "windows.Case",
        verbose_name="来源办件",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="restrictions",
    )
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    set_at = models.DateTimeField("登记时间")
    lifted_on = models.DateField("解除日", null=True, blank=True)
    lift_reason = models.CharField("解除理由和依据", max_length=500, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="解除人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = verbose_name_plural = "申请人限制"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_on__isnull=True) | models.Q(to_on__gte=models.F("from_on")),
                name="restriction_period_ordered",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["ban_78", "ban_79"])
                | (models.Q(matter__isnull=False) & models.Q(to_on__isnull=False)),
                name="restriction_ban_names_matter_and_end",
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_on__isnull=True) | ~models.Q(lift_reason=""),
                name="restriction_lifted_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.get_kind_display()}"

    @property
    def known_kind(self) -> RestrictionKind:
        return RestrictionKind(self.kind)
