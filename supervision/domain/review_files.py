"""抽中案卷的状态: from the draw to the last defect mended (domain reference 7). Pure."""

from laiyang_approval.kernel.state_table import Row, StateTable
from windows.domain.vocabulary import Labelled


class FileState(Labelled):
    """抽中案卷的状态"""

    TO_SCORE = "to_score", "待评查"
    CLEAN = "clean", "评查无问题"
    RECTIFYING = "rectifying", "整改中"
    RECTIFIED = "rectified", "待复查"
    CLOSED = "closed", "整改销号"


class FileEvent(Labelled):
    """抽中案卷的事件; the label reads after “不能”."""

    FIND_NOTHING = "find_nothing", "登记评查结果"
    FIND = "find", "登记评查结果"
    RECTIFY = "rectify", "提交整改情况"
    RETURN = "return", "登记复查结果"
    CLOSE = "close", "登记复查结果"


_BASIS = "莱政发〔2018〕18号（案卷抽查）"


def _refusal(state: FileState, event: FileEvent) -> tuple[str, str]:
    cannot = f"本案卷目前为“{state.label}”，不能{event.label}"
    if state is FileState.TO_SCORE:
        return f"{cannot}：请先由评查人评查。", _BASIS
    if state in {FileState.CLEAN, FileState.CLOSED}:
        return f"{cannot}：评查已经办结。", _BASIS
    if event in {FileEvent.FIND, FileEvent.FIND_NOTHING}:
        return f"{cannot}：已经评查过。", _BASIS
    if state is FileState.RECTIFYING:
        return f"{cannot}：整改情况还没有提交。", _BASIS
    return f"{cannot}：整改情况已经提交，等待复查。", _BASIS


FILE_TABLE = StateTable(
    [
        Row("F1", (FileState.TO_SCORE,), FileEvent.FIND_NOTHING, FileState.CLEAN, _BASIS, actor="评查人"),
        Row("F2", (FileState.TO_SCORE,), FileEvent.FIND, FileState.RECTIFYING, _BASIS, actor="评查人", guard="评查项逐项有结论"),
        Row("F3", (FileState.RECTIFYING,), FileEvent.RECTIFY, FileState.RECTIFIED, _BASIS, actor="办理机关"),
        Row("F4", (FileState.RECTIFIED,), FileEvent.RETURN, FileState.RECTIFYING, _BASIS, actor="评查人", guard="写明理由"),
        Row("F5", (FileState.RECTIFIED,), FileEvent.CLOSE, FileState.CLOSED, _BASIS, actor="评查人"),
    ],
    refusal=_refusal,
)  # fmt: skip

#: Nothing is left to do.
ENDED = (FileState.CLEAN, FileState.CLOSED)
