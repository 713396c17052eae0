"""The same moment in ratings and complaints, on PostgreSQL: one service rated many times, one form posted many times; with controls."""

from collections import Counter

import pytest

from supervision.commands import complaints
from supervision.commands import ratings as commands
from supervision.commands.complaints import Words, lodge_complaint
from supervision.commands.ratings import Opinion, appeal_rating, rate_service, recheck_rating
from supervision.models import Complaint, RatingStep, Rectification, ServiceRating
from tests.factories import cases as make
from tests.factories import supervision as sup
from tests.factories.cases import days_later
from windows.models import Case

from .test_races import at_once, people

__all__ = ["people"]
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

TRIALS, COPIES = 4, 6
BAD = Opinion("dissatisfied", "qr", ("slow",))


def votes(people) -> list:
    """One service, rated by several phones at once."""
    number = make.received(people).number
    return [lambda: rate_service(number, 1, opinion=BAD, at=days_later(1))] * COPIES


def test_a_service_rated_six_times_at_once_is_rated_once(people):
    for _ in range(TRIALS):
        ends = Counter(at_once(*votes(people)))
        assert ends == {"done": 1, "StaleState": COPIES - 1}
    assert ServiceRating.objects.count() == Rectification.objects.count() == TRIALS


def test_control_without_the_lock_the_ratings_meet_at_the_constraint(people, monkeypatch):
    monkeypatch.setattr(
        commands.cases,
        "lock_case",
        lambda number: Case.objects.select_related("handling_department").get(number=number),
    )
    ends = Counter()
    for _ in range(TRIALS):
        ends.update(at_once(*votes(people)))
    assert ends["IntegrityError"] > 0
    assert ServiceRating.objects.count() == TRIALS


def test_an_appeal_ruled_by_two_at_once_is_ruled_once(people):
    watch = sup.Watch()
    other = make.person("supervisor-2", make.Role.SUPERVISOR, name="尹守一")
    for _ in range(TRIALS):
        rating = rate_service(make.received(people).number, 1, opinion=BAD, at=days_later(1))
        appeal_rating(rating.pk, reason="误评。", actor=people.reviewer, at=days_later(1))
        acts = [
            lambda actor=actor, uphold=uphold, rating=rating: recheck_rating(
                rating.pk, uphold=uphold, ruling="已复核。", actor=actor, at=days_later(2)
            )
            for actor, uphold in ((watch.supervisor, True), (other, False))
        ]
        assert sorted(at_once(*acts)) == ["StaleState", "done"]
        assert RatingStep.objects.filter(rating=rating, kind__in=["upheld", "dismissed"]).count() == 1


def form(serial: int) -> list:
    """One form of the public, posted several times at once."""
    words = Words("question", "请问……")
    return [
        lambda: lodge_complaint(words, token=f"{serial:043d}", case_id=None, address="192.0.2.1", at=make.MONDAY)
    ] * COPIES


def test_a_form_posted_six_times_at_once_is_one_complaint_and_leaves_no_hole(people, monkeypatch):
    monkeypatch.setattr(complaints, "_count", lambda address, at: None)
    for serial in range(TRIALS):
        assert at_once(*form(serial)) == ["done"] * COPIES
    assert sorted(Complaint.objects.values_list("number", flat=True)) == [
        f"ZX2026{n:06d}" for n in range(1, TRIALS + 1)
    ]
