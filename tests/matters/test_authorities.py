"""职权: a succession moves what the former body held, on its day; over any sequence nobody is without and nothing held twice."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from laiyang_approval.kernel.errors import DomainError, StaleState
from laiyang_approval.kernel.models import Department
from matters import queries
from matters.commands.authorities import Succession, move_powers
from matters.commands.catalogue import BEFORE_RECORDS
from matters.models import Authority, BoundaryItem, Matter, Power

DAY = date(2026, 3, 10)
BEFORE = DAY - timedelta(days=1)


def body(code: str) -> Department:
    return Department.objects.get(code=code)


def answers(matter, day):
    return [
        (one.power.value, one.authority.department.code, one.authority.instrument)
        if one.authority
        else (one.power.value,)
        for one in queries.powers_on(matter, day)
    ]


def rows():
    return list(Authority.objects.order_by("pk").values_list("matter", "power", "department", "valid_from", "valid_to"))


def move(code, former, successor, on=DAY, instrument="莱政字〔2026〕1号"):
    matter = Matter.objects.get(code=code)
    return move_powers(matter.pk, succession=Succession(body(former), body(successor), on, instrument))


def test_powers_move_on_their_day_and_earlier_days_answer_as_before(shipped, db):
    matter = Matter.objects.get(code="JY-01")
    past = {day: answers(matter, day) for day in (BEFORE_RECORDS, date(2018, 12, 26), BEFORE)}
    assert len(move("JY-01", "JY", "SP")) == 3
    assert {day: answers(matter, day) for day in past} == past
    assert answers(matter, DAY) == [(power.value, "SP", "莱政字〔2026〕1号") for power in Power]
    boundary = [
        (row.valid_from, row.valid_to, row.approve_org.code, row.supervise_org.code)
        for row in BoundaryItem.objects.filter(matter=matter).order_by("valid_from")
    ]
    assert boundary[-2:] == [(boundary[-2][0], BEFORE, "JY", "JY"), (DAY, None, "SP", "JY")]


def test_what_the_county_government_decides_stays_with_it(shipped, db):
    matter = Matter.objects.filter(kind="deferred", statutory_decider="county_government").first()
    former = queries.authority_on(matter, BEFORE, Power.ACCEPT).department.code
    assert [row.power for row in move(matter.code, former, "SP")] == [Power.ACCEPT]
    assert [row[1] for row in answers(matter, DAY)] == ["SP", "GOV", "GOV"]


def test_a_body_that_does_not_hold_the_powers_cannot_hand_them_over(shipped, db):
    before = rows()
    with pytest.raises(StaleState, match="职权不在莱阳市公安局"):
        move("JY-01", "GA", "SP")
    assert rows() == before


def test_a_body_that_is_no_more_cannot_take_powers_over(shipped, db):
    before = rows()
    with pytest.raises(DomainError, match="莱阳市国土资源局在2026-03-10不存在"):
        move("JY-01", "JY", "GT")
    assert rows() == before


def test_a_change_before_one_already_on_record_is_refused(shipped, db):
    move("JY-01", "JY", "SP")
    before = rows()
    for former in ("JY", "SP"):
        with pytest.raises(StaleState, match="已登记自2026-03-10起"):
            move("JY-01", former, "GA", on=BEFORE)
    assert rows() == before


@pytest.mark.postgres
def test_the_database_refuses_two_holders_of_one_power_on_one_day(shipped, db):
    first = Authority.objects.filter(matter__code="JY-01", power=Power.ACCEPT, valid_to=None).get()
    with pytest.raises(IntegrityError, match="authority_never_overlaps"), transaction.atomic():
        Authority.objects.create(
            matter=first.matter, department=body("SP"), power=Power.ACCEPT, valid_from=DAY, instrument="重叠"
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


BODIES = ("JY", "SP", "GA", "GT", "MZ")
steps = some.lists(
    some.tuples(some.sampled_from(BODIES), some.sampled_from(BODIES), some.integers(0, 400)), max_size=12
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_over_any_sequence_each_power_has_exactly_one_holder_a_day(shipped, db, steps):
    with transaction.atomic():
        matter = Matter.objects.get(code="JY-01")
        start = date(2025, 12, 1)
        # The plain model: a holder from a day on; a succession counts when it comes after all others and from the holder.
        holders = [(BEFORE_RECORDS, "JY")]
        for former, successor, offset in steps:
            on = start + timedelta(days=offset)
            lawful = on > holders[-1][0] and former == holders[-1][1] and successor != "GT"
            before = rows()
            try:
                move("JY-01", former, successor, on=on)
            except DomainError:
                assert not lawful
                assert rows() == before
            else:
                assert lawful
                holders.append((on, successor))
        for power in Power:
            periods = list(
                Authority.objects.filter(matter=matter, power=power)
                .order_by("valid_from")
                .values_list("valid_from", "valid_to", "department__code")
            )
            assert [(begin, code) for begin, _, code in periods] == holders
            ends = [end for _, end, _ in periods]
            begins = [begin for begin, _, _ in periods]
            assert ends == [begin - timedelta(days=1) for begin in begins[1:]] + [None]
        for offset in range(-2, 402, 7):
            day = start + timedelta(days=offset)
            wanted = [code for begin, code in holders if begin <= day][-1]
            assert [row[1] for row in answers(matter, day)] == [wanted] * 3
        transaction.set_rollback(True)
