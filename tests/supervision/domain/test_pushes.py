"""推送的状态: every event in every state does what the table says, or is refused in words."""

import pytest

from laiyang_approval.kernel.errors import StaleState
from laiyang_approval.kernel.state_table import next_state
from supervision.domain.pushes import PUSH_TABLE, TYPE_OF_EVENT, PushEvent, PushState
from windows.domain.decisions import DECISION_EVENTS
from windows.events import LABELS

pytestmark = pytest.mark.once
EVERY_PAIR = [(state, event) for state in PushState for event in PushEvent]


@pytest.mark.parametrize(("state", "event"), EVERY_PAIR, ids=str)
def test_every_event_in_every_state(state, event):
    row = PUSH_TABLE.row_for(state, event)
    if row is not None:
        assert next_state(PUSH_TABLE, state, event) is row.target
        return
    with pytest.raises(StaleState, match="不能"):
        next_state(PUSH_TABLE, state, event)


def test_the_way_of_a_push_from_the_queue_to_the_follow_up():
    state = PushState.QUEUED
    for event in (PushEvent.DELIVER, PushEvent.READ, PushEvent.CLAIM, PushEvent.PLAN, PushEvent.FOLLOW_UP):
        state = next_state(PUSH_TABLE, state, event)
    assert state is PushState.FOLLOWED_UP


def test_what_is_claimed_can_no_longer_be_disputed():
    with pytest.raises(StaleState, match="已经认领。职责确有变化的，请提请修改责任边界。"):
        next_state(PUSH_TABLE, PushState.CLAIMED, PushEvent.DISPUTE)


def test_every_decision_event_has_its_type_and_its_label():
    assert set(TYPE_OF_EVENT) == set(DECISION_EVENTS)
    assert set(DECISION_EVENTS) <= set(LABELS)
