"""公示的下载: the published entries as CSV and XLSX, under the codes of the table; cells are texts, never formulas."""

from collections.abc import Sequence
from datetime import date

from laiyang_approval.kernel.spreadsheets import Sheet, write_csv, write_xlsx

from .domain.publicity import FIELDS
from .publicity import PublicRow

_CODES = [code for code, _ in FIELDS]
_EXPLAINED = [{"代码": code, "数据项": item} for code, item in FIELDS]


def publicity_file(rows: Sequence[PublicRow], file_format: str, *, today: date) -> bytes:
    """The rows as ``csv`` or ``xlsx``, their state as of ``today``; the XLSX says on a second sheet what each code means."""
    cells = [row.fields_on(today) for row in rows]
    if file_format == "csv":
        return write_csv(cells, _CODES)
    return write_xlsx([Sheet("行政许可公示", _CODES, cells), Sheet("数据项说明", ["代码", "数据项"], _EXPLAINED)])
