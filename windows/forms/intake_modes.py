"""Forms of 容缺受理, 告知承诺 and 即办. They parse; what is lawful is decided by the commands."""

from django import forms
from django.core.files.uploadedfile import UploadedFile

from laiyang_approval.kernel import clock
from windows.forms.preconditions import CreditCheckForm
from windows.intake_modes import open_deferral, open_items
from windows.models import Case, DocumentService, PostCheckFinding

from .checklist import MOST_FILES, ManyFilesInput
from .review import ActForm, GrantForm, day_field, grant_initial, text_field


class SupplyForm(ActForm):
    """登记容缺材料"""

    material_ids = forms.TypedMultipleChoiceField(
        label="本次收到的容缺材料",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请选择收到了哪些材料。",
            "invalid_choice": "请选择承诺书所列、尚未补齐的材料。",
            "invalid_list": "请选择收到了哪些材料。",
        },
    )
    files = forms.FileField(label="附件（扫描件）", widget=ManyFilesInput, required=False, allow_empty_file=True)

    def clean_files(self) -> list[UploadedFile]:
        """All that were chosen; what they hold is the upload gate's business."""
        chosen = self.files.getlist("files") if self.files else []
        if len(chosen) > MOST_FILES:
            raise forms.ValidationError(f"一次最多上传{MOST_FILES}个文件，现选择了{len(chosen)}个；请合并后上传。")
        return chosen


class EndDeferralForm(ActForm):
    """按容缺逾期处理"""

    note = text_field(
        "补充说明", rows=2, limit=300, required=False, help_text="如催告经过；承诺内容和期限自动写入决定书。"
    )


class DropCommitmentForm(ActForm):
    """不再采用告知承诺"""

    reason = text_field("理由", rows=2, limit=500, help_text="本件转普通程序，原以承诺代替的材料须补交。")


class GrantAtOnceForm(GrantForm):
    """当场准予: the decision, and the credit query it rests on."""

    source = CreditCheckForm.base_fields["source"]
    result = CreditCheckForm.base_fields["result"]
    consequence = CreditCheckForm.base_fields["consequence"]


def offer_open_items(form: SupplyForm, case: Case) -> None:
    """The promised materials that have not come in yet."""
    deferral = open_deferral(case)
    form.fields["material_ids"].choices = [
        (item.material.edition_material_id, f"{item.material.edition_material.name}（{item.form}）")
        for item in (open_items(deferral) if deferral else ())
    ]


def propose_grant(form: GrantForm, case: Case) -> None:
    """The applied-for content from today, until somebody types something else."""
    form.initial = grant_initial(clock.today(), case.request) | form.initial


#: How the order to mend a false promise was served.
SERVICE_FIELDS = ("method", "recipient", "tracking_number", "witness", "note")


class PostCheckForm(ActForm):
    """登记核查; a re-check orders nothing, so it serves nothing."""

    outcome = forms.ChoiceField(
        label="核查结论",
        choices=PostCheckFinding.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择核查结论。"},
    )
    text = text_field(
        "核查情况", rows=4, limit=2000, help_text="与承诺不符的，写明查明的事实和应当整改的内容；将印在整改通知书上。"
    )
    checked_on = day_field("核查日期")
    companion = forms.CharField(
        label="另一名核查人员", max_length=50, error_messages={"required": "核查须有两人以上，请填写另一名核查人员。"}
    )
    method = forms.ChoiceField(
        label="整改通知书送达方式",
        choices=[("", "不需要（与承诺相符）"), *DocumentService.Method.choices],
        required=False,
    )
    recipient = forms.CharField(label="签收人", max_length=50, required=False)
    tracking_number = forms.CharField(label="邮寄单号", max_length=40, required=False)
    witness = forms.CharField(label="见证人", max_length=50, required=False)
    note = forms.CharField(label="送达备注", max_length=300, required=False)

    def __init__(self, *args, is_recheck: bool, **options):
        super().__init__(*args, **options)
        if is_recheck:
            for name in SERVICE_FIELDS:
                del self.fields[name]


class LiftForm(forms.Form):
    """解除失信限制"""

    reason = text_field("理由和依据", rows=2, limit=500, help_text="如信用修复决定的机关、文号和日期。")
