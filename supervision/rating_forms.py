"""Forms of ratings and complaints: they parse, commands decide."""

from django import forms

from laiyang_approval.kernel.models import Department

from .domain.complaints import ComplaintKind, Finding
from .domain.ratings import Level, Outcome, Reason


class RatingForm(forms.Form):
    """评价一次服务"""

    marks_fields = False

    number = forms.IntegerField(min_value=1, max_value=99, widget=forms.HiddenInput)
    level = forms.ChoiceField(
        label="您满意吗？",
        choices=[(level.value, level.label) for level in Level],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择满意程度。", "invalid_choice": "请选择满意程度。"},
    )
    reasons = forms.MultipleChoiceField(
        label="不满意的，请告诉我们哪里没有做好",
        choices=[(reason.value, reason.label) for reason in Reason],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": "请从列表中选择。"},
    )
    text = forms.CharField(
        label="还想说的话（可以不填）",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "最多500字。"},
    )


class RevisitForm(forms.Form):
    """对差评处理结果是否满意"""

    number = forms.IntegerField(min_value=1, max_value=99, widget=forms.HiddenInput)
    satisfied = forms.TypedChoiceField(
        label="您对处理结果满意吗？",
        choices=[("yes", "满意"), ("no", "不满意")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择满意或者不满意。", "invalid_choice": "请选择满意或者不满意。"},
    )


def _words(label: str, required: str, max_length: int = 1000, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=max_length,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": required, "max_length": f"最多{max_length}字。"},
    )


class ContactForm(forms.Form):
    """联系评价人"""

    note = _words("联系情况", "请写明何时、以什么方式联系，核实到什么。")


class ExtendForm(forms.Form):
    """延长办结期限"""

    reason = _words("延长理由", "请写明为什么不能按期办结。")


class CloseForm(forms.Form):
    """差评的处理结果"""

    outcome = forms.ChoiceField(
        label="处理结果",
        choices=[(outcome.value, outcome.label) for outcome in Outcome],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择处理结果。", "invalid_choice": "请选择处理结果。"},
    )
    reply = _words("给评价人的答复", "请写明核实和处理的情况，评价人可以看到。", help_text="评价人在评价页可以看到。")


class AppealForm(forms.Form):
    """申诉"""

    reason = _words("申诉理由", "请写明评价为什么不实，有什么证据。")


class RecheckForm(forms.Form):
    """复核"""

    uphold = forms.TypedChoiceField(
        label="复核结论",
        choices=[("no", "申诉不成立，评价维持"), ("yes", "申诉成立，评价不计入统计")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择复核结论。", "invalid_choice": "请选择复核结论。"},
    )
    ruling = _words("复核意见", "请写明复核的事实和理由。")


class ComplaintForm(forms.Form):
    """咨询投诉"""

    marks_fields = False

    kind = forms.ChoiceField(
        label="您要说的是",
        choices=[(kind.value, kind.label) for kind in ComplaintKind],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择种类。", "invalid_choice": "请选择种类。"},
    )
    about = forms.ModelChoiceField(
        label="反映的单位",
        queryset=Department.objects.none(),
        to_field_name="code",
        required=False,
        empty_label="不选",
        help_text="被要求重复盖章的，请选择要求您再盖章的部门。",
        error_messages={"invalid_choice": "请从列表中选择。"},
    )
    text = _words("内容", "请写明要说的事。", max_length=2000, help_text="时间、经过和您的要求；请不要填写证件号码。")
    name = forms.CharField(label="姓名（可以不填）", max_length=50, required=False)
    phone = forms.CharField(
        label="联系电话（可以不填）", max_length=40, required=False, help_text="留下电话，便于承办单位向您核实。"
    )

    def __init__(self, *args, bodies, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["about"].queryset = bodies


class LookForm(forms.Form):
    """查询答复"""

    number = forms.CharField(
        label="编号",
        max_length=20,
        help_text="提交时得到的ZX开头的编号。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": "请填写编号。", "max_length": "编号是ZX开头的12位，请核对。"},
    )
    code = forms.CharField(
        label="查询码",
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": "请填写查询码。", "max_length": "查询码是8位，请核对。"},
    )


class ComplaintAnswerForm(forms.Form):
    """答复"""

    finding = forms.ChoiceField(
        label="查证结果",
        choices=[(finding.value, finding.label) for finding in Finding],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择是否属实。", "invalid_choice": "请选择是否属实。"},
    )
    answer = _words("答复", "请写明答复内容。", max_length=2000, help_text="提出人凭编号和查询码可以看到。")

    def __init__(self, *args, is_question: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if is_question:
            del self.fields["finding"]


class PassOnForm(forms.Form):
    """转办"""

    to = forms.ModelChoiceField(
        label="转给",
        queryset=Department.objects.none(),
        to_field_name="code",
        empty_label="请选择",
        error_messages={"required": "请选择承办单位。", "invalid_choice": "请从列表中选择。"},
    )
    reason = _words("转办理由", "请写明为什么由该单位答复。")

    def __init__(self, *args, bodies, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = bodies
