"""The same moment between approval and supervision, on PostgreSQL: one message many times, two relays; each with its control."""

import threading
from collections import Counter
from contextlib import suppress
from datetime import date

import pytest

from laiyang_approval.kernel.models import Department
from supervision.commands import pushing, receiving
from supervision.commands.receiving import Message, Report, receive_feedback
from supervision.commands.tracking import claim_overdue, claim_push
from supervision.models import Push, PushStep, SupervisionFeedback
from tests.factories import cases as make
from tests.factories import licences as lic
from tests.factories import supervision as sup
from tests.factories.cases import days_later
from windows.commands.verifying import check_chains
from windows.models import LicenceChange, PartyRestriction

from .test_races import at_once, people

__all__ = ["people"]
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

TRIALS, COPIES = 4, 6
AT = days_later(3)


def copies(licence, external_id: str) -> list:
    """One message of the market supervision bureau, arriving several times at once."""
    report = Report(
        "forfeiture", date(2026, 3, 3), "情节严重。", licence_number=licence.number, document_number=external_id
    )
    message = Message(Department.objects.get(code="SJ"), external_id, "a" * 64, "api")
    return [lambda: receive_feedback(report, message=message, actor=None, at=AT)] * COPIES


def test_a_message_that_arrives_six_times_at_once_takes_effect_once(people):
    for serial in range(TRIALS):
        ends = at_once(*copies(lic.old_licence(people, serial, at=make.MONDAY), f"m{serial}"))
        assert ends == ["done"] * COPIES
    assert SupervisionFeedback.objects.count() == LicenceChange.objects.count() == TRIALS
    assert PartyRestriction.objects.count() == TRIALS
    assert check_chains() is None


def test_control_without_the_lock_the_copies_meet_at_the_constraint(people, monkeypatch):
    class Unlocked:
        objects = type("objects", (), {"select_for_update": staticmethod(lambda **more: Department.objects)})

    monkeypatch.setattr(receiving, "Department", Unlocked)
    ends = Counter()
    for serial in range(TRIALS):
        ends.update(at_once(*copies(lic.old_licence(people, serial, at=make.MONDAY), f"m{serial}")))
    assert ends["IntegrityError"] > 0


def decisions(people, count: int) -> None:
    for _ in range(count):
        make.granted(people)


def test_two_relays_at_once_tell_each_decision_once_and_leave_no_hole(people):
    decisions(people, 6)
    assert at_once(*[lambda: sup.relayed(days_later(1))] * 3) == ["done"] * 3
    assert sorted(Push.objects.values_list("sequence", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert PushStep.objects.filter(kind="deliver").count() == 6


def test_control_numbers_taken_without_a_lock_collide(people, monkeypatch):
    decisions(people, 6)
    monkeypatch.setattr(pushing, "TOGETHER", 1)  # what a whole batch meets, the second look one by one would heal
    barrier = threading.Barrier(3)

    def unlocked(series: str, period: str) -> int:
        number = Push.objects.count() + 1
        with suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=2)  # all three have read the same last number
        return number

    monkeypatch.setattr(pushing, "allot_number", unlocked)
    ends = Counter(at_once(*[lambda: sup.relayed(days_later(1))] * 3))
    assert ends["IntegrityError"] > 0


def test_a_claim_by_hand_and_one_by_silence_at_once_are_one_claim(people):
    watch = sup.Watch()
    for _ in range(TRIALS):
        push = sup.pushed(people)
        ends = at_once(
            lambda push=push: claim_push(push.number, actor=watch.regulator, at=days_later(9)),
            lambda: claim_overdue(at=days_later(9)),
        )
        assert sorted(ends) in (["StaleState", "done"], ["done", "done"])
        assert PushStep.objects.filter(push=push, kind="claim").count() == 1
