"""推送的生成: every decision becomes one push per regulator in force on its date, derived from the case events.

The events are the outbox (architecture, idea 3): what has no push yet gets one, whatever crashed in between, and running it
twice changes nothing. Never from a last-seen id: ids do not commit in order.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from laiyang_approval.kernel.clock import SHANGHAI, local_date
from laiyang_approval.kernel.models import Department
from laiyang_approval.kernel.numbering import allot_number
from laiyang_approval.kernel.rules import rule_value
from matters.boundaries import Regulator, regulators_on
from windows.domain.decisions import DECISION_EVENTS
from windows.models import CaseEvent

from ..clocks import due_after
from ..domain.messages import PAYLOAD_VERSION, body_of
from ..models import Push, PushStep, RegulatorChannel
from ..payloads import DecisionFacts, addressed, decided_on, facts_of
from .attempts import schedule_attempt
from .stepping import mark_delivered

Failed = Callable[[object, Exception], None]

#: The frequent pass looks back this far beyond the last complete one: an act may commit later than its event says.
OVERLAP = timedelta(hours=1)
#: Events looked at by one pass; the next pass goes on.
AT_ONCE = 2000
#: Decisions that share a transaction: one commit for many, and little to do again when it fails.
TOGETHER = 20


def untold_decisions(*, since: datetime | None, from_on: date) -> QuerySet[CaseEvent]:
    """The decision events, recorded ``since`` (None: ever), that have no push at all yet, in order of recording."""
    told = Push.objects.filter(event=OuterRef("pk"))
    events = CaseEvent.objects.filter(kind__in=list(DECISION_EVENTS))
    if since is not None:
        events = events.filter(recorded_at__gte=since)
    # What the bureau did before its pushes began was told on paper.
    events = events.filter(at__gte=_start_of(from_on))
    return events.filter(~Exists(told)).select_related("case__matter").order_by("recorded_at", "id")


def _start_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def queue_pushes(*, at: datetime, since: datetime | None, on_failure: Failed) -> int:
    """Afterwards every decision event recorded ``since`` has its pushes; returns how many were made. Writes nothing if none is due.

    A decision whose matter had no regulator on its date is told to nobody; reconciliation finds it.
    """
    from_on = date.fromisoformat(rule_value("push_from", local_date(at)))
    events = list(untold_decisions(since=since, from_on=from_on)[:AT_ONCE])
    made = 0
    for start in range(0, len(events), TOGETHER):
        made += _queue_some(events[start : start + TOGETHER], at=at, on_failure=on_failure)
    return made


def _queue_some(events: Sequence[CaseEvent], *, at: datetime, on_failure: Failed) -> int:
    try:
        with transaction.atomic():
            return sum(_queue_one(event, at=at) for event in events)
    except Exception as error:
        # One that cannot be told does not keep the others back.
        if len(events) == 1:
            on_failure(f"event {events[0].pk}", error)
            return 0
    return sum(_queue_some([event], at=at, on_failure=on_failure) for event in events)


def _queue_one(event: CaseEvent, *, at: datetime) -> int:
    regulators = regulators_on(event.case.matter, decided_on(event))
    if not regulators:
        return 0
    facts = facts_of(event)
    # In one order of bodies, so that two relays at once wait for each other and never in a ring.
    made = [
        push_to(one.department, one.part, facts, regulators, at=at)
        for one in sorted(regulators, key=lambda one: one.department.code)
    ]
    return sum(push is not None for push in made)


def push_to(
    regulator: Department,
    part: str,
    facts: DecisionFacts,
    regulators: Sequence[Regulator],
    *,
    at: datetime,
    moved_from: Push | None = None,
) -> Push | None:
    """Afterwards the decision is told to ``regulator``: numbered without a hole, its words frozen. None if it was before.

    Part of the act or pass that has the reason; the number's row stays locked until that commits.
    """
    with transaction.atomic():
        sequence = allot_number("推送", period=regulator.code)
        # Asked under the lock of the number: a second relay sees here what the first one wrote.
        if Push.objects.filter(event=facts.event, regulator=regulator).exists():
            transaction.set_rollback(True)
            return None
        return _write(regulator, part, facts, regulators, sequence, at=at, moved_from=moved_from)


def _write(
    regulator: Department,
    part: str,
    facts: DecisionFacts,
    regulators: Sequence[Regulator],
    sequence: int,
    *,
    at: datetime,
    moved_from: Push | None,
) -> Push:
    number = f"TS-{regulator.code}-{sequence:06d}"
    body = body_of(addressed(facts, number=number, sequence=sequence, to=regulator, regulators=regulators))
    channel = RegulatorChannel.objects.filter(department=regulator).first()
    push = Push(
        number=number,
        event=facts.event,
        case_id=facts.event.case_id,
        regulator=regulator,
        part=part,
        sequence=sequence,
        decision_type=facts.type.value,
        decided_on=facts.decided_on,
        channel=channel.kind if channel else RegulatorChannel.Kind.CONSOLE,
        payload_version=PAYLOAD_VERSION,
        body=body.text,
        sha256=body.sha256,
        queued_at=at,
        tried_since=at,
        deliver_by_on=due_after("push_deliver_days", facts.decided_on),
        moved_from=moved_from,
    )
    push.save(force_insert=True)
    PushStep.objects.create(push=push, kind="queue", at=at)
    if push.channel == RegulatorChannel.Kind.CONSOLE:
        # The inbox is here: what is committed is there.
        mark_delivered(push, at=at)
    else:
        schedule_attempt(push, at=at)
    push.save()
    return push
