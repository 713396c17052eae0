"""Changes a business rule from a day on; what was in force before stays on record."""

from datetime import date, datetime, timedelta

from django.db import transaction

from laiyang_approval.kernel.auditing import AuditAction, record
from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import InvalidInput, NotFound
from laiyang_approval.kernel.models import BusinessRule, User
from laiyang_approval.kernel.names import clean_text
from laiyang_approval.kernel.rules import forget_cached_rules


@transaction.atomic
def change_rule(key: str, *, value: str, valid_from: date, basis: str, actor: User, at: datetime) -> BusinessRule:
    """Afterwards rule ``key`` has ``value`` from ``valid_from`` on, and the row before it ends the day before.

    Raises NotFound for an unknown rule, InvalidInput for a value of another kind than before, a day that is past or not
    after the newest row's, or a missing basis.
    """
    last = BusinessRule.objects.select_for_update().filter(key=key).order_by("-valid_from").first()
    if last is None:
        raise NotFound("没有这条业务规则；请从列表中选择。")
    wanted = clean_text(value, max_length=500)
    if not wanted:
        raise InvalidInput("请填写规则的值。", fields={"value": "请填写规则的值。"})
    if (
        last.value.isascii()
        and last.value.isdigit()
        and not (wanted.isascii() and wanted.isdigit() and len(wanted) <= 9)
    ):
        raise InvalidInput("这条规则的值须为不带单位的整数。", fields={"value": "请填写整数，例如 5。"})
    if last.value in {"on", "off"} and wanted not in {"on", "off"}:
        raise InvalidInput("这条规则只有开和关两种；请选择其一。", fields={"value": "请选择“开”或“关”。"})
    if valid_from < local_date(at) or valid_from <= last.valid_from:
        sentence = f"生效日须不早于今天，并晚于上一次的{last.valid_from.isoformat()}。"
        raise InvalidInput(sentence, fields={"valid_from": sentence})
    stated = clean_text(basis, max_length=300)
    if not stated:
        raise InvalidInput("请写明依据。", fields={"basis": "请写明由谁、以什么文件确定。"})
    last.valid_to = valid_from - timedelta(days=1)
    last.save(update_fields=["valid_to"])
    changed = BusinessRule.objects.create(
        key=key,
        label=last.label,
        value=wanted,
        unit=last.unit,
        basis=stated,
        is_default=False,
        valid_from=valid_from,
    )
    record(AuditAction.RULE_CHANGED, actor=actor, at=at, object_ref=f"rule:{key}", detail={"row": changed.pk})
    transaction.on_commit(forget_cached_rules)
    return changed
