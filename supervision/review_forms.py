"""Forms of file reviews and inspections: they parse, commands decide."""

from collections.abc import Sequence

from django import forms

from laiyang_approval.kernel.models import Department, User

from .commands.inspections import Order, Span
from .commands.review_scoring import ItemVerdict
from .commands.reviews import Plan
from .domain.scoring import Verdict
from .models import ChecklistItem, InspectionTask, RecordingLink
from .reviewing import DIMENSIONS

_ROWS = {"rows": 3}
_DATE = {"required": "请填写日期。", "invalid": "日期应写作2026-11-24的形式。"}
_TIME = {"required": "请填写时间。", "invalid": "时间应写作2026-11-24 10:30的形式。"}
_CHOICE = {"required": "请选择。", "invalid_choice": "请从列表中选择。"}


def _date(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages=_DATE,
    )


def _moment(label: str) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
        input_formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages=_TIME,
    )


def _people(people: Sequence[User]) -> list[tuple[str, str]]:
    return [
        (one.username, f"{one.display_name}（{one.department.short_name if one.department else '—'}）")
        for one in people
    ]


class PlanForm(forms.Form):
    """抽查方案"""

    title = forms.CharField(label="名称", max_length=100, error_messages={"required": "请填写名称。"})
    from_on = _date("决定日期自")
    to_on = _date("决定日期至")
    dimensions = forms.MultipleChoiceField(
        label="分层",
        choices=list(DIMENSIONS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="所选各项都相同的办件为一层，每层按比例抽取。",
        error_messages={"required": "请至少选择一项。", "invalid_choice": "请从列表中选择。"},
    )
    seed_source = forms.CharField(
        label="种子来源",
        max_length=200,
        help_text="写明种子将如何产生，如“中国福利彩票双色球第2026025期开奖号码”；冻结总体以后才能得知的，任何人都可以核对。",
        error_messages={"required": "请写明种子来源。"},
    )

    def plan(self) -> Plan:
        given = dict(self.cleaned_data)
        return Plan(dimensions=tuple(given.pop("dimensions")), **given)


class DrawForm(forms.Form):
    """抽取"""

    seed = forms.CharField(label="种子", max_length=100, error_messages={"required": "请填写种子。"})
    reviewers = forms.MultipleChoiceField(
        label="评查人",
        widget=forms.CheckboxSelectMultiple,
        help_text="依次分配；办理过该件的人员自动跳过。",
        error_messages={"required": "请至少选择一名评查人。", "invalid_choice": "请从列表中选择评查人。"},
    )

    def __init__(self, *args, people: Sequence[User], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reviewers"].choices = _people(people)


class AssignForm(forms.Form):
    """指定、更换评查人"""

    reviewer = forms.ChoiceField(label="评查人", error_messages=_CHOICE)
    reason = forms.CharField(label="理由", max_length=500, required=False, help_text="更换的须写明，如回避。")

    def __init__(self, *args, people: Sequence[User], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reviewer"].choices = [("", "请选择"), *_people(people)]


class ScoreForm(forms.Form):
    """评查表: a verdict and a note for every item of the checklist in force."""

    marks_fields = False

    def __init__(self, *args, items: Sequence[ChecklistItem], **kwargs):
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for item in self.items:
            choices = [(one.value, one.label) for one in Verdict]
            self.fields[f"v{item.pk}"] = forms.ChoiceField(
                label=f"{item.position}．{item.text}",
                choices=choices if item.may_not_apply else choices[:2],
                widget=forms.RadioSelect,
                required=False,
                help_text=f"{item.basis}　{'一票否决' if item.severity == 'fatal' else f'不符合扣{item.points}分'}",
                error_messages=_CHOICE,
            )
            self.fields[f"n{item.pk}"] = forms.CharField(
                label=f"第{item.position}项的问题", max_length=500, required=False
            )
        self.fields["conclusion"] = forms.CharField(
            label="评查意见和整改要求",
            max_length=2000,
            required=False,
            widget=forms.Textarea(attrs=_ROWS),
            help_text="有不符合的必填。",
        )

    def parts(self) -> list[tuple[str, list[tuple[forms.BoundField, forms.BoundField]]]]:
        """The items under the heading of their part, each with its two fields."""
        found: dict[str, list] = {}
        for item in self.items:
            found.setdefault(item.part, []).append((self[f"v{item.pk}"], self[f"n{item.pk}"]))
        return list(found.items())

    def verdicts(self) -> dict[int, ItemVerdict]:
        given = self.cleaned_data
        return {item.pk: ItemVerdict(given[f"v{item.pk}"], given[f"n{item.pk}"]) for item in self.items}


class RectifyForm(forms.Form):
    """整改情况"""

    text = forms.CharField(
        label="整改情况",
        max_length=2000,
        widget=forms.Textarea(attrs=_ROWS),
        help_text="逐项写明如何整改。",
        error_messages={"required": "请写明整改情况。"},
    )


class RecheckForm(forms.Form):
    """复查"""

    is_mended = forms.TypedChoiceField(
        label="复查结果",
        choices=[("yes", "整改到位，销号"), ("no", "没有到位，继续整改")],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        error_messages=_CHOICE,
    )
    text = forms.CharField(
        label="复查情况",
        max_length=2000,
        widget=forms.Textarea(attrs=_ROWS),
        error_messages={"required": "请写明复查情况。"},
    )


class OrderForm(forms.Form):
    """下达检查任务"""

    method = forms.ChoiceField(
        label="方式", choices=InspectionTask.Method.choices, widget=forms.RadioSelect, error_messages=_CHOICE
    )
    subject = forms.CharField(
        label="检查内容",
        max_length=500,
        widget=forms.Textarea(attrs=_ROWS),
        error_messages={"required": "请写明检查什么。"},
    )
    case_number = forms.CharField(label="受理编号", max_length=20, required=False, help_text="检查某一件的填写。")
    department = forms.ChoiceField(
        label="被检查单位", required=False, help_text="填写了受理编号的不必选择。", error_messages=_CHOICE
    )
    inspector = forms.ChoiceField(label="检查人", error_messages=_CHOICE)

    def __init__(self, *args, people: Sequence[User], bodies: Sequence[Department], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["inspector"].choices = [("", "请选择"), *_people(people)]
        self.fields["department"].choices = [("", "—"), *((body.code, body.short_name) for body in bodies)]

    def order(self) -> Order:
        return Order(**self.cleaned_data)


class SpanForm(forms.Form):
    """登记一段录音录像"""

    place = forms.ChoiceField(label="场所", choices=RecordingLink.Place.choices, error_messages=_CHOICE)
    camera = forms.CharField(
        label="摄像机或者窗口", max_length=60, error_messages={"required": "请填写摄像机或者窗口。"}
    )
    from_at = _moment("自")
    to_at = _moment("至")
    reference = forms.CharField(
        label="存储位置",
        max_length=200,
        help_text="录像系统中的编号或者路径；门户不保存录像。",
        error_messages={"required": "请填写存储位置。"},
    )

    def span(self) -> Span:
        return Span(**self.cleaned_data)


class FindingForm(forms.Form):
    """检查结果"""

    result = forms.ChoiceField(
        label="结果", choices=InspectionTask.Result.choices, widget=forms.RadioSelect, error_messages=_CHOICE
    )
    finding = forms.CharField(
        label="检查情况",
        max_length=2000,
        widget=forms.Textarea(attrs=_ROWS),
        error_messages={"required": "请写明看了什么、看到什么。"},
    )
    measures = forms.CharField(
        label="处理意见",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs=_ROWS),
        help_text="发现问题的必填。",
    )
