"""The same moment on a licence, on PostgreSQL: midnight and a decision, two new versions; each with its control."""

import threading
from collections import Counter
from datetime import date, timedelta

import pytest

from laiyang_approval.kernel.crypto import blind_index
from tests.factories import cases as make
from tests.factories import licences as lic
from tests.factories.licences import EXPIRY, midnight, noon
from windows import licences, queries
from windows.commands.decision import grant_case, refuse_case
from windows.commands.delivery import issue_certificate
from windows.commands.intake import receiving
from windows.commands.licences import applying
from windows.commands.licences.deeming import deem_renewed
from windows.commands.licences.granting import Grant
from windows.commands.verifying import check_chains
from windows.models import Case, Decision, Letter, Licence, Party

from .test_clock_races import unlocked
from .test_races import at_once, people

__all__ = ["people"]
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

TRIALS = 6
AFTER = midnight(EXPIRY + timedelta(days=1))
#: The last minute of the day the licence runs out.
BEFORE = AFTER - timedelta(minutes=2)


def renewals(people) -> list[str]:
    """Renewals asked for in time that still wait for the decider on the evening the licence runs out."""
    return [
        lic.reviewed(people, lic.old_licence(people, serial), "renewal", at=noon(date(2026, 9, 10))).number
        for serial in range(TRIALS)
    ]


def refusing(people, number: str):
    return lambda: refuse_case(number, refusal=make.REFUSAL, actor=people.decider, at=BEFORE)


def test_midnight_and_a_refusal_at_once_leave_one_outcome(people):
    for number in renewals(people):
        assert sorted(at_once(refusing(people, number), lambda number=number: deem_renewed(number, at=AFTER))) == [
            "StaleState",
            "done",
        ]
    refused, deemed = Decision.objects.filter(result="refused").count(), Letter.objects.filter(kind="D21").count()
    assert refused + deemed == TRIALS
    assert Licence.objects.filter(sequence=2).count() == deemed
    assert check_chains() is None


def test_control_without_the_lock_midnight_and_a_refusal_collide(people, monkeypatch):
    numbers = renewals(people)
    monkeypatch.setattr(queries, "lock_case", unlocked)
    ends = Counter(
        end
        for number in numbers
        for end in at_once(refusing(people, number), lambda number=number: deem_renewed(number, at=AFTER))
    )
    # The sequence of events, once a case, is the net: the second one falls with a database error instead of a sentence.
    assert ends["IntegrityError"] > 0


def two_new_versions(people, serial: int) -> list:
    """A change and a replacement of one licence, both granted, neither made out yet."""
    old, acts = lic.old_licence(people, serial), []
    for day, purpose in ((2, "change"), (3, "replacement")):
        case = lic.reviewed(people, old, purpose, at=noon(date(2026, 3, day)))
        grant_case(case.number, grant=Grant("冷食类食品制售"), actor=people.decider, at=noon(date(2026, 3, 9)))
        acts.append(
            lambda number=case.number: issue_certificate(number, actor=people.issuer, at=noon(date(2026, 3, 10)))
        )
    return acts


def test_a_change_and_a_replacement_made_out_at_once_become_two_versions_one_after_the_other(people):
    for serial in range(TRIALS):
        assert at_once(*two_new_versions(people, serial)) == ["done", "done"]
    assert Counter(Licence.objects.values_list("sequence", "state")) == {
        (1, "superseded"): TRIALS,
        (2, "superseded"): TRIALS,
        (3, "valid"): TRIALS,
    }
    assert check_chains() is None


def test_control_without_the_lock_two_versions_claim_one_place(people, monkeypatch):
    monkeypatch.setattr(
        licences, "lock_licence", lambda pk: Licence.objects.select_related("matter", "holder").get(pk=pk)
    )
    ends = Counter(end for serial in range(TRIALS) for end in at_once(*two_new_versions(people, serial)))
    assert ends["IntegrityError"] > 0


def asking_twice(people, serial: int) -> list:
    """Two windows take in a change of the same licence."""
    old = lic.old_licence(people, serial)
    return [lambda: lic.applied(people, old, "change", at=noon(date(2026, 3, 2)))] * 2


def test_one_change_asked_for_at_two_windows_at_once_is_taken_in_once(people):
    for serial in range(TRIALS):
        assert sorted(at_once(*asking_twice(people, serial))) == ["DomainError", "done"]
    assert Case.objects.filter(purpose="change").count() == TRIALS


def test_control_without_the_applicants_row_locked_both_windows_take_the_change_in(people, monkeypatch):
    look, both_looked = applying._require_not_asked_already, threading.Barrier(2)

    def known(data, *, at):
        party = Party.objects.get(id_kind=data.id_kind, id_index=blind_index(data.id_number, "party"))
        party.may_be_restricted = False
        return party

    def look_together(licence, purpose):
        look(licence, purpose)
        both_looked.wait(timeout=10)

    monkeypatch.setattr(receiving, "register_party", known)
    monkeypatch.setattr(applying, "_require_not_asked_already", look_together)
    assert at_once(*asking_twice(people, 1)) == ["done", "done"]
