"""数量限制: a limit of number is set by date; the former ends the day before, and none is ever rewritten."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import InvalidInput
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text

from ..models import Matter, Quota
from ..permissions import require_catalogue_admin


@dataclass(frozen=True)
class NewQuota:
    """新的数量限制: how many licences of the matter, from when, until when (None: until another is set), on what basis."""

    matter_code: str
    number: int
    basis: str
    valid_from: date
    valid_to: date | None = None


@transaction.atomic
def set_quota(quota: NewQuota, *, actor: User, at: datetime) -> Quota:
    """Afterwards the matter's licences are limited to ``number`` from ``valid_from`` (行政许可法第五十七条).

    Raises InvalidInput for an unknown matter, a blank basis, a day before today (Article 5), or not after the last limit's.
    """
    require_catalogue_admin(actor)
    basis = clean_text(quota.basis, max_length=300)
    if not basis:
        raise InvalidInput(
            "请填写数量限制的依据。", article="行政许可法第三十条", fields={"basis": "请写到条、款、项。"}
        )
    matter = Matter.objects.select_for_update().filter(code=quota.matter_code.strip().upper()[:16]).first()
    if matter is None:
        raise InvalidInput("没有这个事项代码；请核对后再填。", fields={"matter_code": "没有这个事项代码。"})
    if quota.valid_from < local_date(at):
        raise InvalidInput(
            "未经公布的规定不能作为办理依据；起始日不能早于今天。",
            article="行政许可法第五条",
            fields={"valid_from": "请选今天或以后的日期。"},
        )
    if quota.valid_to is not None and quota.valid_to < quota.valid_from:
        raise InvalidInput("截止日早于起始日，请改正。", fields={"valid_to": "截止日不能早于起始日。"})
    last = matter.quotas.order_by("-valid_from").first()
    if last is not None:
        if quota.valid_from <= last.valid_from:
            raise InvalidInput(
                f"前一次限制自{last.valid_from.isoformat()}起；新的起始日须在此之后。",
                fields={"valid_from": f"须晚于{last.valid_from.isoformat()}。"},
            )
        if last.valid_to is None or last.valid_to >= quota.valid_from:
            last.valid_to = quota.valid_from - timedelta(days=1)
            last.save(update_fields=["valid_to"])
    return Quota.objects.create(
        matter=matter,
        number=quota.number,
        basis=basis,
        valid_from=quota.valid_from,
        valid_to=quota.valid_to,
        set_by=actor,
        set_at=at,
    )
