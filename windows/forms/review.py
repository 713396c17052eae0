"""Forms of review, decision, certificate and service. They parse; what is lawful is decided by the commands."""

from datetime import date

from django import forms

from laiyang_approval.kernel.auditing import PURPOSE_LENGTH
from windows.models import DocumentService, Opinion


def text_field(label: str, *, rows: int, limit: int, required: bool = True, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=limit,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "required": f"请填写{label}。",
            "max_length": f"{label}不能超过{limit}字，现有%(show_value)d字；请精简后再提交。",
        },
    )


def day_field(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": f"请填写{label}。", "invalid": f"{label}应写作2026-11-24的形式。"},
    )


def moment_field(label: str, *, required: bool = True, help_text: str = "") -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": f"请填写{label}。", "invalid": f"{label}应写作2026-11-24 09:30的形式。"},
    )


class ActForm(forms.Form):
    """What every act carries: the version of the page it was decided on."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    @property
    def shown_fields(self):
        return [field for field in self if not field.is_hidden]


class OpinionForm(ActForm):
    """审查意见"""

    proposal = forms.ChoiceField(
        label="审查建议",
        choices=[(Opinion.Kind.GRANT.value, "建议准予"), (Opinion.Kind.REFUSE.value, "建议不予")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择建议准予或建议不予。"},
    )
    text = text_field("审查意见", rows=4, limit=4000, help_text="写明审查了什么、是否符合条件、依据哪一条。")


class ReturnForm(ActForm):
    """退回重审"""

    reason = text_field("退回理由", rows=3, limit=4000)


class GrantForm(ActForm):
    """准予许可"""

    content = text_field("许可内容", rows=3, limit=2000, help_text="准予的内容和范围，将印在决定书和证件上。")
    conditions = text_field("附加条件", rows=2, limit=2000, required=False)
    valid_from = day_field("有效期自")
    valid_to = day_field("有效期至", required=False, help_text="长期有效的留空。")
    cites_hearing = forms.BooleanField(label="本决定根据听证笔录作出", required=False)


class RefuseForm(ActForm):
    """不予许可"""

    facts = text_field("查明的事实", rows=3, limit=4000)
    reasons = text_field("不予许可的理由", rows=3, limit=4000)
    basis = text_field(
        "依据（到条、款、项）", rows=2, limit=2000, required=False, help_text="留空则使用办事指南中的设定依据。"
    )
    cites_hearing = forms.BooleanField(label="本决定根据听证笔录作出", required=False)


class DeliverForm(ActForm):
    """登记送达"""

    method = forms.ChoiceField(
        label="送达方式", choices=DocumentService.Method.choices, error_messages={"required": "请选择送达方式。"}
    )
    #: Which of them must be filled depends on the way chosen.
    marks_fields = False
    recipient = forms.CharField(label="签收人", max_length=50, required=False, help_text="直接送达须填。")
    relation = forms.CharField(label="与申请人关系", max_length=50, required=False)
    place = forms.CharField(label="送达地点", max_length=200, required=False)
    tracking_number = forms.CharField(label="邮寄单号", max_length=40, required=False, help_text="邮寄送达须填。")
    witness = forms.CharField(label="见证人", max_length=50, required=False, help_text="留置送达须填，或上传凭证。")
    note = forms.CharField(label="备注", max_length=300, required=False)
    evidence = forms.FileField(label="送达凭证（照片或扫描件）", required=False)


class WithdrawForm(ActForm):
    """申请人撤回"""

    reason = text_field("申请人的书面理由", rows=2, limit=300)


class RevealForm(forms.Form):
    """查看完整信息"""

    purpose = forms.CharField(
        label="查看目的",
        max_length=PURPOSE_LENGTH[1],
        min_length=PURPOSE_LENGTH[0],
        error_messages={
            "required": "请写明查看目的；本次查看将记入审计。",
            "min_length": f"查看目的至少{PURPOSE_LENGTH[0]}字，如“电话核对身份”；本次查看将记入审计。",
        },
    )


def grant_initial(today: date, request: str) -> dict:
    """What the grant form proposes: the applied-for content, from today, for five years less a day."""
    end = (
        date(today.year + 5, today.month, min(today.day, 28))
        if (today.month, today.day) == (2, 29)
        else today.replace(year=today.year + 5)
    )
    return {"content": request, "valid_from": today, "valid_to": date.fromordinal(end.toordinal() - 1)}
