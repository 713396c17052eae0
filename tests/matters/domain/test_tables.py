import csv
from pathlib import Path

import pytest

from matters.domain import tables

FOLDER = Path(__file__).parents[3] / "fixtures" / "catalogue"


def rows_of(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def read_one(**changes):
    errors = []
    row = next(row for row in rows_of("matters.csv") if row["code"] == "SJ-04") | changes
    return tables.read_matter(row, 7, errors), [str(error) for error in errors]


def test_every_shipped_row_reads_without_errors_and_writes_back_to_the_same_cells():
    errors = []
    for line, row in enumerate(rows_of("matters.csv"), start=2):
        read = tables.read_matter(row, line, errors)
        written = tables.write_matter(
            code=read.code,
            matter=read.matter
            | {
                name: row[name]
                for name in ("original_department_code", "original_department", "supervising_department")
            },
            related_to=read.related_to,
            later_change=read.later_change,
            content=read.content,
        )
        assert written[: len(tables.MATTER_COLUMNS)] == [row[column] for column in tables.MATTER_COLUMNS]
    for line, row in enumerate(rows_of("materials.csv"), start=2):
        read = tables.read_material(row, line, errors)
        written = tables.write_material(matter_code=read.matter_code, seq=read.seq, values=read.values)
        assert written[: len(tables.MATERIAL_COLUMNS)] == [row[column] for column in tables.MATERIAL_COLUMNS]
    assert errors == []


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("kind", "许可", "第7行“类别”列：“许可”不在可选值中；请填写licence、related、deferred、retained之一。"),
        ("statutory_days", "二十", "第7行“法定时限”列：“二十”不是0到9999的整数；请改正。"),
        ("statutory_days", "", "第7行“法定时限”列：不能为空；请填写。"),
        ("promised_is_assumption", "是", "第7行“承诺时限为假定”列：请填写 yes 或 no。"),
        ("applicant_kinds", "公民", "第7行“申请人”列：请填写自然人、法人或二者（半角分号分隔）。"),
        ("related_to", "SJ-01", "第7行“所跟随的许可”列：只有关联事项才填写这一列；请清空或改正类别。"),
        ("name", "许" * 201, "第7行“名称”列：最多200个字，现有201个字；请缩短。"),
        ("name", "食品\x07经营", "第7行“名称”列：含有不可见的控制字符；请删去后重填。"),
    ],
)
def test_a_wrong_cell_is_named_by_line_and_column(column, value, message):
    _, errors = read_one(**{column: value})
    assert errors == [message]


def test_a_related_item_names_its_licence():
    _, errors = read_one(kind="related")
    assert errors == ["第7行“所跟随的许可”列：关联事项要写明它跟随哪一项许可；请填写那一项的代码。"]


def test_rows_in_a_cell_read_and_write_back():
    read, errors = read_one(
        conditions="有固定场所｜《食品安全法》第三十三条\n有管理人员",
        fees="工本费｜5元｜《某条例》第一条｜admin_regulation｜yes｜小微企业免收",
    )
    assert errors == []
    assert read.content.rows["conditions"] == [
        {"text": "有固定场所", "basis": "《食品安全法》第三十三条"},
        {"text": "有管理人员", "basis": ""},
    ]
    assert read.content.rows["fees"] == [
        {
            "name": "工本费",
            "standard": "5元",
            "basis": "《某条例》第一条",
            "basis_level": "admin_regulation",
            "is_for_licence": True,
            "reduction": "小微企业免收",
        }
    ]
    assert tables._rows_cell("fees", read.content.rows["fees"]) == (
        "工本费｜5元｜《某条例》第一条｜admin_regulation｜yes｜小微企业免收"
    )


@pytest.mark.parametrize(
    ("text", "form", "counts"),
    [
        ("1", "original", (1, 0)),
        ("2", "copy", (0, 2)),
        ("1+2", "both", (1, 2)),
        ("1", "both", None),
        ("一", "copy", None),
        ("1+2", "copy", None),
    ],
)
def test_copies_mean_originals_copies_or_both(text, form, counts):
    assert tables.read_copies(text, form) == counts
    if counts:
        assert tables.write_copies(form, *counts) == text


def test_fee_texts_that_say_nothing_is_owed_make_no_fee():
    assert tables.fees_of("无") == []
    assert tables.fees_of("植物检疫费自2017年4月1日起停征") == []
    assert tables.fees_of("条例规定不得收取费用") == []
    assert [(fee["name"], fee["is_for_licence"]) for fee in tables.fees_of("工本费、考试费")] == [
        ("工本费、考试费", True)
    ]
    assert tables.fees_of("绿化补偿费按当地标准另行缴纳")[0]["is_for_licence"] is False
