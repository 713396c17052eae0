"""推送及时率、认领率、反馈率: twenty grants told to the market supervision bureau, worked out by hand."""

from datetime import date, datetime, timedelta

import pytest

from laiyang_approval.kernel.clock import SHANGHAI
from supervision.commands.tracking import (
    claim_overdue,
    claim_push,
    dispute_push,
    follow_up,
    move_push,
    plan_push,
    uphold_push,
)
from supervision.measures.figures import behind, table
from supervision.measures.periods import period_of
from supervision.measures.registry import measure_by_key
from supervision.measures.scope import Scope
from supervision.models import Push
from tests.factories import cases as make
from tests.factories import supervision as sup
from tests.windows.hall_setup import shipped
from windows.models import Case

__all__ = ["shipped"]
pytestmark = pytest.mark.django_db

#: All twenty are decided on Monday the second; to be delivered by the third, to be claimed two working days after delivery.
MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (datetime(2026, 3, day, 16, tzinfo=SHANGHAI) for day in (2, 3, 4, 5))
#: Looked at on Friday the sixth.
MARCH = period_of("month", date(2026, 3, 2), date(2026, 3, 6))

BY_HAND = {
    # 15 and 16 came on the last day, 17 and 18 a day late, 19 and 20 never; what was moved in case 9 counts once.
    "pushed_in_time": (set(range(1, 21)), set(range(1, 17)), "80.0%"),
    # 8 was upheld, 9 moved to a body whose term still runs; silence claimed 10 to 14; 16 is over, 17 has until today.
    "claimed": (set(range(1, 19)) - {9, 17}, {1, 2, 3, 4, 5, 6, 7, 8, 15, 18}, "62.5%"),
    "followed_up": (set(range(1, 19)) - {9, 16, 17}, {1, 2, 3}, "20.0%"),
}


@pytest.fixture(scope="module")
def told(shipped, django_db_blocker) -> dict[int, Case]:
    with django_db_blocker.unblock():
        return _told()


def _told() -> dict[int, Case]:
    people, watch = make.People(), sup.Watch()
    cases: dict[int, Case] = {}

    def granted(numbers: range) -> None:
        for number in numbers:
            cases[number] = make.granted(people, at=make.MONDAY + timedelta(minutes=number))

    def push(number: int) -> str:
        return Push.objects.get(case=cases[number], regulator__code="SJ").number

    granted(range(1, 15))
    sup.relayed(MONDAY)
    granted(range(15, 17))
    sup.relayed(TUESDAY)
    granted(range(17, 19))
    sup.relayed(WEDNESDAY)
    for number in range(1, 6):
        claim_push(push(number), actor=watch.regulator, at=TUESDAY)
    for number in (6, 7):
        claim_push(push(number), actor=watch.regulator, at=WEDNESDAY)
    for number in (8, 9):
        dispute_push(push(number), reason="应由卫健部门监管。", actor=watch.regulator, at=TUESDAY)
    uphold_push(push(8), reason="职责清楚。", actor=watch.coordinator, at=THURSDAY)
    move_push(push(9), to="WJ19", reason="同意。", actor=watch.coordinator, at=THURSDAY)
    claim_overdue(at=THURSDAY)
    for number in (15, 18):
        claim_push(push(number), actor=watch.regulator, at=THURSDAY)
    for number in (1, 2, 3):
        plan_push(push(number), plan="三月检查。", actor=watch.regulator, at=THURSDAY)
        follow_up(push(number), note="已检查。", actor=watch.regulator, at=THURSDAY)
    sup.http_channel()
    granted(range(19, 21))
    sup.relayed(WEDNESDAY)
    return cases


@pytest.mark.parametrize("key", BY_HAND)
def test_a_figure_of_the_twenty_and_the_pushes_behind_it(told, key):
    counted, met, reads = BY_HAND[key]
    measure, scope = measure_by_key(key), Scope(None)

    def numbers(part: str) -> list[int]:
        by_pk = {case.pk: number for number, case in told.items()}
        return sorted(by_pk[pk] for pk in behind(measure, part, MARCH, scope).values_list("case_id", flat=True))

    assert numbers("all") == sorted(counted)
    assert numbers("hit") == sorted(met)
    assert numbers("miss") == sorted(counted - met)
    figure = next(one for one in table(MARCH, scope, "matter").total if one.measure is measure)
    assert (figure.top, figure.bottom, figure.text) == (len(met), len(counted), reads)
