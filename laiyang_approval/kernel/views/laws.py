"""法律条文: what letters cite, by date; registering an amendment or a repeal."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.commands.laws import Amendment, amend_law, repeal_law
from laiyang_approval.kernel.errors import DomainError, NotFound
from laiyang_approval.kernel.models import LawRecord

from .showing import show_refusal


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": f"请填写{label}。", "invalid": f"{label}应写作2026-11-24的形式。"},
    )


class AmendmentForm(forms.Form):
    """登记修改"""

    law = forms.CharField(
        label="法律、法规、文件", max_length=100, error_messages={"required": "请填写法律、法规或者文件的名称。"}
    )
    article = forms.CharField(label="条、款、项", max_length=60, required=False)
    content = forms.CharField(label="内容", max_length=300, error_messages={"required": "请写明规定了什么。"})
    term_value = forms.IntegerField(
        label="期限",
        required=False,
        min_value=1,
        max_value=3650,
        help_text="原来有期限的填写，单位不变。",
        error_messages={
            "invalid": "期限应为整数。",
            "min_value": "期限至少为1。",
            "max_value": "期限过长，请核对。",
        },
    )
    valid_from = _day("施行日")


class RepealForm(forms.Form):
    """登记失效"""

    last_day = _day("最后有效日")


@require_GET
def laws(request: HttpRequest) -> HttpResponse:
    """Every provision letters may cite, as it stands today, and those no longer in force."""
    newest: dict[str, LawRecord] = {}
    for record in LawRecord.objects.order_by("key", "-valid_from"):
        newest.setdefault(record.key, record)
    return render(request, "kernel/laws.html", {"records": list(newest.values()), "today": clock.today()})


@require_http_methods(["GET", "POST"])
def law(request: HttpRequest, key: str) -> HttpResponse:
    """One provision, its records by date, and the forms that amend or end it."""
    rows = list(LawRecord.objects.filter(key=key).order_by("-valid_from"))
    if not rows:
        raise NotFound("没有这条法律条文；请从列表中选择。")
    newest, ends = rows[0], request.POST.get("act") == "repeal"
    initial = {"law": newest.law, "article": newest.article, "content": newest.content, "term_value": newest.term_value}
    amending = AmendmentForm(None if ends else request.POST or None, initial=initial)
    repealing = RepealForm(request.POST if ends else None)
    status = 200
    if request.method == "POST":
        form, status = repealing if ends else amending, 422
        if form.is_valid():
            try:
                if ends:
                    repeal_law(key, **form.cleaned_data, actor=request.user, at=clock.now())
                else:
                    amend_law(key, Amendment(**form.cleaned_data), actor=request.user, at=clock.now())
            except DomainError as error:
                status = show_refusal(form, error)
            else:
                messages.success(request, f"{newest.citation}已登记{'失效' if ends else '修改'}。")
                return redirect("law", key=key)
    context = {"record": newest, "rows": rows, "amending": amending, "repealing": repealing}
    return render(request, "kernel/law.html", context, status=status)
