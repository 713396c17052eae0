"""案卷抽查: the checklist by date, the stated population, the drawn files, what was found and what became of it."""

from django.conf import settings
from django.db import models

from laiyang_approval.kernel.models.append_only import AppendOnlyModel

from ..domain.review_files import FileState
from ..domain.scoring import Grade, Severity, Verdict


class ChecklistItem(models.Model):
    """评查项: one thing a file is looked at for, in force between two dates; a changed item is a new row."""

    code = models.CharField("代码", max_length=12)
    position = models.PositiveSmallIntegerField("次序")
    part = models.CharField("部分", max_length=20)
    text = models.CharField("评查内容", max_length=200)
    basis = models.CharField("依据", max_length=200)
    severity = models.CharField("性质", max_length=6, choices=[(one.value, one.label) for one in Severity])
    points = models.PositiveSmallIntegerField("扣分")
    may_not_apply = models.BooleanField("可以不涉及", default=False)
    valid_from = models.DateField("生效日")
    valid_to = models.DateField("失效日", null=True, blank=True, help_text="最后一日（含）；空为有效。")

    class Meta:
        verbose_name = verbose_name_plural = "评查项"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="checklist_item_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="checklist_item_validity_ordered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.valid_from}"


class CaseReview(models.Model):
    """抽查批次: a population that is stated and frozen first, and the seed that drew from it, once, afterwards."""

    number = models.CharField("抽查编号", max_length=20, unique=True)
    title = models.CharField("名称", max_length=100)
    from_on = models.DateField("决定日期自")
    to_on = models.DateField("决定日期至")
    dimensions = models.JSONField("分层", default=list)
    percent = models.PositiveSmallIntegerField("抽取比例（%）")
    least = models.PositiveSmallIntegerField("每层至少")
    population_size = models.PositiveIntegerField("总体件数")
    population_sha256 = models.CharField("总体哈希", max_length=64)
    seed_source = models.CharField(
        "种子来源", max_length=200, help_text="冻结总体时写明；种子随后按此产生，任何人可以核对。"
    )
    frozen_at = models.DateTimeField("冻结时间")
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="冻结人", on_delete=models.PROTECT, related_name="+"
    )
    seed = models.CharField("种子", max_length=100, blank=True)
    drawn_at = models.DateTimeField("抽取时间", null=True, blank=True)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="抽取人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = verbose_name_plural = "案卷抽查"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(to_on__gte=models.F("from_on")), name="review_period_ordered"),
            models.CheckConstraint(
                condition=models.Q(seed="", drawn_at__isnull=True, drawn_by__isnull=True)
                | (~models.Q(seed="") & models.Q(drawn_at__isnull=False, drawn_by__isnull=False)),
                name="review_drawn_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PopulationEntry(AppendOnlyModel):
    """总体: one case among those that could be drawn, in its stratum; written once, when the population is frozen."""

    review = models.ForeignKey(CaseReview, verbose_name="抽查", on_delete=models.PROTECT, related_name="population")
    case = models.ForeignKey("windows.Case", verbose_name="办件", on_delete=models.PROTECT, related_name="+")
    number = models.CharField("受理编号", max_length=20)
    stratum = models.CharField("层", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "抽查总体"
        ordering = ["review_id", "number"]
        constraints = [models.UniqueConstraint(fields=["review", "number"], name="population_entry_once")]

    def __str__(self) -> str:
        return f"{self.review_id} {self.number}"


class ReviewFile(models.Model):
    """抽中案卷: a file that was drawn, its reviewer, its score, and the terms of what comes next.

    ``state`` changes only in commands, through ``next_state``; every change leaves a ReviewStep.
    """

    review = models.ForeignKey(CaseReview, verbose_name="抽查", on_delete=models.PROTECT, related_name="files")
    case = models.ForeignKey("windows.Case", verbose_name="办件", on_delete=models.PROTECT, related_name="reviewed_in")
    stratum = models.CharField("层", max_length=200)
    rank = models.CharField("抽取哈希", max_length=64)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="评查人",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="没有办理过本件的人员；空为待指定。",
    )
    state = models.CharField(
        "状态",
        max_length=12,
        choices=[(one.value, one.label) for one in FileState],
        default=FileState.TO_SCORE.value,
    )
    term_from_on = models.DateField("现行期限起算日")
    due_on = models.DateField("现行期限", null=True, help_text="评查、整改或者复查的期限；日历待公布或者已办结时为空。")
    points = models.PositiveSmallIntegerField("得分", null=True)
    grade = models.CharField("等次", max_length=10, choices=[(one.value, one.label) for one in Grade], blank=True)
    conclusion = models.TextField("评查意见", max_length=2000, blank=True)
    scored_at = models.DateTimeField("评查时间", null=True)
    scored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="评查", null=True, on_delete=models.PROTECT, related_name="+"
    )
    rectified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="最近一次整改", null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "抽中案卷"
        ordering = ["stratum", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["review", "case"], name="review_file_once"),
            models.CheckConstraint(
                condition=models.Q(state="to_score", scored_at__isnull=True, points__isnull=True, grade="")
                | (
                    ~models.Q(state="to_score")
                    & models.Q(scored_at__isnull=False, scored_by__isnull=False, points__lte=100)
                    & ~models.Q(grade="")
                ),
                name="review_file_scored_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["clean", "closed"], ended_at__isnull=False)
                | (~models.Q(state__in=["clean", "closed"]) & models.Q(ended_at__isnull=True)),
                name="review_file_ended_when_it_says_so",
            ),
        ]
        indexes = [
            # A reviewer's own list, and the nightly look at terms.
            models.Index(
                fields=["reviewer", "due_on"],
                condition=models.Q(state__in=["to_score", "rectifying", "rectified"]),
                name="review_file_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}/{self.case_id}"

    @property
    def current_state(self) -> FileState:
        return FileState(self.state)


class ReviewFinding(AppendOnlyModel):
    """评查结论: what was found of one item of the checklist in force that day; written once."""

    file = models.ForeignKey(ReviewFile, verbose_name="案卷", on_delete=models.PROTECT, related_name="findings")
    item = models.ForeignKey(ChecklistItem, verbose_name="评查项", on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField("结论", max_length=8, choices=[(one.value, one.label) for one in Verdict])
    deducted = models.PositiveSmallIntegerField("扣分")
    note = models.CharField("问题", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "评查结论"
        ordering = ["item__position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["file", "item"], name="review_finding_once"),
            models.CheckConstraint(
                condition=~models.Q(verdict="not_met") | ~models.Q(note=""), name="review_finding_says_what"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.item_id} {self.verdict}"


class ReviewStep(AppendOnlyModel):
    """评查经过: what became of a drawn file, by whom; written once."""

    class Kind(models.TextChoices):
        DRAW = "draw", "抽中"
        ASSIGN = "assign", "指定评查人"
        REPLACE = "replace", "更换评查人"
        SCORE = "score", "评查"
        RECTIFY = "rectify", "提交整改情况"
        RETURN = "return", "复查：继续整改"
        CLOSE = "close", "复查：整改到位"

    file = models.ForeignKey(ReviewFile, verbose_name="案卷", on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField("经过", max_length=8, choices=Kind)
    at = models.DateTimeField("时间")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="行为人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField("说明", max_length=2000, blank=True)
    due_on = models.DateField("期限", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "评查经过"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.file_id} {self.kind}"


class ReviewReminder(AppendOnlyModel):
    """评查提醒: a term of a drawn file comes near or is over; its natural key lets a missed or doubled run do no harm."""

    class Kind(models.TextChoices):
        SOON = "soon", "期限将到"
        OVERDUE = "overdue", "已逾期"

    file = models.ForeignKey(ReviewFile, verbose_name="案卷", on_delete=models.PROTECT, related_name="reminders")
    kind = models.CharField("种类", max_length=8, choices=Kind)
    state = models.CharField("何时", max_length=12, choices=[(one.value, one.label) for one in FileState])
    due_on = models.DateField("期限")
    created_at = models.DateTimeField("写入时间")

    class Meta:
        verbose_name = verbose_name_plural = "评查提醒"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["file", "kind", "state", "due_on"], name="review_reminder_once")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.kind} {self.due_on}"
