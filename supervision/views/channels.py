"""推送渠道: how each regulator is reached, set by the system officer; a key is shown once, when it is made."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.models import Department
from laiyang_approval.kernel.permissions import require_recent_login
from matters.boundaries import supervisors_on
from supervision.commands.channels import renew_key, set_channel
from supervision.models import RegulatorChannel


class ChannelForm(forms.Form):
    """推送渠道"""

    kind = forms.ChoiceField(
        label="渠道",
        choices=RegulatorChannel.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择推送渠道。", "invalid_choice": "请选择推送渠道。"},
    )
    url = forms.CharField(
        label="接收地址", max_length=300, required=False, help_text="只能是部署配置中开放的地址；门户收件箱留空。"
    )


@require_GET
def channels(request: HttpRequest) -> HttpResponse:
    """Every regulator of today with its channel."""
    known = {one.department_id: one for one in RegulatorChannel.objects.all()}
    rows = [(body, known.get(body.pk)) for body in supervisors_on(clock.today())]
    return render(request, "supervision/channels.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def channel(request: HttpRequest, code: str) -> HttpResponse:
    """One regulator's channel, and setting it."""
    found = RegulatorChannel.objects.filter(department__code=code).first()
    initial = {"kind": found.kind, "url": found.url} if found else {"kind": RegulatorChannel.Kind.CONSOLE}
    form = ChannelForm(request.POST or None, initial=initial)
    if request.method == "POST":
        require_recent_login(request)
        if form.is_valid():
            try:
                set_channel(code, **form.cleaned_data, actor=request.user, at=clock.now())
            except InvalidInput as error:
                for name, text in error.fields.items() or {None: error.message}.items():
                    form.add_error(name, text)
            else:
                messages.success(request, "推送渠道已设置。")
                return redirect("push-channel", code)
    return _channel_response(request, code, form, status=422 if form.errors else 200)


@require_POST
def channel_key(request: HttpRequest, code: str, which: str) -> HttpResponse:
    """A new key, shown on the answer to this post and never again."""
    if which not in {"outbound", "inbound"}:
        raise Http404
    require_recent_login(request)
    key = renew_key(code, inbound=which == "inbound", actor=request.user, at=clock.now())
    found = RegulatorChannel.objects.get(department__code=code)
    form = ChannelForm(initial={"kind": found.kind, "url": found.url})
    return _channel_response(request, code, form, new_key=key, which=which)


def _channel_response(
    request: HttpRequest, code: str, form: ChannelForm, *, new_key: str = "", which: str = "", status: int = 200
) -> HttpResponse:
    body = Department.objects.filter(code=code, is_supervisor=True).first()
    if body is None:
        raise Http404
    found = RegulatorChannel.objects.select_related("changed_by").filter(department=body).first()
    context = {"body": body, "channel": found, "form": form, "new_key": new_key, "which": which}
    return render(request, "supervision/channel.html", context, status=status)
