"""Forms of what must stand on record before a decision. They parse; what is lawful is decided by the commands."""

from django import forms

from laiyang_approval.kernel import clock
from windows.models import Case, CreditCheck
from windows.preconditions import bodies_above, is_decided_above, lawful_fees, open_fee_notices

from .examination import id_field, line_field, offer
from .review import ActForm, day_field, text_field


class CreditCheckForm(ActForm):
    """登记信用查询"""

    source = forms.CharField(
        label="查询平台",
        max_length=100,
        initial="信用中国（山东）",
        error_messages={"required": "请填写在哪个平台查询。"},
    )
    result = forms.ChoiceField(
        label="查询结果",
        choices=CreditCheck.Result.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择查询结果。"},
    )
    detail = text_field("查到的内容", rows=2, limit=1000, required=False)
    consequence = text_field(
        "如何使用",
        rows=2,
        limit=500,
        required=False,
        help_text="有不良信息或者没有得到答复的必填。不良信息本身不是不予许可的理由，法律另有规定的除外。",
    )


def _amount() -> forms.DecimalField:
    return forms.DecimalField(
        label="金额（元）",
        max_digits=16,
        decimal_places=2,
        error_messages={
            "required": "请填写金额。",
            "invalid": "金额应为数字，如120.00。",
            "max_decimal_places": "金额精确到分。",
            "max_digits": "金额过大，请核对。",
            "max_whole_digits": "金额过大，请核对。",
        },
    )


class FeeNoticeForm(ActForm):
    """出具缴费通知"""

    fee_id = forms.TypedChoiceField(
        label="收费项目",
        coerce=int,
        error_messages={"required": "请选择收费项目。", "invalid_choice": "请选择清单内可以收取的项目。"},
    )
    amount = _amount()
    payee = forms.CharField(label="收款单位", max_length=100, error_messages={"required": "请填写收款单位。"})


class PaymentForm(ActForm):
    """登记缴费"""

    notice_id = forms.TypedChoiceField(
        label="缴费通知",
        coerce=int,
        error_messages={"required": "请选择缴费通知。", "invalid_choice": "请选择未结清的缴费通知。"},
    )
    voucher_number = forms.CharField(
        label="缴款凭证号", max_length=60, error_messages={"required": "请填写缴款凭证号。"}
    )
    payer = forms.CharField(label="缴款人", max_length=100, error_messages={"required": "请填写缴款人。"})
    amount = _amount()
    paid_on = day_field("缴款日期")


class ReductionForm(ActForm):
    """登记减免"""

    notice_id = forms.TypedChoiceField(
        label="缴费通知",
        coerce=int,
        error_messages={"required": "请选择缴费通知。", "invalid_choice": "请选择未结清的缴费通知。"},
    )
    basis = text_field("减免依据", rows=2, limit=300, help_text="写到条、款、项。")


class UpwardReportForm(ActForm):
    """报送上级机关"""

    opinion = text_field(
        "初步审查意见", rows=4, limit=4000, help_text="连同全部申请材料一次报送（行政许可法第三十五条）。"
    )
    body_id = id_field("报送机关", required=False, help_text="依法作出决定的上级机关。")


class OutsideDecisionForm(ActForm):
    """登记上级机关的决定"""

    result = forms.ChoiceField(
        label="决定",
        choices=[("granted", "准予"), ("refused", "不予")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择准予或者不予。"},
    )
    document_number = line_field("文号", limit=60, help_text="照决定书填写。")
    document_on = day_field("决定日期")
    basis = line_field("依据", limit=2000, help_text="照决定书填写到条、款、项。")
    content = text_field("许可内容", rows=2, limit=2000, required=False, help_text="准予的，照决定书填写。")
    valid_from = day_field("有效期自", required=False, help_text="空为自决定日期起。")
    valid_to = day_field("有效期至", required=False, help_text="长期有效的留空。")
    certificate_number = line_field("证件编号", limit=60, required=False, help_text="该机关另发证件的，填写其编号。")
    reasons = text_field("理由", rows=2, limit=4000, required=False, help_text="不予的，照决定书填写。")
    scan = forms.FileField(label="决定书扫描件", error_messages={"required": "请上传决定书的扫描件。"})

    marks_fields = False


def offer_bodies(form: UpwardReportForm, case: Case) -> None:
    """The bodies above the county, where one of them decides; else the file goes to the body on record."""
    if is_decided_above(case):
        offer(form, "body_id", [(body.pk, body.name) for body in bodies_above(clock.today())])
        form.fields["body_id"].required = True
    else:
        del form.fields["body_id"]


def offer_fees(form: FeeNoticeForm, case: Case) -> None:
    """The fees of the edition that a law or an administrative regulation has."""
    form.fields["fee_id"].choices = [(fee.pk, fee.name) for fee in lawful_fees(case)]


def offer_open_notices(form: PaymentForm | ReductionForm, case: Case) -> None:
    """The notices not yet settled."""
    form.fields["notice_id"].choices = [(one.pk, f"{one.fee.name}　{one.amount}元") for one in open_fee_notices(case)]
