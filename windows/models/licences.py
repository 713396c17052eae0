from django.db import models

from .cases import Case
from .documents import Letter
from .parties import Party


class Licence(models.Model):
    """证照: the certificate a grant led to; its state is what a reader of the QR code is told."""

    class State(models.TextChoices):
        VALID = "valid", "有效"

    case = models.OneToOneField(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="licence")
    number = models.CharField("证照编号", max_length=60, unique=True)
    title = models.CharField("证照名称", max_length=100)
    matter = models.ForeignKey("matters.Matter", verbose_name="事项", on_delete=models.PROTECT, related_name="licences")
    holder = models.ForeignKey(Party, verbose_name="持证人", on_delete=models.PROTECT, related_name="licences")
    issued_by_department = models.ForeignKey(
        "kernel.Department", verbose_name="发证机关", on_delete=models.PROTECT, related_name="+"
    )
    letter = models.OneToOneField(Letter, verbose_name="证照文件", on_delete=models.PROTECT, related_name="licence")
    issued_on = models.DateField("发证日期")
    valid_from = models.DateField("有效期自")
    valid_to = models.DateField("有效期至", null=True, blank=True, help_text="空为长期；证照届满日不因节假日顺延。")
    content = models.TextField("许可内容", max_length=2000, blank=True)
    premises = models.CharField("经营场所（项目地址）", max_length=200, blank=True)
    state = models.CharField("状态", max_length=12, choices=State, default=State.VALID)

    class Meta:
        verbose_name = verbose_name_plural = "证照"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="licence_validity_ordered",
            )
        ]

    def __str__(self) -> str:
        return self.number
