"""Two people at once on the clock of a case, on PostgreSQL: one act takes effect, the other is told; each with its control."""

from collections import Counter

import pytest

from tests.factories import cases as make
from tests.factories import clock as tick
from windows import queries
from windows.commands.extending import approve_extension
from windows.commands.procedures import end_procedure
from windows.commands.verifying import check_chains, check_clocks
from windows.models import Case, CaseEvent, Extension, Letter

from .test_races import at_once, people

__all__ = ["people"]
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

TRIALS = 6
LATER = tick.on("2026-03-12")


def unlocked(number: str) -> Case:
    return Case.objects.select_related("matter", "edition", "party", "handling_department", "deciding_department").get(
        number=number
    )


def waiting_for_a_head(people) -> list[str]:
    cases = [make.in_review(people, code=tick.REVIEWED) for _ in range(TRIALS)]
    return [tick.extension_asked(people, case, at=tick.on("2026-03-10")).number for case in cases]


def both_heads(people, number: str):
    other = make.person("second-head", make.Role.DECIDER, right="decide_for_department")
    return [lambda actor=actor: approve_extension(number, actor=actor, at=LATER) for actor in (people.decider, other)]


def test_two_heads_extending_at_once_extend_once(people):
    for number in waiting_for_a_head(people):
        assert sorted(at_once(*both_heads(people, number))) == ["StaleState", "done"]
    assert Letter.objects.filter(kind="D10").count() == Extension.objects.count() == TRIALS
    assert check_chains() is None


def test_control_without_the_lock_two_heads_collide(people, monkeypatch):
    numbers = waiting_for_a_head(people)
    monkeypatch.setattr(queries, "lock_case", unlocked)
    ends = Counter(end for number in numbers for end in at_once(*both_heads(people, number)))
    # The sequence of events, once a case, is the net: the second one falls with a database error instead of a sentence.
    assert ends["IntegrityError"] > 0


def suspended(people) -> list[tuple[str, int]]:
    cases = [
        tick.suspended(people, make.in_review(people, code=tick.REVIEWED), at=tick.on("2026-03-09"))
        for _ in range(TRIALS)
    ]
    return [(case.number, tick.newest(case).pk) for case in cases]


def ending(people, number: str, procedure: int):
    act = lambda: end_procedure(  # noqa: E731
        number, procedure_id=procedure, ended_on=LATER.date(), result="评审通过。", actor=people.reviewer, at=LATER
    )
    return [act, act]


def test_a_suspension_ended_twice_at_once_ends_once(people):
    for number, procedure in suspended(people):
        assert sorted(at_once(*ending(people, number, procedure))) == ["StaleState", "done"]
    assert CaseEvent.objects.filter(kind="procedure_ended").count() == TRIALS
    assert check_chains() is None
    assert check_clocks() is None


def test_control_without_the_lock_it_is_ended_twice(people, monkeypatch):
    pairs = suspended(people)
    monkeypatch.setattr(queries, "lock_case", unlocked)
    ends = Counter(end for number, procedure in pairs for end in at_once(*ending(people, number, procedure)))
    assert ends["IntegrityError"] > 0
