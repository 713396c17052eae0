"""Small tables the portal's people look after: business rules and the register of void numbers."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.commands.rules import change_rule
from laiyang_approval.kernel.errors import DomainError, NotFound
from laiyang_approval.kernel.models import BusinessRule, NumberSeries, VoidedNumber
from laiyang_approval.kernel.numbering import void_number

from .showing import show_refusal


class RuleForm(forms.Form):
    """调整业务规则: a switch is chosen, a number is typed beside its unit."""

    value = forms.CharField(label="新的值", max_length=500, error_messages={"required": "请填写规则的值。"})
    valid_from = forms.DateField(
        label="生效日",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写生效日。", "invalid": "生效日应写作2026-11-24的形式。"},
    )
    basis = forms.CharField(
        label="依据", max_length=300, help_text="由谁、以什么文件确定。", error_messages={"required": "请写明依据。"}
    )

    def __init__(self, *args, rule: BusinessRule, **kwargs):
        super().__init__(*args, **kwargs)
        value = self.fields["value"]
        if rule.value in {"on", "off"}:
            value.widget = forms.Select(choices=(("on", "开"), ("off", "关")))
            self.initial.setdefault("value", rule.value)
        elif rule.unit:
            value.label = f"新的值（{rule.unit}）"


class VoidForm(forms.Form):
    """作废文号"""

    series = forms.CharField(
        label="文号序列",
        max_length=60,
        help_text="例如 莱审批受字；已用过的序列可以从列表中选。",
        widget=forms.TextInput(attrs={"list": "series-used", "autocomplete": "off"}),
        error_messages={"required": "请填写文号序列。"},
    )
    period = forms.CharField(label="年度", max_length=10, error_messages={"required": "请填写年度。"})
    number = forms.IntegerField(
        label="流水号",
        min_value=1,
        max_value=99_999_999,
        error_messages={
            "required": "请填写流水号。",
            "invalid": "流水号是整数。",
            "min_value": "流水号从1开始。",
            "max_value": "没有这么大的流水号。",
        },
    )
    reason = forms.CharField(label="作废原因", max_length=200, error_messages={"required": "请填写作废原因。"})


@require_http_methods(["GET"])
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule as it stands today, defaults of ours marked as such."""
    today = clock.today()
    current: dict[str, BusinessRule] = {}
    for row in BusinessRule.objects.filter(valid_from__lte=today).order_by("key", "valid_from"):
        current[row.key] = row
    return render(request, "kernel/rules.html", {"rules": list(current.values())})


@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, key: str) -> HttpResponse:
    """One rule, its rows by date, and the form that adds the next."""
    rows = list(BusinessRule.objects.filter(key=key).order_by("-valid_from"))
    if not rows:
        raise NotFound("没有这条业务规则；请从列表中选择。")
    form, status = RuleForm(request.POST or None, initial={"valid_from": clock.today()}, rule=rows[0]), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                change_rule(key, **form.cleaned_data, actor=request.user, at=clock.now())
                messages.success(request, f"“{rows[0].label}”已登记新的值。")
                return redirect("rule", key=key)
            except DomainError as error:
                status = show_refusal(form, error)
    return render(request, "kernel/rule.html", {"rule": rows[0], "rows": rows, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
def void_numbers(request: HttpRequest) -> HttpResponse:
    """The register of numbers that will not stand on a paper, with their reasons; and the form that adds one."""
    form, status = VoidForm(request.POST or None, initial={"period": clock.today().year}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                void_number(**form.cleaned_data, actor=request.user, at=clock.now())
                messages.success(request, "已登记作废，该文号不再使用。")
                return redirect("void-numbers")
            except DomainError as error:
                status = show_refusal(form, error)
    context = {
        "form": form,
        "voided": VoidedNumber.objects.select_related("voided_by").order_by("-voided_at")[:200],
        "series": NumberSeries.objects.filter(series__endswith="字").order_by("-period", "series")[:200],
    }
    return render(request, "kernel/void_numbers.html", context, status=status)
