from datetime import date

from django.conf import settings
from django.db import models

from laiyang_approval.kernel.fields import EncryptedJSONField, EncryptedTextField
from laiyang_approval.kernel.models.append_only import AppendOnlyModel

from ..domain.decisions import DECISION_EVENTS
from ..domain.services import SERVICE_EVENTS
from ..domain.states import State, state_label


class Case(models.Model):
    """办件: one application for one matter, pinned to the edition in force when it was received.

    ``state`` changes only in commands, through ``next_state``. Due dates are stored for lists and sweeps; the clock
    function computes them, and the ledger behind them, from the trigger dates kept here.
    """

    class Origin(models.TextChoices):
        APPLICATION = "application", "依申请"
        EX_OFFICIO = "ex_officio", "依职权"
        IMPORTED = "imported", "历史登记"

    class Purpose(models.TextChoices):
        """办理项: what is asked for or done (domain reference 2.1, 1.8)"""

        NEW = "new", "新办"
        CHANGE = "change", "变更"
        RENEWAL = "renewal", "延续"
        REPLACEMENT = "replacement", "补发"
        CANCELLATION = "cancellation", "注销"
        WITHDRAWAL = "withdrawal", "撤回许可"
        REVOCATION = "revocation", "撤销许可"

    class Channel(models.TextChoices):
        WINDOW = "1", "窗口"
        WEB = "2", "网上"
        MOBILE = "3", "移动端"
        COURIER = "4", "邮寄"

    class Light(models.TextChoices):
        NONE = "none", "不计时"
        GREEN = "green", "正常"
        YELLOW = "yellow", "预警"
        ORANGE = "orange", "超承诺"
        RED = "red", "超法定"

    number = models.CharField("受理编号", max_length=20, unique=True)
    matter = models.ForeignKey("matters.Matter", verbose_name="事项", on_delete=models.PROTECT, related_name="cases")
    edition = models.ForeignKey(
        "matters.Edition", verbose_name="办事指南版本", on_delete=models.PROTECT, related_name="cases"
    )
    party = models.ForeignKey("windows.Party", verbose_name="申请人", on_delete=models.PROTECT, related_name="cases")
    origin = models.CharField("来源", max_length=12, choices=Origin, default=Origin.APPLICATION)
    purpose = models.CharField("办理项", max_length=12, choices=Purpose, default=Purpose.NEW)
    subject_licence = models.ForeignKey(
        "windows.Licence",
        verbose_name="所涉证照",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="later_cases",
        help_text="变更、延续、补发、注销、撤回、撤销的是哪一张证照。",
    )
    channel = models.CharField("渠道", max_length=2, choices=Channel, default=Channel.WINDOW)
    handling_department = models.ForeignKey(
        "kernel.Department", verbose_name="办理机关", on_delete=models.PROTECT, related_name="handled_cases"
    )
    deciding_department = models.ForeignKey(
        "kernel.Department", verbose_name="决定机关", on_delete=models.PROTECT, related_name="decided_cases"
    )

    agent_name = models.CharField("经办人", max_length=50, blank=True)
    agent_id_kind = models.CharField("经办人证件类型", max_length=32, blank=True)
    agent_id_number = EncryptedTextField("经办人证件号码", blank=True, default="")
    contact_phone = EncryptedTextField("联系电话", blank=True, default="")
    premises = models.CharField("经营场所（项目地址）", max_length=200, blank=True)
    request = models.TextField("申请内容", max_length=2000, blank=True)
    electronic_service = models.BooleanField("同意电子送达", default=False)

    state = models.CharField(
        "状态", max_length=20, choices=[(s.value, s.label) for s in State], default=State.DRAFT.value
    )
    version = models.PositiveIntegerField("版次", default=0, help_text="每个行为加一；页面过期由此发现。")
    event_count = models.PositiveIntegerField("事件数", default=0)
    last_event_hash = models.CharField("末事件哈希", max_length=64, default="0" * 64)

    received_at = models.DateTimeField("收件时间")
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="收件人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    materials_on = models.DateField("最近一次材料收到日")
    accepted_at = models.DateTimeField("受理登记时间", null=True, blank=True)
    accepted_on = models.DateField("受理日期", null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="受理人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    acceptance_order = models.PositiveIntegerField(
        "受理次序", null=True, blank=True, help_text="行政许可法第五十七条：按受理先后。"
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="审查人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    issued_at = models.DateTimeField("制证时间", null=True, blank=True)
    delivered_at = models.DateTimeField("送达时间", null=True, blank=True)
    ended_at = models.DateTimeField("终结时间", null=True, blank=True)
    deemed_accepted = models.BooleanField("视为受理", default=False)
    deferred_acceptance = models.BooleanField("容缺受理", default=False)
    by_commitment = models.BooleanField("告知承诺", default=False)
    receipt_owed = models.BooleanField(
        "受理通知书待出具", default=False, help_text="即办件当日决定的，受理通知书并入决定书；否则另行出具。"
    )
    is_joint = models.BooleanField(
        "多部门办理", default=False, help_text="依行政许可法第二十六条第二款由两个以上部门办理；时限为四十五个工作日。"
    )
    extension_value = models.PositiveSmallIntegerField("已延长", default=0, help_text="与法定时限同单位；只延长一次。")
    clock_stops = models.JSONField("不计入期限的期间", default=list, blank=True)
    asked = models.JSONField(
        "请申请人知悉的事项",
        null=True,
        blank=True,
        help_text="听证权利及其期限、听证和现场核查的时间地点；随有关行为写入。",
    )
    decide_before_on = models.DateField(
        "须在此日前决定", null=True, blank=True, help_text="延续：证照届满日（行政许可法第五十条第二款）；不顺延。"
    )
    renewal_in_time = models.BooleanField(
        "按期提出延续",
        default=False,
        help_text="届满三十日前提出（行政许可法第五十条第一款）；逾期未决定的视为准予延续。",
    )
    deemed_renewed = models.BooleanField("视为准予延续", default=False)

    clock_from_on = models.DateField(
        "办理时限起算触发日", null=True, blank=True, help_text="触发日当日不计入（民法典第二百零一条）。"
    )
    intake_due_on = models.DateField("收件时限届满日", null=True, blank=True)
    correction_deadline_on = models.DateField("补正期限届满日", null=True, blank=True)
    promised_due_on = models.DateField("承诺届满日", null=True, blank=True)
    statutory_due_on = models.DateField("法定届满日", null=True, blank=True)
    delivery_due_on = models.DateField("送达届满日", null=True, blank=True)
    next_due_on = models.DateField("下一届满日", default=date.max, help_text="列表按此先后；待公布或不计时为最末。")
    calendar_missing_year = models.PositiveSmallIntegerField("待公布年度", null=True, blank=True)

    light = models.CharField("灯", max_length=6, choices=Light, default=Light.NONE)
    yellow_from_on = models.DateField("黄灯起", null=True, blank=True)
    orange_from_on = models.DateField("橙灯起", null=True, blank=True)
    red_from_on = models.DateField("红灯起", null=True, blank=True)
    light_turns_on = models.DateField("下次变灯日", null=True, blank=True)

    query_code_hmac = models.CharField("查询码HMAC", max_length=64)
    query_token_hash = models.CharField("二维码令牌SHA-256", max_length=64, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = "办件"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(promised_due_on__isnull=True)
                | models.Q(statutory_due_on__isnull=True)
                | models.Q(promised_due_on__lte=models.F("statutory_due_on")),
                name="case_promised_not_after_statutory",
            ),
            models.UniqueConstraint(
                fields=["handling_department", "acceptance_order"], name="case_acceptance_order_once"
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_on__isnull=True, accepted_at__isnull=True)
                | models.Q(accepted_on__isnull=False, accepted_at__isnull=False),
                name="case_acceptance_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(origin="application", purpose__in=["new"])
                | models.Q(origin="imported")
                | models.Q(subject_licence__isnull=False),
                name="case_names_its_licence",
            ),
        ]
        indexes = [
            # The sweep of lights: rows whose light turns today or should have turned before.
            models.Index(
                fields=["light_turns_on"], condition=models.Q(light_turns_on__isnull=False), name="case_light_turns"
            ),
            # The sweep of Article 32: received cases without a notice.
            models.Index(fields=["intake_due_on"], condition=models.Q(state="received"), name="case_intake_due"),
            # Reviewer's and decider's inbox: open cases of a department, first due first.
            models.Index(
                fields=["handling_department", "next_due_on", "id"],
                condition=models.Q(state__in=["accepted", "in_review", "suspended", "pending_decision"]),
                name="case_inbox",
            ),
            # The decider's inbox, also for cases another body handles (the county government's decisions).
            models.Index(
                fields=["deciding_department", "next_due_on", "id"],
                condition=models.Q(state="pending_decision"),
                name="case_decide",
            ),
            # The decider's list of what may be decided on the spot: a signed commitment, an instant matter accepted today.
            models.Index(
                fields=["deciding_department", "next_due_on", "id"],
                condition=models.Q(state="received", by_commitment=True)
                | models.Q(state="accepted", receipt_owed=True),
                name="case_at_once",
            ),
            # The sweep that makes out the notice of acceptance of an instant matter not decided the same day.
            models.Index(fields=["id"], condition=models.Q(receipt_owed=True), name="case_receipt_owed"),
            # The issuing desk.
            models.Index(
                fields=["handling_department", "next_due_on", "id"],
                condition=models.Q(state__in=["granted", "refused", "issued"]),
                name="case_issuing",
            ),
            # The clerk's desk: received and waiting for correction.
            models.Index(
                fields=["handling_department", "next_due_on", "id"],
                condition=models.Q(state__in=["received", "correction_pending"]),
                name="case_intake_desk",
            ),
            # The sweep of Article 50(2): renewals whose licence has run out, and those that come near it.
            models.Index(
                fields=["decide_before_on", "id"],
                condition=models.Q(
                    decide_before_on__isnull=False,
                    state__in=[
                        "received",
                        "correction_pending",
                        "accepted",
                        "in_review",
                        "suspended",
                        "pending_decision",
                    ],
                ),
                name="case_decide_before",
            ),
            # A person's own applications, and a department's done cases, newest first.
            models.Index(fields=["party", "-id"], name="case_of_party"),
            models.Index(fields=["handling_department", "state", "-id"], name="case_by_state"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def current_state(self) -> State:
        return State(self.state)

    @property
    def state_label(self) -> str:
        """状态, as it is called for this kind of case."""
        return state_label(self.current_state, purpose=self.purpose, origin=self.origin)


class CaseEvent(AppendOnlyModel):
    """办件事件: audit trail, timeline and outbox at once; written once, hash-chained per case under the case's lock.

    ``detail`` holds ids, dates and codes of acts only; never names, ID numbers or phones (erasure must stay possible).
    """

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField("序号")
    kind = models.CharField("种类", max_length=32)
    at = models.DateTimeField("行为时间")
    recorded_at = models.DateTimeField("记录时间")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="行为人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    detail = models.JSONField("细节", default=dict)
    alg = models.CharField("算法", max_length=10, default="sha256")
    prev_hash = models.CharField("前一哈希", max_length=64)
    hash = models.CharField("哈希", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "办件事件"
        ordering = ["case_id", "sequence"]
        constraints = [models.UniqueConstraint(fields=["case", "sequence"], name="case_event_sequence_once")]
        indexes = [
            # Consumers derive their rows from decision events since the last complete run.
            models.Index(
                fields=["recorded_at", "id"],
                condition=models.Q(kind__in=list(DECISION_EVENTS)),
                name="case_event_decisions",
            ),
            # The services of a period, which people may rate: counted for the public, looked at by the sweep.
            models.Index(
                fields=["at", "id"], condition=models.Q(kind__in=list(SERVICE_EVENTS)), name="case_event_services"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.sequence} {self.kind}"


class CaseMaterial(models.Model):
    """办件材料: what was received of one material of the edition's list."""

    class Status(models.TextChoices):
        COMPLETE = "complete", "齐"
        MISSING = "missing", "缺"
        DEFECTIVE = "defective", "不合格"
        NOT_NEEDED = "not_needed", "本件不需要"
        COMMITTED = "committed", "承诺代替"

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="materials")
    edition_material = models.ForeignKey(
        "matters.EditionMaterial", verbose_name="材料", on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField("状态", max_length=12, choices=Status, default=Status.MISSING)
    originals = models.PositiveSmallIntegerField("原件份数", default=0)
    copies = models.PositiveSmallIntegerField("复印件份数", default=0)
    note = models.CharField("说明", max_length=300, blank=True)
    received_at = models.DateTimeField("收到时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "办件材料"
        constraints = [models.UniqueConstraint(fields=["case", "edition_material"], name="case_material_once")]

    def __str__(self) -> str:
        return f"{self.case_id}：{self.edition_material_id} {self.get_status_display()}"


class CaseFile(models.Model):
    """办件附件: one stored file of a case, most often of one material."""

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="files")
    material = models.ForeignKey(
        CaseMaterial, verbose_name="材料", null=True, blank=True, on_delete=models.PROTECT, related_name="files"
    )
    stored = models.OneToOneField("kernel.StoredFile", verbose_name="文件", on_delete=models.PROTECT, related_name="+")
    label = models.CharField("说明", max_length=100, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="添加人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField("添加时间")

    class Meta:
        verbose_name = verbose_name_plural = "办件附件"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.case_id} 附件{self.pk}"


class IntakeDraft(models.Model):
    """收件草稿: what a clerk has typed at the counter and not yet taken in; encrypted, one per clerk, dropped once taken in."""

    clerk = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name="窗口人员", on_delete=models.CASCADE, related_name="intake_draft"
    )
    content = EncryptedJSONField("内容")
    saved_at = models.DateTimeField("保存时间")

    class Meta:
        verbose_name = verbose_name_plural = "收件草稿"

    def __str__(self) -> str:
        return f"{self.clerk_id} {self.saved_at:%F %T}"


class Reminder(models.Model):
    """提醒: a notice that should exist because a date was reached; its natural key lets a missed or doubled run do no harm."""

    class Kind(models.TextChoices):
        YELLOW = "yellow", "将到承诺时限"
        ORANGE = "orange", "已超承诺时限"
        RED = "red", "已超法定时限"
        DEEMED_ACCEPTED = "deemed_accepted", "期满未告知，视为受理"
        CONSULTATION_OVERDUE = "consult_overdue", "征求意见期满未答复"
        HEARING_OVERDUE = "hearing_overdue", "超过组织听证的期限"
        # ---- clock procedures
        PROCEDURE_OVER = "procedure_over", "特别程序超过告知的时间，恢复计时"
        EXTENSION_VOID = "extension_void", "延长告知未在届满前送达，延长无效"
        NEW_CORRECTION = "new_correction", "拟再次告知新的补正内容，已阻止"
        CORRECTION_DUE = "correction_due", "补正期限将到，请提醒申请人"
        # ---- licence life
        RENEWAL_DUE = "renewal_due", "证照将届满，可申请延续"
        RENEWAL_AT_RISK = "renewal_at_risk", "证照将届满，延续尚未决定"
        DEEMED_RENEWED = "deemed_renewed", "届满未决定，视为准予延续"
        RENEWAL_OVERDUE = "renewal_overdue", "证照已届满，延续逾期未决定"
        RENEWAL_STUCK = "renewal_stuck", "证照已届满，延续尚未受理"
        CANCEL_LICENCE = "cancel_licence", "应当办理注销"
        DEFERRAL_SOON = "deferral_soon", "容缺材料将到补齐期限"
        DEFERRAL_OVERDUE = "deferral_overdue", "容缺材料逾期未补，请按承诺书处理"
        POST_CHECK_SOON = "post_check_soon", "承诺核查将到期"
        POST_CHECK_OVERDUE = "post_check_late", "承诺核查逾期"
        RECTIFY_OVERDUE = "rectify_overdue", "整改期满，请复查"
        MUST_REVOKE = "must_revoke", "承诺不实、逾期未改，应当撤销许可"

    case = models.ForeignKey(Case, verbose_name="办件", on_delete=models.PROTECT, related_name="reminders")
    kind = models.CharField("种类", max_length=16, choices=Kind)
    reached_on = models.DateField("到达日")
    created_at = models.DateTimeField("写入时间")
    read_at = models.DateTimeField("阅知时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "提醒"
        constraints = [models.UniqueConstraint(fields=["case", "kind", "reached_on"], name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_kind_display()} {self.reached_on}"

    @property
    def look(self) -> str:
        """The light it is shown with: its own, or red for what should never have happened."""
        if self.kind in {Case.Light.YELLOW, Case.Light.ORANGE}:
            return self.kind
        return _LOOKS.get(self.kind, Case.Light.RED.value)


#: What only asks somebody to act in time is not red.
_LOOKS = {
    Reminder.Kind.CONSULTATION_OVERDUE: Case.Light.YELLOW.value,
    Reminder.Kind.PROCEDURE_OVER: Case.Light.ORANGE.value,
    Reminder.Kind.CORRECTION_DUE: Case.Light.YELLOW.value,
    Reminder.Kind.RENEWAL_DUE: Case.Light.YELLOW.value,
    Reminder.Kind.RENEWAL_AT_RISK: Case.Light.ORANGE.value,
    Reminder.Kind.CANCEL_LICENCE: Case.Light.YELLOW.value,
    Reminder.Kind.DEFERRAL_SOON: Case.Light.YELLOW.value,
    Reminder.Kind.POST_CHECK_SOON: Case.Light.YELLOW.value,
}
