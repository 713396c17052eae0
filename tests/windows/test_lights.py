"""Which light stands on which day, and when it turns next."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windows.domain.lights import light_on, next_turn

DAYS = {"yellow": date(2026, 11, 30), "orange": date(2026, 12, 3), "red": date(2026, 12, 9)}


@pytest.mark.parametrize(
    ("today", "light", "turns"),
    [
        (date(2026, 11, 24), "green", date(2026, 11, 30)),
        (date(2026, 11, 29), "green", date(2026, 11, 30)),
        (date(2026, 11, 30), "yellow", date(2026, 12, 3)),
        (date(2026, 12, 3), "orange", date(2026, 12, 9)),
        (date(2026, 12, 8), "orange", date(2026, 12, 9)),
        (date(2026, 12, 9), "red", None),
        (date(2027, 1, 1), "red", None),
    ],
)
def test_the_light_of_a_case_day_by_day(today, light, turns):
    assert light_on(today, **DAYS) == light
    assert next_turn(today, **DAYS) == turns


def test_promised_and_statutory_limit_on_the_same_day_skip_the_orange_light():
    days = DAYS | {"orange": DAYS["red"]}
    assert next_turn(DAYS["yellow"], **days) == DAYS["red"]
    assert light_on(DAYS["red"], **days) == "red"


def test_days_not_yet_published_never_turn_a_light():
    assert light_on(date(2027, 3, 1), yellow=None, orange=None, red=None) == "green"
    assert next_turn(date(2027, 3, 1), yellow=None, orange=None, red=None) is None


@given(gaps=st.tuples(st.integers(0, 9), st.integers(0, 9)), wait=st.integers(-5, 40))
def test_following_the_turns_shows_the_same_light_as_looking_every_day(gaps, wait):
    yellow = date(2026, 11, 30)
    days = {"yellow": yellow, "orange": yellow + timedelta(gaps[0]), "red": yellow + timedelta(sum(gaps))}
    target = yellow + timedelta(wait)
    day = min(target, yellow - timedelta(1))
    light, turns = light_on(day, **days), next_turn(day, **days)
    while turns is not None and turns <= target:
        light, turns = light_on(turns, **days), next_turn(turns, **days)
    assert light == light_on(target, **days)
