"""状态页上的入口: rating what was just done, and saying what went wrong; worked out without the database."""

from datetime import date

from laiyang_approval.kernel.clock import local_date
from windows.models import Case
from windows.public_status import PublicCase
from windows.status_doors import Door

from .clocks import due_after
from .domain.complaints import ComplaintKind


def on_status(case: PublicCase, today: date) -> list[Door]:
    """Complaining always; rating while a receipt or a delivery may still be rated (what was rated, its own page says)."""
    doors = [
        Door("complaint-new", "咨询、投诉"),
        Door("complaint-new", "被要求重复盖章", f"?kind={ComplaintKind.SECOND_SEAL.value}"),
    ]
    if case.origin != Case.Origin.APPLICATION:
        return doors
    served = [local_date(at) for at in (case.received_at, case.delivered_at) if at is not None]
    until = [due_after("rating_days", on) for on in served]
    is_open = any(day is None or today <= day for day in until)
    return [Door("rate-case", "评价这次服务" if is_open else "我的评价"), *doors]
