"""What every act on a push ends with: its new state, and the step that tells of it."""

from datetime import datetime

from laiyang_approval.kernel.clock import local_date
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.state_table import next_state

from ..clocks import due_after
from ..domain.pushes import PUSH_TABLE, PushEvent
from ..models import Push, PushStep


def take_step(push: Push, event: PushEvent, *, actor: User | None, at: datetime, note: str = "") -> None:
    """Afterwards ``push`` (in memory) stands where the table says and the step is written; raises StaleState otherwise."""
    push.state = next_state(PUSH_TABLE, push.current_state, event).value
    PushStep.objects.create(push=push, kind=event.value, at=at, actor=actor, note=note)


def mark_delivered(push: Push, *, at: datetime) -> None:
    """Afterwards (in memory) the regulator has it, and its terms to claim run from the day after."""
    take_step(push, PushEvent.DELIVER, actor=None, at=at)
    push.delivered_at, push.needs_person_at, push.last_error, push.next_job = at, None, "", ""
    push.claim_by_on = due_after("push_claim_days", local_date(at))
