from django.db import models


class CalendarNotice(models.Model):
    """放假安排: one version of one year's days off and make-up workdays, as a State Council notice set them.

    The active version of each year, together, is the working-day calendar. A year is published by its notice, not by
    row dates: a notice may reach into the December before (rule K10).
    """

    year = models.PositiveSmallIntegerField("年度")
    version = models.PositiveSmallIntegerField("版本")
    notice_no = models.CharField("文号", max_length=60)
    title = models.CharField("标题", max_length=200, blank=True)
    published_on = models.DateField("发布日期")
    is_active = models.BooleanField("现行", default=False)
    imported_by = models.ForeignKey(
        "kernel.User", verbose_name="导入人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    imported_at = models.DateTimeField("导入时间")
    note = models.CharField("备注", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "放假安排"
        ordering = ["year", "version"]
        constraints = [
            models.UniqueConstraint(fields=["year", "version"], name="calendar_version_once"),
            models.UniqueConstraint(
                fields=["year"], condition=models.Q(is_active=True), name="calendar_one_active_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年第{self.version}版（{self.notice_no}）"


class CalendarDay(models.Model):
    """放假或调休上班日: one day that differs from the plain Monday-to-Friday week, or is named as a day off."""

    class Kind(models.TextChoices):
        OFF = "off", "放假"
        WORK = "work", "调休上班"

    notice = models.ForeignKey(CalendarNotice, verbose_name="放假安排", on_delete=models.CASCADE, related_name="days")
    date = models.DateField("日期")
    kind = models.CharField("类别", max_length=4, choices=Kind)
    name = models.CharField("名称", max_length=30, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "放假日"
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["notice", "date"], name="calendar_day_once_per_notice")]

    def __str__(self) -> str:
        return f"{self.date} {self.get_kind_display()}"
