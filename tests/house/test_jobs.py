"""Jobs: whatever dies in between, the effect of a job happens once (controls M1–M5, C1)."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from laiyang_approval.kernel import bells as ringing
from laiyang_approval.kernel import jobs
from laiyang_approval.kernel.inserting import insert_all
from laiyang_approval.kernel.jobs import (
    HopelessJob,
    Outcome,
    enqueue,
    new_job,
    ring_after_commit,
    ring_due_jobs,
    run_due_jobs,
    run_job,
)
from laiyang_approval.kernel.models import BusinessRule, Job, NumberSeries
from laiyang_approval.kernel.rules import forget_cached_rules, load_business_rules
from laiyang_approval.kernel.tasks import run_jobs

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
AFTER_LEASE = AT + jobs.LEASE + timedelta(seconds=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules(request):
    # Also after a flush: rows of a transactional test go with it.
    request.getfixturevalue("transactional_db" if "transactional_db" in request.fixturenames else "db")
    load_business_rules()


@pytest.fixture
def handler(monkeypatch):
    """Registers a handler of the kind "note" for one test."""
    monkeypatch.setattr(jobs, "_handlers", {})

    def register(work: Callable[[dict], object]) -> None:
        jobs.job_handler("note")(work)

    return register


@pytest.fixture
def bells(monkeypatch):
    rung: list[int] = []
    monkeypatch.setattr(jobs, "ring", lambda *job_ids: rung.extend(job_ids) or True)
    monkeypatch.setattr(jobs.ringer, "ask", lambda *job_ids: rung.extend(job_ids))
    return rung


def count_up(name: str) -> Callable[[], None]:
    """An effect that shows how often it happened."""

    def effect():
        row, _ = NumberSeries.objects.get_or_create(series=name, period="2026")
        row.last += 1
        row.save()

    return effect


def times(name: str) -> int:
    row = NumberSeries.objects.filter(series=name, period="2026").first()
    return row.last if row else 0


def state(job: Job) -> tuple[str, int]:
    job.refresh_from_db()
    return job.state, job.attempts


# --- enqueue ---------------------------------------------------------------------------------------------------------


def test_a_job_and_its_bell_go_when_the_act_rolls_back(bells, transactional_db):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue("note", "note:1", {}, at=AT)
        raise ZeroDivisionError
    assert Job.objects.count() == 0
    assert bells == []


def test_the_bell_rings_after_the_commit_and_once(bells, transactional_db):
    with transaction.atomic():
        job = enqueue("note", "note:1", {"id": 7}, at=AT)
        again = enqueue("note", "note:1", {"id": 8}, at=AT)
        assert bells == []
    assert bells == [job.pk]
    assert again.pk == job.pk
    job.refresh_from_db()
    assert (job.payload, job.due_at, job.state) == ({"id": 7}, AT, Job.State.NEW)


def test_the_jobs_of_one_bell_are_worked_on_one_after_the_other(handler, bells):
    seen = []
    handler(lambda payload: seen.append(payload["id"]))
    made = [enqueue("note", f"note:{n}", {"id": n}, at=AT) for n in range(3)]
    run_jobs([job.pk for job in made])
    assert seen == [0, 1, 2]
    assert Job.objects.filter(state=Job.State.DONE).count() == 3


def test_a_key_belongs_to_one_kind(bells):
    enqueue("note", "note:1", {}, at=AT)
    with pytest.raises(ValueError, match="is of kind note, not letter"):
        enqueue("letter", "note:1", {}, at=AT)
    assert Job.objects.get().kind == "note"


def test_a_job_for_later_is_neither_rung_for_nor_run_before_its_time(bells, handler, transactional_db):
    handler(lambda payload: count_up("later"))
    later = AT + timedelta(hours=1)
    job = enqueue("note", "note:1", {}, at=AT, due_at=later)
    assert bells == []
    assert run_job(job.pk, at=AT) == Outcome.NOT_MINE
    assert ring_due_jobs(at=AT) == 0
    assert run_job(job.pk, at=later) == Outcome.DONE
    assert times("later") == 1


@pytest.fixture
def messages(monkeypatch):
    """What would go to the broker, once what an earlier test asked for has gone there."""
    time.sleep(2 * ringing.PAUSE_SECONDS)
    sent: list[tuple[int, ...]] = []
    monkeypatch.setattr(ringing, "_quiet_until", 0.0)
    monkeypatch.setattr(ringing.current_app, "send_task", lambda *args, **kwargs: sent.append(kwargs["args"][0]))
    return sent


def test_new_jobs_written_with_their_act_are_rung_for_by_one_bell_after_the_commit(messages, transactional_db):
    with transaction.atomic():
        made = [new_job("note", f"note:{n}", {"id": n}, at=AT) for n in range(3)]
        insert_all(made)
        ring_after_commit(made)
    assert _soon(messages, 1) == [tuple(job.pk for job in made)]
    assert [(job.key, job.payload, job.state) for job in Job.objects.order_by("pk")] == [
        (f"note:{n}", {"id": n}, Job.State.NEW) for n in range(3)
    ]


def test_bells_asked_for_in_a_moment_are_rung_together_a_few_jobs_a_message(messages):
    ringer = ringing.Ringer()
    for job_id in range(6):
        ringer.ask(job_id)
    assert _soon(messages, 2) == [(0, 1, 2, 3), (4, 5)]
    ringer.ask(7)
    assert _soon(messages, 3)[2:] == [(7,)]


def test_a_forked_process_rings_its_own_bells(messages):
    ringer = ringing.Ringer()
    ringer._thread = threading.Thread()  # what a fork leaves of its parent's thread: an object that does not run
    ringer.ask(1)
    assert _soon(messages, 1) == [(1,)]


def _soon(messages: list, count: int) -> list:
    deadline = time.monotonic() + 5
    while len(messages) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    return messages


def test_a_broker_that_hangs_costs_the_act_nothing(monkeypatch, transactional_db):
    monkeypatch.setattr(ringing, "_quiet_until", 0.0)
    monkeypatch.setattr(ringing.current_app, "send_task", lambda *args, **kwargs: time.sleep(2))
    began = time.monotonic()
    enqueue("note", "note:1", {}, at=AT)
    assert time.monotonic() - began < 1
    assert Job.objects.get().state == Job.State.NEW


def test_a_broker_that_is_down_is_left_alone_for_a_while_and_the_sweep_rings_again(monkeypatch, messages, caplog):
    jobs_due = [enqueue("note", f"note:{n}", {}, at=AT).pk for n in (1, 2)]
    tries = []

    def no_broker(*args, **kwargs):
        tries.append(args)
        raise ConnectionRefusedError("no broker")

    with monkeypatch.context() as down:
        down.setattr(ringing.current_app, "send_task", no_broker)
        assert [ringing.ring(1), ringing.ring(2)] == [False, False]
    assert len(tries) == 1
    assert "bell did not ring" in caplog.text
    assert ring_due_jobs(at=AT) == 0
    monkeypatch.setattr(ringing, "_quiet_until", 0.0)
    assert ring_due_jobs(at=AT) == 2
    assert messages == [(job_id,) for job_id in jobs_due]


# --- running ---------------------------------------------------------------------------------------------------------


def test_slow_work_runs_outside_and_its_effect_inside_one_transaction(handler, bells, transactional_db):
    seen = []

    def work(payload):
        seen.append(("work", payload["id"], connection.in_atomic_block))
        return lambda: seen.append(("effect", payload["id"], connection.in_atomic_block))

    handler(work)
    job = enqueue("note", "note:1", {"id": 7}, at=AT)
    assert run_job(job.pk, at=AT) == Outcome.DONE
    assert seen == [("work", 7, False), ("effect", 7, True)]
    job.refresh_from_db()
    assert (job.state, job.done_at, job.lease_until, job.attempts) == (Job.State.DONE, AT, None, 1)


def test_a_second_bell_changes_nothing(handler, bells):
    handler(lambda payload: count_up("twice"))
    job = enqueue("note", "note:1", {}, at=AT)
    assert [run_job(job.pk, at=AT) for _ in range(3)] == [Outcome.DONE, Outcome.NOT_MINE, Outcome.NOT_MINE]
    assert times("twice") == 1
    assert state(job) == (Job.State.DONE, 1)


def test_a_bell_during_the_work_changes_nothing(handler, bells):
    job = enqueue("note", "note:1", {}, at=AT)
    inner = []

    def work(payload):
        inner.append(run_job(job.pk, at=AT + timedelta(seconds=5)))
        return count_up("during")

    handler(work)
    assert run_job(job.pk, at=AT) == Outcome.DONE
    assert inner == [Outcome.NOT_MINE]
    assert times("during") == 1


def test_a_worker_slower_than_its_lease_loses_its_claim_and_writes_nothing(handler, bells):
    job = enqueue("note", "note:1", {}, at=AT)
    ran = []

    def work(payload):
        if not ran:
            ran.append("slow")
            ran.append(run_job(job.pk, at=AFTER_LEASE))
            return count_up("slow")
        return count_up("quick")

    handler(work)
    assert run_job(job.pk, at=AT) == Outcome.CLAIM_LOST
    assert ran == ["slow", Outcome.DONE]
    assert (times("slow"), times("quick")) == (0, 1)
    assert state(job) == (Job.State.DONE, 2)


def test_a_worker_that_fails_after_its_lease_does_not_disturb_the_result_of_another(handler, bells):
    job = enqueue("note", "note:1", {}, at=AT)
    ran = []

    def work(payload):
        if not ran:
            ran.append(None)
            run_job(job.pk, at=AFTER_LEASE)
            raise OSError("too late and broken")
        return count_up("quick")

    handler(work)
    assert run_job(job.pk, at=AT) == Outcome.CLAIM_LOST
    job.refresh_from_db()
    assert (job.state, job.last_error, times("quick")) == (Job.State.DONE, "", 1)


def test_a_failure_is_tried_again_after_a_growing_pause_and_then_waits_for_a_person(handler, bells):
    def work(payload):
        raise OSError("申请人 370682199003071234 的文件打不开，电话 13812345678")

    handler(work)
    job = enqueue("note", "note:1", {}, at=AT)
    at, pauses = AT, []
    for attempt in range(1, 8):
        assert run_job(job.pk, at=at) == Outcome.RETRY
        job.refresh_from_db()
        assert job.attempts == attempt
        assert job.lease_until is None
        assert run_job(job.pk, at=at) == Outcome.NOT_MINE
        pauses.append(job.due_at - at)
        at = job.due_at
    assert run_job(job.pk, at=at) == Outcome.FAILED
    assert state(job) == (Job.State.FAILED, 8)
    growing = pauses[:6]
    assert growing == sorted(growing)
    assert timedelta(seconds=22) <= pauses[0] <= timedelta(seconds=38)
    assert all(pause <= timedelta(hours=1) * 1.25 for pause in pauses)
    assert job.last_error == "OSError: 申请人 [id-number] 的文件打不开，电话 [phone]"
    assert run_job(job.pk, at=at + timedelta(days=9)) == Outcome.NOT_MINE
    assert [each.pk for each in jobs.failed_jobs()] == [job.pk]


def test_the_number_of_attempts_is_a_dated_rule(handler, bells):
    BusinessRule.objects.filter(key="job_max_attempts").update(value="1")
    forget_cached_rules()

    def work(payload):
        raise OSError("no")

    handler(work)
    job = enqueue("note", "note:1", {}, at=AT)
    assert run_job(job.pk, at=AT) == Outcome.FAILED


def test_pauses_of_a_crowd_differ(handler, bells):
    def work(payload):
        raise OSError("no")

    handler(work)
    crowd = [enqueue("note", f"note:{n}", {}, at=AT) for n in range(20)]
    for job in crowd:
        run_job(job.pk, at=AT)
    assert Job.objects.values("due_at").distinct().count() == 20


def test_hopeless_work_waits_for_a_person_at_once(handler, bells):
    def work(payload):
        raise HopelessJob("font without this character")

    handler(work)
    job = enqueue("note", "note:1", {}, at=AT)
    assert run_job(job.pk, at=AT) == Outcome.FAILED
    assert state(job) == (Job.State.FAILED, 1)
    assert job.last_error == "HopelessJob: font without this character"


def test_a_kind_nobody_handles_waits_for_a_person(monkeypatch, bells):
    monkeypatch.setattr(jobs, "_handlers", {})
    monkeypatch.setattr(jobs.current_app.loader, "import_default_modules", lambda: None)
    job = enqueue("no-such-kind", "x:1", {}, at=AT)
    assert run_job(job.pk, at=AT) == Outcome.FAILED
    assert state(job) == (Job.State.FAILED, 1)


def test_an_effect_that_fails_leaves_no_half_result(handler, bells, transactional_db):
    def work(payload):
        def effect():
            count_up("half")()
            raise OSError("disk full")

        return effect

    handler(work)
    job = enqueue("note", "note:1", {}, at=AT)
    assert run_job(job.pk, at=AT) == Outcome.RETRY
    assert times("half") == 0
    assert state(job) == (Job.State.NEW, 1)


def test_a_job_that_kills_every_worker_stops_killing_workers(handler, bells):
    class Killed(BaseException):
        pass

    def work(payload):
        raise Killed

    handler(work)
    job = enqueue("note", "note:1", {}, at=AT)
    at = AT
    for _ in range(8):
        with pytest.raises(Killed):
            run_job(job.pk, at=at)
        assert run_job(job.pk, at=at) == Outcome.NOT_MINE
        at += jobs.LEASE + timedelta(seconds=1)
    assert run_job(job.pk, at=at) == Outcome.FAILED
    job.refresh_from_db()
    assert job.last_error == "HopelessJob: the worker died in each of 8 attempts"


def test_a_person_sends_a_failed_job_off_again(handler, bells, transactional_db):
    working = []

    def work(payload):
        if not working:
            raise HopelessJob("no font")
        return count_up("again")

    handler(work)
    job = enqueue("note", "note:1", {}, at=AT)
    run_job(job.pk, at=AT)
    bells.clear()
    working.append(True)
    assert jobs.try_again(job.pk, at=AT)
    assert bells == [job.pk]
    assert run_due_jobs(at=AT) == {Outcome.DONE: 1}
    assert times("again") == 1
    assert not jobs.try_again(job.pk, at=AT)
    assert state(job) == (Job.State.DONE, 1)


# --- the sweep -------------------------------------------------------------------------------------------------------


def test_the_sweep_rings_for_what_is_due_unclaimed_and_not_just_rung_for(bells, handler):
    due = enqueue("note", "due", {}, at=AT)
    enqueue("note", "later", {}, at=AT, due_at=AT + timedelta(minutes=1))
    claimed = enqueue("note", "claimed", {}, at=AT)
    Job.objects.filter(pk=claimed.pk).update(lease_until=AT + timedelta(seconds=40))
    done = enqueue("note", "done", {}, at=AT)
    Job.objects.filter(pk=done.pk).update(state=Job.State.DONE)
    bells.clear()

    assert ring_due_jobs(at=AT) == 1
    assert bells == [due.pk]
    assert ring_due_jobs(at=AT + timedelta(seconds=5)) == 0
    assert ring_due_jobs(at=AT + timedelta(seconds=31)) == 1
    assert ring_due_jobs(at=AT + timedelta(seconds=62)) == 3
    assert state(due) == (Job.State.NEW, 0)


def test_draining_runs_jobs_that_jobs_bring_forth(handler, bells):
    def work(payload):
        def effect():
            count_up(f"step {payload['step']}")()
            if payload["step"] < 3:
                enqueue("note", f"note:{payload['step'] + 1}", {"step": payload["step"] + 1}, at=AT)

        return effect

    handler(work)
    enqueue("note", "note:1", {"step": 1}, at=AT)
    assert run_due_jobs(at=AT) == {Outcome.DONE: 3}
    assert [times(f"step {n}") for n in (1, 2, 3)] == [1, 1, 1]
    assert run_due_jobs(at=AT) == {}


def test_two_handlers_of_one_kind_are_a_mistake(handler):
    handler(lambda payload: None)
    with pytest.raises(ValueError, match="two handlers"):
        handler(lambda payload: None)


# --- killed between any two statements ---------------------------------------------------------------------------------


class Killed(BaseException):
    """The worker's process is gone: nothing after this point runs, the open transaction is rolled back."""


class KillAt:
    """Kills before (and, with ``after``, just after) the n-th SQL statement or step of the work."""

    def __init__(self, at: int, *, after: bool):
        self.at, self.after, self.seen = at, after, 0

    def __call__(self, execute, sql, params, many, context):
        self.seen += 1
        if self.seen == self.at and not self.after:
            raise Killed
        result = execute(sql, params, many, context)
        if self.seen == self.at and self.after:
            raise Killed
        return result


def _run_naively(job_id: int, *, at: datetime) -> None:
    """The control: looks whether the job is done, does it, then says so – three steps instead of one transaction."""
    job = Job.objects.get(pk=job_id)
    if job.state == Job.State.NEW:
        effect = jobs._handlers[job.kind](job.payload)
        effect()
        Job.objects.filter(pk=job_id).update(state=Job.State.DONE)


def _kill_everywhere(run) -> list[int]:
    """How often the effect happened, for each point at which the first worker can be killed and a second one follows."""
    outcomes = []
    for after in (False, True):
        for point in range(1, 40):
            name = f"kill {run.__name__} {after} {point}"
            job = enqueue("note", name, {"name": name}, at=AT)
            kill = KillAt(point, after=after)
            try:
                with connection.execute_wrapper(kill):
                    run(job.pk, at=AT)
            except Killed:
                connection.close()  # a dead process's connection is dropped, and with it what it had not committed
            run(job.pk, at=AFTER_LEASE)
            run(job.pk, at=AFTER_LEASE)
            outcomes.append(times(name))
            if kill.seen < point:
                break
        else:
            raise AssertionError("the worker never came to its end")
    return outcomes


def test_a_worker_killed_between_any_two_statements_loses_and_doubles_nothing(handler, bells, transactional_db):
    handler(lambda payload: count_up(payload["name"]))
    outcomes = _kill_everywhere(run_job)
    assert len(outcomes) >= 12
    assert set(outcomes) == {1}


def test_the_same_kills_double_the_effect_of_a_worker_that_checks_and_then_acts(handler, bells, transactional_db):
    handler(lambda payload: count_up(payload["name"]))
    assert 2 in _kill_everywhere(_run_naively)
