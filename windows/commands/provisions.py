"""停止计时规定: what a matter's own law adds to Article 45, by date; looked after by the catalogue's people."""

import csv
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.auditing import AuditAction, record
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput, NotFound
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text
from matters.domain.procedures import ARTICLE_45
from matters.models import Matter

from ..domain.clock import ART_45
from ..models import StopProvision


@dataclass(frozen=True)
class ProvisionInput:
    """停止计时规定登记: of which matter, which step, by which provision, and which limits it stops from when on."""

    matter_code: str
    label: str
    legal_basis: str
    excluded_from_statutory: bool
    excluded_from_promised: bool
    valid_from: date


@transaction.atomic
def add_provision(given: ProvisionInput, *, actor: User, at: datetime) -> StopProvision:
    """Afterwards the step stops the matter's clock from ``valid_from`` on; cases under way keep what was told them.

    Raises InvalidInput, or DomainError for a step that Article 45 names anyway or that has such a row in force.
    """
    matter = Matter.objects.filter(code=given.matter_code.strip().upper()).first()
    if matter is None:
        raise InvalidInput("没有这个事项代码；请核对。", fields={"matter_code": "没有这个事项代码，请核对。"})
    label, basis = clean_text(given.label, max_length=40), clean_text(given.legal_basis, max_length=300)
    for name, text, sentence in (
        ("label", label, "请填写程序的名称。"),
        ("legal_basis", basis, "请写明单行法的条、款、项。"),
    ):
        if not text:
            raise InvalidInput(sentence, article=ART_45, fields={name: sentence})
    if not (given.excluded_from_statutory or given.excluded_from_promised):
        sentence = "请至少选择一个停止的时限。"
        raise InvalidInput(sentence, fields={"excluded_from_statutory": sentence})
    if given.valid_from < local_date(at):
        sentence = "生效日不能早于今天；已经过去的时间不因以后的登记扣除。"
        raise InvalidInput(sentence, fields={"valid_from": sentence})
    if label in ARTICLE_45:
        raise DomainError(f"“{label}”第四十五条已经列明，不必另行登记。", article=ART_45)
    standing = StopProvision.objects.filter(matter=matter, label=label).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=given.valid_from)
    )
    if standing.exists():
        raise DomainError(f"本事项的“{label}”已有有效的规定；依据变化的请先登记原规定的失效日。")
    row = StopProvision.objects.create(
        matter=matter,
        label=label,
        legal_basis=basis,
        excluded_from_statutory=given.excluded_from_statutory,
        excluded_from_promised=given.excluded_from_promised,
        valid_from=given.valid_from,
        set_by=actor,
        set_at=at,
    )
    _audit(row, actor=actor, at=at)
    return row


@transaction.atomic
def end_provision(provision_id: int, *, actor: User, at: datetime) -> StopProvision:
    """Afterwards today is the last day on which the step can be asked for; what was told before stands."""
    row = StopProvision.objects.select_for_update().filter(pk=provision_id).first()
    if row is None:
        raise NotFound("没有这条规定；请刷新页面后再办。")
    today = local_date(at)
    if row.valid_to is not None and row.valid_to <= today:
        raise DomainError("这条规定已经失效，不必重复登记。")
    row.valid_to = max(today, row.valid_from)
    row.save(update_fields=["valid_to"])
    _audit(row, actor=actor, at=at)
    return row


def _audit(row: StopProvision, *, actor: User, at: datetime) -> None:
    record(AuditAction.RULE_CHANGED, actor=actor, at=at, object_ref=f"stop_provision:{row.pk}", detail={"row": row.pk})


@transaction.atomic
def load_stop_provisions() -> int:
    """Afterwards every row of fixtures/stop_provisions.csv exists; returns rows added. Rows that stand are left alone."""
    added, matters = 0, dict(Matter.objects.values_list("code", "pk"))
    with (settings.BASE_DIR / "fixtures" / "stop_provisions.csv").open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            _, created = StopProvision.objects.get_or_create(
                matter_id=matters[row["matter_code"]],
                label=row["label"],
                valid_from=date.fromisoformat(row["valid_from"]),
                defaults={
                    "legal_basis": row["legal_basis"],
                    "excluded_from_statutory": row["excluded_from_statutory"] == "yes",
                    "excluded_from_promised": row["excluded_from_promised"] == "yes",
                    "set_at": clock.now(),
                },
            )
            added += created
    return added
