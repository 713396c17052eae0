"""What is published, under which codes, and that no writing of a person's number passes."""

import json
from pathlib import Path

import pytest

from supervision.domain import publicity
from supervision.domain.publicity import (
    FIELDS,
    NEVER_PUBLISHED,
    PUBLISHED_EVENTS,
    public_code,
    without_personal_numbers,
)
from windows.domain.licences import LicenceState

_CORPUS = Path(__file__).parents[2] / "corpus"


def test_what_was_granted_is_published_and_nothing_else():
    assert set(PUBLISHED_EVENTS) == {"granted", "changed", "renewed", "deemed_renewed", "replaced"}


def test_fields_stand_under_the_codes_of_the_table_and_no_number_of_a_person_among_them():
    codes = [code for code, _ in FIELDS]
    assert codes[:3] == ["XK_XDR_MC", "XK_XDR_LB", "XK_XDR_SHXYM"]
    assert codes[-5:] == ["XK_XKJGDM", "XK_ZT", "XK_LYDW", "XK_LYDWDM", "BZ"]
    assert len(codes) == len(set(codes)) == 24
    assert NEVER_PUBLISHED.isdisjoint(codes)


@pytest.mark.parametrize(
    ("state", "code"),
    [(state, "1" if state is LicenceState.VALID else "2") for state in LicenceState],
)
def test_only_a_valid_licence_reads_as_valid(state, code):
    standing = publicity.standing_of(state)
    assert (standing.code, bool(standing.remark)) == (code, code == "2")


@pytest.mark.parametrize(
    "text",
    [
        "370682199001019996",
        "身份证370682199001019996号",
        "３７０６８２１９９００１０１９９９６",
        "370682 19900101 9996",
        "370682-19900101-9996",
        "3 7 0 6 8 2 1 9 9 0 0 1 0 1 9 9 9 6",
        "37068219900101\u200b9996",
        "三七〇六八二一九九〇〇一〇一九九九六",
        "③⑦⓪⑥⑧②①⑨⑨⓪⓪①⓪①⑨⑨⑨⑥",
        "37068219900101999x",
        "37068219900101999Ｘ",
        "37068219900101999 X",
        "370682900101999",
        "370682199013999999",
        "号1370682199001019996",
        "13800000000",
        "电话13800000000，",
        "tel13800000000",
        "138 0000 0000",
        "138-0000-0000",
        "+86 13800000000",
        "008613800000000",
        "013800000000",
        "1 3 8 0 0 0 0 0 0 0 0",
        "一三八〇〇〇〇〇〇〇〇",
        "13800000000 13900000000",
        "0535-7211234",
        "05357211234",
        "护照E12345678",
        "通行证H0123456789",
    ],
)
def test_a_number_of_a_person_in_any_writing_becomes_three_stars(text):
    cleaned = without_personal_numbers(f"热食类{text}制售")
    assert "***" in cleaned
    assert not publicity.has_personal_number(cleaned)
    assert not any(len(run) > 4 for run in "".join(c if c.isdigit() else " " for c in cleaned).split())
    assert cleaned.startswith("热食类") and cleaned.endswith("制售")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "热食类食品制售",
        "有效期2026-03-02至2031-03-01",
        "2026-03-02 2031-03-01",
        "建筑面积12345.67平方米，共3层",
        "项目代码2018-370682-47-03-000001",
        "莱审批〔2026〕准第3号",
        "JY13706820000017",
        "91370682MA00000A9M",
        "GB 2760-2014",
        "一二三四层",
        "400-1234567",
    ],
)
def test_other_numbers_stay(text):
    assert without_personal_numbers(text) == text


def test_every_phone_of_the_corpus_that_the_portal_takes_is_found():
    numbers = json.loads((_CORPUS / "phones.json").read_text(encoding="utf-8"))["accepted"]
    mobiles = [
        typed for typed, written in numbers if (written or typed).startswith("1") and len(written or typed) == 11
    ]
    assert len(mobiles) > 5
    assert [typed for typed in mobiles if not publicity.has_personal_number(typed)] == []


def test_a_credit_code_is_published_only_for_whom_it_belongs_to():
    code = "91370682MA00000A9M"
    assert public_code(natural=False, id_kind="credit_code", id_number=code) == code
    assert public_code(natural=True, id_kind="credit_code", id_number=code) == ""
    assert public_code(natural=False, id_kind="resident_id", id_number="370682199001019996") == ""
    assert public_code(natural=False, id_kind="credit_code", id_number="370682199001019996") == ""
    assert public_code(natural=False, id_kind="credit_code", id_number="91370682MA00000A9N") == ""
