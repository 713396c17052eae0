"""Those whom a licence touches, what they are told and say, and the hearing (行政许可法第三十六条、第四十六条至第四十八条)."""

from django.conf import settings
from django.db import models

from laiyang_approval.kernel.fields import EncryptedTextField
from laiyang_approval.kernel.models.append_only import AppendOnlyModel

from .cases import Case, CaseFile
from .documents import DocumentService, Letter


class InterestedParty(models.Model):
    """利害关系人 (行政许可法第三十六条): somebody whose major interest the licence directly touches."""

    class Kind(models.TextChoices):
        NATURAL = "natural", "自然人"
        ORGANISATION = "organisation", "单位"

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="interested_parties")
    kind = models.CharField("类别", max_length=12, choices=Kind)
    name = models.CharField("姓名或者名称", max_length=200)
    phone = EncryptedTextField("联系电话", blank=True, default="")
    address = models.CharField("住址或者住所", max_length=200, blank=True)
    interest = models.CharField("利害关系", max_length=500)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    registered_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "利害关系人"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "name"], name="interested_party_once")]

    def __str__(self) -> str:
        return f"利害关系人{self.pk}"


class Hearing(models.Model):
    """听证: asked for within five days (第四十七条) or held of the office's own motion (第四十六条); one a case."""

    class Origin(models.TextChoices):
        REQUEST = "request", "依申请"
        OWN_MOTION = "own_motion", "依职权"

    class Closed(models.TextChoices):
        """不公开的理由 (第四十八条第一款第二项)"""

        STATE_SECRET = "state_secret", "涉及国家秘密"
        BUSINESS_SECRET = "business_secret", "涉及商业秘密"
        PRIVACY = "privacy", "涉及个人隐私"

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="hearings")
    origin = models.CharField("提起方式", max_length=12, choices=Origin)
    basis = models.CharField("依据或者理由", max_length=500, blank=True)
    requested_on = models.DateField("申请日", null=True, blank=True)
    hold_by_on = models.DateField(
        "应组织听证的最后一日", null=True, blank=True, help_text="申请次日起二十个工作日；依职权的没有。"
    )
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    ordered_at = models.DateTimeField("登记时间")
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="听证主持人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    held_at = models.DateTimeField("听证时间", null=True, blank=True)
    place = models.CharField("听证地点", max_length=200, blank=True)
    closed = models.CharField("不公开的理由", max_length=16, choices=Closed, blank=True, help_text="空为公开举行。")
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="通知人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    called_at = models.DateTimeField("通知时间", null=True, blank=True)
    cancelled_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "听证"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(cancelled_at__isnull=True), name="hearing_once_a_case"
            ),
            models.CheckConstraint(
                condition=models.Q(called_at__isnull=True) | models.Q(host__isnull=False, held_at__isnull=False),
                name="hearing_called_with_host_and_time",
            ),
        ]
        indexes = [
            # The public list of announced hearings, and the sweep for those past their term.
            models.Index(fields=["held_at"], condition=models.Q(cancelled_at__isnull=True), name="hearing_by_time"),
            models.Index(fields=["hold_by_on"], condition=models.Q(cancelled_at__isnull=True), name="hearing_by_term"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} 听证{self.pk}"

    @property
    def publicity_text(self) -> str:
        """公开举行, or 不公开举行 with the reason."""
        return f"不公开举行（{self.get_closed_display()}）" if self.closed else "公开举行"


class ProcedureNotice(models.Model):
    """程序告知: one paper to one addressee (D11, D12, D13), when it was served, and until when its term runs."""

    class Kind(models.TextChoices):
        INTEREST = "interest", "利害关系人告知"
        HEARING_RIGHT = "hearing_right", "听证权利告知"
        HEARING = "hearing", "听证通知"
        ANNOUNCEMENT = "announcement", "听证公告"

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="procedure_notices")
    kind = models.CharField("种类", max_length=16, choices=Kind)
    interested_party = models.ForeignKey(
        InterestedParty,
        verbose_name="利害关系人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="notices",
        help_text="空为申请人（公告为社会公众）。",
    )
    hearing = models.ForeignKey(
        Hearing, verbose_name="听证", null=True, blank=True, on_delete=models.PROTECT, related_name="notices"
    )
    letter = models.OneToOneField(Letter, verbose_name="文书", on_delete=models.PROTECT, related_name="+")
    service = models.OneToOneField(
        DocumentService, verbose_name="送达", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    served_on = models.DateField("送达生效日", null=True, blank=True)
    until_on = models.DateField(
        "期限最后一日", null=True, blank=True, help_text="送达时算定；放假安排待公布时为空，公布后再算。"
    )

    class Meta:
        verbose_name = verbose_name_plural = "程序告知"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(service__isnull=True, served_on__isnull=True)
                | models.Q(service__isnull=False, served_on__isnull=False),
                name="procedure_notice_served_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_kind_display()}{self.pk}"


class Statement(AppendOnlyModel):
    """陈述申辩 (行政许可法第三十六条): what the applicant or an interested party stated, or that they waived it."""

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="statements")
    interested_party = models.ForeignKey(
        InterestedParty,
        verbose_name="利害关系人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="statements",
        help_text="空为申请人。",
    )
    text = models.TextField("内容", max_length=4000, blank=True)
    waived = models.BooleanField("放弃陈述申辩", default=False)
    stated_on = models.DateField("提出日期")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "陈述申辩"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(waived=True) | ~models.Q(text=""), name="statement_says_something"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} 陈述{self.pk}"


class HearingAnswer(AppendOnlyModel):
    """对听证权利的答复: asks for a hearing, waives it, or takes a request back; the latest one counts."""

    class Answer(models.TextChoices):
        REQUESTED = "requested", "要求听证"
        WAIVED = "waived", "放弃听证"
        WITHDRAWN = "withdrawn", "撤回听证申请"

    notice = models.ForeignKey(
        ProcedureNotice, verbose_name="听证告知", on_delete=models.PROTECT, related_name="answers"
    )
    answer = models.CharField("答复", max_length=12, choices=Answer)
    answered_on = models.DateField("提出日期")
    proof = models.CharField("凭证", max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "听证权利答复"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.get_answer_display()}"


class HostChallenge(models.Model):
    """申请回避 (行政许可法第四十八条第一款第三项): who challenges the host, why, and what was decided."""

    hearing = models.ForeignKey(Hearing, verbose_name="听证", on_delete=models.PROTECT, related_name="challenges")
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="被申请回避的主持人", on_delete=models.PROTECT, related_name="+"
    )
    interested_party = models.ForeignKey(
        InterestedParty,
        verbose_name="申请回避的利害关系人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="空为申请人。",
    )
    reason = models.CharField("理由", max_length=500)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField("登记时间")
    upheld = models.BooleanField("准予回避", null=True, blank=True)
    decision = models.CharField("决定的理由", max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="决定人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "申请回避"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["hearing"], condition=models.Q(upheld__isnull=True), name="host_challenge_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.hearing_id} 回避申请{self.pk}"


class HearingRecord(AppendOnlyModel):
    """听证笔录 (行政许可法第四十八条): what was said, who took part and how they signed; the decision rests on it."""

    hearing = models.OneToOneField(Hearing, verbose_name="听证", on_delete=models.PROTECT, related_name="record")
    letter = models.OneToOneField(Letter, verbose_name="听证笔录", on_delete=models.PROTECT, related_name="+")
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="听证主持人", on_delete=models.PROTECT, related_name="+"
    )
    began_at = models.DateTimeField("开始时间")
    review_case = models.TextField("审查意见、证据和理由", max_length=4000)
    defence = models.TextField("申辩和质证", max_length=4000)
    attendees = models.JSONField("参加人", help_text="姓名、身份、签字情况和说明。")
    attachment = models.ForeignKey(
        CaseFile, verbose_name="签字页扫描件", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "听证笔录"

    def __str__(self) -> str:
        return f"{self.hearing_id} 听证笔录"
