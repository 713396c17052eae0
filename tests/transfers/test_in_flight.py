"""在办件 around the effective day: who accepts, who finishes, what moves, and that history stays as it was (trap 20)."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.serializers.json import DjangoJSONEncoder

from laiyang_approval.kernel.errors import DomainError, StaleState
from matters import queries as catalogue
from matters.commands.quotas import NewQuota, set_quota
from matters.competence import as_data, competence_day
from matters.models import Power
from tests.factories import cases as make
from tests.factories import transfers as hand
from tests.factories.transfers import EFFECTIVE, item_of
from transfers import queries
from transfers.commands.in_flight import move_open_cases
from transfers.models import TransferBatch
from windows.commands.decision import grant_case
from windows.commands.intake import withdraw_case
from windows.commands.preconditions import CreditQuery, record_credit_check
from windows.commands.review import start_review, submit_opinion
from windows.commands.sweeping import deem_overdue_acceptances
from windows.domain.intake import Outcome
from windows.models import Case, CaseEvent, CaseMove, Letter
from windows.preconditions import quota_gate

#: 23:59 in Shanghai on the day before, and midnight of the day.
LAST_MINUTE = datetime(2026, 3, 9, 15, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 9, 16, 0, tzinfo=UTC)
NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


@pytest.fixture
def department(office):
    return make.People("JY")


@pytest.fixture
def bureau(office):
    return make.People("SP")


def decided(people, case: Case, *, at: datetime) -> Case:
    start_review(case.number, actor=people.reviewer, at=at)
    record_credit_check(case.number, query=CreditQuery("信用中国（山东）", "clear"), actor=people.reviewer, at=at)
    submit_opinion(case.number, proposal="grant", text="准予。", actor=people.reviewer, at=at)
    return grant_case(case.number, grant=make.GRANT, actor=people.decider, at=at)


def counted(code: str = "JY-01") -> queries.InFlight:
    item = item_of(code)
    return queries.in_flight_counts([item]).get(item.pk, queries.InFlight())


def history() -> bytes:
    """Every case event, letter and answer about competence before the effective day, byte by byte."""
    rows = {
        "events": list(CaseEvent.objects.filter(at__lt=MIDNIGHT).order_by("pk").values()),
        "letters": list(
            Letter.objects.filter(sealed_at__lt=MIDNIGHT).order_by("pk").values("number", "snapshot_sha256")
        ),
        "competence": [
            as_data(competence_day(matter, day))["powers"][index]
            | {"valid_to": None}  # how long it was to last is the one thing a later change adds
            for matter in (catalogue.matter_by_code(code) for code in ("JY-01", "SJ-04", "WJ-01"))
            for day in (date(2018, 12, 20), date(2018, 12, 26), date(2026, 3, 9))
            for index in range(3)
        ],
    }
    return json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True).encode()


def test_trap_20_accepted_at_2359_the_day_before_is_the_departments_to_the_end(office, department, bureau):
    hand.completed(office)
    case = make.accepted(department, "JY-01", at=LAST_MINUTE)
    assert (case.handling_department.code, case.accepted_on) == ("JY", date(2026, 3, 9))
    assert counted() == queries.InFlight(1, 0)
    # After the day it decides in its own name, under its own seal.
    case = decided(department, case, at=NOON)
    letter = case.letters.get(kind="D15")
    assert (letter.department.code, letter.seal.department.code, letter.sealed_on) == ("JY", "JY", EFFECTIVE)
    assert case.deciding_department.code == "JY"


def test_trap_20_accepted_on_the_effective_day_itself_is_the_bureaus(office, department, bureau):
    hand.completed(office)
    case = make.accepted(bureau, "JY-01", at=MIDNIGHT)
    assert (case.handling_department.code, case.deciding_department.code, case.accepted_on) == ("SP", "SP", EFFECTIVE)
    case = decided(bureau, case, at=NOON)
    assert case.letters.get(kind="D15").department.code == "SP"
    assert counted() == queries.InFlight()


def test_the_bureau_the_day_before_and_the_department_on_the_day_are_told_who_accepts(office, department, bureau):
    hand.completed(office)
    for people, at, who in ((bureau, LAST_MINUTE, "莱阳市交通运输局"), (department, MIDNIGHT, "莱阳市行政审批服务局")):
        with pytest.raises(DomainError, match=f"由{who}受理"):
            make.accepted(people, "JY-01", at=at)
        taken = make.taken_in(people, "JY-01", at=at, outcome=Outcome.NOT_ACCEPT, reason="")
        letter = taken.case.letters.get(kind="D03")
        assert letter.snapshot["print"]["competent"] == who


def test_the_board_counts_the_departments_cases_down_to_the_last(office, department):
    first, second = make.accepted(department, "JY-01"), make.accepted(department, "JY-01", at=make.days_later(1))
    hand.completed(office, at=make.days_later(1))
    view = queries.batch_views(office.overseer)[1]
    assert [(giver.department.code, giver.in_flight) for giver in view.givers if giver.in_flight] == [("JY", 2)]
    withdraw_case(first.number, reason="不办了", actor=department.clerk, at=NOON)
    assert counted() == queries.InFlight(1, 0)
    withdraw_case(second.number, reason="不办了", actor=department.clerk, at=NOON)
    assert counted() == queries.InFlight()


def test_history_before_the_effective_day_is_byte_identical_after_completion(office, department, bureau):
    make.accepted(department, "JY-01")
    make.granted(bureau)
    before = history()
    hand.completed(office, at=make.days_later(1))
    assert history() == before
    make.accepted(bureau, "JY-01", at=NOON)
    assert history() == before


def test_what_was_received_and_not_accepted_goes_to_the_bureau_with_its_clock(office, department, bureau):
    case = make.received(department, "JY-01", at=LAST_MINUTE)
    kept = make.accepted(department, "JY-01", at=LAST_MINUTE, party=make.PERSON)
    item = hand.completed(office)
    with pytest.raises(StaleState, match="没有须移交的在办件"):
        move_open_cases(item.pk, actor=office.overseer, at=LAST_MINUTE)
    assert counted() == queries.InFlight(2, 1)
    due = case.intake_due_on
    moved = move_open_cases(item.pk, actor=office.overseer, at=NOON)
    assert [one.number for one in moved] == [case.number]
    case.refresh_from_db()
    kept.refresh_from_db()
    assert (case.handling_department.code, case.deciding_department.code) == ("SP", "SP")
    assert (case.intake_due_on, case.materials_on, case.state) == (due, date(2026, 3, 9), "received")
    assert kept.handling_department.code == "JY"
    letter = case.letters.get(kind="N05")
    assert letter.department.code == "SP"
    said = letter.snapshot["print"]
    assert (said["former"], said["basis"], said["moved_on"]) == (
        "莱阳市交通运输局",
        "莱政发〔2018〕18号",
        "2026年3月10日",
    )
    assert counted() == queries.InFlight(1, 0)
    with pytest.raises(StaleState):
        move_open_cases(item.pk, actor=office.overseer, at=NOON)


def test_silence_over_the_effective_day_accepts_at_the_department_as_of_receipt(office, department):
    case = make.received(department, "JY-01", at=LAST_MINUTE)
    hand.completed(office)
    failures = []
    deem_overdue_acceptances(at=datetime(2026, 3, 17, 4, 0, tzinfo=UTC), on_failure=lambda *one: failures.append(one))
    case.refresh_from_db()
    assert (failures, case.state, case.accepted_on, case.handling_department.code) == (
        [],
        "accepted",
        date(2026, 3, 9),
        "JY",
    )


def test_where_the_batch_says_so_accepted_cases_move_and_every_date_stays(office, department, bureau):
    TransferBatch.objects.filter(number="2018-2").update(in_flight="move")
    case = make.accepted(department, "JY-01")
    later = make.accepted(department, "JY-01", at=LAST_MINUTE, party=make.PERSON)
    item = hand.completed(office, at=make.days_later(1))
    dates = ("clock_from_on", "promised_due_on", "statutory_due_on", "accepted_on", "next_due_on", "light")
    before = [getattr(case, name) for name in dates]
    move_open_cases(item.pk, actor=office.overseer, at=NOON)
    case.refresh_from_db()
    later.refresh_from_db()
    assert [getattr(case, name) for name in dates] == before
    assert (case.handling_department.code, case.deciding_department.code) == ("SP", "SP")
    # In the bureau's own order of acceptance, first what was accepted first.
    assert case.acceptance_order < later.acceptance_order
    move = CaseMove.objects.get(case=case)
    assert (move.from_department.code, move.moved_on, move.letter.title) == ("JY", EFFECTIVE, "办件移交告知书")
    assert case.events.last().kind == "moved"
    # The bureau decides it: the competence of the day of the move, not of the acceptance.
    case = decided(bureau, case, at=NOON + timedelta(hours=1))
    assert case.letters.get(kind="D15").department.code == "SP"
    assert catalogue.authority_on(case.matter, case.accepted_on, Power.DECIDE).department.code == "JY"


def test_a_decided_case_does_not_move(office, department):
    TransferBatch.objects.filter(number="2018-2").update(in_flight="move")
    case = make.accepted(department, "JY-01")
    decided(department, case, at=make.days_later(1))
    item = hand.completed(office, at=make.days_later(2))
    with pytest.raises(StaleState, match="没有须移交的在办件"):
        move_open_cases(item.pk, actor=office.overseer, at=NOON)
    assert counted() == queries.InFlight(1, 0)


def test_a_quota_goes_by_the_day_of_acceptance_over_both_bodies(office, department, bureau):
    early = make.accepted(department, "JY-01")
    hand.completed(office, at=make.days_later(1))
    late = make.accepted(bureau, "JY-01", at=NOON, party=make.PERSON)
    admin = make.person("admin", make.Role.CATALOGUE_ADMIN)
    set_quota(NewQuota("JY-01", 5, "市政府公布的总量", EFFECTIVE), actor=admin, at=NOON)
    # Each body's first: only the day tells them apart.
    assert (early.acceptance_order, late.acceptance_order) == (1, 1)
    assert quota_gate(early, EFFECTIVE) is None
    assert early.number in quota_gate(late, EFFECTIVE)[0]
