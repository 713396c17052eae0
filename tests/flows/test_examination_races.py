"""Two inspectors write down one check at once, on PostgreSQL: one record, the other is told; with the lock taken out it breaks."""

from collections import Counter

import pytest

from matters.queries import forget_cached_editions
from tests.factories import cases as make
from tests.factories import examination as done
from tests.factories.examination import moment
from tests.windows.hall_setup import load_everything
from windows import queries
from windows.commands.site_checks import Finding, record_site_check
from windows.commands.verifying import check_chains
from windows.models import Case, Letter, SiteCheck

from .test_races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

TRIALS = 6
FOUND = Finding(moment("2026-03-09", 11), "布局与平面图一致。", "met", "signed", "邹念慈")


@pytest.fixture
def people(transactional_db):
    forget_cached_editions()
    load_everything()
    yield make.People()
    forget_cached_editions()


def _race(people) -> Counter:
    inspectors, ends = done.inspectors(), Counter()
    for _ in range(TRIALS):
        case = make.in_review(people)
        check = done.check_assigned(people, case, at=moment("2026-03-09"))

        def write(actor, check_id=check.pk):
            return lambda: record_site_check(check_id, finding=FOUND, actor=actor, at=moment("2026-03-09", 15))

        ends[tuple(sorted(at_once(*(write(actor) for actor in inspectors))))] += 1
    return ends


def test_two_inspectors_write_down_one_check_once(people):
    assert _race(people) == {("DomainError", "done"): TRIALS}
    assert SiteCheck.objects.filter(recorded_at__isnull=False).count() == TRIALS
    assert Letter.objects.filter(kind="D25").count() == TRIALS
    assert check_chains() is None


def test_control_without_the_lock_the_same_race_breaks(people, monkeypatch):
    def unlocked(number: str) -> Case:
        return Case.objects.select_related(
            "matter", "edition", "party", "handling_department", "deciding_department"
        ).get(number=number)

    monkeypatch.setattr(queries, "lock_case", unlocked)
    ends = _race(people)
    # The unique event of a case is the net: the second one falls with a database error instead of a sentence.
    assert sum(count for pair, count in ends.items() if "IntegrityError" in pair) > 0
