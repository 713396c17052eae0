"""Every component in every state, for those who build pages. Not there in production."""

from datetime import date

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.errors import CalendarMissing
from laiyang_approval.kernel.templatetags.ui import LIGHTS, STATE_LOOKS
from windows.clock_strip import strip_of
from windows.domain.clock import Limit, Suspension, Unit, run_clock
from windows.domain.states import State

#: Forty characters, two of them rare: no page may break on it.
LONG_NAME = "莱阳市𠮷祥䶮海食品餐饮管理服务有限责任公司烟台分公司第一经营部旗舰店（五龙路总店）"
FRAMES = {"public": "base_public.html", "workbench": "base_workbench.html"}


class SampleForm(forms.Form):
    """示例表单: one field of each kind."""

    holder = forms.CharField(label="申请人", help_text="与营业执照或身份证件上的名称一致。", max_length=80)
    credit_code = forms.CharField(label="统一社会信用代码", max_length=18)
    phone = forms.CharField(label="联系电话", required=False)
    kind = forms.ChoiceField(
        label="申请人类别", choices=[("1", "自然人"), ("2", "法人"), ("3", "非法人组织")], widget=forms.RadioSelect
    )
    matter = forms.ChoiceField(
        label="事项", choices=[("", "请选择"), ("SJ-04", "食品经营许可（仅销售预包装食品的除外）")]
    )
    request = forms.CharField(
        label="申请内容", required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="500字以内。"
    )
    material = forms.FileField(label="材料", required=False, help_text="PDF、JPG、PNG，每个不超过20 MB。")
    electronic = forms.BooleanField(
        label="同意以电子方式送达", required=False, help_text="文书以短信通知，在本站下载。"
    )


@require_GET
def component_gallery(request: HttpRequest) -> HttpResponse:
    """All components; ``?frame=workbench`` in the frame of the workbench. Raises Http404 in production."""
    if settings.PRODUCTION:
        raise Http404
    context = {
        "frame": FRAMES.get(request.GET.get("frame", ""), FRAMES["public"]),
        "long_name": LONG_NAME,
        "lights": list(LIGHTS),
        "states": [(state.value, state.label) for state in State],
        "other_states": [
            (value, value) for value in STATE_LOOKS if value not in {state.value for state in State} and value.isascii()
        ],
        "today": date(2026, 3, 12),
        "fresh": SampleForm(auto_id="fresh_%s"),
        "wrong": _wrong(),
        "timeline": _timeline(),
        "files": [
            {"name": "营业执照（副本）.pdf", "url": "#files", "size_text": "218 KB"},
            {
                "name": f"{LONG_NAME}经营场所平面布局图及设备布置说明.jpg",
                "url": "#files",
                "size_text": "4.2 MB",
                "note": "共享核验",
            },
        ],
        "rows": [_row(number) for number in range(1, 51)],
        "one_row": [_row(1)],
        "steps": ["选择事项", "填写信息", "上传材料", "核对提交"],
        "chips": [("green", "● 正常"), ("yellow", "▲ 预警"), ("orange", "◆ 超承诺"), ("red", "■ 超法定")],
        "tabs": [("todo", "待办", "#ways", 12), ("done", "已办", "#ways", 3480), ("lent", "委托", "#ways")],
        "strip": _strip(),
    }
    return render(request, "gallery.html", context)


def _wrong() -> SampleForm:
    form = SampleForm({"holder": LONG_NAME, "credit_code": "9137"}, auto_id="wrong_%s")
    form.full_clean()
    form.add_error("credit_code", "统一社会信用代码应为18位，现为4位；请核对营业执照。")
    form.add_error(None, "填写的经营场所不在莱阳市辖区内，请核对。")
    return form


def _timeline() -> list[dict]:
    return [
        {"at": date(2026, 3, 2), "label": "收件", "who": "综合3号窗 于晓静"},
        {
            "at": date(2026, 3, 3),
            "label": "一次性告知补正",
            "who": "综合3号窗 于晓静",
            "note": "缺少平面布局图；3月31日前补齐。",
        },
        {"at": date(2026, 3, 9), "label": "受理", "who": LONG_NAME},
    ]


def _row(number: int) -> dict:
    lights = list(LIGHTS)
    states = [State.ACCEPTED, State.IN_REVIEW, State.PENDING_DECISION, State.RECEIVED, State.GRANTED, State.REFUSED]
    return {
        "light": lights[number % len(lights)],
        "number": f"LY260302{number:06d}",
        "matter": "食品经营许可" if number % 7 else "电影放映单位设立、变更业务范围或者兼并、合并、分立审批",
        "holder": LONG_NAME if number % 5 == 1 else "莱阳市某某餐饮店",
        "state": states[number % len(states)],
        "due": date(2026, 3, 1 + number % 28),
    }


def _strip():
    """The clock of the sketch in ui.md: accepted 2 March, five days suspended; None without a calendar."""
    try:
        calendar = current_calendar()
        pause = [
            Suspension(date(2026, 3, 8), date(2026, 3, 13), label="专家评审", reference="特别程序告知书〔2026〕12号")
        ]
        accepted = date(2026, 3, 2)
        promised, statutory = (
            run_clock(accepted, Limit(days, Unit.WORKDAY), calendar, suspensions=pause) for days in (7, 20)
        )
        return strip_of(promised, statutory, today=date(2026, 3, 17))
    except CalendarMissing:
        return None
