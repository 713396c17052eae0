"""A licence's state changes here, and nowhere else; each change is written down once with its basis."""

from datetime import date, datetime, timedelta

from laiyang_approval.kernel.models import Department, User
from laiyang_approval.kernel.state_table import next_state

from ... import licences
from ...domain.licences import (
    LICENCE_TABLE,
    TO_CANCEL_STATES,
    LicenceEvent,
    LicenceState,
)
from ...models import Case, Licence, LicenceChange, Reminder


def change_licence(
    licence: Licence,
    event: LicenceEvent,
    *,
    on: date,
    at: datetime,
    actor: User | None,
    basis: str,
    case: Case | None = None,
    note: str = "",
    document_number: str = "",
    department: Department | None = None,
    until_on: date | None = None,
    cancel_reason: int | None = None,
) -> LicenceChange:
    """Afterwards the (locked) licence stands in the state the table names, with its change on record.

    A licence that has ended and is still on the register leaves a reminder to strike it off. Raises StaleState, with the
    table's reason, when the change does not belong to its state.
    """
    licence.state = next_state(LICENCE_TABLE, licence.current_state, event).value
    licence.suspended_until_on = until_on if event is LicenceEvent.SUSPEND else None
    licence.cancel_reason = cancel_reason if event is LicenceEvent.CANCEL else None
    licence.save(update_fields=["state", "suspended_until_on", "cancel_reason"])
    change = LicenceChange.objects.create(
        licence=licence,
        kind=event.value,
        on=on,
        at=at,
        actor=actor,
        case=case,
        basis=basis,
        note=note,
        document_number=document_number,
        department=department,
        until_on=until_on,
        cancel_reason=cancel_reason,
    )
    if event in {LicenceEvent.CANCEL, LicenceEvent.SUPERSEDE}:
        Reminder.objects.filter(
            case_id=licence.case_id, kind=Reminder.Kind.CANCEL_LICENCE, read_at__isnull=True
        ).update(read_at=at)
    if licence.current_state in TO_CANCEL_STATES:
        Reminder.objects.get_or_create(
            case_id=licence.case_id, kind=Reminder.Kind.CANCEL_LICENCE, reached_on=on, defaults={"created_at": at}
        )
    return change


def write_down_the_day(licence: Licence, *, on: date, at: datetime) -> None:
    """Afterwards what the calendar has already brought the (locked) licence is on record: replaced, run out, or free again."""
    today, stored = licences.state_on(licence, on), licence.current_state
    if today is stored:
        return
    if today is LicenceState.SUPERSEDED:
        newer = licence.next
        change_licence(
            licence,
            LicenceEvent.SUPERSEDE,
            on=newer.valid_from,
            at=at,
            actor=None,
            basis="行政许可法第四十九条、第五十条",
            case=newer.case,
        )
    elif today is LicenceState.EXPIRED:
        change_licence(
            licence,
            LicenceEvent.EXPIRE,
            on=licence.valid_to + timedelta(1),
            at=at,
            actor=None,
            basis="行政许可法第七十条第一项",
        )
    elif today is LicenceState.VALID:
        over = licence.suspended_until_on
        change_licence(
            licence,
            LicenceEvent.RESUME,
            on=over + timedelta(1),
            at=at,
            actor=None,
            basis="行政处罚法第九条第三项",
            note=f"暂扣至{over.isoformat()}期满",
        )
