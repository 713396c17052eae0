"""The same moment in a file review, on PostgreSQL: two seeds at once, two scores at once; each with its control."""

from collections import Counter

import pytest

from supervision import reviewing
from supervision.commands.reviews import draw_review
from supervision.models import CaseReview, ReviewFile, ReviewFinding, ReviewStep
from tests.factories import cases as make
from tests.factories import reviews as rev
from tests.factories import supervision as sup
from tests.factories.cases import days_later

from .test_races import at_once, people

__all__ = ["people"]
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

COPIES = 6


def seeds(review: CaseReview, supervisor) -> list:
    def with_seed(seed: str):
        return lambda: draw_review(
            review.number, seed=seed, reviewers=[supervisor.username], actor=supervisor, at=days_later(1)
        )

    return [with_seed(str(number)) for number in range(COPIES)]


def test_six_seeds_at_once_are_one_draw(people):
    supervisor = sup.Watch().supervisor
    make.granted(people)
    review = rev.frozen(supervisor)
    assert Counter(at_once(*seeds(review, supervisor))) == {"done": 1, "StaleState": COPIES - 1}
    assert ReviewFile.objects.count() == ReviewStep.objects.count() == 1


def test_control_without_the_lock_the_seeds_meet_at_the_constraint(people, monkeypatch):
    supervisor = sup.Watch().supervisor
    make.granted(people)
    review = rev.frozen(supervisor)
    monkeypatch.setattr(reviewing, "lock_review", lambda number: CaseReview.objects.get(number=number))
    assert Counter(at_once(*seeds(review, supervisor)))["IntegrityError"] > 0


def test_a_file_scored_six_times_at_once_has_one_score(people):
    supervisor = sup.Watch().supervisor
    make.granted(people)
    file = rev.drawn(supervisor).files.get()
    ends = at_once(*[lambda: rev.scored(file, D1="没有送达回证")] * COPIES)
    assert Counter(ends) == {"done": 1, "StaleState": COPIES - 1}
    assert (ReviewFinding.objects.count(), ReviewStep.objects.filter(kind="score").count()) == (20, 1)


def test_control_without_the_lock_the_scores_meet_at_the_constraint(people, monkeypatch):
    supervisor = sup.Watch().supervisor
    make.granted(people)
    file = rev.drawn(supervisor).files.get()
    whole = ReviewFile.objects.select_related("review", "reviewer", "case__party", "case__handling_department")
    monkeypatch.setattr(reviewing, "lock_file", lambda file_id: whole.get(pk=file_id))
    ends = Counter(at_once(*[lambda: rev.scored(file, D1="没有送达回证")] * COPIES))
    assert ends["IntegrityError"] > 0
