"""Forms of transfers. They parse; what is lawful the commands decide."""

from django import forms

from laiyang_approval.kernel.models import Seal

from .domain.inventories import Inventory
from .models import Milestone, RegisterImport, RiskAssessment, TransferBatch, TransferItem


def _text(label: str, *, limit: int, rows: int = 0, required: bool = True, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=limit,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(),
        error_messages={"required": f"请填写{label}。", "max_length": f"{label}不能超过{limit}字。"},
    )


def _day(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": f"请填写{label}。", "invalid": f"{label}应写作2026-11-24的形式。"},
    )


def _choice(label: str, choices, *, help_text: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        help_text=help_text,
        error_messages={"required": f"请选择{label}。", "invalid_choice": f"请重新选择{label}。"},
    )


class NoForm(forms.Form):
    """An act that asks for nothing."""


class EvidenceForm(forms.Form):
    """启动划转"""

    evidence = _text("条件已经具备的依据", limit=300, rows=2, help_text="写明文件、文号或者事实。")


class ReasonForm(forms.Form):
    """理由"""

    reason = _text("理由", limit=300, rows=2)


class AssessmentForm(forms.Form):
    """政策风险评估"""

    conclusion = _choice("结论", RiskAssessment.Conclusion.choices)
    assessed_on = _day("评估日")
    assessor = _text("评估单位", limit=100)
    findings = _text("评估意见", limit=2000, rows=3)
    document = _text("评估报告文号", limit=100, required=False)


class GivingBackForm(forms.Form):
    """退回"""

    on = _day("自哪一天起由原部门办理", help_text="最早为明天。")
    instrument = _text("退回的依据文件", limit=100)
    reason = _text("退回的理由", limit=300, rows=2)


class CompletionForm(forms.Form):
    """完成划转"""

    on = _day("生效日", help_text="最早为明天；当天零时起由承接机关受理、决定、用印。")
    instrument = _text("依据文件", limit=100, required=False, help_text="不填的，按批次的依据文件。")


class LineForm(forms.Form):
    """清单的一行"""

    inventory = _choice("清单", [(one.value, one.label) for one in Inventory])
    description = _text("名称", limit=200)
    quantity = forms.IntegerField(
        label="数量",
        min_value=0,
        max_value=2**31 - 1,
        required=False,
        help_text="填了号段的可以不填。",
        error_messages={"invalid": "数量应为整数。", "min_value": "数量不能小于0。", "max_value": "数量太大，请核对。"},
    )
    unit = _text("单位", limit=10, required=False)
    condition = _text("状况", limit=100, required=False)
    number_from = _text("起号", limit=40, required=False, help_text="空白证书按号段登记。")
    number_to = _text("止号", limit=40, required=False)
    missing_numbers = _text("缺号", limit=500, required=False, help_text="如“000115、000120-000122”。")
    missing_explained = _text("缺号去向", limit=300, required=False, help_text="作废、销毁、遗失的记录或者文号。")
    note = _text("备注", limit=300, required=False)


class InventoryForm(forms.Form):
    """哪张清单"""

    inventory = _choice("清单", [(one.value, one.label) for one in Inventory])


class ImportForm(forms.Form):
    """导入清单"""

    file = forms.FileField(
        label="清单文件",
        help_text="XLSX或CSV；列为清单、名称、数量、单位、状况、起号、止号、缺号、缺号去向、备注。",
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请检查后重新选择。"},
    )


class BatchForm(forms.Form):
    """新批次"""

    number = _text("批次编号", limit=20)
    title = _text("批次名称", limit=100)
    basis = _text("依据文件", limit=100, help_text="文号，如“莱政字〔2026〕5号”。")
    basis_issued_on = _day("文件印发日")
    decided_on = _day("决定日")
    deadline_on = _day("交接期限", required=False)
    condition = _text("划转条件", limit=200, required=False, help_text="立即划转的不填。")
    in_flight = _choice("在办件", TransferBatch.InFlight.choices)


class ItemForm(forms.Form):
    """列入事项"""

    matter_code = _text("事项代码", limit=16)
    kind = _choice("类型", TransferItem.Kind.choices)
    source = _choice("职权来源", TransferItem.Source.choices, help_text="上级委托的，以委托机关名义决定和用印。")


class SealForm(forms.Form):
    """登记印章"""

    department_code = _text("机关代码", limit=16, help_text="如“SP”。")
    kind = _choice("种类", Seal.Kind.choices)
    ring_text = _text("印文", limit=40, help_text="沿边的文字，一般为机关全称。")
    centre_text = _text("下方文字", limit=20, required=False)
    keeper = _text("保管人", limit=50, required=False)
    in_use_from = _day("启用日")
    announcement = _text("启用公告", limit=200, help_text="启用前由市政府办公室公告的文号。")


class StopSealForm(forms.Form):
    """停用印章"""

    last_on = _day("最后可用日")


class SealUpForm(forms.Form):
    """封存印章"""

    place = _text("封存保管单位", limit=50)


class ImprintForm(forms.Form):
    """印模"""

    imprint = forms.FileField(
        label="印模图片",
        help_text="JPG或PNG；只作备案，文书上只印样章。",
        error_messages={"required": "请选择图片。", "empty": "文件是空的，请重新选择。"},
    )


class RegisterForm(forms.Form):
    """登记簿导入"""

    table = _choice("登记簿", RegisterImport.Table.choices)
    file = forms.FileField(
        label="登记簿文件",
        help_text="XLSX或CSV，按空表的列填写；最多1000行。",
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请检查后重新选择。"},
    )


class MilestoneForm(forms.Form):
    """登记完成"""

    milestone = forms.ModelChoiceField(
        label="时间节点",
        queryset=Milestone.objects.filter(done_on__isnull=True),
        empty_label="请选择",
        error_messages={"required": "请选择时间节点。", "invalid_choice": "这个节点已登记完成，请重新选择。"},
    )
    done_on = _day("完成日")
    evidence = _text("完成的依据", limit=300, rows=2, help_text="文号、公告、会议纪要或者现场记录。")


class QuestionForm(forms.Form):
    """提出问题"""

    text = _text("问题", limit=2000, rows=4)
    matter_code = _text("事项代码", limit=16, required=False)


class DecisionForm(forms.Form):
    """登记决定"""

    decision = _text("决定", limit=2000, rows=3)
    decided_in = _text("议定文件", limit=100)


class OutcomeForm(forms.Form):
    """登记落实"""

    outcome = _text("落实情况", limit=500, rows=2)
