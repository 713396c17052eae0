"""Two people complete one hand-over at once, and a dispute meets a completion, on PostgreSQL: one outcome, the other is told."""

from collections import Counter

import pytest
from django.db.models import QuerySet

from matters.models import Authority
from matters.queries import forget_cached_editions
from tests.factories import cases as make
from tests.factories import transfers as hand
from tests.factories.transfers import EFFECTIVE, item_of
from tests.windows.hall_setup import load_everything
from transfers import queries
from transfers.commands import completing as completing_module
from transfers.commands.completing import Completion, complete_handover
from transfers.commands.inventories import dispute_line
from transfers.models import TransferItem

from .test_races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

LATER = make.days_later(1)
#: Not stopped since 2018.
CODES = ("JY-01", "JY-02", "JY-06", "JY-07", "JY-08", "JY-09")


@pytest.fixture
def office(transactional_db):
    forget_cached_editions()
    load_everything()
    yield hand.Office()
    forget_cached_editions()


def completing(office, item):
    return lambda: complete_handover(
        item.batch_id, item.from_department_id, completion=Completion(EFFECTIVE), actor=office.overseer, at=LATER
    )


def rows_from_that_day(code: str) -> int:
    return Authority.objects.filter(matter__code=code, valid_from=EFFECTIVE).count()


def test_completing_twice_at_once_moves_competence_once(office):
    for code in CODES:
        item = hand.handed_over(office, code)
        assert sorted(at_once(completing(office, item), completing(office, item))) == ["StaleState", "done"]
        assert rows_from_that_day(code) == 3
        assert item.events.filter(kind="complete").count() == 1
    assert queries.differences_on(EFFECTIVE) == []


@pytest.mark.parametrize(("locked", "twice"), [(True, False), (False, True)], ids=["locked", "unlocked"])
def test_control_without_the_lock_both_complete(office, monkeypatch, locked, twice):
    # Competence has its own net; taken out here, so that only the lock on the items stands between the two.
    monkeypatch.setattr(completing_module, "move_powers", lambda *args, **options: [])
    if not locked:
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *args, **options: self)
    ends = Counter()
    for code in CODES:
        item = hand.handed_over(office, code)
        ends.update(at_once(completing(office, item), completing(office, item)))
    assert (ends["done"] > len(CODES)) is twice


def test_a_dispute_against_a_completion_has_one_outcome(office):
    for code in CODES:
        item = hand.handed_over(office, code)
        line = item.lines.first()
        ends = at_once(
            completing(office, item),
            lambda line=line: dispute_line(line.pk, reason="数量不符", actor=office.receiver, at=LATER),
        )
        item = item_of(code)
        if item.state == "effective":
            assert ends[0] == "done" and ends[1] == "StaleState"
            assert rows_from_that_day(code) == 3
        else:
            assert (item.state, ends) == ("risk_assessed", ["DomainError", "done"])
            assert rows_from_that_day(code) == 0
            # Out of the way of the next trial.
            TransferItem.objects.filter(pk=item.pk).update(state="retained", reason="试验")
