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


class CompareForm(forms.Form):
    """比对电子文件"""

    file = forms.FileField(
        label="PDF文件",
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
        error_messages={"required": "请选择要比对的PDF文件。", "empty": "这个文件是空的，请重新选择。"},
    )

    def __init__(self, *args, max_mb: int = 0, **more):
        super().__init__(*args, **more)
        self._max_mb = max_mb

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > self._max_mb * 1024 * 1024:
            raise forms.ValidationError(f"文件超过{self._max_mb}MB，不是本局出具的文书；请核对。")
        return file
