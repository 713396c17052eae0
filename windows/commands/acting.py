"""What every act on a case begins and ends with: lock, permission, stale page, state; then one save and its events."""

from datetime import datetime

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.errors import NotFound, NotPermitted, StaleState
from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.state_table import next_state

from .. import permissions, queries
from ..domain.states import TABLE, Event
from ..events import LABELS, EventWriter
from ..models import Case, CaseEvent


def begin_act(
    number: str, *, action: str, actor: User | None, at: datetime, expected_version: int | None = None
) -> tuple[Case, EventWriter]:
    """The locked case and the writer of its events; call inside a transaction.

    ``actor`` None is the system. Raises NotFound, NotPermitted, or StaleState when the page shown is older than the case.
    """
    case, on = queries.lock_case(number), clock.local_date(at)
    if actor is not None and not permissions.is_visible(actor, case, on=on):
        raise NotFound(permissions.NO_SUCH_CASE)
    # Before the question whether the act fits the state: whoever comes second is told by whom and with what.
    if expected_version is not None and expected_version != case.version:
        raise StaleState(_who_was_first(case))
    principal = permissions.require_event(actor, action, case, on=on) if actor is not None else None
    return case, EventWriter(case=case, at=at, recorded_at=clock.now(), actor=actor, principal=principal)


def require_staying(person_id: int) -> None:
    """Returns when the account is open, and keeps it so until the transaction ends: nobody takes a task on while being closed
    (``disable_account`` locks the same row); raises NotPermitted."""
    if not User.objects.select_for_update(of=("self",)).filter(pk=person_id, is_active=True).exists():
        raise NotPermitted("这个账号已经停用，不能接手办件；请另选在岗人员。")


def take_event(case: Case, event: Event) -> None:
    """Afterwards ``case`` (in memory) stands in the state the table names; raises StaleState if the table has no such row."""
    case.state = next_state(TABLE, case.current_state, event).value


def finish_act(case: Case, writer: EventWriter) -> None:
    """Afterwards the case, its new version and its events are written."""
    case.version += 1
    writer.flush()
    case.save()


def _who_was_first(case: Case) -> str:
    last = CaseEvent.objects.filter(case=case).select_related("actor").order_by("-sequence").first()
    who = last.actor.display_name if last and last.actor else "系统"
    what = LABELS.get(last.kind, "处理") if last else "处理"
    return f"本件已由{who}办理“{what}”，现为“{case.current_state.label}”；您的操作没有生效，请刷新页面后再办。"
