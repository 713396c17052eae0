"""The writer of case events: one hash-chained row after the other, under the case's lock."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from laiyang_approval.kernel.chain import ALGORITHM, link
from laiyang_approval.kernel.models import User

from ..models import Case, CaseEvent


@dataclass
class EventWriter:
    """Collects the events of one act on one locked case and writes them together; ``case`` carries the chain's head.

    ``principal``: for whom the actor acts, where the task was delegated; every event of the act names both.
    """

    case: Case
    at: datetime
    recorded_at: datetime
    actor: User | None
    principal: User | None = None
    _rows: list[CaseEvent] = field(default_factory=list)

    def add(self, kind: str, **detail: Any) -> CaseEvent:
        case = self.case
        case.event_count += 1
        plain = {key: value.isoformat() if isinstance(value, date) else value for key, value in detail.items()}
        if self.principal is not None:
            plain["for"] = self.principal.pk
        event = CaseEvent(
            case=case,
            sequence=case.event_count,
            kind=kind,
            at=self.at,
            recorded_at=self.recorded_at,
            actor=self.actor,
            detail=plain,
            alg=ALGORITHM,
            prev_hash=case.last_event_hash,
        )
        event.hash = event_hash(event, case_number=case.number)
        case.last_event_hash = event.hash
        self._rows.append(event)
        return event

    def flush(self) -> None:
        """Afterwards the collected events stand in the database; the caller saves the case with its new head."""
        CaseEvent.objects.bulk_create(self.taken())

    def taken(self) -> list[CaseEvent]:
        """The collected events, handed over to be written by whoever asked."""
        rows, self._rows = self._rows, []
        return rows


def event_hash(event: CaseEvent, *, case_number: str) -> str:
    """The hash ``event`` must carry: over the case's number, everything the event says, and the hash before it."""
    return link(
        event.prev_hash,
        {
            "case": case_number,
            "sequence": event.sequence,
            "kind": event.kind,
            "at": event.at,
            "recorded_at": event.recorded_at,
            "actor": event.actor_id,
            "detail": event.detail,
        },
    )
