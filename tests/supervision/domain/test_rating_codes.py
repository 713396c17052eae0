"""Trap 19: the two national code orders run against each other."""

from datetime import date

import pytest

from supervision.domain.ratings import (
    Level,
    Tally,
    interface_code,
    is_bad,
    level_of_interface,
    level_of_standard,
    standard_code,
    term_light,
)


@pytest.mark.parametrize(
    ("level", "standard", "interface", "bad"),
    [
        (Level.VERY_SATISFIED, 1, 5, False),
        (Level.SATISFIED, 2, 4, False),
        (Level.FAIRLY_SATISFIED, 3, 3, False),
        (Level.DISSATISFIED, 4, 2, True),
        (Level.VERY_DISSATISFIED, 5, 1, True),
    ],
)
def test_five_is_best_at_the_interface_and_worst_in_the_standard(level, standard, interface, bad):
    assert (standard_code(level), interface_code(level), is_bad(level)) == (standard, interface, bad)
    assert (level_of_standard(standard), level_of_interface(interface)) == (level, level)
    assert (interface < 3) is bad


@pytest.mark.parametrize("code", [0, 6, -1])
def test_there_is_no_other_code(code):
    for read in (level_of_standard, level_of_interface):
        with pytest.raises(ValueError, match="1 to 5"):
            read(code)


def test_a_rate_of_nothing_is_no_rate():
    nothing = Tally(defaults=3)
    rates = (nothing.participation, nothing.satisfaction, nothing.bad_rate, nothing.closing_rate, nothing.revisit_rate)
    assert rates == (None,) * 5


@pytest.mark.parametrize(
    ("due", "left", "light", "words"),
    [
        (date(2026, 3, 6), 4, "green", "剩4个工作日"),
        (date(2026, 3, 3), 1, "yellow", "剩1个工作日"),
        (date(2026, 3, 2), 0, "yellow", "今天到期"),
        (date(2026, 2, 27), 0, "red", "已逾期"),
        (date(2027, 3, 2), None, "green", ""),
        (None, None, "none", "期限待公布"),
    ],
)
def test_the_light_of_a_term(due, left, light, words):
    found = term_light(due, today=date(2026, 3, 2), days_left=left)
    assert (found.light, found.words) == (light, words)
