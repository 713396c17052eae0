"""办件移交: a case that another body goes on with, because the powers over its matter have gone there."""

from django.conf import settings
from django.db import models

from .cases import Case
from .documents import Letter


class CaseMove(models.Model):
    """移交办理: from which body to which, from which day on, by which document; the clock runs on as it was."""

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="moves")
    from_department = models.ForeignKey(
        "kernel.Department", verbose_name="原办理机关", on_delete=models.PROTECT, related_name="+"
    )
    to_department = models.ForeignKey(
        "kernel.Department", verbose_name="承接机关", on_delete=models.PROTECT, related_name="+"
    )
    moved_on = models.DateField("移交日")
    instrument = models.CharField("依据", max_length=200)
    letter = models.OneToOneField(Letter, verbose_name="告知书", on_delete=models.PROTECT, related_name="+")
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    moved_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "移交办理"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(from_department=models.F("to_department")), name="case_move_goes_somewhere"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.moved_on}"
