"""Bodies, remedy routes and sample seals as shipped."""

from datetime import date

import pytest

from laiyang_approval.kernel.commands import organisations
from laiyang_approval.kernel.commands.organisations import load_departments, load_organisations
from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.models import Department, RemedyRoute, Seal


@pytest.fixture
def loaded(db):
    return load_organisations()


def route(code: str, on: date) -> RemedyRoute:
    return RemedyRoute.objects.exclude(valid_to__lt=on).get(department__code=code, valid_from__lte=on)


def test_bodies_of_2018_end_where_their_successors_begin(loaded):
    assert loaded == {"departments": 54, "remedy_routes": 86, "seals": 100}
    land = Department.objects.get(code="GT")
    assert (land.short_name, land.valid_to, land.successor.code) == ("市国土局", date(2018, 12, 31), "GT19")
    assert land.successor.valid_from == date(2019, 1, 1)
    for former in Department.objects.exclude(valid_to=None):
        assert former.successor is not None, former
        assert former.successor.valid_from == date(2019, 1, 1)
    assert Department.objects.get(code="LS").successor.code == "FG19"
    assert Department.objects.get(code="JY").valid_to is None


def test_the_bureau_and_the_county_government(loaded):
    bureau = Department.objects.get(code="SP")
    assert (bureau.name, bureau.kind, bureau.document_word, bureau.valid_from) == (
        "莱阳市行政审批服务局",
        "bureau",
        "莱审批",
        date(2018, 11, 26),
    )
    assert Department.objects.get(code="GOV").kind == "government"
    assert bureau.uscc == ""


def test_a_derived_document_word_says_so(loaded):
    assert "文书字号为系统默认，待核实" in Department.objects.get(code="WJ19").note
    assert "文书字号" not in Department.objects.get(code="GOV").note


def test_loading_again_adds_nothing_and_keeps_what_was_mended(loaded):
    Department.objects.filter(code="SP").update(phone="0535-7210000")
    assert load_organisations() == {"departments": 0, "remedy_routes": 0, "seals": 0}
    assert Department.objects.get(code="SP").phone == "0535-7210000"


@pytest.mark.parametrize(
    ("code", "on", "organ", "court"),
    [
        ("SP", date(2026, 8, 5), "莱阳市人民政府", "莱阳市人民法院"),
        ("SJ", date(2026, 8, 5), "莱阳市人民政府", "莱阳市人民法院"),
        ("GOV", date(2026, 8, 5), "烟台市人民政府", "烟台市中级人民法院"),
        ("TX", date(2026, 8, 5), "国家税务总局烟台市税务局", "莱阳市人民法院"),
        ("SP", date(2023, 12, 31), "莱阳市人民政府或者上一级主管部门", "莱阳市人民法院"),
    ],
)
def test_trap_14_remedies_follow_the_body_and_the_date(loaded, code, on, organ, court):
    found = route(code, on)
    assert (found.review_organ, found.court) == (organ, court)
    assert found.basis.startswith("《行政复议法》")


def test_every_body_has_exactly_one_route_on_each_day_it_exists(loaded):
    for body in Department.objects.prefetch_related("remedy_routes"):
        for on in (date(2018, 12, 27), date(2019, 1, 1), date(2023, 12, 31), date(2024, 1, 1), date(2026, 8, 5)):
            exists = body.valid_from <= on and (body.valid_to is None or on <= body.valid_to)
            routes = [
                one
                for one in body.remedy_routes.all()
                if one.valid_from <= on and (one.valid_to is None or on <= one.valid_to)
            ]
            assert len(routes) == (1 if exists else 0), (body.code, on)


def test_sample_seals_are_in_use_only_while_their_body_exists(loaded):
    bureau = {seal.kind: seal for seal in Seal.objects.filter(department__code="SP")}
    assert set(bureau) == {"official", "approval", "intake"}
    assert {seal.in_use_from for seal in bureau.values()} == {date(2018, 12, 26)}
    for seal in Seal.objects.select_related("department"):
        assert "样章" in seal.announcement
        assert seal.ring_text == seal.department.name
        assert seal.in_use_to == seal.department.valid_to
    land = Seal.objects.filter(department__code="GT").values_list("kind", flat=True)
    assert sorted(land) == ["intake", "official"]


def test_an_unknown_code_loads_nothing(db, monkeypatch):
    whole = organisations._rows
    monkeypatch.setattr(
        organisations,
        "_rows",
        lambda name: [row | {"successor": "XX"} if row.get("code") == "GT" else row for row in whole(name)],
    )
    with pytest.raises(InvalidInput, match="机关代码“XX”没有登记"):
        load_departments()
    assert Department.objects.count() == 0
