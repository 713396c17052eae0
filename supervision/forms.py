"""Forms of supervision's pages: they parse, commands decide."""

from django import forms

from matters.boundaries import supervisors_on
from windows.domain.licences import GROUNDS

from .commands.receiving import Report
from .domain.consequences import FeedbackKind
from .models import DishonestyListing

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


class ReportForm(forms.Form):
    """监管反馈: the same fields on the page and in the interface; which of them a kind needs, the command says."""

    kind = forms.ChoiceField(
        label="反馈种类",
        choices=[("", "请选择"), *((kind.value, kind.label) for kind in FeedbackKind)],
        error_messages={"required": "请选择反馈种类。", "invalid_choice": "没有这种反馈。"},
    )
    licence_number = forms.CharField(
        label="证照编号", max_length=60, required=False, help_text="反馈吊销、暂扣，建议撤回、撤销、注销的必填。"
    )
    push_number = forms.CharField(label="推送编号", max_length=40, required=False)
    happened_on = forms.DateField(
        label="日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": "请填写日期。", "invalid": "日期应写作2026-11-24的形式。"},
    )
    document_number = forms.CharField(
        label="决定书文号", max_length=60, required=False, help_text="处罚、强制、暂扣、吊销的必填。"
    )
    officer_one = forms.CharField(label="执法人员一", max_length=50, required=False)
    officer_two = forms.CharField(label="执法人员二", max_length=50, required=False)
    finding = forms.CharField(
        label="情况",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请写明查明的情况。"},
    )
    measures = forms.CharField(
        label="处理措施", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    until_on = forms.DateField(
        label="暂扣至",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": "日期应写作2026-11-24的形式。"},
    )
    rectify_by_on = forms.DateField(
        label="整改期限",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": "日期应写作2026-11-24的形式。"},
    )
    abnormal = forms.BooleanField(label="发现问题", required=False)
    requires_action = forms.BooleanField(label="请审批机关处理", required=False)

    def report(self) -> Report:
        """What was written, for the command."""
        given = dict(self.cleaned_data)
        officers = tuple(name for name in (given.pop("officer_one"), given.pop("officer_two")) if name)
        return Report(officers=officers, **given)


class AnswerForm(forms.Form):
    """对反馈的答复"""

    accepted = forms.TypedChoiceField(
        label="处理意见",
        choices=[("yes", "采纳"), ("no", "不予采纳")],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        error_messages={"required": "请选择采纳或者不予采纳。", "invalid_choice": "请选择采纳或者不予采纳。"},
    )
    ground = forms.ChoiceField(
        label="立案事由",
        required=False,
        help_text="采纳后即依职权立案，由您审查。",
        error_messages={"invalid_choice": "请从列表中选择。"},
    )
    text = forms.CharField(
        label="依据和理由",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请写明依据和理由。"},
    )

    def __init__(self, *args, purpose: str | None, **kwargs):
        super().__init__(*args, **kwargs)
        grounds = [(key, rule.label) for key, rule in GROUNDS.items() if rule.purpose == purpose]
        if grounds:
            self.fields["ground"].choices = [("", "—"), *grounds]
        else:
            del self.fields["ground"]


# ---- 公示
class PublicityReasonForm(forms.Form):
    """撤下、重新公示的理由"""

    reason = forms.CharField(
        label="理由",
        max_length=500,
        widget=forms.Textarea(attrs=WHERE),
        help_text="写明哪里有误、依据什么；与办理人一并留存。",
        error_messages={"required": "请写明理由。"},
    )


# ---- 严重失信主体名单
class ListingForm(forms.Form):
    """列入名单"""

    list_key = forms.ChoiceField(
        label="名单", error_messages={"required": "请选择名单。", "invalid_choice": "请从列表中选择。"}
    )
    subject_name = forms.CharField(
        label="主体名称",
        max_length=200,
        error_messages={"required": "请填写主体名称。"},
        help_text="只登记单位和个体工商户。",
    )
    subject_code = forms.CharField(
        label="统一社会信用代码", max_length=30, error_messages={"required": "请填写统一社会信用代码。"}
    )
    document_number = forms.CharField(
        label="列入决定书文号", max_length=60, error_messages={"required": "请填写列入决定书的文号。"}
    )
    listed_on = forms.DateField(
        label="列入日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": "请填写列入日期。", "invalid": "日期应写作2026-11-24的形式。"},
    )

    def __init__(self, *args, lists, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["list_key"].choices = lists


class RemovalForm(forms.Form):
    """移出名单"""

    removal = forms.ChoiceField(
        label="移出原因",
        choices=DishonestyListing.Removal.choices,
        error_messages={"required": "请选择移出原因。", "invalid_choice": "请从列表中选择。"},
    )
    note = forms.CharField(
        label="移出决定的文号和依据", max_length=300, error_messages={"required": "请写明移出决定的文号和依据。"}
    )
