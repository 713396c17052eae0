"""交接清单: the lines of the four lists of a matter, and who signed each."""

from django.conf import settings
from django.db import models

from ..domain.inventories import Inventory, Party
from .batches import TransferItem


class InventoryLine(models.Model):
    """清单的一行: what is handed over, how much of it, in what state; for blank certificates by number range."""

    item = models.ForeignKey(TransferItem, verbose_name="划转事项", on_delete=models.PROTECT, related_name="lines")
    inventory = models.CharField("清单", max_length=10, choices=[(one.value, one.label) for one in Inventory])
    seq = models.PositiveIntegerField("序号")
    description = models.CharField("名称", max_length=200)
    quantity = models.PositiveIntegerField("数量", default=1)
    unit = models.CharField("单位", max_length=10, blank=True)
    condition = models.CharField("状况", max_length=100, blank=True)
    number_from = models.CharField("起号", max_length=40, blank=True)
    number_to = models.CharField("止号", max_length=40, blank=True)
    missing_numbers = models.CharField("缺号", max_length=500, blank=True)
    missing_explained = models.CharField("缺号去向", max_length=300, blank=True)
    note = models.CharField("备注", max_length=300, blank=True)
    disputed_reason = models.CharField("异议", max_length=300, blank=True)
    disputed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="异议人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "清单的一行"
        ordering = ["item", "inventory", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["item", "inventory", "seq"], name="inventory_line_once"),
            models.CheckConstraint(
                condition=models.Q(number_from="", number_to="")
                | (~models.Q(number_from="") & ~models.Q(number_to="")),
                name="inventory_range_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_inventory_display()} {self.seq} {self.description}"


class LineSignature(models.Model):
    """签字: one party's signature under one line as it stood; goes when the line is written anew."""

    line = models.ForeignKey(InventoryLine, verbose_name="行", on_delete=models.CASCADE, related_name="signatures")
    party = models.CharField("签字方", max_length=12, choices=[(one.value, one.label) for one in Party])
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="签字人", on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField("签字时间")
    line_sha256 = models.CharField("所签内容SHA-256", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "签字"
        constraints = [
            models.UniqueConstraint(fields=["line", "party"], name="line_signed_once_a_party"),
            # Three signatures are three people's.
            models.UniqueConstraint(fields=["line", "signed_by"], name="line_signed_once_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.get_party_display()}"
