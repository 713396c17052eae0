"""Two people at once, on PostgreSQL: one outcome, the other is told, nothing is lost (promises R5, R7).

Each race has a control: the same race with its guard taken out, which must be seen to go wrong.
"""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from laiyang_approval.kernel.errors import DomainError, StaleState
from laiyang_approval.kernel.models import NumberSeries
from laiyang_approval.kernel.numbering import allot_each, allot_number
from matters.queries import forget_cached_editions
from tests.factories import cases as make
from tests.windows.hall_setup import load_everything
from windows import queries
from windows.commands.decision import grant_case, refuse_case
from windows.commands.intake import withdraw_case
from windows.commands.review import return_to_review, start_review
from windows.commands.verifying import check_chains
from windows.models import Case, Decision, Letter

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

TRIALS = 12


@pytest.fixture
def people(transactional_db):
    forget_cached_editions()
    load_everything()
    yield make.People()
    forget_cached_editions()


def at_once(*acts: Callable[[], object]) -> list[str]:
    """How each act ended when all start together: "done", or the name of what it raised."""
    barrier, ends = threading.Barrier(len(acts)), [""] * len(acts)

    def run(index: int, act: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=10)
            act()
            ends[index] = "done"
        except Exception as error:
            ends[index] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return ends


def deciding(people, number: str) -> list[Callable[[], object]]:
    later = make.days_later(1)
    return [
        lambda: grant_case(number, grant=make.GRANT, actor=people.decider, at=later),
        lambda: refuse_case(number, refusal=make.REFUSAL, actor=people.decider, at=later),
    ]


def test_granting_and_refusing_at_once_leaves_one_decision(people):
    numbers = [make.pending_decision(people).number for _ in range(TRIALS)]
    ends = Counter(tuple(sorted(at_once(*deciding(people, number)))) for number in numbers)
    assert ends == {("StaleState", "done"): TRIALS}
    assert Decision.objects.count() == TRIALS
    assert Letter.objects.filter(kind__in=["D15", "D16"]).count() == TRIALS
    assert check_chains() is None


def test_control_without_the_lock_the_same_race_breaks(people, monkeypatch):
    def unlocked(number: str) -> Case:
        return Case.objects.select_related(
            "matter", "edition", "party", "handling_department", "deciding_department"
        ).get(number=number)

    monkeypatch.setattr(queries, "lock_case", unlocked)
    numbers = [make.pending_decision(people).number for _ in range(TRIALS)]
    ends = Counter(end for number in numbers for end in at_once(*deciding(people, number)))
    # The unique decision is the net: the second one falls with a database error instead of a sentence.
    assert ends["IntegrityError"] > 0


@pytest.mark.parametrize(
    "against",
    [
        lambda people, number: withdraw_case(number, reason="撤回", actor=people.clerk, at=make.days_later(1)),
        lambda people, number: return_to_review(number, reason="重看", actor=people.decider, at=make.days_later(1)),
    ],
    ids=["withdraw", "return"],
)
def test_granting_against_another_act_has_one_outcome(people, against):
    numbers = [make.pending_decision(people).number for _ in range(TRIALS)]
    for number in numbers:
        ends = at_once(deciding(people, number)[0], lambda number=number: against(people, number))
        assert sorted(ends) == ["StaleState", "done"]
    assert Case.objects.filter(state="granted").count() == Decision.objects.count()
    assert check_chains() is None


def test_two_reviewers_at_once_take_a_case_once(people):
    other = make.person("other", make.Role.REVIEWER, right="review_for_department")
    for _ in range(TRIALS):
        number = make.accepted(people).number
        ends = at_once(
            *(
                lambda actor=actor, number=number: start_review(number, actor=actor, at=make.days_later(1))
                for actor in (people.reviewer, other)
            )
        )
        assert sorted(ends) == ["StaleState", "done"]


def number_takers(take: Callable[[], int], *, writers: int, each: int) -> tuple[list[int], int]:
    """Numbers that were committed and how many takers rolled back: every third one does."""
    kept, lock, rolled_back = [], threading.Lock(), Counter()

    def writer(seed: int) -> None:
        for turn in range(each):
            try:
                with transaction.atomic():
                    number = take()
                    if (seed + turn) % 3 == 0:
                        raise DomainError("rolled back")
                with lock:
                    kept.append(number)
            except (DomainError, DatabaseError):
                rolled_back["count"] += 1
        connection.close()

    threads = [threading.Thread(target=writer, args=(seed,)) for seed in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return kept, rolled_back["count"]


def test_document_numbers_have_no_holes_and_no_repeats_under_rollback(transactional_db):
    kept, rolled_back = number_takers(lambda: allot_number("测字", period="2026"), writers=8, each=30)
    assert rolled_back == 80
    assert sorted(kept) == list(range(1, 161))
    assert NumberSeries.objects.get(series="测字").last == 160


def test_acts_that_name_their_series_in_any_order_do_not_wait_for_each_other_in_a_circle(transactional_db):
    series = [(f"测{letter}字", "2026") for letter in "甲乙丙丁"]
    turns = iter(range(1000))
    kept, rolled_back = number_takers(
        lambda: allot_each(series if next(turns) % 2 else series[::-1])[series[0]], writers=8, each=30
    )
    assert rolled_back == 80
    assert sorted(kept) == list(range(1, 161))
    assert set(NumberSeries.objects.filter(series__startswith="测").values_list("last", flat=True)) == {160}


def test_control_a_number_read_without_the_lock_repeats(transactional_db):
    NumberSeries.objects.create(series="测字", period="2026", last=0)

    def max_plus_one() -> int:
        row = NumberSeries.objects.get(series="测字")
        NumberSeries.objects.filter(pk=row.pk).update(last=row.last + 1)
        return row.last + 1

    kept, _ = number_takers(max_plus_one, writers=8, each=30)
    assert len(set(kept)) < len(kept)


def test_the_loser_of_a_race_is_told_who_was_first(people):
    case = make.pending_decision(people)
    messages = []

    def decide(act):
        try:
            act()
        except StaleState as error:
            messages.append(error.message)

    grant, refuse = (
        lambda: grant_case(
            case.number, grant=make.GRANT, actor=people.decider, at=make.days_later(1), expected_version=case.version
        ),
        lambda: refuse_case(
            case.number,
            refusal=make.REFUSAL,
            actor=people.decider,
            at=make.days_later(1),
            expected_version=case.version,
        ),
    )
    at_once(lambda: decide(grant), lambda: decide(refuse))
    assert len(messages) == 1
    assert messages[0].startswith("本件已由姜明哲办理")
