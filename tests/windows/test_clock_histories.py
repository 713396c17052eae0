"""Any order of acts that stop or lengthen the clock: its own events make the same ledger, and nothing impossible stands.

Each history is a random walk over the acts people have; one that the law refuses at that moment is refused and changes
nothing, and the walk goes on.
"""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from laiyang_approval.kernel.calendars import current_calendar
from laiyang_approval.kernel.errors import DomainError
from tests.factories import cases as make
from tests.factories import clock as tick
from windows.clock_procedures import running
from windows.clocks import clocks_of
from windows.commands.clock_sweeping import run_out_told_time, void_untold_extensions
from windows.commands.extending import serve_extension
from windows.commands.procedures import end_procedure
from windows.commands.review import return_to_review, submit_opinion
from windows.commands.sweeping import turn_lights
from windows.domain.clock import Status, elapsed, remaining, run_both
from windows.domain.lights import light_on
from windows.domain.replay import replay
from windows.domain.states import State
from windows.models import Case, CaseEvent

ACTS = (
    "suspend_review", "suspend_test", "approve_only", "serve", "end_first", "end_last", "tell_again", "ask_extension",
    "extend", "serve_extension", "opinion", "return", "sweep",
)  # fmt: skip
steps = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 4), st.integers(1, 6)), min_size=4, max_size=14)


def end(people, case: Case, at, place: int) -> None:
    under_way = running(case)
    if under_way:
        end_procedure(
            case.number,
            procedure_id=under_way[place].pk,
            ended_on=at.date(),
            result="已有结果。",
            actor=people.reviewer,
            at=at,
        )


def act(name: str, people, case: Case, at, days: int) -> None:
    """One act of a history; raises DomainError where the law refuses it."""
    match name:
        case "suspend_review":
            tick.suspended(people, case, at=at, days=days)
        case "suspend_test":
            tick.suspended(people, case, at=at, days=days, kind="testing")
        case "approve_only":
            tick.approved(people, case, at=at, days=days, kind="appraisal")
        case "serve":
            if case.special_procedures.exists():
                tick.served(people, case, at=at)
        case "end_first":
            end(people, case, at, 0)
        case "end_last":
            end(people, case, at, -1)
        case "tell_again":
            if case.special_procedures.exists():
                tick.told_again(people, case, at=at, days=days)
        case "ask_extension":
            tick.extension_asked(people, case, at=at)
        case "extend":
            tick.extended(people, case, at=at)
        case "serve_extension":
            serve_extension(case.number, service=make.SERVICE, actor=people.reviewer, at=at)
        case "opinion":
            submit_opinion(case.number, proposal="grant", text="建议准予。", actor=people.reviewer, at=at)
        case "return":
            return_to_review(case.number, reason="请复核。", actor=people.decider, at=at)
        case "sweep":
            sweep(at)


def sweep(at) -> None:
    def fail(number, error):
        raise AssertionError(number) from error

    run_out_told_time(at=at, on_failure=fail)
    void_untold_extensions(at=at, on_failure=fail)
    turn_lights(at=at)


def check(case: Case, today: date) -> None:
    """What must hold of a case after any act."""
    case = Case.objects.select_related("edition").get(pk=case.pk)
    calendar = current_calendar()
    clocks = clocks_of(case, case.edition, calendar)
    heard = replay(CaseEvent.objects.filter(case=case).order_by("sequence").values_list("kind", "detail"))
    again = run_both(
        heard.clock_from_on,
        promised=clocks.promised.limit,
        statutory=clocks.statutory.limit,
        calendar=calendar,
        suspensions=heard.suspensions,
        extension=heard.extension_value,
    )
    # Replay gives the same ledger, and the row's dates are the ledger's.
    assert again.statutory.ledger == clocks.statutory.ledger
    assert again.promised.ledger == clocks.promised.ledger
    assert (case.promised_due_on, case.statutory_due_on) == (clocks.promised_due, clocks.statutory.due)
    # One state, and it is the one its procedures call for.
    under_way = case.special_procedures.filter(started_on__isnull=False, ended_on__isnull=True).exists()
    assert (case.current_state is State.SUSPENDED) == under_way
    assert case.current_state in {State.IN_REVIEW, State.SUSPENDED, State.PENDING_DECISION}
    # The clock never runs backwards, never counts a day twice, and no light goes out while a limit runs.
    for result in (clocks.promised, clocks.statutory):
        used = elapsed(result, today)
        assert 0 <= used <= calendar.workdays_between(result.trigger, today)
        assert remaining(result, today) == result.total - used
        counted = [day.counted for day in result.ledger if day.counted is not None]
        assert counted == list(range(1, len(counted) + 1))
        if result.status is Status.DUE:
            assert result.due >= result.trigger and counted[-1] == result.total
    is_open = clocks.promised.status is clocks.statutory.status is Status.OPEN
    lit = light_on(today, yellow=case.yellow_from_on, orange=case.orange_from_on, red=case.red_from_on)
    assert case.light == ("none" if is_open else lit)


@pytest.mark.django_db
@hypothesis_settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(history=steps)
def test_after_any_history_the_events_make_the_same_ledger(people, history):
    at = tick.on("2026-03-02")
    case = make.credit_checked(people, make.in_review(people, code=tick.REVIEWED, at=at), at=at + timedelta(hours=1))
    at += timedelta(hours=2)
    for name, gap, days in history:
        at += timedelta(days=gap, minutes=1)
        before = Case.objects.filter(pk=case.pk).values().get()
        try:
            act(name, people, Case.objects.get(pk=case.pk), at, days)
        except DomainError:
            if name in {"serve", "end_first", "end_last", "ask_extension", "serve_extension", "opinion", "return"}:
                # One command, refused: nothing of the case changed.
                assert Case.objects.filter(pk=case.pk).values().get() == before
        turn_lights(at=at)
        check(case, at.date())
