"""What stopped or lengthened the clock of the case: special procedures, extension, departments that handle it together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from laiyang_approval.kernel.models import User

from ..clock_procedures import extensions_of, procedures_of
from ..models import Case, Extension, JointHandler, SpecialProcedure


@dataclass(frozen=True)
class ProcedureView:
    """一项特别程序在页面上的样子: the row, where it stands, and which days it leaves out."""

    row: SpecialProcedure
    look: str
    standing: str
    period: str


@dataclass(frozen=True)
class ExtensionView:
    """延长在页面上的样子"""

    row: Extension
    look: str
    standing: str


@dataclass(frozen=True)
class ClockRecord:
    """时限的变动"""

    procedures: Sequence[ProcedureView]
    extensions: Sequence[ExtensionView]
    handlers: Sequence[JointHandler]


def clock_record(case: Case, user: User, today: date) -> ClockRecord | None:
    """What changed the clock of the case, or None where nothing did."""
    procedures = [_procedure(row) for row in procedures_of(case)]
    extensions = [_extension(row, case, today) for row in extensions_of(case)]
    handlers = list(case.joint_handlers.select_related("department")) if case.is_joint else []
    if not procedures and not extensions and not handlers:
        return None
    return ClockRecord(procedures, extensions, handlers)


def _procedure(row: SpecialProcedure) -> ProcedureView:
    if row.declined_at is not None:
        return ProcedureView(row, "failed", "不批准", "")
    if row.approved_at is None:
        return ProcedureView(row, "queued", "待批准", "")
    if row.started_on is None:
        return ProcedureView(row, "queued", "待送达", "送达以前照常计时")
    told = f"告知至{row.told_until_on.isoformat()}" if row.told_until_on else "告知的末日待放假安排公布"
    begins = f"{row.started_on.isoformat()}送达，次日起不计入"
    if row.ended_on is not None:
        return ProcedureView(row, "done", "已结束", f"{begins}；{told}；{row.ended_on.isoformat()}结束")
    if row.overrun_at is not None:
        return ProcedureView(row, "failed", "超过告知的时间，已恢复计时", f"{begins}；{told}")
    return ProcedureView(row, "paused", "进行中，暂停计时", f"{begins}；{told}")


def _extension(row: Extension, case: Case, today: date) -> ExtensionView:
    if row.declined_at is not None:
        return ExtensionView(row, "failed", "不批准")
    if row.approved_at is None:
        return ExtensionView(row, "queued", "待批准")
    if row.served_on is not None:
        return ExtensionView(row, "done", "已延长")
    if case.statutory_due_on is not None and today > case.statutory_due_on:
        return ExtensionView(row, "failed", "没有按时送达，延长无效")
    return ExtensionView(row, "queued", "待送达，送达以前没有延长")
