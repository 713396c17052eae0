"""Import and export of the catalogue's two tables."""

from datetime import UTC, datetime
from io import BytesIO

import pytest

from laiyang_approval.kernel.errors import InvalidInput, NotPermitted, StaleState
from matters.commands.imports import confirm_import, discard_import, preview_import
from matters.exports import export_table, material_rows, matter_rows, read_upload
from matters.models import Authority, BoundaryItem, CatalogueImport, Edition, EditionMaterial, Matter
from tests.matters.test_catalogue import rows_of

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def preview(table, rows, admin):
    return preview_import(table, file_name="目录.csv", sha256="0" * 64, rows=rows, actor=admin, at=AT)


def import_all(table, rows, admin):
    waiting, seen = preview(table, rows, admin)
    assert seen.errors == []
    return confirm_import(waiting.pk, actor=admin, at=AT)


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.parametrize("table", ["matters", "materials"])
def test_export_import_export_is_byte_equal(catalogue, admin, table, file_format):
    before = export_table(table, file_format)
    upload = BytesIO(before)
    upload.name = f"{table}.{file_format}"
    rows, _ = read_upload(table, upload)
    waiting, seen = preview(table, rows, admin)
    assert seen.errors == []
    assert seen.counts["new"] == seen.counts["changed"] == 0
    confirm_import(waiting.pk, actor=admin, at=AT)
    assert export_table(table, file_format) == before
    assert not Edition.objects.filter(state="draft").exists()


def test_an_exported_cell_is_never_a_formula_and_comes_back_as_written(catalogue, admin):
    Matter.objects.filter(code="SJ-04").update(note='=HYPERLINK("http://x")')
    data = export_table("matters", "csv")
    assert "'=HYPERLINK" in data.decode("utf-8-sig")
    upload = BytesIO(data)
    upload.name = "matters.csv"
    rows, _ = read_upload("matters", upload)
    assert next(row for row in rows if row["code"] == "SJ-04")["note"] == '=HYPERLINK("http://x")'


def test_an_export_imported_as_new_matters_exports_the_same(catalogue, admin):
    """All 199 again under codes the catalogue does not know: everything an export says comes back."""

    def renamed(row):
        return row | {name: "Q" + row[name] for name in ("code", "related_to", "matter_code") if row.get(name)}

    matters = [renamed(row) for row in matter_rows()]
    materials = [renamed(row) for row in material_rows()]
    import_all("matters", matters, admin)
    import_all("materials", materials, admin)
    assert matter_rows()[199:] == matters
    assert [row for row in material_rows() if row["matter_code"][:1] == "Q"][-len(materials) :] == materials
    new = Matter.objects.get(code="QSJ-04")
    assert new.editions.get().state == "draft"
    assert set(Authority.objects.filter(matter=new, valid_to=None).values_list("department__code", flat=True)) == {"SP"}
    assert BoundaryItem.objects.filter(matter=new).exists()


def test_the_shipped_files_fit_the_import(catalogue, admin):
    """Official annexes come in the same columns as fixtures/catalogue (README, section 7)."""
    _, seen = preview("materials", rows_of("materials.csv"), admin)
    assert (seen.errors, seen.counts["changed"], seen.counts["unchanged"]) == ([], 0, 199)
    _, seen = preview("matters", rows_of("matters.csv"), admin)
    assert seen.errors == []
    # Only the matters whose limit or validity has changed since 2018 differ from their newest edition.
    assert [plan.code for plan in seen.interesting] == ["SJ-01", "SJ-02", "SJ-03", "SJ-04", "SJ-05", "HB-02"]


def test_a_changed_row_becomes_a_draft_and_leaves_the_published_edition(catalogue, admin):
    rows = matter_rows()
    target = next(row for row in rows if row["code"] == "WJ-05")
    target["promised_days"], target["phone"] = "3", "0535-7210000"
    waiting, seen = preview("matters", rows, admin)
    assert seen.counts == {"new": 0, "changed": 1, "unchanged": 198, "errors": 0}
    assert [(change.where, change.old, change.new) for change in seen.interesting[0].changes] == [
        ("承诺时限", "5", "3"),
        ("咨询电话", "", "0535-7210000"),
    ]
    assert not Edition.objects.filter(state="draft").exists()
    confirm_import(waiting.pk, actor=admin, at=AT)
    draft = Edition.objects.get(state="draft")
    assert (draft.matter.code, draft.promised_value, draft.phone) == ("WJ-05", 3, "0535-7210000")
    assert draft.materials.count() == Edition.objects.get(matter=draft.matter, number=1).materials.count()
    assert Edition.objects.get(matter__code="WJ-05", number=1).promised_value == 5


def test_materials_are_replaced_as_a_list(catalogue, admin):
    rows = [row for row in material_rows() if row["matter_code"] == "WJ-05"]
    rows[1]["name"] = "从业人员健康证明"
    import_all("materials", rows[:3], admin)
    draft = Edition.objects.get(state="draft")
    assert [material.name for material in draft.materials.all()] == [row["name"] for row in rows[:3]]


def test_a_dry_run_with_errors_keeps_nothing_and_names_lines_and_columns(catalogue, admin):
    rows = matter_rows()[:3]
    rows[0]["limit_unit"] = "天"
    rows[1]["original_department_code"] = "ZZ"
    rows[2]["code"] = rows[0]["code"]
    rows[2]["supervising_department"] = "市某某局"
    waiting, seen = preview("matters", rows, admin)
    assert waiting is None
    said = [str(error) for error in seen.errors]
    assert "第2行“时限单位”列：“天”不在可选值中；请填写workday、calday、month之一。" in said
    assert "第3行“原实施部门代码”列：没有登记代码为“ZZ”的机关；请核对代码。" in said
    assert "第4行“事项代码”列：与第2行重复；每个事项只写一行。" in said
    assert "第4行“监管部门”列：没有登记“市某某局”；请填写机关的全称或简称。" in said
    assert CatalogueImport.objects.count() == 0
    assert not Edition.objects.filter(state="draft").exists()


def test_competence_is_not_moved_by_a_spreadsheet(catalogue, admin):
    rows = [row for row in matter_rows() if row["code"] == "GT-01"]
    rows[0]["kind"] = "licence"
    _, seen = preview("matters", rows, admin)
    assert [str(error) for error in seen.errors] == [
        "第2行“类别”列：已有事项的类别不能通过导入修改；职权变动请在事项划转中办理。"
    ]


def test_materials_of_an_unknown_matter_or_a_doubled_number(catalogue, admin):
    rows = material_rows()[:2]
    rows[1]["seq"] = rows[0]["seq"]
    rows.append(rows[0] | {"matter_code": "XX-01"})
    _, seen = preview("materials", rows, admin)
    assert [str(error) for error in seen.errors] == [
        "第3行“序号”列：与第2行的序号重复；同一事项内序号不重复。",
        "第4行“事项代码”列：没有代码为“XX-01”的事项；请先导入事项表。",
    ]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "没有数据行"),
        ([{"code": "SJ-04"}], "缺少这些列"),
        ([dict.fromkeys([*rows_of("materials.csv")[0], "颜色"], "")], "不认识这些列：颜色"),
    ],
)
def test_a_table_of_the_wrong_shape_is_refused(catalogue, admin, rows, message):
    with pytest.raises(InvalidInput, match=message):
        preview("materials", rows, admin)


def test_only_the_catalogue_admin_imports(catalogue, clerk):
    with pytest.raises(NotPermitted):
        preview("matters", matter_rows(), clerk)
    assert CatalogueImport.objects.count() == 0


def test_a_waiting_import_is_confirmed_or_discarded_once(catalogue, admin):
    waiting, _ = preview("matters", matter_rows(), admin)
    discard_import(waiting.pk, actor=admin, at=AT)
    with pytest.raises(StaleState, match="已放弃"):
        confirm_import(waiting.pk, actor=admin, at=AT)
    waiting, _ = preview("matters", matter_rows(), admin)
    confirm_import(waiting.pk, actor=admin, at=AT)
    with pytest.raises(StaleState, match="已导入"):
        confirm_import(waiting.pk, actor=admin, at=AT)


def test_an_existing_draft_is_updated_not_doubled(catalogue, admin):
    rows = [row for row in matter_rows() if row["code"] == "WJ-05"]
    rows[0]["phone"] = "0535-1"
    import_all("matters", rows, admin)
    rows[0]["phone"] = "0535-2"
    import_all("matters", rows, admin)
    draft = Edition.objects.get(state="draft")
    assert (draft.phone, draft.draft_version) == ("0535-2", 1)
    assert EditionMaterial.objects.filter(edition=draft).count() == 7
