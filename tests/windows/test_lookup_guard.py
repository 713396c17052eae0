"""Failed look-ups: every wrong code is checked against the shared counts, a right one where this process has cause."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache

from windows import lookup_guard
from windows.lookup_guard import LookupGuard, Suspicion, TooManyTries

NOW = datetime(2026, 3, 3, 2, 0, 30, tzinfo=UTC)
LIMITS = {"query_attempts_per_case": 3, "query_attempts_per_address": 5, "query_attempts_global": 40}
HERE, THERE, CASE, OTHER = "127.0.0.1", "127.0.0.2", "LY260302000010", "LY260302000029"


@pytest.fixture(autouse=True)
def limits(monkeypatch):
    monkeypatch.setattr(lookup_guard, "rule_int", lambda key, on: LIMITS[key])


@pytest.fixture
def process(monkeypatch):
    """A function after which the code runs as in a process that has seen nothing yet."""

    def start() -> None:
        monkeypatch.setattr(lookup_guard, "_suspicion", Suspicion())

    start()
    return start


@pytest.fixture
def asked(monkeypatch):
    """How often the shared counts were asked."""
    seen, get_many = [], cache.get_many
    monkeypatch.setattr(cache._connections[cache._alias], "get_many", lambda keys: seen.append(1) or get_many(keys))
    return seen


def fail(address: str, number: str, times: int = 1, at: datetime = NOW) -> None:
    for _ in range(times):
        LookupGuard(number, address, at).failed()


def passes(address: str, number: str, at: datetime = NOW) -> bool:
    try:
        LookupGuard(number, address, at).check()
    except TooManyTries:
        return False
    return True


def test_who_mistypes_nothing_does_not_wait_for_the_shared_counts(process, asked):
    assert passes(HERE, CASE) and asked == []
    fail(THERE, OTHER)
    del asked[:]
    assert passes(HERE, CASE) and asked == []
    assert passes(THERE, CASE) and asked == [1]
    assert passes(HERE, OTHER) and asked == [1, 1]


def test_past_the_limit_of_a_case_even_the_right_code_is_refused_from_there_alone(process):
    fail(HERE, CASE, 3)
    assert not passes(HERE, CASE)
    assert passes(HERE, OTHER)
    assert passes(THERE, CASE)
    with pytest.raises(TooManyTries):
        fail(HERE, CASE)


def test_past_the_limit_of_an_address_every_case_is_refused(process):
    fail(HERE, CASE, 2), fail(HERE, OTHER, 3)
    assert not passes(HERE, "LY260302000037")
    assert passes(THERE, "LY260302000037")


def test_a_wrong_code_in_another_process_counts_for_the_next_wrong_one_here(process):
    fail(HERE, CASE, 3)
    process()
    with pytest.raises(TooManyTries):
        fail(HERE, CASE)
    assert not passes(HERE, CASE)


def test_much_failing_in_a_minute_is_cause_for_everybody(process, asked):
    fail(HERE, CASE, 2)
    del asked[:]
    assert passes(THERE, OTHER) and asked == [1]
    assert passes(THERE, OTHER, at=NOW + timedelta(minutes=1)) and asked == [1]


def test_past_the_limit_of_the_site_a_stranger_is_refused_until_the_minute_is_over(process):
    for number in range(40):
        fail(f"127.0.1.{number}", f"LY2603020{number:05d}")
    assert not passes(THERE, OTHER)
    assert passes(THERE, OTHER, at=NOW + timedelta(minutes=1))


def test_an_hour_later_nothing_is_held_against_anybody(process, asked):
    fail(HERE, CASE, 3)
    del asked[:]
    assert passes(HERE, CASE, at=NOW + timedelta(hours=1)) and asked == []


def test_more_failures_than_are_kept_are_cause_for_everybody(process, asked, monkeypatch):
    monkeypatch.setattr(lookup_guard, "MOST_KEPT", 2)
    fail(HERE, CASE)
    del asked[:]
    assert passes(THERE, OTHER, at=NOW + timedelta(minutes=1)) and asked == [1]
