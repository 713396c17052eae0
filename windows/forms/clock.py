"""Forms of what stops or lengthens the clock. They parse; what is lawful is decided by the commands."""

from django import forms

from laiyang_approval.kernel import clock
from windows.clock_procedures import (
    awaiting_approval,
    awaiting_service,
    joint_candidates,
    running,
    steps_that_count,
    stops_for,
)
from windows.models import Case, SpecialProcedure

from .review import ActForm, DeliverForm, day_field, text_field


def _choice(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        coerce=int,
        error_messages={"required": f"请选择{label}。", "invalid_choice": f"请从列表中选择{label}。"},
    )


def _days(label: str, *, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=999,
        help_text=help_text,
        error_messages={
            "required": f"请填写{label}。",
            "invalid": f"{label}是整数，例如10。",
            "min_value": f"{label}至少1个工作日。",
            "max_value": f"{label}不能超过999个工作日。",
        },
    )


class ProcedureForm(ActForm):
    """提出特别程序"""

    kind = forms.ChoiceField(
        label="特别程序",
        error_messages={"required": "请选择特别程序。", "invalid_choice": "请从列表中选择特别程序。"},
    )
    legal_basis = text_field(
        "依法需要该程序的条款",
        rows=2,
        limit=300,
        required=False,
        help_text="第四十五条所列程序必填，写到条、款、项；列表中已标明依据的不必填写。",
    )
    reason = text_field("事由", rows=2, limit=300)
    needed_days = _days("所需工作日", help_text="将书面告知申请人；超过告知的部分计入时限。")


class MoreTimeForm(ActForm):
    """再次告知所需时间"""

    procedure_id = _choice("特别程序")
    needed_days = _days("再需工作日")
    reason = text_field("原告知时间不够的原因", rows=2, limit=300)


class AnswerForm(ActForm):
    """批复延长"""

    answer = forms.ChoiceField(
        label="批复",
        choices=[("approve", "批准"), ("decline", "不批准")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择批准或不批准。"},
    )
    reason = text_field("不批准的理由", rows=2, limit=300, required=False, help_text="批准的不必填写。")


class AnswerProcedureForm(AnswerForm):
    """批复特别程序"""

    procedure_id = _choice("特别程序")
    field_order = ("version", "procedure_id", "answer", "reason")


class ServeForm(DeliverForm):
    """登记告知送达"""

    served_at = forms.DateTimeField(
        label="送达时间",
        required=False,
        help_text="留空为现在；不计入期限自送达次日起。",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "送达时间应写作2026-11-24T09:30的形式。"},
    )

    field_order = ("version", "procedure_id", "method", "served_at")


class ServeProcedureForm(ServeForm):
    """登记特别程序告知送达"""

    procedure_id = _choice("特别程序")


class EndProcedureForm(ActForm):
    """登记特别程序结果"""

    procedure_id = _choice("特别程序")
    ended_on = day_field("结束日期", help_text="收到结果的那天；次日起恢复计算。")
    result = text_field("结果", rows=3, limit=2000)


class ExtensionForm(ActForm):
    """提出延长期限"""

    reason = text_field("延长的理由", rows=3, limit=500, help_text="将印在延长办理期限告知书上，告知申请人。")


class JointForm(ActForm):
    """登记多部门办理"""

    department_ids = forms.TypedMultipleChoiceField(
        label="共同办理的其他部门",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="至少选择一个；机关内设机构不是部门。",
        error_messages={"invalid_choice": "请从列表中选择部门。"},
    )
    basis = text_field("市人民政府的决定", rows=2, limit=300, help_text="确定统一、联合或者集中办理的文件和文号。")


def offer_stops(form: ProcedureForm, case: Case) -> None:
    """What may stop the clock, the matter's usual ones first; then, named as such, the steps that count all the same."""
    stops = stops_for(case, clock.today())
    lawful = [
        (
            one.value,
            f"{one.label}（{'指南已列' if not one.legal_basis else one.legal_basis}）"
            if one.is_usual or one.legal_basis
            else one.label,
        )
        for one in sorted(stops, key=lambda one: not one.is_usual)
    ]
    counting = [(step, f"{step}（计入时限，不能暂停）") for step in steps_that_count(case, stops)]
    form.fields["kind"].choices = [("", "请选择"), *lawful, *counting]


def offer_requests(form: AnswerProcedureForm, case: Case) -> None:
    """The requests that wait for the head."""
    form.fields["procedure_id"].choices = [(row.pk, _asked(row)) for row in awaiting_approval(case)]


def offer_notices(form: ServeProcedureForm, case: Case) -> None:
    """The sealed notices that have not been served."""
    form.fields["procedure_id"].choices = [
        (row.pk, f"{row.label}　{row.letter.number}") for row in awaiting_service(case)
    ]


def offer_running(form: EndProcedureForm | MoreTimeForm, case: Case) -> None:
    """The procedures under way."""
    form.fields["procedure_id"].choices = [
        (row.pk, f"{row.label}　自{row.started_on.isoformat()}送达次日起") for row in running(case)
    ]


def offer_departments(form: JointForm, case: Case) -> None:
    """The bodies of the county that could handle the case too."""
    form.fields["department_ids"].choices = [(one.pk, one.name) for one in joint_candidates(case, clock.today())]


def _asked(row: SpecialProcedure) -> str:
    again = "再需" if row.continues_id else "需"
    return f"{row.label}　{again}{row.needed_days}个工作日（{row.requested_by.display_name}提出：{row.reason}）"
