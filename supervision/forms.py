"""Forms of supervision's pages: they parse, commands decide."""

from django import forms

from matters.boundaries import supervisors_on

WHERE = {"rows": 3}


class ReasonForm(forms.Form):
    """提出异议"""

    reason = forms.CharField(
        label="异议理由",
        max_length=1000,
        widget=forms.Textarea(attrs=WHERE),
        help_text="写明为什么不属于本部门监管，应由谁监管。",
        error_messages={"required": "请写明异议理由。"},
    )


class PlanForm(forms.Form):
    """监管计划"""

    plan = forms.CharField(
        label="监管计划",
        max_length=1000,
        widget=forms.Textarea(attrs=WHERE),
        help_text="检查方式和时间。",
        error_messages={"required": "请填写监管计划。"},
    )


class FollowUpForm(forms.Form):
    """监管情况"""

    note = forms.CharField(
        label="监管情况",
        max_length=1000,
        widget=forms.Textarea(attrs=WHERE),
        help_text="何时、由谁、做了什么。处罚、暂扣、吊销等请用“反馈监管结果”登记。",
        error_messages={"required": "请填写监管情况。"},
    )


class RulingForm(forms.Form):
    """协调意见: it stays."""

    reason = forms.CharField(
        label="处理意见",
        max_length=800,
        widget=forms.Textarea(attrs=WHERE),
        error_messages={"required": "请写明处理意见。"},
    )


class MoveForm(RulingForm):
    """协调意见: another body is told instead."""

    to = forms.ChoiceField(
        label="改由",
        error_messages={"required": "请选择监管部门。", "invalid_choice": "请从列表中选择。"},
    )
    field_order = ["to", "reason"]

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(body.code, body.short_name) for body in supervisors_on(today)]
        self.fields["to"].choices = [("", "请选择"), *choices]


class PurposeForm(forms.Form):
    """查看完整号码的用途"""

    purpose = forms.CharField(
        label="用途",
        min_length=4,
        max_length=200,
        error_messages={"required": "请写明用途。", "min_length": "请把用途写清楚（至少4个字）。"},
    )
