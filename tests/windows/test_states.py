"""The procedure as a table: every (state, event) pair is a transition of domain reference 1.7 or a refusal."""

import pytest

from laiyang_approval.kernel.errors import StaleState
from laiyang_approval.kernel.state_table import Row, StateTable, next_state
from windows.domain.states import TABLE, Event, State

#: Written out by hand from domain reference 1.7, not read from the table.
TRANSITIONS = {
    ("draft", "submit"): "received",
    ("received", "not_required"): "not_required",
    ("received", "not_accept"): "not_accepted",
    ("received", "give_correction"): "correction_pending",
    ("correction_pending", "resubmit"): "received",
    ("received", "accept"): "accepted",
    ("received", "deem_accepted"): "accepted",
    ("accepted", "start_review"): "in_review",
    ("in_review", "submit_opinion"): "pending_decision",
    ("pending_decision", "return_to_review"): "in_review",
    ("pending_decision", "grant"): "granted",
    ("pending_decision", "refuse"): "refused",
    ("received", "withdraw"): "withdrawn",
    ("correction_pending", "withdraw"): "withdrawn",
    ("accepted", "withdraw"): "withdrawn",
    ("in_review", "withdraw"): "withdrawn",
    ("suspended", "withdraw"): "withdrawn",
    ("pending_decision", "withdraw"): "withdrawn",
    ("granted", "issue"): "issued",
    ("issued", "deliver"): "delivered",
    ("refused", "deliver"): "delivered",
    ("granted", "deliver"): "delivered",
}


@pytest.mark.parametrize("event", list(Event))
@pytest.mark.parametrize("state", list(State))
def test_every_pair_of_state_and_event_is_a_transition_or_a_refusal(state, event):
    expected = TRANSITIONS.get((state.value, event.value))
    if expected is not None:
        assert next_state(TABLE, state, event) == expected
        return
    with pytest.raises(StaleState) as refusal:
        next_state(TABLE, state, event)
    assert refusal.value.message == f"办件目前为“{state.label}”，不能{event.label}；请刷新页面查看最新状态。"


def test_a_decided_case_never_goes_back():
    assert set(TABLE.events_from(State.GRANTED)) == {Event.ISSUE, Event.DELIVER}
    assert set(TABLE.events_from(State.REFUSED)) == {Event.DELIVER}
    assert TABLE.events_from(State.DELIVERED) == {}


def test_each_row_names_its_article():
    assert [row.number for row in TABLE.rows if not row.article] == []


def test_two_rows_for_the_same_pair_cannot_be_written():
    row = Row("1", (State.DRAFT,), Event.SUBMIT, State.RECEIVED, "x")
    with pytest.raises(ValueError, match="two rows"):
        StateTable([row, row])
