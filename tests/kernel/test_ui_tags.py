"""The components of every page: what they draw, in every state, from plain values only."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template
from django.test import override_settings
from django.urls import reverse

from laiyang_approval.kernel.templatetags import ui
from windows.models import Case

LONG_NAME = "莱阳市𠮷祥䶮海食品餐饮管理服务有限责任公司烟台分公司第一经营部旗舰店（五龙路总店）"


def draw(source: str, **context) -> str:
    return Template(source).render(Context(context)).strip()


# --- lights, states, deadlines ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("light", "shape", "word"),
    [
        ("green", "●", "正常"),
        ("yellow", "▲", "预警"),
        ("orange", "◆", "超承诺"),
        ("red", "■", "超法定"),
        ("paused", "‖", "暂停计时"),
        ("none", "○", "不计时"),
    ],
)
def test_a_light_is_a_shape_a_word_and_a_colour(light, shape, word):
    drawn = draw("{% light_tag light %}", light=light)
    assert f'<span aria-hidden="true">{shape}</span> {word}</span>' in drawn
    assert f"light-{ui.LIGHTS[light][2]}" in drawn


def test_every_light_a_case_can_have_is_drawn():
    assert set(Case.Light.values) <= set(ui.LIGHTS)


def test_a_state_without_a_look_of_its_own_is_plain_and_keeps_its_word():
    assert draw("{% status_tag 'archived' '已归档' %}") == '<span class="tag tag-plain">已归档</span>'


def test_a_state_is_escaped():
    assert "<b>" not in draw("{% status_tag value %}", value="<b>")


def test_a_deadline_off_the_green_carries_the_shape_of_its_light():
    drawn = draw("{% deadline_badge '承诺截止' due '已超 2 个工作日' light='orange' %}", due=date(2026, 3, 12))
    assert '<time datetime="2026-03-12">2026-03-12</time>' in drawn
    assert '<small><span aria-hidden="true">◆</span> 已超 2 个工作日</small>' in drawn


def test_a_deadline_in_an_unpublished_year_says_what_it_waits_for():
    assert "待公布<small>待2027年放假安排公布</small>" in draw("{% deadline_badge '法定截止' None missing_year=2027 %}")


# --- acts ------------------------------------------------------------------------------------------------------------


def test_an_act_that_is_open_is_a_button_that_posts_its_value():
    drawn = draw("{% act '受理' True '' 'outcome' 'accept' True 'Ctrl+Enter' %}")
    assert '<button type="submit" class="button button-primary" name="outcome" value="accept"' in drawn
    assert 'aria-keyshortcuts="Ctrl+Enter"' in drawn


def test_an_act_that_is_closed_stays_visible_and_says_why():
    drawn = draw("{% act '准予许可' False '您是本件的受理人。' %}")
    assert 'type="submit"' not in drawn
    described_by = drawn.split('aria-describedby="')[1].split('"')[0]
    assert f'<p class="act-reason" id="{described_by}">您是本件的受理人。</p>' in drawn


def test_two_closed_acts_on_one_page_have_reasons_of_their_own():
    drawn = draw("{% act '准予' False '甲' %}{% act '不予' False '乙' %}")
    ids = [part.split('"')[0] for part in drawn.split('id="')[1:]]
    assert len(ids) == len(set(ids)) == 2


# --- forms -----------------------------------------------------------------------------------------------------------


class Sample(forms.Form):
    """One required field, one that need not be filled in, a group, and a hidden one."""

    holder = forms.CharField(label="申请人", help_text="与执照一致。")
    phone = forms.CharField(label="电话", required=False)
    kind = forms.ChoiceField(label="类别", choices=[("1", "自然人"), ("2", "法人")], widget=forms.RadioSelect)
    version = forms.IntegerField(widget=forms.HiddenInput)


class AllRequired(forms.Form):
    """Marks would tell nothing here."""

    number = forms.CharField(label="受理编号")
    code = forms.CharField(label="查询码")


def test_a_field_is_tied_to_its_help_and_to_each_of_its_errors():
    form = Sample({"kind": "1", "version": "1"})
    form.add_error("holder", "名称有误。")
    drawn = draw("{% field form.holder %}", form=form)
    assert 'aria-describedby="id_holder_helptext id_holder_error"' in drawn
    assert 'id="id_holder_helptext">与执照一致。</p>' in drawn
    assert drawn.count("<p>") == 2 and "<p>名称有误。</p>" in drawn.split('id="id_holder_error">')[1]


def test_a_mixed_form_marks_what_must_and_what_may_be_filled_in():
    form = Sample()
    assert 'class="field-mark"' in draw("{% field form.holder %}", form=form)
    assert "（选填）" in draw("{% field form.phone %}", form=form)


def test_a_form_whose_fields_are_all_required_has_no_marks():
    drawn = draw("{% field form.number %}{% field form.code %}", form=AllRequired())
    assert "field-mark" not in drawn and "选填" not in drawn


def test_a_group_of_choices_stands_under_one_legend_that_errors_can_lead_to():
    form = Sample({"holder": LONG_NAME, "version": "1"})
    drawn = draw("{% field form.kind %}", form=form)
    assert '<fieldset class="field field-group has-error" id="id_kind"' in drawn
    assert drawn.count('type="radio"') == 2


def test_the_summary_leads_to_each_field_and_takes_the_focus():
    form = Sample({"kind": "1", "version": "1"})
    form.add_error(None, "两处不一致。")
    drawn = draw("{% form_errors form %}", form=form)
    assert 'role="alert" tabindex="-1" data-focus' in drawn
    assert "<li>两处不一致。</li>" in drawn
    assert '<a href="#id_holder">申请人：' in drawn


def test_the_summary_does_not_say_the_label_twice():
    form = AllRequired({"number": "LY1", "code": "x"})
    form.add_error("code", "查询码是8位，请核对。")
    assert '<a href="#id_code">查询码是8位，请核对。</a>' in draw("{% form_errors form %}", form=form)


def test_a_form_without_errors_has_no_summary():
    assert draw("{% form_errors form %}", form=Sample()) == ""


def test_a_whole_form_draws_itself_with_our_fields_and_its_hidden_ones():
    drawn = draw("{{ form }}", form=Sample({"holder": "<script>alert(1)</script>"}))
    assert 'class="error-summary"' in drawn and 'type="hidden" name="version"' in drawn
    assert drawn.count('class="field') >= 3
    assert "<script>" not in drawn


# --- lists and ways --------------------------------------------------------------------------------------------------


def test_the_timeline_tells_instants_in_laiyang_and_days_as_days():
    items = [
        {"at": datetime(2026, 3, 1, 17, 30, tzinfo=UTC), "label": "受理", "who": LONG_NAME},
        {"at": date(2026, 3, 9), "label": "补正", "note": "缺平面布局图"},
    ]
    drawn = draw("{% timeline items %}", items=items)
    assert ">2026-03-02 01:30</time>" in drawn and ">2026-03-09</time>" in drawn
    assert LONG_NAME in drawn and "缺平面布局图" in drawn


def test_an_empty_timeline_says_so():
    assert "还没有记录。" in draw("{% timeline items %}", items=[])


def test_files_or_the_sentence_that_there_are_none():
    files = [{"name": "执照.pdf", "url": "/f/1/", "size_text": "2 KB"}]
    assert '<a href="/f/1/">执照.pdf</a><small class="number">2 KB</small>' in draw(
        "{% file_list files %}", files=files
    )
    assert draw("{% file_list files '没有提交附件。' %}", files=[]) == '<p class="quiet">没有提交附件。</p>'


def test_the_first_and_only_page_has_no_pager():
    assert draw("{% pager '' '' True %}") == ""


def test_the_pager_keeps_the_filters_and_quotes_the_cursor():
    drawn = draw("{% pager 'a+b=' 'light=red' False %}")
    assert 'href="?light=red&amp;after=a%2Bb%3D"' in drawn
    assert 'href="?light=red" rel="first"' in drawn


def test_the_last_page_says_that_it_is_the_last():
    assert "已到最后" in draw("{% pager '' 'light=red' False %}")


def test_a_chip_replaces_its_own_filter_and_keeps_the_others():
    drawn = draw("{% filter_chips 'light' chips 'red' 'q=1&light=red' %}", chips=[("red", "红"), ("green", "绿")])
    assert 'href="?q=1&amp;light=green">绿</a>' in drawn
    assert 'aria-current="true" href="?q=1&amp;light=red">红</a>' in drawn


def test_tabs_mark_the_list_one_is_in_and_show_a_count_of_none():
    drawn = draw("{% tabs items 'todo' '办件' %}", items=[("todo", "待办", "/a", 0), ("done", "已办", "/b")])
    assert '<a href="/a" aria-current="page">待办<span class="count">0</span></a>' in drawn
    assert '<a href="/b">已办</a>' in drawn


def test_breadcrumbs_end_where_one_is():
    drawn = draw("{% breadcrumbs '我要办' '/m/' '市场准入' %}")
    assert '<a href="/m/">我要办</a>' in drawn and '<span aria-current="page">市场准入</span>' in drawn


def test_labels_and_values_show_zero_as_zero_and_nothing_as_a_dash():
    drawn = draw("{% data_list '份数' 0 '备注' '' '日期' None %}")
    assert "<dd>0</dd>" in drawn and drawn.count("<dd>—</dd>") == 2


def test_steps_say_which_are_done():
    drawn = draw("{% steps labels 1 %}", labels=["选择", "填写", "提交"])
    assert "已完成：</span>选择" in drawn and '<li aria-current="step">填写</li>' in drawn


def test_an_empty_state_says_why_and_what_to_do():
    drawn = draw("{% empty_state '没有待办' '到期在先的排在最前。' '/done/' '查看已办' %}")
    assert "没有待办" in drawn and '<a class="button button-plain" href="/done/">查看已办</a>' in drawn
    assert "<a " not in draw("{% empty_state '没有待办' %}")


def test_only_a_stopping_notice_interrupts():
    assert 'role="alert"' in draw("{% notice 'stop' '已停办。' %}")
    assert "role=" not in draw("{% notice 'warn' '将停办。' '注意' %}")


def test_a_figure_leads_to_the_list_behind_it():
    assert '<a href="/red/">3</a><span class="figure-unit">件</span>' in draw("{% figure '红灯' 3 '件' '' '/red/' %}")


@pytest.mark.parametrize(("share", "width"), [(0.72, "72.0"), (-1, "0.0"), (2, "100.0")])
def test_a_bar_stays_within_its_ground(share, width):
    assert f'class="bar-share" width="{width}"' in draw("{% svg_bar share '已用' %}", share=share)


# --- words -----------------------------------------------------------------------------------------------------------


def test_dates_read_in_text_and_in_tables():
    at = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
    assert (
        draw("{{ at|cn_date }} {{ at|iso_date }} {{ at|moment }}", at=at) == "2026年3月2日 2026-03-02 2026-03-02 00:00"
    )
    assert draw("{{ at|cn_date }}{{ at|iso_date }}{{ at|moment }}", at=None) == "———"


def test_a_date_not_known_reads_as_the_page_says():
    assert (ui.cn_date(None), ui.cn_date(None, "待公布"), ui.iso_date(None, "解除")) == ("—", "待公布", "解除")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (10, "workday", "10个工作日"),
        (30, "calday", "30日（自然日）"),
        (3, "month", "3个月"),
        (5, "year_fixed", "5年"),
        (0, "workday", "当场办结"),
        (None, "workday", "待核实"),
        (10, "", "待核实"),
    ],
)
def test_a_limit_always_names_its_unit(value, unit, text):
    assert ui.limit_text(value, unit) == text
    assert "天" not in text


def test_personal_data_is_masked_by_filter():
    assert "1234" not in draw("{{ number|masked_id }}", number="11010119900101123X")


# --- the gallery -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_gallery_draws_every_component_in_both_frames(client):
    for frame in ("public", "workbench"):
        page = client.get(reverse("component-gallery"), {"frame": frame}).content.decode()
        assert page.count(LONG_NAME) > 10
        for word in ("超法定", "待公布", "还没有记录。", "没有附件。", "已到最后"):
            assert word in page
        assert " style=" not in page and "<script>" not in page


@pytest.mark.django_db
@override_settings(PRODUCTION=True)
def test_the_gallery_is_not_there_in_production(client):
    assert client.get(reverse("component-gallery")).status_code == 404
