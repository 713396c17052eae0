"""责任边界: one item in force a matter, one body that leads and others that share; set by date, never rewritten (trap 20)."""

from datetime import date, timedelta

import pytest
import time_machine

from laiyang_approval.kernel.errors import InvalidInput, NotPermitted
from laiyang_approval.kernel.models import Department
from matters import queries
from matters.boundaries import ENFORCING, FURTHER, LEAD, regulators_on, supervised_matters
from matters.commands.authorities import Succession, move_powers
from matters.commands.boundaries import NewBoundary, set_boundary
from matters.models import BoundaryItem, Matter

from .test_editions import AT, TODAY

JULY = date(2026, 7, 1)


def boundary(lead: str, valid_from: date = TODAY, **more) -> NewBoundary:
    return NewBoundary("SJ-04", lead, "市审管联动备忘录第三条", valid_from, **more)


def told(on: date) -> list[tuple[str, str]]:
    matter = Matter.objects.get(code="SJ-04")
    return [(one.department.code, one.part) for one in regulators_on(matter, on)]


def test_every_matter_has_exactly_one_item_with_a_lead_on_every_day_since_the_transfer(catalogue):
    for day in (date(2018, 12, 26), date(2018, 12, 31), date(2019, 1, 1), TODAY):
        in_force = BoundaryItem.objects.filter(queries.in_force(day))
        assert (in_force.count(), in_force.values("matter").distinct().count()) == (199, 199)


def test_a_new_item_ends_the_former_the_day_before_and_names_whom_a_decision_is_told_to(catalogue, admin):
    assert told(TODAY) == [("SJ", LEAD)]
    set_boundary(
        boundary("SJ", JULY, further=["WJ19", "HB19"], enforce="CG19", memo_no="审管备〔2026〕1号"), actor=admin, at=AT
    )
    assert told(JULY - timedelta(1)) == [("SJ", LEAD)]
    assert told(JULY) == [("SJ", LEAD), ("HB19", FURTHER), ("WJ19", FURTHER), ("CG19", ENFORCING)]
    assert BoundaryItem.objects.filter(queries.in_force(JULY), matter__code="SJ-04").count() == 1


def test_who_shares_the_supervision_shares_it_still_when_another_body_approves(catalogue, admin):
    set_boundary(boundary("SJ", further=["WJ19"]), actor=admin, at=AT)
    bodies = {code: Department.objects.get(code=code) for code in ("SP", "SJ")}
    matter = Matter.objects.get(code="SJ-04")
    move_powers(matter.pk, succession=Succession(bodies["SP"], bodies["SJ"], JULY, "莱政发〔2026〕1号"))
    assert told(JULY) == [("SJ", LEAD), ("WJ19", FURTHER)]


def test_the_lead_that_also_enforces_is_told_once(catalogue, admin):
    set_boundary(boundary("SJ", enforce="SJ"), actor=admin, at=AT)
    assert told(TODAY) == [("SJ", LEAD)]


def test_a_body_that_shares_supervises_the_matter_from_that_day(catalogue, admin):
    body = frozenset({Department.objects.get(code="WJ19").pk})
    before = supervised_matters(body, TODAY).count()
    set_boundary(boundary("SJ", JULY, further=["WJ19"]), actor=admin, at=AT)
    assert supervised_matters(body, TODAY).count() == before
    assert supervised_matters(body, JULY).count() == before + 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (boundary("SJ", date(2026, 3, 1)), "起始日不能早于今天"),
        (boundary("SJ", further=["SJ"]), "不能同时列为协同监管"),
        (boundary("SP"), "请选择监管部门"),
        (boundary("WJ"), "不存在；请选择承接其职责的部门"),
        (NewBoundary("XX-99", "SJ", "依据", TODAY), "没有这个事项代码"),
        (NewBoundary("SJ-04", "SJ", " ", TODAY), "请填写责任边界的依据"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_changes(catalogue, admin, given, sentence):
    before = BoundaryItem.objects.count()
    with pytest.raises(InvalidInput, match=sentence):
        set_boundary(given, actor=admin, at=AT)
    assert (BoundaryItem.objects.count(), told(TODAY)) == (before, [("SJ", LEAD)])


def test_only_the_catalogue_admin_sets_it(catalogue, clerk):
    with pytest.raises(NotPermitted):
        set_boundary(boundary("SJ"), actor=clerk, at=AT)
    assert BoundaryItem.objects.filter(set_by__isnull=False).count() == 0


def test_the_page_shows_it_sets_it_and_tells_what_is_wrong(catalogue, admin, client):
    client.force_login(admin)
    with time_machine.travel(AT, tick=False):
        listed = client.get("/catalogue/boundaries/?q=spjy")
        assert "食品经营许可" in listed.content.decode()
        wrong = client.post("/catalogue/boundaries/SJ-04/", {"supervise": "", "basis": "", "valid_from": ""})
        assert wrong.status_code == 422
        assert "请选择主要监管部门。" in wrong.content.decode()
        typed = {"supervise": "SJ", "further": ["WJ19"], "basis": "备忘录", "valid_from": "2026-03-03"}
        assert client.post("/catalogue/boundaries/SJ-04/", typed).status_code == 302
        assert "协同监管" in client.get("/catalogue/boundaries/SJ-04/").content.decode()
    assert told(date(2026, 3, 3)) == [("SJ", LEAD), ("WJ19", FURTHER)]
