"""Forms of the public pages."""

from django import forms

from windows.public_status import CODE_LENGTH, NUMBER_LENGTH


class StatusForm(forms.Form):
    """办件查询"""

    number = forms.CharField(
        label="受理编号",
        max_length=NUMBER_LENGTH,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "inputmode": "text",
                "placeholder": "LY261124000180",
            }
        ),
        help_text="收件凭证上LY开头的编号。",
        error_messages={"required": "请填写受理编号。", "max_length": "受理编号是LY开头的14位，请核对。"},
    )
    code = forms.CharField(
        label="查询码",
        max_length=CODE_LENGTH,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "placeholder": "8位字母和数字"}
        ),
        help_text="收件凭证右上角的8位查询码。",
        error_messages={"required": "请填写查询码。", "max_length": "查询码是8位，请核对。"},
    )


class VerifyForm(forms.Form):
    """证照核验"""

    number = forms.CharField(
        label="证照编号",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="证件上的编号，例如 莱审批食证字〔2026〕第0001号。",
        error_messages={"required": "请填写证照编号。", "max_length": "证照编号没有这么长，请核对。"},
    )
