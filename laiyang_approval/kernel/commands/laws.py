"""Registers that a provision changed: a new record from a day on, or its end; what was in force before stays on record."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from laiyang_approval.kernel.auditing import AuditAction, record
from laiyang_approval.kernel.errors import InvalidInput, NotFound
from laiyang_approval.kernel.laws import forget_cached_laws
from laiyang_approval.kernel.models import LawRecord, User
from laiyang_approval.kernel.names import clean_text


@dataclass(frozen=True)
class Amendment:
    """法律修改: how the provision is cited, what it says and which term it gives, from which day."""

    law: str
    article: str
    content: str
    valid_from: date
    term_value: int | None = None


@transaction.atomic
def amend_law(key: str, amendment: Amendment, *, actor: User, at: datetime) -> LawRecord:
    """Afterwards provision ``key`` reads as amended from its day on, and the record before it ends the day before.

    Raises NotFound for an unknown provision, InvalidInput for a day not after the newest record's or blank words.
    """
    last = LawRecord.objects.select_for_update().filter(key=key).order_by("-valid_from").first()
    if last is None:
        raise NotFound("没有这条法律条文；请从列表中选择。")
    law, article = clean_text(amendment.law, max_length=100), clean_text(amendment.article, max_length=60)
    content = clean_text(amendment.content, max_length=300)
    if not law or not content:
        raise InvalidInput("请填写法律名称和内容。", fields={"law": "法律名称和内容都要填写。"})
    if amendment.valid_from <= last.valid_from:
        sentence = f"施行日须晚于前一次登记的{last.valid_from.isoformat()}。"
        raise InvalidInput(sentence, fields={"valid_from": sentence})
    if (amendment.term_value is None) != (last.term_value is None):
        sentence = "这条规定原来有期限的须填写期限，原来没有的不填。"
        raise InvalidInput(sentence, fields={"term_value": sentence})
    last.valid_to = amendment.valid_from - timedelta(days=1)
    last.save(update_fields=["valid_to"])
    amended = LawRecord.objects.create(
        key=key,
        law=law,
        article=article,
        content=content,
        term_value=amendment.term_value,
        term_unit=last.term_unit,
        valid_from=amendment.valid_from,
    )
    record(AuditAction.LAW_CHANGED, actor=actor, at=at, object_ref=f"law:{key}", detail={"row": amended.pk})
    transaction.on_commit(forget_cached_laws)
    return amended


@transaction.atomic
def repeal_law(key: str, *, last_day: date, actor: User, at: datetime) -> LawRecord:
    """Afterwards provision ``key`` is in force for the last time on ``last_day``; letters after it that cite it are refused."""
    last = LawRecord.objects.select_for_update().filter(key=key).order_by("-valid_from").first()
    if last is None:
        raise NotFound("没有这条法律条文；请从列表中选择。")
    if last_day < last.valid_from:
        sentence = f"失效日不能早于施行日{last.valid_from.isoformat()}。"
        raise InvalidInput(sentence, fields={"last_day": sentence})
    last.valid_to = last_day
    last.save(update_fields=["valid_to"])
    record(AuditAction.LAW_CHANGED, actor=actor, at=at, object_ref=f"law:{key}", detail={"row": last.pk, "ended": True})
    transaction.on_commit(forget_cached_laws)
    return last
