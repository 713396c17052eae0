"""Whole batches set going at once, retained matters at their own window, powers handed down and entrusted from above."""

from datetime import timedelta

import pytest

from laiyang_approval.kernel.errors import DomainError, InvalidInput, StaleState
from matters import queries as catalogue
from tests.factories import cases as make
from tests.factories import transfers as hand
from tests.factories.transfers import EFFECTIVE, item_of
from transfers.commands.batches import NewBatch, NewItem, add_item, register_batch
from transfers.commands.completing import Completion, complete_handover
from transfers.commands.inventories import declare_nothing, draw_up_lists, sign_lists
from transfers.commands.items import activate_batch, assess_item
from transfers.domain.inventories import Inventory
from transfers.models import TransferBatch, TransferItem

LATER = make.days_later(1)


def test_a_whole_batch_is_set_going_but_for_what_was_stopped(office):
    batch = TransferBatch.objects.get(number="2018-2")
    with pytest.raises(InvalidInput):
        activate_batch(batch.pk, evidence=" ", actor=office.overseer, at=LATER)
    moved, left = activate_batch(batch.pk, evidence=hand.EVIDENCE, actor=office.overseer, at=LATER)
    # Stopped since 2018: 机动车维修 (2019), 驾驶员培训 (2022), 宅基地 (2020, to the towns).
    assert (len(moved), len(left)) == (27, 3)
    assert [item.matter.code for item in TransferItem.objects.filter(state="deferred").order_by("matter__code")] == [
        "GT-09", "JY-04", "JY-05",
    ]  # fmt: skip
    _, again = activate_batch(batch.pk, evidence=hand.EVIDENCE, actor=office.overseer, at=LATER)
    assert len(again) == 3
    first = TransferBatch.objects.get(number="2018-1")
    with pytest.raises(StaleState):
        activate_batch(first.pk, evidence=hand.EVIDENCE, actor=office.overseer, at=LATER)


def test_a_retained_matter_is_accepted_and_sealed_by_its_own_department_in_the_same_screens(office):
    people = make.People("GA")
    case = make.accepted(people, "GA-01")
    letter = case.letters.get(kind="D06")
    assert (case.handling_department.code, letter.department.code, letter.seal.department.code) == ("GA", "GA", "GA")
    with pytest.raises(DomainError, match="由莱阳市公安局受理"):
        make.accepted(make.People("SP"), "GA-01")


def from_above(office, source: str) -> TransferItem:
    """GA-01 as if it came from above: planned, assessed, listed and signed for on a batch of its own."""
    batch = register_batch(
        NewBatch("2026-1", "上级下放", "鲁政字〔2026〕8号", make.MONDAY.date(), make.MONDAY.date()),
        actor=office.overseer,
        at=make.MONDAY,
    )
    item = add_item(batch.pk, NewItem("GA-01", source=source), actor=office.overseer, at=make.MONDAY)
    assess_item(item.pk, assessment=hand.ASSESSMENT, actor=office.overseer, at=make.MONDAY)
    giver = make.person("ga-staff", make.Role.DEPARTMENT_STAFF, department="GA")
    draw_up_lists(item.pk, actor=giver, at=make.MONDAY)
    for inventory in (Inventory.PEOPLE, Inventory.ARCHIVES, Inventory.ASSETS):
        declare_nothing(item.pk, inventory.value, actor=giver, at=make.MONDAY)
    for who in (giver, office.receiver, office.overseer):
        sign_lists([item.pk], actor=who, at=make.MONDAY + timedelta(hours=1))
    complete_handover(
        batch.pk, item.from_department_id, completion=Completion(EFFECTIVE), actor=office.overseer, at=LATER
    )
    return item_of("GA-01")


@pytest.mark.parametrize(
    ("source", "holders"),
    [("handed_down", {"accept": "SP", "decide": "SP", "seal": "SP"}),
     ("entrusted", {"accept": "SP", "decide": "GA", "seal": "GA"})],
)  # fmt: skip
def test_what_comes_from_above_is_taken_over_and_what_is_entrusted_is_sealed_in_the_entrusting_bodys_name(
    office, source, holders
):
    item = from_above(office, source)
    assert item.state == "effective"
    powers = catalogue.powers_on(catalogue.matter_by_code("GA-01"), EFFECTIVE)
    assert {one.power.value: one.authority.department.code for one in powers} == holders
    assert {one.authority.instrument for one in powers if holders[one.power.value] == "SP"} == {"鲁政字〔2026〕8号"}
    case = make.accepted(make.People("SP"), "GA-01", at=make.days_later(8))
    assert (case.handling_department.code, case.deciding_department.code) == ("SP", holders["decide"])
