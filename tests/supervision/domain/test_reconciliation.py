"""对账: whatever is missing, too much or altered on one side is found; what is whole adds up (property)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supervision.domain.reconciliation import Decided, Told, missing_numbers, reconcile

pytestmark = pytest.mark.once

CODES = st.frozensets(st.sampled_from(["SJ", "WJ19", "HB19", "CG19"]), min_size=1)
DECISIONS = st.lists(CODES, max_size=12).map(lambda sides: [Decided(n, codes) for n, codes in enumerate(sides)])
ANSWERS = st.lists(st.sampled_from(["open", "claimed", "moved"]), min_size=48, max_size=48)


def told(decisions: list[Decided], answers: list[str]) -> list[Told]:
    """Exactly what must be told, each answered somehow."""
    pairs = [(one.event, code) for one in decisions for code in sorted(one.regulators)]
    return [
        Told(event, code, f"TS-{code}-{event}", True, answer == "claimed", answer == "moved", waited=event % 4)
        for (event, code), answer in zip(pairs, answers, strict=False)
    ]


@settings(max_examples=200, deadline=None)
@given(DECISIONS, ANSWERS)
def test_what_is_whole_adds_up_and_its_figures_agree(decisions, answers):
    pushes = told(decisions, answers)
    figures = reconcile(decisions, pushes)
    assert figures.adds_up
    assert figures.expected == figures.pushed == len(pushes)
    assert figures.claimed + figures.moved + figures.open == figures.pushed
    assert figures.decisions == len(decisions)
    waiting = [one.waited for one in pushes if not one.is_claimed and not one.is_moved]
    assert figures.oldest == max(waiting, default=0)


@settings(max_examples=200, deadline=None)
@given(DECISIONS.filter(bool), ANSWERS, st.data())
def test_one_push_lost_is_found_by_decision_and_regulator(decisions, answers, data):
    pushes = told(decisions, answers)
    lost = data.draw(st.sampled_from(pushes))
    figures = reconcile(decisions, [one for one in pushes if one is not lost])
    assert figures.problems == (f"决定{lost.event}没有推送{lost.regulator}",)


@settings(max_examples=100, deadline=None)
@given(DECISIONS, ANSWERS)
def test_one_push_too_many_is_found(decisions, answers):
    extra = Told(99, "SJ", "TS-SJ-99", True, False)
    assert reconcile(decisions, [*told(decisions, answers), extra]).problems == ("推送给SJ的决定99没有依据",)


@settings(max_examples=100, deadline=None)
@given(DECISIONS.filter(bool), ANSWERS, st.data())
def test_an_altered_body_is_found(decisions, answers, data):
    pushes = told(decisions, answers)
    index = data.draw(st.integers(0, len(pushes) - 1))
    one = pushes[index]
    pushes[index] = Told(one.event, one.regulator, one.number, True, one.is_claimed, one.is_moved, is_whole=False)
    assert reconcile(decisions, pushes).problems == (f"推送{one.number}的报文与哈希不符",)


def test_what_the_coordinator_sent_on_is_no_surplus():
    decided = [Decided(1, frozenset({"SJ"}))]
    pushes = [Told(1, "SJ", "a", True, False, is_moved=True), Told(1, "WJ19", "b", True, True, is_assigned=True)]
    figures = reconcile(decided, pushes)
    assert (figures.adds_up, figures.expected, figures.pushed) == (True, 2, 2)


def test_a_decision_without_a_regulator_does_not_add_up():
    assert reconcile([Decided(1, frozenset())], []).problems == ("决定1当日没有有效的监管部门，没有推送",)


@given(st.sets(st.integers(1, 30)), st.integers(0, 30))
def test_the_holes_of_a_sequence(there, last):
    holes = missing_numbers(there, last=last)
    assert set(holes) == set(range(1, last + 1)) - there
    assert holes == sorted(holes)


def test_a_hole_is_a_problem():
    assert reconcile([], [], ["SJ-7"]).problems == ("推送序号缺SJ-7",)
