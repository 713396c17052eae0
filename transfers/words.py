"""What each record of a transfer is called on its page."""

from .domain.states import ItemEvent

_OWN = {
    "loaded": "载入",
    "registered": "登记批次",
    "planned": "列入批次",
    "lines_written": "登记清单",
    "line_rewritten": "改正清单",
    "line_removed": "删除清单的一行",
    "signed": "签字",
    "dispute": "提出异议",
    "hand_over": "交接完毕",
    "cases_moved": "移交在办件",
}
LABELS = {event.value: event.label for event in ItemEvent} | _OWN
