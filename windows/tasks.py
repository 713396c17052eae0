"""Tasks of windows: they read the clock and call one command."""

from celery import shared_task

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.scheduling import sweep_run

from . import rendering  # noqa: F401 - a worker learns of its job handlers by importing the tasks
from .commands.clock_sweeping import (
    lapse_corrections,
    remind_of_corrections,
    run_out_told_time,
    void_untold_extensions,
)
from .commands.consulting import chase_overdue
from .commands.drafts import drop_used_drafts
from .commands.intake_mode_terms import end_overdue_deferrals, give_owed_receipts, remind_of_terms
from .commands.licences.sweeping import sweep_licences
from .commands.sweeping import deem_overdue_acceptances, turn_lights
from .commands.verifying import write_digest as write_case_digest
from .commands.watching_owners import watch_owners as watch_case_owners


@shared_task(name="windows.sweep")
def sweep() -> None:
    at = clock.now()
    with sweep_run("case_sweep", at=at) as run:
        run.counts.update(deem_overdue_acceptances(at=at, on_failure=run.failed))
        # ---- clock procedures: before the lights, which turn by the dates these set
        run.counts.update(run_out_told_time(at=at, on_failure=run.failed))
        run.counts.update(void_untold_extensions(at=at, on_failure=run.failed))
        run.counts.update(lapse_corrections(at=at, on_failure=run.failed))
        run.counts.update(remind_of_corrections(at=at))
        # ---- licence life
        run.counts.update(sweep_licences(at=at, on_failure=run.failed))
        run.counts.update(give_owed_receipts(at=at, on_failure=run.failed))
        run.counts.update(end_overdue_deferrals(at=at, on_failure=run.failed))
        run.counts.update(remind_of_terms(at=at))
        run.counts.update(turn_lights(at=at))
        run.counts.update(chase_overdue(at=at, on_failure=run.failed))
        run.count("drafts", drop_used_drafts())


@shared_task(name="windows.write_digest")
def write_digest() -> None:
    at = clock.now()
    with sweep_run("case_digest", at=at) as run:
        run.count("cases", write_case_digest(at=at).cases)


@shared_task(name="windows.watch_owners")
def watch_owners() -> None:
    at = clock.now()
    with sweep_run("owner_watch", at=at) as run:
        run.counts.update(watch_case_owners(at=at))
