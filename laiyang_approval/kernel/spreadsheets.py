"""The one place where CSV and XLSX are written and read. Cells are texts, never formulas (threat T10, promise R21).

Writing is deterministic: the same rows give the same bytes, so that export, import and export again are byte-equal.
A text that a spreadsheet program would calculate is written with a leading apostrophe in CSV and as a typed text cell in
XLSX; reading takes exactly that apostrophe away again, so nothing is lost.
"""

import csv
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Protocol

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.writer.excel import ExcelWriter

from .clock import SHANGHAI
from .errors import InvalidInput
from .zip_checks import PackageKind, check_package

#: The two kinds of file, by their ending.
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
#: What a cell of a spreadsheet program can hold.
MAX_CELL_LENGTH = 32_767
MAX_COLUMNS = 200
MAX_TABLE_BYTES = 20 * 1024 * 1024
#: Faults listed of one table; a table with more has one cause.
MAX_LISTED_ERRORS = 200
#: Blank rows passed over; a file may claim thousands of millions.
_MAX_BLANK_ROWS = 20_000
#: Numbers from here on have lost digits in a spreadsheet program (ID numbers typed as numbers).
_EXACT_BELOW = 10**15

# Full-width forms calculate too under a Chinese locale; leading spaces are dropped by some programs first.
_ACTS = r"(?:[\t\r\n]|\s*[=+\-@＝＋－＠﹢﹣﹦﹫−])"
_NEEDS_APOSTROPHE = re.compile(rf"'*{_ACTS}")
_HAS_APOSTROPHE = re.compile(rf"'+{_ACTS}")
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd\ufffe\uffff\ud800-\udfff]")

# XML drops these, and a carriage return becomes a line feed; spreadsheet programs write them as _xHHHH_.
_XLSX_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)")
_XLSX_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")

_FIXED_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_FIXED_TIME = datetime(2018, 12, 26)  # noqa: DTZ001  written into the file as it stands
_BAD_TITLE = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class Column:
    """One column: ``key`` in Python, ``label`` in the heading row; ``required`` columns must stand in an imported table."""

    key: str
    label: str = ""
    required: bool = True
    max_length: int = MAX_CELL_LENGTH

    @property
    def heading(self) -> str:
        return self.label or self.key


@dataclass(frozen=True)
class Sheet:
    """One sheet of an XLSX file: a title of at most 31 characters, its columns, its rows by key."""

    title: str
    columns: Sequence[Column | str]
    rows: Iterable[Mapping[str, object]]


class TableRow(dict[str, str]):
    """One row read, by column key; ``number`` is the row's number as the spreadsheet program shows it."""

    def __init__(self, values: Mapping[str, str], number: int):
        super().__init__(values)
        self.number = number


class InvalidTable(InvalidInput):
    """表格有误: nothing of the table was taken; ``errors`` holds one Chinese sentence for each fault, with its row."""

    def __init__(self, errors: Sequence[str]):
        shown = tuple(errors[:MAX_LISTED_ERRORS])
        more = f"等共{len(errors)}处" if len(errors) > 1 else ""
        super().__init__(f"表格没有导入：{shown[0].rstrip('。')}{more}；请改正后重新上传。")
        self.errors = shown


class Uploaded(Protocol):
    """What a form hands over: Django's UploadedFile, or an open binary file with a name."""

    name: str

    def read(self, size: int = -1) -> bytes: ...


def as_columns(columns: Sequence[Column | str]) -> list[Column]:
    """The columns, a plain text standing for a column of that key and heading."""
    return [column if isinstance(column, Column) else Column(column) for column in columns]


def neutralised(text: str) -> str:
    """The text as it may stand in a CSV cell: with a leading apostrophe if a program would calculate it."""
    return f"'{text}" if _NEEDS_APOSTROPHE.match(text) else text


def restored(text: str) -> str:
    """The text that ``neutralised`` was given."""
    return text[1:] if _HAS_APOSTROPHE.match(text) else text


def cell_text(value: object) -> str:
    """The text a value is exchanged as: dates 2026-03-02, instants in Asia/Shanghai, yes and no as 是 and 否."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "是" if value else "否"
        case datetime():
            local = value.astimezone(SHANGHAI) if value.tzinfo else value
            return local.strftime("%Y-%m-%d %H:%M:%S")
        case date():
            return value.isoformat()
        case int() | float() | Decimal():
            return str(value)
        case _:
            raise TypeError(f"no text for a cell of {type(value).__name__}")


# Writing


def write_csv(rows: Iterable[Mapping[str, object]], columns: Sequence[Column | str]) -> bytes:
    """The rows as CSV: UTF-8 with a byte order mark, one heading row, formulas neutralised, the same bytes every time."""
    wanted = as_columns(columns)
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([neutralised(column.heading) for column in wanted])
    for row in rows:
        writer.writerow([neutralised(cell_text(row.get(column.key))) for column in wanted])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def write_xlsx(sheets: Iterable[Sheet]) -> bytes:
    """The sheets as one XLSX file of text cells, the same bytes every time.

    Raises InvalidInput for a text longer than a cell can hold, ValueError for a title no spreadsheet takes.
    """
    book = Workbook(write_only=True)
    book.properties.creator = "莱阳市行政审批服务局"
    book.properties.created = _FIXED_TIME
    book.properties.modified = _FIXED_TIME
    try:
        for sheet in sheets:
            _write_sheet(book, sheet)
    except BaseException:
        _abandon(book)
        raise
    buffer = BytesIO()
    with _TimelessZip(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).save()
    return buffer.getvalue()


def _write_sheet(book: Workbook, sheet: Sheet) -> None:
    if not 0 < len(sheet.title) <= 31 or _BAD_TITLE.search(sheet.title):
        raise ValueError(f"not a sheet title: {sheet.title!r}")
    columns = as_columns(sheet.columns)
    target = book.create_sheet(sheet.title)
    target.freeze_panes = "A2"
    for place, column in enumerate(columns, 1):
        target.column_dimensions[get_column_letter(place)].width = min(40, max(12, 2 * len(column.heading) + 4))
    # One cell, restyled once: a style object per cell would cost more than the cells.
    heading, body = WriteOnlyCell(target), WriteOnlyCell(target)
    heading.font, heading.number_format = Font(bold=True), "@"
    body.number_format, body.alignment = "@", Alignment(vertical="top", wrap_text=True)
    target.append([_text_cell(target, column.heading, heading) for column in columns])
    for row in sheet.rows:
        target.append([_text_cell(target, cell_text(row.get(column.key)), body) for column in columns])


def _abandon(book: Workbook) -> None:
    """Closes and removes the temporary files of a book that will not be written."""
    for sheet in book.worksheets:
        if not sheet.closed:
            sheet.close()
        sheet._writer.cleanup()


def _text_cell(sheet, text: str, like: WriteOnlyCell) -> WriteOnlyCell:
    escaped = _XLSX_ESCAPED.sub(lambda found: f"_x{ord(found.group()):04X}_", text)
    if len(escaped) > MAX_CELL_LENGTH:
        raise InvalidInput(f"有一格文字过长（{len(escaped)}个字），表格一格最多{MAX_CELL_LENGTH}个字；请缩短后再导出。")
    cell = WriteOnlyCell(sheet)
    cell._style = copy(like._style)
    cell._value = escaped
    cell.data_type = "s"  # set last and by hand: what starts with = would otherwise be a formula
    return cell


class _TimelessZip(zipfile.ZipFile):
    """A zip file whose members carry no time of writing."""

    def writestr(self, zinfo_or_arcname, data, *args, **kwargs):
        info = zipfile.ZipInfo(str(zinfo_or_arcname), _FIXED_ZIP_TIME)
        info.compress_type = self.compression
        super().writestr(info, data)

    def write(self, filename, arcname=None, *args, **kwargs):
        with open(filename, "rb") as source:
            self.writestr(arcname, source.read())


# Reading


def read_table(
    uploaded: Uploaded, columns: Sequence[Column | str], max_rows: int, *, sheet: str | None = None
) -> list[TableRow]:
    """The rows of a CSV or XLSX table by column key, as texts; blank rows are left out. ``sheet`` names a sheet of an XLSX.

    The kind is told by the content. Columns may stand in any order, headed by label or key; columns that are not
    required may be missing and are then missing in the rows. Raises InvalidTable with every fault found, and
    InvalidInput for a file that is no table, is too large, or has more than ``max_rows`` rows.
    """
    data = _read_limited(uploaded)
    wanted = as_columns(columns)
    # The rows of an XLSX are read as they are asked for, so a fault of the file itself may show at any of them.
    if data.startswith(b"PK\x03\x04"):
        check_package(data, PackageKind.XLSX)
        rows = _xlsx_rows(data, sheet)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise InvalidInput("这是旧版Excel（.xls）或加密的表格；请取消密码，另存为.xlsx或CSV后再上传。")
    else:
        rows = _csv_rows(_decode(data))
    return _collect(rows, wanted, max_rows)


def sheet_titles(uploaded: Uploaded) -> list[str]:
    """The titles of the sheets of an XLSX; [] for a CSV. Raises InvalidInput for a file that is not sound."""
    data = _read_limited(uploaded)
    if not data.startswith(b"PK\x03\x04"):
        return []
    check_package(data, PackageKind.XLSX)
    return _open_book(data).sheetnames


def _read_limited(uploaded: Uploaded) -> bytes:
    if hasattr(uploaded, "seek"):
        uploaded.seek(0)
    data = uploaded.read(MAX_TABLE_BYTES + 1)
    if len(data) > MAX_TABLE_BYTES:
        raise InvalidInput(f"表格文件过大（超过{MAX_TABLE_BYTES // 1024 // 1024}MB）；请分成几个文件上传。")
    if not data.strip():
        raise InvalidInput("表格是空的；请检查文件后重新上传。")
    return data


def _collect(
    rows: Iterable[tuple[int, list[str | None], list[str]]], wanted: list[Column], max_rows: int
) -> list[TableRow]:
    """Rows come as (number, texts, faults of single cells); the first that is not blank is the heading."""
    places: list[Column | None] = []
    table: list[TableRow] = []
    errors: list[str] = []
    for number, texts, faults in rows:
        if number > max_rows + _MAX_BLANK_ROWS:
            raise InvalidInput("表格的行数异常；请删去末尾的空行后重新上传。")
        while texts and not texts[-1]:
            texts.pop()
        if not texts:
            continue
        if not places:
            places = _match_heading(texts, wanted)
            continue
        if len(table) == max_rows:
            raise InvalidInput(f"表格超过{max_rows}行；请分成几个文件上传。")
        errors += faults
        errors += _row_faults(number, texts, places)
        table.append(
            TableRow(
                {
                    column.key: (texts[place] or "") if place < len(texts) else ""
                    for place, column in enumerate(places)
                    if column is not None
                },
                number,
            )
        )
        if len(errors) > MAX_LISTED_ERRORS:
            break
    if not places:
        raise InvalidInput("表格是空的；请检查文件后重新上传。")
    if errors:
        raise InvalidTable(errors)
    return table


def _match_heading(texts: list[str | None], wanted: list[Column]) -> list[Column | None]:
    known = {name: column for column in wanted for name in (column.key, column.heading)}
    places: list[Column | None] = []
    errors = []
    for place, text in enumerate(texts, 1):
        name = (text or "").strip()
        column = known.get(name)
        if column is None and name:
            errors.append(f"第{place}列“{_shown(name)}”不是本表的列名。")
        if column is None and not name:
            errors.append(f"第{place}列没有列名。")
        if column is not None and column in places:
            errors.append(f"列名“{column.heading}”重复。")
        places.append(column)
    missing = [column.heading for column in wanted if column.required and column not in places]
    if missing:
        errors.append(f"缺少列“{'”“'.join(missing)}”。")
    if errors:
        raise InvalidTable(errors)
    return places


def _row_faults(number: int, texts: list[str | None], places: list[Column | None]) -> list[str]:
    faults = []
    if len(texts) > len(places):
        faults.append(f"第{number}行多出{len(texts) - len(places)}格；请检查逗号和引号。")
    for text, column in zip(texts, places, strict=False):
        if not text or column is None:
            continue
        if len(text) > column.max_length:
            faults.append(f"第{number}行“{column.heading}”过长（{len(text)}个字），最多{column.max_length}个字。")
        elif found := _NO_TEXT.search(text):
            faults.append(f"第{number}行“{column.heading}”含有无法识别的字符（编码U+{ord(found.group()):04X}）。")
    return faults


def _shown(text: str) -> str:
    return _NO_TEXT.sub("?", text[:40])


def _decode(data: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or GB 18030: what spreadsheet programs write in China."""
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise InvalidInput("无法识别表格文件；请另存为.xlsx或UTF-8编码的CSV后再上传。")


def _csv_rows(text: str) -> Iterable[tuple[int, list[str | None], list[str]]]:
    first = text.split("\n", 1)[0]
    reader = csv.reader(
        StringIO(text, newline=""), delimiter="\t" if "\t" in first and "," not in first else ",", strict=True
    )
    number = 0
    try:
        for texts in reader:
            number += 1
            if len(texts) > MAX_COLUMNS:
                raise InvalidInput(f"第{number}行的列数超过{MAX_COLUMNS}；请检查文件后重新上传。")
            yield number, [restored(text) for text in texts], []
    except csv.Error:
        raise InvalidInput(f"第{number + 1}行的引号不配对或文字过长；请检查后重新上传。") from None


def _open_book(data: bytes):
    try:
        return load_workbook(BytesIO(data), read_only=True, data_only=False, keep_links=False)
    except _BOOK_FAULTS:
        raise InvalidInput(_BROKEN_BOOK) from None


# openpyxl lets whatever its parsers raise pass through; a crafted book can reach any of these, and none is our fault.
_BOOK_FAULTS = (
    InvalidFileException,
    zipfile.BadZipFile,
    ArithmeticError,
    AttributeError,
    LookupError,
    SyntaxError,
    TypeError,
    ValueError,
)
_BROKEN_BOOK = "表格文件已损坏，无法读取；请用表格软件重新另存为.xlsx后再上传。"


def _xlsx_rows(data: bytes, title: str | None) -> Iterable[tuple[int, list[str | None], list[str]]]:
    book = _open_book(data)
    if title is not None and title not in book.sheetnames:
        raise InvalidInput(f"文件中没有名为“{title}”的工作表；请使用系统导出的模板。")
    try:
        source = book[title] if title is not None else book.worksheets[0]
        # The size a file claims is not believed; a cell beyond our columns shows up as one column too many.
        source.reset_dimensions()
        rows = source.iter_rows(max_col=MAX_COLUMNS)
        for number, cells in enumerate(rows, 1):
            texts: list[str | None] = []
            faults: list[str] = []
            for place, cell in enumerate(cells, 1):
                text, fault = _cell_value(cell)
                texts.append(text)
                if fault:
                    faults.append(f"第{number}行第{place}列{fault}")
            yield number, texts, faults
    except _BOOK_FAULTS:
        raise InvalidInput(_BROKEN_BOOK) from None
    finally:
        book.close()


def _cell_value(cell) -> tuple[str, str]:
    """The text of a cell, and what is wrong with it."""
    value = cell.value
    if cell.data_type == "f":
        return "=", "是公式；请改为数值或文字。"
    if cell.data_type == "e":
        return "#", "是错误值；请改正。"
    match value:
        case None:
            return "", ""
        case str():
            return _XLSX_ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), value), ""
        case bool():
            return cell_text(value), ""
        case int() | float():
            if abs(value) >= _EXACT_BELOW:
                return "?", "的号码被表格软件改成了数值，位数已丢失；请把该列设为文本格式后重新填写。"
            return str(int(value)) if value == int(value) else repr(value), ""
        case datetime():
            return (value.date().isoformat() if value.time() == time() else f"{value:%Y-%m-%d %H:%M:%S}"), ""
        case date() | time():
            return value.isoformat(), ""
        case _:
            return "?", "不是文字；请改为文字。"


__all__ = [
    "Column",
    "InvalidTable",
    "Sheet",
    "TableRow",
    "as_columns",
    "cell_text",
    "neutralised",
    "read_table",
    "restored",
    "sheet_titles",
    "write_csv",
    "write_xlsx",
]
