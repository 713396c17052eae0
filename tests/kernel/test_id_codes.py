"""Identity codes: domain.md 9.1 and 9.2, GB 11643, GB 32100, and what people really type."""

from datetime import date
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.id_codes import (
    IdKind,
    check_credit_code,
    check_id,
    check_person_id,
    check_resident_id,
    credit_code_check_digit,
    guess_kind,
    organisation_check_digit,
    resident_id_check_digit,
)
from tests import corpus

TODAY = date(2026, 11, 24)
CODES = corpus.load("identity_codes")


@pytest.mark.parametrize(("kind", "typed", "stored", "situation"), CODES["accepted"])
def test_a_good_code_is_taken_in_its_one_written_form(kind, typed, stored, situation):
    assert check_id(kind, typed, today=TODAY) == (stored or typed)


@pytest.mark.parametrize(("kind", "typed", "reason", "situation"), CODES["refused"])
def test_a_wrong_code_is_refused_with_its_own_reason(kind, typed, reason, situation):
    with pytest.raises(InvalidInput) as refusal:
        check_id(kind, typed, today=TODAY)
    sentence = refusal.value.message
    assert reason in sentence
    assert sentence.endswith("。")
    assert not any(hidden in sentence for hidden in "\x00\u202e\u200b\ud800")


@pytest.mark.parametrize("kind", list(IdKind))
def test_every_reason_is_encodable_and_says_what_to_do(kind):
    with pytest.raises(InvalidInput) as refusal:
        check_id(kind, "!", today=TODAY)
    refusal.value.message.encode("utf-8")
    assert "核对" in refusal.value.message


def test_every_single_wrong_digit_of_a_resident_id_is_found():
    number = "370682199001019996"
    for place in range(18):
        for digit in set("0123456789") - {number[place]}:
            with pytest.raises(InvalidInput):
                check_resident_id(number[:place] + digit + number[place + 1 :], today=TODAY)


def test_every_single_wrong_character_of_a_credit_code_is_found():
    code = "91370682MA00000A9M"
    for place in range(18):
        for letter in set("0123456789ABCDEFGHJKLMNPQRTUWXY") - {code[place]}:
            with pytest.raises(InvalidInput):
                check_credit_code(code[:place] + letter + code[place + 1 :])


def test_a_child_born_today_is_accepted_and_refused_the_day_before():
    number = "370682202611240019"
    assert check_resident_id(number, today=date(2026, 11, 24)) == number
    with pytest.raises(InvalidInput, match="晚于今天"):
        check_resident_id(number, today=date(2026, 11, 23))


def test_ten_thousand_characters_are_refused_at_once():
    for kind in IdKind:
        for letter in ("1", " ", "-", "９", "A"):
            assert min(_seconds(kind, letter * 10_000) for _ in range(3)) < 0.01


def _seconds(kind: IdKind, text: str) -> float:
    started = perf_counter()
    with pytest.raises(InvalidInput):
        check_id(kind, text, today=TODAY)
    return perf_counter() - started


def test_a_credit_code_is_no_personal_document():
    with pytest.raises(InvalidInput, match="自然人"):
        check_person_id("credit_code", "91370682MA00000A9M", today=TODAY)
    assert check_person_id("passport", "e12345678", today=TODAY) == "E12345678"


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        (typed, IdKind(kind))
        for kind, typed, _stored, situation in CODES["accepted"]
        if situation not in {"German passport", "American passport"}
    ],
)
def test_the_kind_is_guessed_from_what_was_typed(typed, kind):
    assert guess_kind(typed) is kind


@pytest.mark.parametrize("typed", ["", "莱阳", "1234", "0" * 10_000, "\ud800", "９" * 63])
def test_no_kind_is_guessed_for_something_else(typed):
    assert guess_kind(typed) is None


def test_kinds_have_chinese_labels_and_exchange_codes():
    assert [(kind.value, kind.label, kind.exchange_code) for kind in IdKind][:2] == [
        ("resident_id", "居民身份证", "111"),
        ("hk_macau_residence", "港澳居民居住证", "港澳居民居住证"),
    ]
    assert IdKind.PASSPORT.exchange_code == "414"
    assert IdKind.CREDIT_CODE not in IdKind.of_persons()
    assert len({kind.exchange_code for kind in IdKind}) == len(IdKind) == len(IdKind.choices())


@given(kind=st.sampled_from(IdKind), text=st.text(st.characters(), max_size=80))
def test_any_text_is_taken_or_refused_and_nothing_else(kind, text):
    guess_kind(text)
    try:
        stored = check_id(kind, text, today=TODAY)
    except InvalidInput as refusal:
        assert refusal.message
    else:
        assert stored.isascii() and check_id(kind, stored, today=TODAY) == stored


@given(
    kind=st.sampled_from(IdKind),
    text=st.text("0123456789ABCXYZHMabcx０９Ａｘ -()（）\x00٣", min_size=5, max_size=20),
)
def test_texts_close_to_codes_are_taken_or_refused_and_nothing_else(kind, text):
    test_any_text_is_taken_or_refused_and_nothing_else.hypothesis.inner_test(kind, text)


@given(
    area=st.sampled_from(["370682", "510202", "110105", "133100"]),
    born=st.dates(date(1850, 1, 1), TODAY),
    serial=st.integers(0, 999),
)
def test_every_number_built_after_the_standard_is_taken(area, born, serial):
    first = f"{area}{born:%Y%m%d}{serial:03d}" if born.year > 999 else ""
    number = first + resident_id_check_digit(first)
    assert check_resident_id(number.lower(), today=TODAY) == number
    assert (
        sum(
            int(d, 36) * w
            for d, w in zip(number[:17], (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=True)
        )
        % 11
        == (12 - (10 if number[17] == "X" else int(number[17]))) % 11
    )  # the weights of domain.md 9.1, independent of stdnum


@given(
    first=st.sampled_from(["91370682", "92370682", "11370682", "N2370682", "A1370682"]),
    organisation=st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8),
)
def test_every_credit_code_built_after_the_standard_is_taken(first, organisation):
    code = first + organisation + organisation_check_digit(organisation)
    code += credit_code_check_digit(code)
    assert check_credit_code(code) == code
