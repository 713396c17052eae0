"""Forms of a licence's life: acts of the office's own motion, penalties from outside, corrections. They parse; commands decide."""

from datetime import date, datetime, time

from django import forms

from laiyang_approval.kernel.clock import SHANGHAI
from laiyang_approval.kernel.models import Department
from windows.commands.licences.taking_back import WHY_NOT
from windows.domain.entries import Entry
from windows.domain.licences import (
    CANCEL_REASONS,
    CN_ITEMS,
    GROUNDS,
    GroundRule,
    LicenceState,
    Money,
    cancel_reasons_for,
)
from windows.models import Case, Opinion

from .review import ActForm, DeliverForm, day_field, text_field

YES_NO = [("yes", "是"), ("no", "否")]


def _yes_no(label: str, help_text: str, sentence: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=YES_NO,
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        help_text=help_text,
        error_messages={"required": sentence},
    )


class ServeHolderForm(DeliverForm):
    """登记告知书送达: as any paper is served, with its day."""

    served_on = day_field("送达日期", required=False, help_text="留空为今天；陈述申辩的期限自次日起算。")

    def clean(self):
        data = super().clean()
        day = data.pop("served_on", None)
        data["served_at"] = datetime.combine(day, time(12), tzinfo=SHANGHAI) if day else None
        return data


class StatementForm(ActForm):
    """登记陈述申辩"""

    statement = text_field("陈述、申辩的内容", rows=4, limit=4000, required=False)
    waived = forms.BooleanField(label="被许可人表示放弃陈述、申辩", required=False)


class ProposalForm(ActForm):
    """提交处理意见"""

    proposal = forms.ChoiceField(
        label="建议",
        choices=[(Opinion.Kind.ACT.value, "作出处理决定"), (Opinion.Kind.NO_ACT.value, "不作处理")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择建议。"},
    )
    text = text_field("处理意见", rows=4, limit=4000, help_text="写明事实、证据、依据，以及对陈述申辩的复核。")


class TakingBackForm(ActForm):
    """作出处理决定"""

    reasons = text_field("理由", rows=3, limit=4000)
    public_interest = text_field("为了何种公共利益的需要", rows=2, limit=2000)
    money_note = text_field("补偿、赔偿的处理", rows=3, limit=2000)
    is_safety_related = _yes_no(
        "直接关系公共安全、人身健康、生命财产安全",
        "是的，三年内不得再次申请该行政许可（行政许可法第七十九条）。",
        "请选择是或者否。",
    )
    by_notice = forms.BooleanField(label="以公告方式注销（无法向持证人送达）", required=False)


def _rule_of(case: Case) -> GroundRule | None:
    """The ground of a case of the office's own motion; None for a case that has none, which the command refuses."""
    return GROUNDS[case.ex_officio.ground] if case.origin == Case.Origin.EX_OFFICIO else None


def ask_what_the_ground_demands(form: TakingBackForm, case: Case) -> None:
    """Only what the law wants said on this ground: 补偿 under 8(2), 赔偿 under 69(1), the ban under 79."""
    rule = _rule_of(case)
    asked = {
        "public_interest": rule is not None and rule.purpose == Case.Purpose.WITHDRAWAL,
        "money_note": rule is not None and rule.money is not Money.NONE,
        "is_safety_related": rule is not None and rule.is_fraud,
        "by_notice": rule is not None and rule.purpose == Case.Purpose.CANCELLATION,
    }
    for name in [name for name, wanted in asked.items() if not wanted]:
        del form.fields[name]
    if "money_note" in form.fields:
        form.fields["money_note"].label = f"{rule.money.label}的处理"
        article = "第八条第二款" if rule.money is Money.COMPENSATION else "第六十九条第四款"
        form.fields["money_note"].help_text = f"行政许可法{article}；将印在决定书上。"


class DropForm(ActForm):
    """终结而不作处理"""

    why = forms.ChoiceField(
        label="情形",
        choices=[(key, words) for key, (words, _) in WHY_NOT.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择不作处理的情形。"},
    )
    reasons = text_field("理由", rows=3, limit=4000)


def offer_why_not(form: DropForm, case: Case) -> None:
    """Where the law says must, only harm to the public interest or a ground that is not there ends the case."""
    rule = _rule_of(case)
    if rule is None:
        return
    possible = {"not_established"}
    possible |= {"public_harm"} if rule.purpose == Case.Purpose.REVOCATION else set()
    possible |= set() if rule.must else {"not_necessary"}
    form.fields["why"].choices = [
        (key, f"{words}（{article}）" if article else words)
        for key, (words, article) in WHY_NOT.items()
        if key in possible
    ]


def reasons_of_cancellation(state: LicenceState) -> list[tuple[int, str]]:
    """The items of Article 70 as choices."""
    return [(item, f"第{CN_ITEMS[item]}项　{CANCEL_REASONS[item]}") for item in cancel_reasons_for(state)]


class OpenForm(forms.Form):
    """依职权立案"""

    ground = forms.ChoiceField(
        label="事由", error_messages={"required": "请选择事由。", "invalid_choice": "请选择事由。"}
    )
    facts = text_field("事实和证据", rows=4, limit=4000)
    source = forms.CharField(
        label="线索来源", max_length=200, required=False, help_text="如监管部门移送、自查、群众举报。"
    )

    def __init__(self, *args, purpose: str, state: LicenceState, **options):
        super().__init__(*args, **options)
        possible = cancel_reasons_for(state)
        self.fields["ground"].choices = [
            ("", "请选择"),
            *(
                (key, f"{rule.label}（{rule.article}）")
                for key, rule in GROUNDS.items()
                if rule.purpose == purpose and (rule.cancel_reason is None or rule.cancel_reason in possible)
            ),
        ]


class PenaltyForm(forms.Form):
    """登记吊销、暂扣、恢复: what the enforcing body's document says."""

    document_number = forms.CharField(
        label="处罚决定书文号", max_length=60, error_messages={"required": "请填写处罚决定书文号。"}
    )
    department = forms.ModelChoiceField(
        label="执法部门",
        queryset=Department.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择执法部门。", "invalid_choice": "请选择执法部门。"},
    )
    decided_on = day_field("决定日期")
    until_on = day_field("暂扣至", required=False, help_text="最后一日（含）；没有写明期限的留空。")
    note = forms.CharField(label="说明", max_length=300, required=False)

    def __init__(self, *args, action: str, today: date, **options):
        super().__init__(*args, **options)
        self.fields["department"].queryset = Department.objects.filter(
            is_supervisor=True, valid_from__lte=today
        ).exclude(valid_to__lt=today)
        if action != "suspend":
            del self.fields["until_on"]
        if action == "resume":
            self.fields["document_number"].label = "解除暂扣的文号"


class CorrectionNoticeForm(ActForm):
    """更正文书"""

    entry = forms.ChoiceField(label="更正事项", error_messages={"required": "请选择更正事项。"})
    wrong = forms.CharField(
        label="原文",
        max_length=300,
        help_text="照原文书一字不差地填写有误的文字。",
        error_messages={"required": "请填写有误的原文。"},
    )
    right = forms.CharField(label="更正为", max_length=300, error_messages={"required": "请填写更正后的文字。"})
    reason = forms.CharField(
        label="说明", max_length=300, help_text="笔误是怎样发生的。", error_messages={"required": "请说明原因。"}
    )

    def __init__(self, *args, entries: list[Entry], **options):
        super().__init__(*args, **options)
        self.fields["entry"].choices = [("", "请选择"), *((entry.key, entry.label) for entry in entries)]


class RegisterFilterForm(forms.Form):
    """证照登记的筛选"""

    q = forms.CharField(required=False, max_length=60)
    matter = forms.CharField(required=False, max_length=16)
