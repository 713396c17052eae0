"""长清单: inventory lines as a table, both ways; faults are told row by row and nothing is taken unless all is."""

from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.spreadsheets import Column, InvalidTable, Sheet, Uploaded, read_table, write_xlsx

from .commands.inventories import MOST_LINES, LineInput, cleaned
from .domain.inventories import Inventory
from .models import InventoryLine

COLUMNS = (
    Column("inventory", "清单", max_length=20),
    Column("description", "名称", max_length=200),
    Column("quantity", "数量", required=False, max_length=12),
    Column("unit", "单位", required=False, max_length=10),
    Column("condition", "状况", required=False, max_length=100),
    Column("number_from", "起号", required=False, max_length=40),
    Column("number_to", "止号", required=False, max_length=40),
    Column("missing_numbers", "缺号", required=False, max_length=500),
    Column("missing_explained", "缺号去向", required=False, max_length=300),
    Column("note", "备注", required=False, max_length=300),
)
#: Four lists at once.
MOST_ROWS = 4 * MOST_LINES
_BY_LABEL = {one.label: one.value for one in Inventory} | {one.value: one.value for one in Inventory}


def read_lines(uploaded: Uploaded) -> list[LineInput]:
    """The lines of an uploaded XLSX or CSV; raises InvalidTable with the fault of each row, InvalidInput for no table."""
    found, faults = [], []
    for row in read_table(uploaded, COLUMNS, MOST_ROWS):
        try:
            line = _line(row)
            cleaned(line)
        except InvalidInput as fault:
            faults.append(f"第{row.number}行：{fault.message}")
        else:
            found.append(line)
    if faults:
        raise InvalidTable(faults)
    return found


def _line(row) -> LineInput:
    inventory = _BY_LABEL.get(row["inventory"].strip())
    if inventory is None:
        raise InvalidInput(f"没有“{row['inventory']}”这张清单；请填写{'、'.join(one.label for one in Inventory)}之一。")
    quantity = row.get("quantity", "").strip()
    if quantity and not quantity.isdecimal():
        raise InvalidInput(f"数量“{quantity}”不是整数。")
    texts = {column.key: row.get(column.key, "") for column in COLUMNS[3:]}
    return LineInput(inventory, row["description"], int(quantity) if quantity else None, **texts)


def write_lists(lines: list[InventoryLine]) -> bytes:
    """The lists as XLSX, in the columns an import reads; without a line it is the empty form to fill in."""
    rows = [
        {column.key: getattr(line, column.key) for column in COLUMNS} | {"inventory": line.get_inventory_display()}
        for line in lines
    ]
    return write_xlsx([Sheet("交接清单", COLUMNS, rows)])
