"""公示: every granting decision is published, derived from the case events; a wrong entry is withdrawn by whoever decides.

The events are the outbox, as for pushes: what has no entry yet gets one, whatever crashed in between, and running it twice
changes nothing.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.masking import mask_name
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.names import clean_text
from laiyang_approval.kernel.numbering import allot_number
from laiyang_approval.kernel.rules import rule_value
from windows.models import Case, CaseEvent, Decision, Letter, Party

from .. import permissions, publicity
from ..clocks import due_after
from ..domain.publicity import public_code, without_personal_numbers
from ..domain.pushes import TYPE_OF_EVENT
from ..models import PublicityEntry, PublicityStep
from ..payloads import decided_on

Failed = Callable[[object, Exception], None]

#: Decisions published by one pass; the next pass goes on.
AT_ONCE = 2000


def publish_decisions(*, at: datetime, since: datetime | None, on_failure: Failed) -> int:
    """Afterwards every granting decision recorded ``since`` (None: ever) is published; returns how many were. Nothing if none is due.

    One that cannot be published keeps no other back; it turns into a row of ``publicity.unpublished``.
    """
    waiting = publicity.unpublished_events(since=since, on=local_date(at)).select_related("case__matter")
    made = 0
    for event in waiting.order_by("recorded_at", "id")[:AT_ONCE]:
        try:
            made += publish_decision(event, at=at)
        except Exception as error:
            on_failure(f"event {event.pk}", error)
    return made


@transaction.atomic
def publish_decision(event: CaseEvent, *, at: datetime) -> bool:
    """Afterwards this decision is published; False if it was before."""
    on, today = decided_on(event), local_date(at)
    # The number's row stays locked until the end: a second pass waits here, and sees then what the first one wrote.
    sequence = allot_number("公示", period=str(today.year))
    if PublicityEntry.objects.filter(event=event).exists():
        transaction.set_rollback(True)
        return False
    entry = PublicityEntry(
        number=f"GS-{today.year}-{sequence:06d}",
        event=event,
        case_id=event.case_id,
        kind=TYPE_OF_EVENT[event.kind].value,
        decided_on=on,
        publish_by_on=due_after("publicity_days", on),
        published_at=at,
        published_on=today,
        **_words_of(event, on),
    )
    entry.save(force_insert=True)
    PublicityStep.objects.create(entry=entry, kind=PublicityStep.Kind.PUBLISH, at=at)
    return True


def _words_of(event: CaseEvent, on: date) -> dict[str, Any]:
    """What the entry says, from the record as it stands: no number of a person in it, and of a person no more than is lawful."""
    case = Case.objects.select_related("edition", "party", "deciding_department").get(pk=event.case_id)
    letter = Letter.objects.only("title", "number").filter(case=case, number=event.detail.get("letter") or "").first()
    if letter is None:
        raise DomainError("决定书还没有编号，不能公示。", article="行政许可法第四十条")
    party, organ = case.party, case.deciding_department
    words = {
        "holder_name": mask_name(party.name, natural=party.is_natural),
        "holder_kind": party.kind,
        "matter_name": case.edition.name,
        "document_title": letter.title,
        "document_number": letter.number,
        "category": rule_value("publicity_category", on),
        "organ_name": organ.name,
        "organ_code": organ.uscc,
    }
    if party.is_natural:
        return words
    return words | {
        "holder_name": without_personal_numbers(party.name),
        "holder_code": public_code(natural=False, id_kind=party.id_kind, id_number=party.id_number),
        **_of_an_organisation(case, party, event),
    }


def _of_an_organisation(case: Case, party: Party, event: CaseEvent) -> dict[str, Any]:
    granted = Decision.objects.filter(case=case).first() or case.subject_licence
    legal = party.kind in {Party.Kind.LEGAL, Party.Kind.UNINCORPORATED}
    return {
        "legal_representative": without_personal_numbers(party.legal_representative) if legal else "",
        "content": without_personal_numbers(granted.content) if granted else "",
        "valid_from": _day(event.detail.get("valid_from")) or (granted.valid_from if granted else None),
        "valid_to": _day(event.detail.get("valid_to")) or (granted.valid_to if granted else None),
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@transaction.atomic
def withdraw_entry(number: str, *, reason: str, actor: User, at: datetime) -> PublicityEntry:
    """Afterwards the public no longer sees what the entry says, only that it was withdrawn; reason and person are kept.

    Raises NotFound, NotPermitted, InvalidInput without a reason, DomainError for one that is withdrawn.
    """
    entry = publicity.lock_entry(number)
    permissions.require_publicity(actor, entry)
    reason = _reason(reason)
    if entry.state != PublicityEntry.State.PUBLISHED:
        raise DomainError("本条公示已经撤下，不必再办。")
    entry.state = PublicityEntry.State.WITHDRAWN
    entry.withdrawn_at, entry.withdrawn_by, entry.withdraw_reason = at, actor, reason
    entry.save()
    PublicityStep.objects.create(entry=entry, kind=PublicityStep.Kind.WITHDRAW, at=at, actor=actor, note=reason)
    return entry


@transaction.atomic
def republish_entry(number: str, *, reason: str, actor: User, at: datetime) -> PublicityEntry:
    """Afterwards the entry stands again, in the words of the record as it is now; when it was first published does not change.

    Raises NotFound, NotPermitted, InvalidInput without a reason, DomainError for one that is published.
    """
    entry = publicity.lock_entry(number)
    permissions.require_publicity(actor, entry)
    reason = _reason(reason)
    if entry.state != PublicityEntry.State.WITHDRAWN:
        raise DomainError("本条公示没有撤下；内容有误的，请先撤下。")
    for field, value in _words_of(entry.event, entry.decided_on).items():
        setattr(entry, field, value)
    entry.state, entry.withdrawn_at, entry.withdrawn_by = PublicityEntry.State.PUBLISHED, None, None
    entry.withdraw_reason = ""
    entry.save()
    PublicityStep.objects.create(entry=entry, kind=PublicityStep.Kind.REPUBLISH, at=at, actor=actor, note=reason)
    return entry


def _reason(text: str) -> str:
    reason = clean_text(text, max_length=500)
    if len(reason) < 4:
        raise InvalidInput("请写明理由。", fields={"reason": "请写明哪里有误、依据什么（至少4个字）。"})
    return reason


def recompute_publicity_terms(*, at: datetime) -> int:
    """Afterwards entries whose term waited for a calendar have it, where the calendar is there; returns how many."""
    moved = 0
    waiting = PublicityEntry.objects.filter(publish_by_on__isnull=True)
    for on in waiting.order_by("decided_on").values_list("decided_on", flat=True).distinct():
        if (due := due_after("publicity_days", on)) is not None:
            moved += waiting.filter(decided_on=on).update(publish_by_on=due)
    return moved
