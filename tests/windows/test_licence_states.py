"""证照的一生 as a table: every pair of state and change is a transition or a refusal; and what a day alone brings."""

from datetime import date

import pytest

from laiyang_approval.kernel.errors import StaleState
from laiyang_approval.kernel.state_table import next_state
from windows.domain.licences import (
    CANCEL_REASONS,
    GROUNDS,
    LICENCE_TABLE,
    LicenceEvent,
    LicenceState,
    Money,
    cancel_reasons_for,
    following_period,
    live_state,
)

#: Written out by hand from domain reference 1.8, not read from the table.
TRANSITIONS = {
    ("valid", "superseded"): "superseded",
    ("suspended", "superseded"): "superseded",
    ("expired", "superseded"): "superseded",
    ("valid", "suspended"): "suspended",
    ("suspended", "resumed"): "valid",
    ("valid", "expired"): "expired",
    ("suspended", "expired"): "expired",
    ("valid", "withdrawn"): "withdrawn",
    ("suspended", "withdrawn"): "withdrawn",
    ("valid", "revoked"): "revoked",
    ("suspended", "revoked"): "revoked",
    ("expired", "revoked"): "revoked",
    ("valid", "forfeited"): "forfeited",
    ("suspended", "forfeited"): "forfeited",
    ("valid", "cancelled"): "cancelled",
    ("suspended", "cancelled"): "cancelled",
    ("expired", "cancelled"): "cancelled",
    ("withdrawn", "cancelled"): "cancelled",
    ("revoked", "cancelled"): "cancelled",
    ("forfeited", "cancelled"): "cancelled",
}


@pytest.mark.parametrize("event", list(LicenceEvent))
@pytest.mark.parametrize("state", list(LicenceState))
def test_every_pair_is_a_transition_or_a_refusal(state, event):
    expected = TRANSITIONS.get((state.value, event.value))
    if expected is not None:
        assert next_state(LICENCE_TABLE, state, event) == expected
        return
    with pytest.raises(StaleState) as refusal:
        next_state(LICENCE_TABLE, state, event)
    start = f"证照目前为“{state.label}”，不能{event.label}："
    assert refusal.value.message.startswith(start)
    assert refusal.value.message.endswith("。") and len(refusal.value.message) > len(start) + 6


def test_the_four_ends_lead_nowhere_but_to_the_striking_off():
    for end in (LicenceState.WITHDRAWN, LicenceState.REVOKED, LicenceState.FORFEITED):
        assert set(LICENCE_TABLE.events_from(end)) == {LicenceEvent.CANCEL}
    assert LICENCE_TABLE.events_from(LicenceState.CANCELLED) == {}


def test_the_reason_of_article_70_fits_the_state():
    assert cancel_reasons_for(LicenceState.EXPIRED) == (1,)
    assert {cancel_reasons_for(end) for end in ("withdrawn", "revoked", "forfeited")} == {(4,)}
    assert cancel_reasons_for(LicenceState.VALID) == (2, 3, 5, 6)
    assert cancel_reasons_for(LicenceState.CANCELLED) == cancel_reasons_for(LicenceState.SUPERSEDED) == ()
    assert set(CANCEL_REASONS) == {1, 2, 3, 4, 5, 6}


def test_money_follows_its_article_and_no_other():
    by_money = {money: {rule.article for rule in GROUNDS.values() if rule.money is money} for money in Money}
    assert by_money[Money.COMPENSATION] == {"行政许可法第八条第二款"}
    assert by_money[Money.DAMAGES] == {f"行政许可法第六十九条第一款第{item}项" for item in "一二三四五"}
    assert "行政许可法第六十九条第二款" in by_money[Money.NONE]


DAY = date(2026, 10, 31)


@pytest.mark.parametrize(
    ("state", "valid_to", "suspended_until", "successor_from", "expected"),
    [
        ("valid", DAY, None, None, "valid"),
        ("valid", date(2026, 10, 30), None, None, "expired"),
        ("valid", None, None, None, "valid"),
        ("valid", date(2026, 10, 30), None, DAY, "superseded"),
        ("valid", DAY, None, date(2026, 11, 1), "valid"),
        ("suspended", None, DAY, None, "suspended"),
        ("suspended", None, date(2026, 10, 30), None, "valid"),
        ("suspended", None, None, None, "suspended"),
        ("suspended", date(2026, 10, 30), None, None, "expired"),
        ("revoked", date(2026, 10, 30), None, DAY, "revoked"),
        ("cancelled", date(2026, 10, 30), None, None, "cancelled"),
    ],
)
def test_what_a_licence_is_on_a_day_needs_no_sweep(state, valid_to, suspended_until, successor_from, expected):
    assert (
        live_state(
            LicenceState(state),
            valid_to=valid_to,
            suspended_until=suspended_until,
            successor_from=successor_from,
            on=DAY,
        )
        == expected
    )


@pytest.mark.parametrize(
    ("first", "following"),
    [
        ((date(2021, 11, 1), date(2026, 10, 31)), (date(2026, 11, 1), date(2031, 10, 31))),
        ((date(2025, 11, 1), date(2026, 10, 31)), (date(2026, 11, 1), date(2027, 10, 31))),
        # From the last day of a month: the corresponding date, or the month's last.
        ((date(2025, 12, 31), date(2026, 1, 30)), (date(2026, 1, 31), date(2026, 2, 27))),
        # No whole number of months: as many days again.
        ((date(2026, 3, 2), date(2026, 10, 31)), (date(2026, 11, 1), date(2027, 7, 2))),
        ((date(2026, 1, 1), date(9999, 6, 30)), (date(9999, 7, 1), date.max)),
    ],
)
def test_the_following_period_is_as_long_as_the_first(first, following):
    assert following_period(*first) == following
