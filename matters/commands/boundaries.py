"""责任边界: who supervises a matter is set by date; the former item ends the day before, and none is ever rewritten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.names import clean_text

from ..models import BoundaryItem, Matter, Power
from ..permissions import require_catalogue_admin
from ..queries import authority_on, forget_cached_competence

BASIS = "莱政发〔2018〕18号（谁审批谁负责、谁主管谁监管）"


@dataclass(frozen=True)
class NewBoundary:
    """新的责任边界: by department code, one body leads, others share; on which basis and memorandum, from when."""

    matter_code: str
    supervise: str
    basis: str
    valid_from: date
    further: Sequence[str] = ()
    enforce: str = ""
    memo_no: str = ""


@transaction.atomic
def set_boundary(boundary: NewBoundary, *, actor: User, at: datetime) -> BoundaryItem:
    """Afterwards this item is in force from ``valid_from`` and the former one ends the day before: never none, never two.

    The day is today or later, so that what earlier decisions were told by is not changed. Raises InvalidInput for a matter or a
    body that is not there, no lead, a lead that also shares, a blank basis, or a day not after the last item's.
    """
    require_catalogue_admin(actor)
    basis = clean_text(boundary.basis, max_length=200)
    if not basis:
        raise InvalidInput("请填写责任边界的依据。", article=BASIS, fields={"basis": "请写明文件名称、文号和条款。"})
    matter = Matter.objects.select_for_update().filter(code=boundary.matter_code.strip().upper()[:16]).first()
    if matter is None:
        raise InvalidInput("没有这个事项代码；请核对后再填。", fields={"matter_code": "没有这个事项代码。"})
    start = boundary.valid_from
    if start < local_date(at):
        raise InvalidInput(
            "责任边界不能改变过去：此前的决定已按原边界推送；起始日不能早于今天。",
            fields={"valid_from": "请选今天或以后的日期。"},
        )
    lead = _body(boundary.supervise, start, "supervise")
    further = [_body(code, start, "further") for code in dict.fromkeys(boundary.further)]
    if lead in further:
        raise InvalidInput(
            f"{lead.short_name}已是主要监管部门，不能同时列为协同监管。", fields={"further": "请去掉主要监管部门。"}
        )
    last = matter.boundary_items.order_by("-valid_from").first()
    if last is not None:
        if start <= last.valid_from:
            raise InvalidInput(
                f"现有责任边界自{last.valid_from.isoformat()}起；新的起始日须在此之后。",
                fields={"valid_from": f"须晚于{last.valid_from.isoformat()}。"},
            )
        if last.valid_to is None or last.valid_to >= start:
            last.valid_to = start - timedelta(days=1)
            last.save(update_fields=["valid_to"])
    decides = authority_on(matter, start, Power.DECIDE) or authority_on(matter, start, Power.ACCEPT)
    if decides is None:
        raise InvalidInput(
            "本事项在这一天没有登记审批机关；请先补录职权。", fields={"valid_from": "这一天没有审批机关。"}
        )
    item = BoundaryItem.objects.create(
        matter=matter,
        approve_org=decides.department,
        supervise_org=lead,
        enforce_org=_body(boundary.enforce, start, "enforce") if boundary.enforce else None,
        basis=basis,
        memo_no=clean_text(boundary.memo_no, max_length=60),
        valid_from=start,
        set_by=actor,
        set_at=at,
    )
    item.further_orgs.set(further)
    transaction.on_commit(forget_cached_competence)
    return item


def _body(code: str, on: date, field: str) -> Department:
    found = Department.objects.filter(code=code, is_supervisor=True).first()
    if found is None:
        raise InvalidInput("请选择监管部门。", article=BASIS, fields={field: "请从列表中选择。"})
    if found.valid_from > on or (found.valid_to is not None and found.valid_to < on):
        raise InvalidInput(
            f"{found.name}在{on.isoformat()}不存在；请选择承接其职责的部门。", fields={field: "请选择当日存在的部门。"}
        )
    return found
