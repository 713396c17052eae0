"""A reviewer takes a case while the account is being closed, on PostgreSQL: one of the two is told; without the lock both pass."""

import time
from collections import Counter

import pytest

from laiyang_approval.kernel.commands import people as accounts
from laiyang_approval.kernel.commands.people import disable_account
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.roles import Role
from matters.queries import forget_cached_editions
from tests.factories import cases as make
from tests.windows.hall_setup import load_everything
from windows.commands import review
from windows.commands.reassigning import reassign_case
from windows.commands.review import start_review
from windows.models import Case, Reassignment

from .test_races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

NEXT_DAY = make.days_later(1)
TRIALS = 3


@pytest.fixture
def people(transactional_db):
    forget_cached_editions()
    load_everything()
    yield make.People()
    forget_cached_editions()


@pytest.fixture
def slow_look(monkeypatch):
    """Between the look at what is open and the closing there is time for somebody else."""
    look = accounts.open_work_of

    def slowly(user):
        found = look(user)
        time.sleep(0.3)
        return found

    monkeypatch.setattr(accounts, "open_work_of", slowly)


def _race(people) -> Counter:
    officer, ends = make.person("anquan", Role.SECURITY_OFFICER), Counter()
    for number in range(TRIALS):
        leaver = make.person(f"leaver-{number}", Role.REVIEWER, right="review_for_department")
        case = make.accepted(people)

        def close(pk=leaver.pk):
            return disable_account(pk, reason="离职", actor=officer, at=NEXT_DAY)

        def take(case_number=case.number, actor=leaver):
            time.sleep(0.1)
            return start_review(case_number, actor=actor, at=NEXT_DAY)

        ends[tuple(at_once(close, take))] += 1
    return ends


def test_nobody_takes_a_case_while_the_account_is_being_closed(people, slow_look):
    ends = _race(people)
    assert ("done", "done") not in ends
    gone = User.objects.filter(is_active=False).values("pk")
    assert Case.objects.filter(reviewer__in=gone).count() == 0


def test_control_without_the_lock_a_closed_account_owns_a_case(people, slow_look, monkeypatch):
    monkeypatch.setattr(review, "require_staying", lambda person_id: None)
    assert ("done", "done") in _race(people)


def test_of_two_heads_who_reassign_one_case_at_once_one_is_told(people):
    heads = [people.decider, make.person("decider-2", Role.DECIDER, right="decide_for_department")]
    takers = [make.person(f"taker-{n}", Role.REVIEWER, right="review_for_department") for n in range(2)]
    case = make.in_review(people)
    acts = [
        lambda head=head, taker=taker: reassign_case(
            case.number, to_id=taker.pk, reason="分工", actor=head, at=NEXT_DAY, expected_version=case.version
        )
        for head, taker in zip(heads, takers, strict=True)
    ]
    assert sorted(at_once(*acts)) == ["StaleState", "done"]
    assert Reassignment.objects.count() == 1
