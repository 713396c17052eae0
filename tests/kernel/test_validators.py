"""Form fields: length first, one sentence, nothing remembered by the browser."""

from datetime import date

import pytest
from django import forms

from laiyang_approval.kernel import validators
from laiyang_approval.kernel.id_codes import IdKind
from laiyang_approval.kernel.validators import (
    CreditCodeField,
    IdNumberField,
    OrganisationNameField,
    PersonNameField,
    PhoneField,
    PlainTextField,
    check_id_pair,
)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(validators, "today", lambda: date(2026, 11, 24))


class AgentForm(forms.Form):
    kind = forms.ChoiceField(choices=IdKind.choices(), required=False)
    number = IdNumberField(label="经办人证件号码", required=False)
    name = PersonNameField(label="经办人姓名")
    phone = PhoneField(required=False)
    note = PlainTextField(limit=10, multiline=True, required=False, label="备注")

    def clean(self):
        check_id_pair(self, "kind", "number")
        return self.cleaned_data


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        (IdNumberField(kind=IdKind.RESIDENT_ID), "37068219900307004x", "37068219900307004X"),
        (CreditCodeField(), " 91370682ma00000a9m ", "91370682MA00000A9M"),
        (PersonNameField(), "买买提．艾力", "买买提·艾力"),
        (OrganisationNameField(), "莱阳市某某餐饮店 ", "莱阳市某某餐饮店"),
        (PhoneField(), "138 0000 0000", "13800000000"),
        (PlainTextField(limit=5), "甲\r\n乙", "甲 乙"),
        (PlainTextField(limit=5, multiline=True), "甲\r\n乙\r\n丙", "甲\n乙\n丙"),
        (PlainTextField(limit=5, required=False), "  ", ""),
        (PhoneField(required=False), None, ""),
    ],
)
def test_a_field_hands_over_the_clean_value(field, typed, value):
    assert field.clean(typed) == value


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        (
            IdNumberField(kind=IdKind.RESIDENT_ID),
            "1" * 10_000,
            "证件号码过长（10000个字），最多64个字；请缩短后重新填写。",
        ),
        (
            IdNumberField(kind=IdKind.RESIDENT_ID),
            "370682199001019997",
            "身份证号码的校验位不对（第18位与前17位不符）；请逐位核对后重新填写。",
        ),
        (
            IdNumberField(kind=IdKind.RESIDENT_ID),
            "370682202611250014",
            "身份证号码中的出生日期2026-11-25晚于今天（第7至14位）；请核对后重新填写。",
        ),
        (CreditCodeField(), "", "请填写统一社会信用代码。"),
        (PersonNameField(label="法定代表人"), "  ", "请填写法定代表人。"),
        (PersonNameField(), "张😀", "姓名中不能有表情符号（编码U+1F600）；请删去后重新填写。"),
        (OrganisationNameField(), "司" * 201, "单位名称过长（201个字），最多200个字；请缩短后重新填写。"),
        (PhoneField(), "7000000", "固定电话缺少区号；请连区号填写，如0535-7000000。"),
        (PlainTextField(limit=3, label="理由"), "一二三四", "理由过长（4个字），最多3个字；请缩短后重新填写。"),
        (PlainTextField(limit=3), "\x00", "内容中有看不见的控制字符（编码U+0000）；请删去后手工重新输入。"),
    ],
)
def test_a_refusal_is_one_clear_sentence(field, typed, sentence):
    with pytest.raises(forms.ValidationError) as refusal:
        field.clean(typed)
    assert refusal.value.messages == [sentence]


def test_the_number_is_checked_against_the_kind_chosen_beside_it():
    good = AgentForm({"kind": "passport", "number": "e12345678", "name": "张伟"})
    assert good.is_valid(), good.errors
    assert good.cleaned_data["number"] == "E12345678"
    bad = AgentForm({"kind": "resident_id", "number": "E12345678", "name": "张伟"})
    assert not bad.is_valid()
    assert bad.errors == {"number": ["身份证号码应为18位，现为9位；请核对后重新填写。"]}


def test_browsers_are_told_what_it_is_and_not_to_remember_it():
    attributes = {name: field.widget.attrs for name, field in AgentForm().fields.items()}
    assert [name for name, attrs in attributes.items() if attrs.get("autocomplete") == "off"] == [
        "number",
        "name",
        "phone",
        "note",
    ]
    assert attributes["phone"]["inputmode"] == "tel"
    assert (attributes["number"]["maxlength"], attributes["note"]["maxlength"]) == ("64", "10")
