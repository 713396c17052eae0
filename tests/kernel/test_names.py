"""Names, phones and free text: real people fit in (R19), what cannot be printed is refused in one sentence."""

import unicodedata
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.names import (
    clean_organisation_name,
    clean_person_name,
    clean_phone,
    clean_text,
    comparison_key,
)
from tests import corpus

PERSONS = corpus.load("person_names")
PHONES = corpus.load("phones")


@pytest.mark.parametrize(("typed", "stored", "situation"), PERSONS["accepted"])
def test_a_real_name_is_kept_as_written(typed, stored, situation):
    assert clean_person_name(typed) == (stored or typed)


@pytest.mark.parametrize(("typed", "reason", "situation"), PERSONS["refused"])
def test_what_no_name_holds_is_refused(typed, reason, situation):
    with pytest.raises(InvalidInput) as refusal:
        clean_person_name(typed)
    assert reason in refusal.value.message
    assert refusal.value.message.endswith("。")
    refusal.value.message.encode("utf-8")


def test_normal_forms_would_have_changed_the_person():
    name = "\uf900文"
    assert clean_person_name(name) == name
    assert unicodedata.normalize("NFKC", name) != name
    assert unicodedata.normalize("NFC", name) != name


@pytest.mark.parametrize(
    "name",
    [
        "莱阳市某某餐饮店",
        "莱阳市行政审批服务局",
        "烟台3M（中国）有限公司",
        "莱阳A&B商贸有限公司",
        "“梨乡”合作社",
        "=SUM(A1)",
        "㈱莱阳",
        "上海№1百货",
    ],
)
def test_an_organisation_keeps_its_name(name):
    assert clean_organisation_name(f" {name}\u3000") == name


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "请填写单位名称"),
        ("！！！", "没有文字"),
        ("某公司🍐", "表情符号"),
        ("某公司</td>", "尖括号"),
        ("某公司\x00", "控制字符"),
        ("某公司\u202e", "排版控制字符"),
        ("司" * 201, "单位名称过长（201个字），最多200个字"),
        ("司" * 10_000, "单位名称过长（10000个字）"),
        ("某店13800000000", "一串号码"),
    ],
)
def test_what_no_organisation_is_called_is_refused(typed, reason):
    with pytest.raises(InvalidInput, match=reason):
        clean_organisation_name(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("买买提·艾力", "买买提．艾力"),
        ("\uf900文", "\u8c48文"),
        ("Nguyễn", "Nguye\u0302\u0303n"),
        ("莱阳市（某某）公司", "莱阳市(某某) 公司"),
        ("ＡＢＣ公司", "abc公司"),
        ("张 伟", "张伟"),
    ],
)
def test_two_spellings_of_one_name_compare_equal(one, other):
    assert comparison_key(one) == comparison_key(other)
    assert one != other


def test_different_names_compare_different():
    assert comparison_key("𠮷田") != comparison_key("吉田")


@pytest.mark.parametrize(("typed", "stored"), PHONES["accepted"])
def test_a_phone_is_taken_in_its_one_written_form(typed, stored):
    assert clean_phone(typed) == (stored or typed)
    assert clean_phone(clean_phone(typed)) == clean_phone(typed)


@pytest.mark.parametrize(("typed", "reason"), PHONES["refused"])
def test_a_wrong_phone_is_refused_with_its_own_reason(typed, reason):
    with pytest.raises(InvalidInput) as refusal:
        clean_phone(typed)
    assert reason in refusal.value.message
    refusal.value.message.encode("utf-8")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", ""),
        ("  面积<200㎡，温度≥5℃ ", "面积<200㎡，温度≥5℃"),
        ("第一行\r\n第二行\r第三行\n", "第一行\n第二行\n第三行"),
        ("①②　☑", None),
        ("甲\t乙", "甲 乙"),
        ("\ufeff甲\u200b乙", "甲乙"),
    ],
)
def test_free_text_is_kept_as_written(typed, stored):
    assert clean_text(typed, max_length=50, multiline=True) == (typed if stored is None else stored)


def test_one_line_is_made_of_several_where_one_is_wanted():
    assert clean_text("甲\r\n乙", max_length=10) == "甲 乙"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("好🍐", "表情符号"),
        ("甲\x00乙", "控制字符"),
        ("甲\x1b[31m", "控制字符"),
        ("甲\u202e乙", "排版控制字符"),
        ("甲\ue000乙", "自造字"),
        ("字" * 51, "内容过长（51个字），最多50个字"),
        ("字" * 10_000, "内容过长（10000个字）"),
        ("\ud800", "控制字符"),
    ],
)
def test_free_text_that_cannot_be_printed_is_refused(typed, reason):
    with pytest.raises(InvalidInput, match=reason):
        clean_text(typed, max_length=50, multiline=True)


def test_a_million_characters_are_refused_at_once():
    for clean in (
        clean_person_name,
        clean_organisation_name,
        clean_phone,
        lambda text: clean_text(text, max_length=4000),
    ):
        for letter in ("张", " ", "·", "\u200b", "0", "a\u0301"):
            started = perf_counter()
            with pytest.raises(InvalidInput):
                clean(letter * 1_000_000)
            assert perf_counter() - started < 0.1


@given(text=st.text(st.characters(), max_size=60))
def test_any_text_is_taken_or_refused_and_nothing_else(text):
    for clean in (
        clean_person_name,
        clean_organisation_name,
        clean_phone,
        lambda text: clean_text(text, max_length=50, multiline=True),
    ):
        try:
            cleaned = clean(text)
        except InvalidInput as refusal:
            refusal.message.encode("utf-8")
        else:
            cleaned.encode("utf-8")
            assert clean(cleaned) == cleaned
            assert "\x00" not in cleaned
    comparison_key(text)
