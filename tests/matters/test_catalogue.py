"""The shipped catalogue in the database: counts of 2018, later changes, authorities, boundaries, packages."""

import csv
from collections import Counter
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from matters import queries
from matters.commands import catalogue as loading
from matters.commands.catalogue import load_catalogue
from matters.models import (
    AnnexStatus,
    Authority,
    BoundaryItem,
    Chain,
    ChainMaterial,
    ChainMatter,
    Edition,
    EditionMaterial,
    LaterChange,
    Matter,
    Power,
)

FOLDER = Path(__file__).parents[2] / "fixtures" / "catalogue"
TODAY = date(2026, 3, 2)


def rows_of(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def test_the_counts_of_the_decision(catalogue):
    assert queries.catalogue_counts() == {
        "licence": 103,
        "related": 19,
        "deferred": 30,
        "retained": 47,
        "transferred_total": 133,
        "all": 199,
        "deferred_GT": 15,
        "deferred_JY": 11,
        "deferred_JS": 4,
    }
    assert set(Matter.objects.values_list("annex_status", flat=True)) == {AnnexStatus.RECONSTRUCTED}
    assert Matter.objects.filter(related_to=None, kind="related").count() == 0


def test_loading_again_adds_nothing_and_keeps_what_was_mended(catalogue):
    Matter.objects.filter(code="SJ-04").update(note="本局核对过")
    before = Counter(model.objects.count() for model in (Matter, Edition, EditionMaterial, Authority, Chain))
    assert load_catalogue() == 0
    assert Counter(model.objects.count() for model in (Matter, Edition, EditionMaterial, Authority, Chain)) == before
    assert Matter.objects.get(code="SJ-04").note == "本局核对过"


def test_every_matter_has_its_materials_in_order(catalogue):
    shipped = Counter(row["matter_code"] for row in rows_of("materials.csv"))
    first = {
        edition.matter.code: [material.name for material in edition.materials.all()]
        for edition in Edition.objects.filter(number=1).select_related("matter").prefetch_related("materials")
    }
    assert {code: len(names) for code, names in first.items()} == shipped
    assert first["SJ-04"][0] == next(
        row["name"] for row in rows_of("materials.csv") if (row["matter_code"], row["seq"]) == ("SJ-04", "1")
    )


def test_food_business_licence_has_ten_working_days_from_december_2023(catalogue):
    matter = queries.matter_by_code("SJ-04")
    before, after = queries.edition_on(matter, date(2023, 11, 30)), queries.edition_on(matter, date(2023, 12, 1))
    assert (before.number, before.statutory_value, before.statutory_unit, before.effective_to) == (
        1,
        20,
        "workday",
        date(2023, 11, 30),
    )
    assert (after.number, after.statutory_value, after.statutory_unit, after.effective_to) == (2, 10, "workday", None)
    assert after.promised_value == 7
    assert [row.name for row in after.materials.all()] == [row.name for row in before.materials.all()]
    assert queries.edition_on(matter, date(2018, 12, 25)) is None


@pytest.mark.parametrize(
    ("code", "day", "value", "unit", "start", "extension"),
    [
        ("SJ-05", date(2020, 3, 1), 10, "workday", "accepted", None),
        ("SJ-01", date(2022, 3, 1), 3, "workday", "received", 3),
        ("SJ-03", date(2022, 3, 1), 3, "workday", "received", 3),
        ("SJ-02", date(2022, 11, 1), 3, "workday", "received", 3),
        ("JS-01", date(2019, 4, 23), 7, "calday", "received", None),
        ("WG-05", TODAY, 20, "workday", "accepted", 10),
    ],
)
def test_limits_in_force(catalogue, code, day, value, unit, start, extension):
    edition = queries.edition_on(queries.matter_by_code(code), day)
    assert (edition.statutory_value, edition.statutory_unit, edition.clock_start, edition.extension_value) == (
        value,
        unit,
        start,
        extension,
    )


def test_a_change_of_validity_publishes_an_edition_a_change_of_article_does_not(catalogue):
    assert queries.edition_on(queries.matter_by_code("HB-02"), date(2021, 3, 1)).validity_text == "5年"
    assert Edition.objects.filter(matter__code="WJ-10").count() == 1
    assert Edition.objects.count() == 199 + 6


def test_later_changes_carry_the_original_text_and_miss_none():
    shipped = {row["code"]: row["later_change"] for row in rows_of("matters.csv") if row["later_change"]}
    reviewed = rows_of("later_changes.csv")
    assert {row["matter_code"] for row in reviewed} == set(shipped)
    assert all(row["basis"] == shipped[row["matter_code"]] for row in reviewed)
    assert {row["kind"] for row in reviewed} == {"closed", "filing", "limit", "article"}
    # A day that the text does not give is left open, and says so.
    assert all("待核实" in row["note"] for row in reviewed if not row["effective_on"])


@pytest.mark.parametrize(
    ("code", "day", "outcome", "words"),
    [
        ("LY-06", date(2020, 7, 1), "not_required", "自2020年7月1日起停止办理"),
        ("SJ-11", date(2021, 4, 29), "not_required", "《广告法》取消广告发布登记"),
        ("LS-01", date(2021, 4, 15), "not_required", "改为备案，不再需要取得许可"),
        ("JY-04", date(2019, 3, 2), "not_required", "机动车维修经营许可，改为备案"),
        ("JY-05", date(2022, 3, 29), "not_required", "驾驶员培训经营许可，改为备案"),
        ("GT-09", date(2020, 1, 1), "not_accepted", "请向所在地乡（镇）人民政府申请"),
    ],
)
def test_a_closed_matter_takes_no_application_from_that_day_and_says_why(catalogue, bureau, code, day, outcome, words):
    matter = queries.matter_by_code(code)
    body = queries.authority_on(matter, day, Power.ACCEPT).department
    status = queries.intake_status(matter, day, body)
    assert (status.is_open, status.outcome) == (False, outcome)
    assert words in status.reason
    assert "第三十二条" in status.article
    day_before = date.fromordinal(day.toordinal() - 1)
    body = queries.authority_on(matter, day_before, Power.ACCEPT).department
    assert queries.intake_status(matter, day_before, body).is_open


def test_a_partial_or_undated_change_closes_nothing(catalogue, bureau):
    for code in ("SJ-04", "WJ-02", "LY-08"):
        assert queries.intake_status(queries.matter_by_code(code), TODAY, bureau).is_open
    assert LaterChange.objects.get(matter__code="JY-03").is_partial


def test_the_bureau_decides_the_103_and_the_19_since_26_december_2018(catalogue, bureau):
    day = date(2018, 12, 26)
    for power in Power:
        holders = Authority.objects.filter(
            queries.in_force(day), power=power, matter__kind__in=("licence", "related")
        ).values_list("matter__statutory_decider", "department__code")
        expected = Counter({("department", "SP"): 118, ("county_government", "SP"): 4})
        if power != Power.ACCEPT:
            expected = Counter({("department", "SP"): 118, ("county_government", "GOV"): 4})
        assert Counter(holders) == expected
    before = queries.authority_on(queries.matter_by_code("SJ-04"), date(2018, 12, 25), Power.DECIDE)
    assert (before.department.code, before.instrument) == ("SJ", "法定职责（划转前）")


def test_no_two_bodies_hold_the_same_power_on_the_same_day(catalogue):
    periods = {}
    for row in Authority.objects.all():
        periods.setdefault((row.matter_id, row.power), []).append((row.valid_from, row.valid_to or date.max))
    for spans in periods.values():
        spans.sort()
        assert all(first[1] < second[0] for first, second in zip(spans, spans[1:], strict=False))
        assert spans[-1][1] == date.max


def test_trap_13_a_deferred_land_matter_filed_at_the_bureau_names_the_land_bureau(catalogue, bureau):
    matter = queries.matter_by_code("GT-01")
    status = queries.intake_status(matter, date(2018, 12, 27), bureau)
    assert (status.is_open, status.outcome) == (False, "not_accepted")
    assert status.article == "《行政许可法》第三十二条第一款第二项"
    assert status.competent.short_name == "市国土局"
    assert "莱阳市国土资源局" in status.reason
    today = queries.intake_status(matter, TODAY, bureau)
    assert today.competent.short_name == "市自然资源和规划局"
    assert queries.intake_status(matter, TODAY, today.competent).is_open


def test_planning_matters_went_to_natural_resources_not_to_housing(catalogue):
    holder = queries.authority_on(queries.matter_by_code("JS-23"), TODAY, Power.DECIDE)
    assert holder.department.code == "GT19"


def test_fire_design_review_moved_to_housing_in_april_2019(catalogue):
    matter = queries.matter_by_code("XF-01")
    days = (date(2018, 12, 31), date(2019, 1, 1), date(2019, 4, 1))
    assert [queries.authority_on(matter, day, Power.DECIDE).department.code for day in days] == ["XF", "XF19", "JS19"]
    assert queries.boundary_on(matter, days[2]).supervise_org.code == "JS19"


def test_a_matter_decided_above_names_no_decider_of_ours(catalogue):
    matter = queries.matter_by_code("ZJ-02")
    assert queries.authority_on(matter, TODAY, Power.ACCEPT).department.code == "ZJ19"
    assert queries.authority_on(matter, TODAY, Power.DECIDE) is None


def test_every_matter_has_exactly_one_regulator_each_day(catalogue):
    for day in (date(2018, 12, 26), date(2018, 12, 31), date(2019, 1, 1), TODAY):
        assert BoundaryItem.objects.filter(queries.in_force(day)).values("matter").distinct().count() == 199
        assert BoundaryItem.objects.filter(queries.in_force(day)).count() == 199
    item = queries.boundary_on(queries.matter_by_code("SJ-04"), TODAY)
    assert (item.approve_org.code, item.supervise_org.code) == ("SP", "SJ")
    item = queries.boundary_on(queries.matter_by_code("WJ-05"), date(2018, 12, 27))
    assert (item.approve_org.code, item.supervise_org.code) == ("SP", "WJ")


def test_without_a_regulator_nothing_is_taken_in(catalogue, bureau):
    BoundaryItem.objects.filter(matter__code="SJ-04").delete()
    status = queries.intake_status(queries.matter_by_code("SJ-04"), TODAY, bureau)
    assert (status.is_open, status.outcome) == (False, "blocked")
    assert "没有登记监管部门" in status.reason


def test_intake_status_asks_the_database_a_fixed_number_of_times(catalogue, bureau, django_assert_max_num_queries):
    matter = queries.matter_by_code("SJ-04")
    with django_assert_max_num_queries(5):
        assert queries.intake_status(matter, TODAY, bureau).is_open
    with django_assert_max_num_queries(0):
        assert queries.intake_status(matter, TODAY, bureau).is_open


def test_an_edition_is_read_once_per_process(catalogue, django_assert_num_queries):
    edition = queries.edition_on(queries.matter_by_code("SJ-04"), TODAY)
    queries.edition_with_materials(edition.pk)
    with django_assert_num_queries(0):
        again = queries.edition_with_materials(edition.pk)
        assert len(again.materials.all()) == 7
        assert [basis.citation for basis in again.legal_bases.all()] != []


def test_the_twelve_packages(catalogue):
    assert Chain.objects.count() == 12
    assert ChainMatter.objects.count() == 115
    assert ChainMaterial.objects.count() == 33
    chain = queries.chain_by_code("YL-01")
    assert [item.matter.code for item in chain.items.all()][:3] == ["SJ-02", "SJ-01", "SJ-04"]
    shared = {material.name: material for material in chain.shared_materials.all()}
    assert {matter.code for matter in shared["营业执照（或其他主体资格证明）"].produced_by.all()} == {"SJ-01", "SJ-02"}


def test_reconcile_proves_the_counts(catalogue):
    out = StringIO()
    call_command("reconcile_catalogue", stdout=out)
    said = out.getvalue()
    assert "划转行政许可事项合计：133（相符" in said
    assert "暂缓：市国土局：15（相符" in said
    assert "重建的事项：199 / 199" in said
    assert "待核实内容：3389 处，涉及 199 个事项" in said


def test_reconcile_fails_when_one_row_is_missing(catalogue, monkeypatch):
    lost = Matter.objects.get(code="GT-15")
    Authority.objects.filter(matter=lost).delete()
    BoundaryItem.objects.filter(matter=lost).delete()
    Matter.objects.filter(pk=lost.pk).update(kind="retained")
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("reconcile_catalogue", stdout=out, stderr=err)
    assert stopped.value.code == 1
    assert "暂缓：市国土局：14（不符，应为 15" in out.getvalue()
    assert "有 4 个数量与文件不符" in err.getvalue()


@pytest.mark.parametrize(
    ("basis", "value", "unit", "extension"),
    [
        ("《中华人民共和国行政许可法》第四十二条：自受理之日起20日（工作日）", 20, "workday", (10, "本行政机关负责人")),
        (
            "《食品经营许可管理办法》：自受理申请之日起20个工作日内，可延长10个工作日",
            20,
            "workday",
            (10, "本行政机关负责人"),
        ),
        ("情况复杂可延长，延长不超过40个工作日", 20, "workday", (40, "本行政机关负责人")),
        ("《危险化学品安全管理条例》第三十五条", 30, "calday", (None, "")),
    ],
)
def test_extension_is_what_the_basis_says(basis, value, unit, extension):
    assert loading.extension_of(basis, value, unit) == extension
