"""划转状态: the table, and that every other pair is refused with a sentence."""

import pytest

from laiyang_approval.kernel.errors import StaleState
from laiyang_approval.kernel.state_table import next_state
from transfers.domain.states import TABLE, ItemEvent, ItemState

TAKEN = {
    ("deferred", "activate"): "planned",
    ("planned", "clear"): "risk_assessed",
    ("risk_assessed", "hand_over"): "handed_over",
    ("handed_over", "dispute"): "risk_assessed",
    ("handed_over", "complete"): "effective",
    ("planned", "defer"): "deferred",
    ("risk_assessed", "defer"): "deferred",
    ("planned", "retain"): "retained",
    ("risk_assessed", "retain"): "retained",
    ("deferred", "retain"): "retained",
    ("retained", "reconsider"): "planned",
    ("effective", "give_back"): "returned",
}


@pytest.mark.parametrize("state", ItemState)
@pytest.mark.parametrize("event", ItemEvent)
def test_every_pair_is_taken_or_refused(state, event):
    wanted = TAKEN.get((state.value, event.value))
    if wanted:
        assert next_state(TABLE, state, event).value == wanted
        return
    with pytest.raises(StaleState) as refusal:
        next_state(TABLE, state, event)
    assert str(refusal.value) == f"事项目前为“{state.label}”，不能{event.label}；请刷新页面查看最新状态。"
