"""Case numbers: form, check digit, and what a slip of the pen does to them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windows.domain.case_numbers import case_number, is_case_number

NUMBER = case_number(date(2026, 11, 24), 18)


def test_the_number_of_the_18th_case_of_24_november_2026():
    assert NUMBER[:-1] == "LY26112400018"
    assert len(NUMBER) == 14
    assert is_case_number(NUMBER)


@pytest.mark.parametrize(
    "text", ["", "LY", NUMBER[:-1], NUMBER + "\n", NUMBER.lower(), NUMBER.replace("1", "１"), "LY" + "٣" * 12]
)
def test_what_is_not_a_case_number(text):
    assert not is_case_number(text)


@given(serial=st.integers(1, 99999), place=st.integers(2, 12), digit=st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_found(serial, place, digit):
    number = case_number(date(2026, 11, 24), serial)
    wrong = number[:place] + digit + number[place + 1 :]
    assert is_case_number(wrong) == (wrong == number)


@given(serial=st.integers(1, 99999), place=st.integers(2, 11))
def test_two_swapped_neighbours_are_always_found(serial, place):
    number = case_number(date(2026, 11, 24), serial)
    wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert is_case_number(wrong) == (wrong == number)


@pytest.mark.parametrize("serial", [0, 100000])
def test_a_day_has_at_most_99999_numbers(serial):
    with pytest.raises(ValueError, match="99,999"):
        case_number(date(2026, 11, 24), serial)
