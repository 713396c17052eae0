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
    ("correction_pending", "lapse"): "lapsed",
    ("received", "accept_deferred"): "accepted",
    ("received", "grant_by_commitment"): "granted",
    ("in_review", "suspend"): "suspended",
    ("suspended", "suspend"): "suspended",
    ("suspended", "end_procedure"): "suspended",
    ("suspended", "resume"): "in_review",
    ("in_review", "extend"): "in_review",
    ("pending_decision", "extend"): "pending_decision",
    ("in_review", "inform_interested"): "in_review",
    ("suspended", "inform_interested"): "suspended",
    ("in_review", "tell_hearing_right"): "in_review",
    ("suspended", "tell_hearing_right"): "suspended",
    ("in_review", "call_hearing"): "in_review",
    ("suspended", "call_hearing"): "suspended",
    ("in_review", "record_hearing"): "in_review",
    ("suspended", "record_hearing"): "suspended",
    ("accepted", "start_review"): "in_review",
    ("in_review", "submit_opinion"): "pending_decision",
    ("pending_decision", "return_to_review"): "in_review",
    ("pending_decision", "grant"): "granted",
    ("pending_decision", "refuse"): "refused",
    ("accepted", "deem_renewed"): "granted",
    ("in_review", "deem_renewed"): "granted",
    ("suspended", "deem_renewed"): "granted",
    ("pending_decision", "deem_renewed"): "granted",
    ("received", "withdraw"): "withdrawn",
    ("correction_pending", "withdraw"): "withdrawn",
    ("accepted", "withdraw"): "withdrawn",
    ("in_review", "withdraw"): "withdrawn",
    ("suspended", "withdraw"): "withdrawn",
    ("pending_decision", "withdraw"): "withdrawn",
    ("accepted", "terminate"): "terminated",
    ("in_review", "terminate"): "terminated",
    ("suspended", "terminate"): "terminated",
    ("pending_decision", "terminate"): "terminated",
    ("granted", "issue"): "issued",
    ("issued", "deliver"): "delivered",
    ("refused", "deliver"): "delivered",
    ("granted", "deliver"): "delivered",
    ("delivered", "close"): "closed",
    ("closed", "archive"): "archived",
    ("draft", "open_ex_officio"): "in_review",
    ("draft", "import_open_case"): "accepted",
    ("pending_decision", "decide_ex_officio"): "issued",
    ("draft", "import_case"): "archived",
}

#: What some refusals say, written out: the pair, the words it must hold, the article.
REFUSALS = [
    ("suspended", "grant", "特别程序尚未结束", "行政许可法第四十五条"),
    ("suspended", "submit_opinion", "特别程序尚未结束", "行政许可法第四十五条"),
    ("granted", "refuse", "不再重新决定", "行政许可法第八条、第六十九条"),
    ("granted", "withdraw", "请申请注销", "行政许可法第七十条"),
    ("received", "grant", "尚未受理", "行政许可法第三十二条"),
    ("accepted", "accept", "已经受理", "行政许可法第三十二条第一款第五项"),
    ("in_review", "grant", "尚未提交审查意见", "行政许可法第三十四条"),
    ("in_review", "resume", "没有正在进行的特别程序", "行政许可法第四十五条"),
    ("lapsed", "resubmit", "补正期限已过", "行政许可法第三十二条第一款第四项"),
    ("refused", "issue", "没有证件", "行政许可法第三十八条第二款"),
    ("granted", "extend", "已停止计算", "行政许可法第四十二条"),
    ("received", "deem_renewed", "尚未受理", "行政许可法第五十条第二款"),
    ("refused", "deem_renewed", "决定已经作出", "行政许可法第五十条第二款"),
    ("archived", "deliver", "已经办结归卷", ""),
]


@pytest.mark.parametrize("event", list(Event))
@pytest.mark.parametrize("state", list(State))
def test_every_pair_of_state_and_event_is_a_transition_or_a_refusal(state, event):
    expected = TRANSITIONS.get((state.value, event.value))
    if expected is not None:
        assert next_state(TABLE, state, event) == expected
        return
    with pytest.raises(StaleState) as refusal:
        next_state(TABLE, state, event)
    sentence = refusal.value.message
    assert sentence.startswith(f"办件目前为“{state.label}”，不能{event.label}：")
    assert sentence.endswith("。") and len(sentence) > len(f"办件目前为“{state.label}”，不能{event.label}：") + 8


@pytest.mark.parametrize(("state", "event", "words", "article"), REFUSALS)
def test_a_refusal_says_why_and_by_which_article(state, event, words, article):
    sentence, named = TABLE.refusal(State(state), Event(event))
    assert words in sentence
    assert named == article


def test_a_decided_case_never_goes_back():
    assert set(TABLE.events_from(State.GRANTED)) == {Event.ISSUE, Event.DELIVER}
    assert set(TABLE.events_from(State.REFUSED)) == {Event.DELIVER}
    assert set(TABLE.events_from(State.DELIVERED)) == {Event.CLOSE}


def test_each_row_names_its_article_its_actor_and_its_effect_on_the_clock():
    assert [row.number for row in TABLE.rows if not (row.article and row.actor and row.clock_effect)] == []


def test_two_rows_for_the_same_pair_cannot_be_written():
    row = Row("1", (State.DRAFT,), Event.SUBMIT, State.RECEIVED, "x")
    with pytest.raises(ValueError, match="two rows"):
        StateTable([row, row])
