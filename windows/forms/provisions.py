"""登记停止计时规定. It parses; what is lawful is decided by the command."""

from django import forms

from .review import day_field


class ProvisionForm(forms.Form):
    """登记停止计时规定"""

    matter_code = forms.CharField(
        label="事项代码", max_length=16, help_text="例如 SW-01", error_messages={"required": "请填写事项代码。"}
    )
    label = forms.CharField(
        label="程序",
        max_length=40,
        help_text="例如 征求有关部门意见",
        error_messages={"required": "请填写程序的名称。"},
    )
    legal_basis = forms.CharField(
        label="依据", max_length=300, help_text="写到条、款、项。", error_messages={"required": "请写明依据。"}
    )
    excluded_from_statutory = forms.BooleanField(label="不计入法定时限", required=False, initial=True)
    excluded_from_promised = forms.BooleanField(label="不计入承诺时限", required=False, initial=True)
    valid_from = day_field("生效日")
