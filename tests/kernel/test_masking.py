"""What others may see of a person: domain.md 9.4, value by value."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laiyang_approval.kernel.masking import mask_address, mask_id_number, mask_in_text, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张伟", "张*"),
        ("王小明", "王*明"),
        ("欧阳震华", "欧*华"),
        ("欧阳锋", "欧*锋"),
        ("李", "*"),
        ("", ""),
        ("买买提·艾力", "买*力"),
        ("𠮷田", "𠮷*"),
        ("罗某䶮", "罗*䶮"),
        ("John Smith", "J*h"),
        ("Jose\u0301", "J*e\u0301"),
    ],
)
def test_a_persons_name_shows_first_and_last(name, shown):
    assert mask_name(name) == shown


def test_an_organisations_name_is_public():
    assert mask_name("莱阳市某某餐饮店", natural=False) == "莱阳市某某餐饮店"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("370682199001019996", "370***********9996"),
        ("37068219900307004X", "370***********004X"),
        ("USA310060010115", "USA********0115"),
        ("E12345678", "E******78"),
        ("12345678", "1*****78"),
        ("H12345678", "H******78"),
        ("123456", "******"),
        ("", ""),
    ],
)
def test_an_id_number_shows_its_ends(number, shown):
    assert mask_id_number(number) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812345678", "138****5678"),
        ("0535-7000012", "0535-*****12"),
        ("0535-7000012-8001", "0535-*****12"),
        ("010-65000012", "010-******12"),
        ("400-7000012", "400-*****12"),
        ("+85290000012", "+852******12"),
        ("110", "***"),
        ("", ""),
    ],
)
def test_a_phone_shows_its_ends(phone, shown):
    assert mask_phone(phone) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("山东省烟台市莱阳市城厢街道富水南路1号", "山东省烟台市莱阳市城厢街道***"),
        ("莱阳市城厢街道办事处富水南路1号", "莱阳市城厢街道办事处***"),
        ("莱阳市沐浴店镇某村12号", "莱阳市沐浴店镇***"),
        ("莱阳市高格庄镇", "莱阳市高格庄镇"),
        ("莱阳市富水南路1号", "莱阳市***"),
        ("莱阳市镇江路5号", "莱阳市***"),
        ("莱阳市城乡街8号", "莱阳市***"),
        ("富水南路1号", "***"),
        ("", ""),
    ],
)
def test_an_address_shows_no_more_than_street_office_or_town(address, shown):
    assert mask_address(address) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("身份证370682199001019996，电话13812345678。", "身份证370***********9996，电话138****5678。"),
        ("３７０６８２１９９００１０１９９９６", "370***********9996"),
        ("138 1234 5678或138-1234-5678", "138****5678或138****5678"),
        ("旧证370682900101999", "旧证370********1999"),
        ("座机0535-7000012、05357000012", "座机0535-*****12、0535-*****12"),
        ("护照E12345678，回乡证M1234567800", "护照E******78，回乡证M********00"),
        ("信用代码91370682MA00000A9M", "信用代码91370682MA00000A9M"),
        ("办件LY2611240000123456，第12页，2026年11月24日", "办件LY2611240000123456，第12页，2026年11月24日"),
        ("罚款1380000元，面积137.5㎡", "罚款1380000元，面积137.5㎡"),
        ("", ""),
    ],
)
def test_numbers_inside_a_text_are_masked(text, shown):
    assert mask_in_text(text) == shown


@given(before=st.text(max_size=20), number=st.from_regex(r"\A[1-8][0-9]{16}[0-9X]\Z"), after=st.text(max_size=20))
def test_no_number_of_eighteen_survives_between_any_other_text(before, number, after):
    # A letter or digit on either side makes it part of a longer code; that is not a number of eighteen any more.
    if re.match(r"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]", after) or re.search(r"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ][- ]?\Z", before):
        return
    assert number not in mask_in_text(before + number + after)


@given(text=st.text(st.characters(), max_size=60))
def test_masking_takes_any_text(text):
    for mask in (mask_name, mask_id_number, mask_phone, mask_address, mask_in_text):
        assert isinstance(mask(text), str)
