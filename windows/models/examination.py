"""What is looked at on the spot and by experts: site checks and expert panels."""

from django.conf import settings
from django.db import models

from .cases import Case, CaseFile
from .clock import SpecialProcedure
from .documents import Letter


class SiteCheck(models.Model):
    """现场核查 (行政许可法第三十四条第三款): two different people go; what they found, and how the party signed."""

    class Conclusion(models.TextChoices):
        MET = "met", "符合要求"
        NOT_MET = "not_met", "不符合要求"

    class Signature(models.TextChoices):
        SIGNED = "signed", "已签字"
        REFUSED = "refused", "拒绝签字"
        ABSENT = "absent", "不在场"

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="site_checks")
    subject = models.CharField("核查内容", max_length=500)
    planned_at = models.DateTimeField("约定时间")
    place = models.CharField("核查地点", max_length=200)
    first_inspector = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="核查人员一", on_delete=models.PROTECT, related_name="+"
    )
    first_certificate = models.CharField("核查人员一证件号", max_length=40)
    second_inspector = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="核查人员二", on_delete=models.PROTECT, related_name="+"
    )
    second_certificate = models.CharField("核查人员二证件号", max_length=40)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="指派人", on_delete=models.PROTECT, related_name="+"
    )
    assigned_at = models.DateTimeField("指派时间")
    checked_at = models.DateTimeField("核查时间", null=True, blank=True)
    findings = models.TextField("核查情况", max_length=4000, blank=True)
    conclusion = models.CharField("核查结论", max_length=8, choices=Conclusion, blank=True)
    party_name = models.CharField("在场当事人", max_length=50, blank=True)
    party_signature = models.CharField("当事人签字", max_length=8, choices=Signature, blank=True)
    witness = models.CharField("见证人", max_length=50, blank=True)
    letter = models.OneToOneField(
        Letter, verbose_name="核查记录", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField("登记时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "现场核查"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(first_inspector=models.F("second_inspector")), name="site_check_by_two"
            ),
            models.CheckConstraint(
                condition=models.Q(recorded_at__isnull=True)
                | (models.Q(checked_at__isnull=False) & ~models.Q(findings="") & ~models.Q(party_signature="")),
                name="site_check_recorded_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} 现场核查{self.pk}"

    @property
    def party_signature_text(self) -> str:
        """邹念慈，已签字；见证人宫小雨"""
        words = "，".join(part for part in (self.party_name, self.get_party_signature_display()) if part)
        return f"{words}；见证人{self.witness}" if self.witness else words

    @property
    def inspector_ids(self) -> tuple[int, int]:
        return self.first_inspector_id, self.second_inspector_id


class SiteCheckPhoto(models.Model):
    """现场照片: an attachment of the case that was taken at a site check."""

    check_made = models.ForeignKey(SiteCheck, verbose_name="现场核查", on_delete=models.PROTECT, related_name="photos")
    file = models.OneToOneField(CaseFile, verbose_name="附件", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "现场照片"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"现场照片{self.pk}"


class ExpertPanel(models.Model):
    """专家评审: what experts are asked, and how they voted. Whether its time counts is the special procedure's affair."""

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="expert_panels")
    subject = models.CharField("评审内容", max_length=500)
    legal_basis = models.CharField("依据", max_length=300)
    meets_on = models.DateField("评审日期")
    place = models.CharField("评审地点", max_length=200)
    special_procedure = models.OneToOneField(
        SpecialProcedure,
        verbose_name="特别程序",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="panel",
        help_text="已书面告知申请人、不计入期限的专家评审；没有告知的，评审期间计入期限。",
    )
    convened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="组织人", on_delete=models.PROTECT, related_name="+"
    )
    convened_at = models.DateTimeField("组织时间")
    votes_for = models.PositiveSmallIntegerField("同意", null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField("不同意", null=True, blank=True)
    votes_abstained = models.PositiveSmallIntegerField("弃权", null=True, blank=True)
    opinion = models.TextField("评审意见", max_length=4000, blank=True)
    concluded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    concluded_at = models.DateTimeField("结果登记时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "专家评审"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(concluded_at__isnull=True), name="expert_panel_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} 专家评审{self.pk}"


class Expert(models.Model):
    """评审专家: who was named, and what they declared; whoever declares a conflict of interest is no member."""

    panel = models.ForeignKey(ExpertPanel, verbose_name="专家评审", on_delete=models.PROTECT, related_name="experts")
    name = models.CharField("姓名", max_length=50)
    organisation = models.CharField("工作单位", max_length=200)
    title = models.CharField("专业和职称", max_length=100)
    has_conflict = models.BooleanField("声明有利害关系", default=False)
    conflict = models.CharField("利害关系", max_length=300, blank=True)
    replaces = models.OneToOneField(
        "self", verbose_name="替换", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    named_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "评审专家"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["panel", "name", "organisation"], name="expert_named_once"),
            models.CheckConstraint(
                condition=models.Q(has_conflict=False) | ~models.Q(conflict=""), name="expert_conflict_stated"
            ),
        ]

    def __str__(self) -> str:
        return f"评审专家{self.pk}"
