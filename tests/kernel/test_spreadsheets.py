"""CSV and XLSX: cells are texts, the round trip loses nothing, and every fault of a table names its row (T10, R21)."""

import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.spreadsheets import (
    Column,
    InvalidTable,
    Sheet,
    cell_text,
    neutralised,
    read_table,
    restored,
    sheet_titles,
    write_csv,
    write_xlsx,
)
from tests import corpus

FORMULAS = corpus.load("formulas")
COLUMNS = (Column("code", "编码"), Column("name", "名称", max_length=200), Column("note", "备注", required=False))
ROWS = [
    {"code": "007", "name": "食品经营许可", "note": "第一行\n第二行"},
    {"code": "370682199001019996", "name": "𠮷田䶮·豈", "note": ""},
    {"code": "1.50", "name": '“引号”,逗号"双"', "note": "  两边有空格 "},
]

# Everything a database of the portal can hold in a text: no control characters but tab and line ends, no surrogates.
TEXTS = st.text(
    st.characters(
        exclude_categories=("Cs", "Cc"), exclude_characters="\ufffd\ufffe\uffff", include_characters="\t\r\n"
    ),
    max_size=30,
)


def book_bytes(fill) -> bytes:
    book = Workbook()
    fill(book.active)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def rezipped(data: bytes, changes: dict[str, bytes | None]) -> bytes:
    """The package with members replaced, added, or (None) left out."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, content in changes.items():
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def both_ways(rows, columns):
    yield "csv", lambda: write_csv(rows, columns)
    yield "xlsx", lambda: write_xlsx([Sheet("事项", columns, rows)])


@pytest.mark.parametrize("kind", [0, 1])
def test_export_import_export_is_byte_equal(kind, monkeypatch):
    _name, write = list(both_ways(ROWS, COLUMNS))[kind]
    first = write()
    read = read_table(BytesIO(first), COLUMNS, 100)
    assert read == ROWS
    assert [row.number for row in read] == [2, 3, 4]
    _name, write_again = list(both_ways(read, COLUMNS))[kind]
    assert write_again() == first


def test_the_time_of_writing_leaves_no_trace(monkeypatch):
    first = write_xlsx([Sheet("事项", COLUMNS, ROWS)])
    monkeypatch.setattr("time.localtime", lambda *_: (2030, 1, 2, 3, 4, 6, 0, 1, 0))
    assert write_xlsx([Sheet("事项", COLUMNS, ROWS)]) == first
    with zipfile.ZipFile(BytesIO(first)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2018-12-26T00:00:00" in archive.read("docProps/core.xml")


def test_no_formula_in_a_workbook_opened_by_openpyxl():
    data = write_xlsx([Sheet("事项", ["text"], [{"text": formula} for formula in FORMULAS])])
    cells = [row[0] for row in load_workbook(BytesIO(data)).active.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    assert [row["text"] for row in read_table(BytesIO(data), ["text"], 100)] == FORMULAS


def test_no_cell_of_a_csv_begins_like_a_formula():
    data = write_csv([{"text": formula} for formula in FORMULAS], ["text"])
    cells = [row["text"] for row in _raw_csv(data)]
    assert len(cells) == len(FORMULAS)
    assert not any(re.match(r"[\s\u3000]*[=+\-@＝＋－＠﹢﹣﹦﹫−\t\r\n]", cell) for cell in cells)
    assert [row["text"] for row in read_table(BytesIO(data), ["text"], 100)] == FORMULAS


def test_a_careless_csv_would_have_held_formulas():
    """Control: the same rows through the csv module alone."""
    import csv
    from io import StringIO

    out = StringIO()
    csv.writer(out).writerows([formula] for formula in FORMULAS)
    assert sum(line[0].startswith(("=", "+", "-", "@")) for line in csv.reader(StringIO(out.getvalue())) if line) >= 10


def _raw_csv(data: bytes):
    import csv
    from io import StringIO

    return list(csv.DictReader(StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("formula", FORMULAS)
def test_neutralising_is_undone_exactly(formula):
    assert restored(neutralised(formula)) == formula


@given(text=TEXTS)
def test_neutralising_any_text_is_undone_exactly(text):
    assert restored(neutralised(text)) == text
    assert neutralised(neutralised(text)) == neutralised(text) or neutralised(text) != text


@given(rows=st.lists(st.fixed_dictionaries({"a": TEXTS, "b": TEXTS}), max_size=4))
@settings(max_examples=60, deadline=None)
def test_any_texts_come_back_from_both_kinds(rows):
    kept = [row for row in rows if row["a"] or row["b"]]
    for _kind, write in both_ways(rows, ["a", "b"]):
        assert read_table(BytesIO(write()), ["a", "b"], 10) == kept


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "是"),
        (False, "否"),
        (20, "20"),
        (Decimal("1.50"), "1.50"),
        (date(2026, 3, 2), "2026-03-02"),
        (datetime(2026, 3, 9, 16, 30, tzinfo=UTC), "2026-03-10 00:30:00"),
    ],
)
def test_values_are_exchanged_as_texts(value, text):
    assert cell_text(value) == text


def test_a_workbook_edited_by_a_clerk_is_read_as_typed():
    def fill(sheet):
        sheet.append(["名称", "编码", "备注"])
        sheet.append(["食品经营许可", 7, None])
        sheet.append([None, None, None])
        sheet.append(["某事项", 1.5, date(2026, 3, 2)])
        sheet.append(["另一事项", True, datetime(2026, 3, 2, 9, 5)])

    rows = read_table(BytesIO(book_bytes(fill)), COLUMNS, 10)
    assert rows == [
        {"name": "食品经营许可", "code": "7", "note": ""},
        {"name": "某事项", "code": "1.5", "note": "2026-03-02"},
        {"name": "另一事项", "code": "是", "note": "2026-03-02 09:05:00"},
    ]
    assert [row.number for row in rows] == [2, 4, 5]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_in_any_usual_encoding_is_read(encoding):
    text = "编码,名称\r\n007,食品经营许可\r\n"
    assert read_table(BytesIO(text.encode(encoding)), COLUMNS, 10) == [{"code": "007", "name": "食品经营许可"}]


def test_a_table_divided_by_tabs_is_read():
    assert read_table(BytesIO("编码\t名称\n1\t甲,乙\n".encode()), COLUMNS, 10) == [{"code": "1", "name": "甲,乙"}]


def test_a_sheet_is_found_by_its_title():
    data = write_xlsx([Sheet("事项", ["a"], [{"a": "1"}]), Sheet("材料", ["a"], [{"a": "2"}])])
    assert sheet_titles(BytesIO(data)) == ["事项", "材料"]
    assert read_table(BytesIO(data), ["a"], 10, sheet="材料") == [{"a": "2"}]
    with pytest.raises(InvalidInput, match="没有名为“费用”的工作表"):
        read_table(BytesIO(data), ["a"], 10, sheet="费用")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("编码\n1\n", "缺少列“名称”"),
        ("编码,名称,编码\n1,甲,2\n", "列名“编码”重复"),
        ("编码,code,名称\n1,2,甲\n", "列名“编码”重复"),
        ("编码,名称,价格\n1,甲,2\n", "第3列“价格”不是本表的列名"),
        ("编码,,名称\n1,2,甲\n", "第2列没有列名"),
        ("编码,名称\n1,甲,多,余\n", "第2行多出2格"),
        ("编码,名称\n1," + "长" * 201 + "\n", "第2行“名称”过长（201个字），最多200个字"),
        ("编码,名称\n1,甲\x07乙\n", "第2行“名称”含有无法识别的字符（编码U+0007）"),
        ('编码,名称\n1,"甲\n', "引号不配对"),
        ('编码,名称\n1,"甲"乙\n', "第2行的引号不配对"),
        ("\n\n", "表格是空的"),
        ("", "表格是空的"),
        ("," * 300 + "\n", "列数超过200"),
        ("编码,名称\n" + "1,甲\n" * 11, "表格超过10行"),
        ("编码,名称\n1," + "长" * 200_000 + "\n", "文字过长"),
    ],
)
def test_a_faulty_csv_is_refused_with_its_row(text, reason):
    with pytest.raises(InvalidInput) as refusal:
        read_table(BytesIO(text.encode()), COLUMNS, 10)
    assert reason in " ".join([refusal.value.message, *getattr(refusal.value, "errors", ())])


def test_every_fault_of_a_table_is_listed():
    with pytest.raises(InvalidTable) as refusal:
        read_table(BytesIO("编码,名称\n1,甲,余\n2,乙\n3,丙,余\n".encode()), COLUMNS, 10)
    assert refusal.value.errors == ("第2行多出1格；请检查逗号和引号。", "第4行多出1格；请检查逗号和引号。")
    assert refusal.value.message == "表格没有导入：第2行多出1格；请检查逗号和引号等共2处；请改正后重新上传。"


def test_a_table_as_long_as_allowed_is_read():
    assert len(read_table(BytesIO(("编码,名称\n" + "1,甲\n" * 10 + "\n" * 50).encode()), COLUMNS, 10)) == 10


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("=1+1", "第2行第1列是公式"),
        (370682199001019996, "第2行第1列的号码被表格软件改成了数值"),
        ("#N/A", "第2行第1列是错误值"),
    ],
)
def test_a_cell_that_is_no_text_is_refused(value, reason):
    data = book_bytes(lambda sheet: [sheet.append(["编码", "名称"]), sheet.append([value, "甲"])])
    with pytest.raises(InvalidTable) as refusal:
        read_table(BytesIO(data), COLUMNS, 10)
    assert reason in refusal.value.errors[0]


SOUND = write_xlsx([Sheet("事项", COLUMNS, ROWS)])
SHEET = "xl/worksheets/sheet1.xml"
_HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
_CELL = '<c r="{0}" t="inlineStr"><is><t>{1}</t></is></c>'
_TITLES = '<row r="1">' + _CELL.format("A1", "编码") + _CELL.format("B1", "名称") + "</row>"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({SHEET: f"<!DOCTYPE a [<!ENTITY b 'c'>]>{_HEAD}</sheetData></worksheet>".encode()}, "文档类型声明"),
        ({SHEET: b" " * 120_000_000}, "解压后过大"),
        ({SHEET: _HEAD.encode()}, "已损坏"),
        ({SHEET: b"\xff\xfe\x00"}, "已损坏"),
        ({SHEET: None}, "已损坏"),
        ({"xl/workbook.xml": None}, "与扩展名不符"),
        ({"xl/vbaProject.bin": b"x"}, "宏"),
        ({"xl/embeddings/oleObject1.bin": b"x"}, "嵌入"),
        (
            {
                SHEET: (
                    _HEAD
                    + _TITLES
                    + '<row r="99999999999"><c r="A99999999999"><v>1</v></c></row></sheetData></worksheet>'
                ).encode()
            },
            "行数异常",
        ),
        (
            {
                SHEET: (
                    _HEAD + _TITLES + '<row r="2"><c r="A2" t="s"><v>99</v></c></row></sheetData></worksheet>'
                ).encode()
            },
            "已损坏",
        ),
        (
            {SHEET: (_HEAD + _TITLES + '<row r="2"><c r="A2"><v>x</v></c></row></sheetData></worksheet>').encode()},
            "已损坏",
        ),
        (
            {SHEET: (_HEAD + _TITLES + '<row r="2"><c r="A2"><v>1e999</v></c></row></sheetData></worksheet>').encode()},
            "改成了数值",
        ),
    ],
)
def test_a_hostile_workbook_is_refused_quickly(changes, reason):
    data = rezipped(SOUND, changes)
    started = perf_counter()
    with pytest.raises(InvalidInput) as refusal:
        read_table(BytesIO(data), COLUMNS, 10)
    assert perf_counter() - started < 5
    assert reason in refusal.value.message


def test_a_cell_far_to_the_right_costs_nothing():
    rows = "".join(f'<row r="{number}"><c r="XFD{number}"><v>1</v></c></row>' for number in range(2, 2000))
    data = rezipped(SOUND, {SHEET: (_HEAD + _TITLES + rows + "</sheetData></worksheet>").encode()})
    started = perf_counter()
    assert read_table(BytesIO(data), COLUMNS, 10) == []
    assert perf_counter() - started < 3


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "旧版Excel"),
        (b"PK\x03\x04" + b"\0" * 100, "已损坏"),
        (SOUND[:-40], "已损坏"),
        (bytes(range(256)) * 10, "无法识别"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 100, "无法识别"),
        (b"a" * (20 * 1024 * 1024 + 1), "过大"),
    ],
)
def test_what_is_no_table_is_refused(data, reason):
    with pytest.raises(InvalidInput, match=reason):
        read_table(BytesIO(data), COLUMNS, 10)


def test_a_text_too_long_for_a_cell_is_not_cut_silently():
    with pytest.raises(InvalidInput, match="最多32767个字"):
        write_xlsx([Sheet("事项", ["a"], [{"a": "长" * 32_768}])])


@pytest.mark.parametrize("title", ["", "a/b", "长" * 32])
def test_a_title_no_program_takes_is_a_mistake_of_ours(title):
    with pytest.raises(ValueError, match="title"):
        write_xlsx([Sheet(title, ["a"], [])])
