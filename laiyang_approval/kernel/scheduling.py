"""Recurring work leaves a row of each run; a run that should be there and is not is seen (the dead man's switch)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max, Min

from . import clock
from .log_masking import mask_text
from .models import SweepRun
from .recurring import Recurring


@dataclass
class SweepTally:
    """What one run did so far. A sweep that fails on one row says so with ``failed`` and goes on (house rule 19)."""

    counts: Counter[str] = field(default_factory=Counter)
    errors: int = 0
    last_error: str = ""

    def count(self, what: str, number: int = 1) -> None:
        self.counts[what] += number

    def failed(self, reference: object, error: BaseException) -> None:
        """Afterwards the run counts one more failed row; ``reference`` is a code or id, never a name."""
        self.errors += 1
        self.last_error = mask_text(f"{reference}: {type(error).__name__}: {error}")[:500]


@contextmanager
def sweep_run(name: str, *, at: datetime) -> Iterator[SweepTally]:
    """Afterwards a SweepRun of ``name`` started ``at`` stands, with its counts and failed rows.

    A run that ends in an exception keeps its error and stays without an end, so that it does not count as a run;
    the exception goes on to the caller.
    """
    row = SweepRun.objects.create(name=name, started_at=at)
    tally = SweepTally()
    try:
        yield tally
    except Exception as error:
        tally.failed("run", error)
        raise
    else:
        row.finished_at = clock.now()
    finally:
        row.counts, row.errors, row.last_error = dict(tally.counts), tally.errors, tally.last_error
        row.save(update_fields=["finished_at", "counts", "errors", "last_error"])


@dataclass(frozen=True)
class OverdueSweep:
    """Recurring work whose newest complete run (``last_run``, None if there never was one) is too old."""

    name: str
    last_run: datetime | None


def overdue_sweeps(at: datetime, recurring: Iterable[Recurring]) -> list[OverdueSweep]:
    """The recurring work that has no complete run within its ``max_age`` before ``at``.

    Work that has never run is given its ``max_age`` from the first run of anything; where nothing has ever run, beat
    does not run, and everything is overdue.
    """
    newest = dict(
        SweepRun.objects.filter(finished_at__isnull=False)
        .values_list("name")
        .annotate(newest=Max("started_at"))
        .values_list("name", "newest")
    )
    first_ever = SweepRun.objects.aggregate(first=Min("started_at"))["first"]
    overdue = []
    for entry in recurring:
        if entry.max_age is None:
            continue
        last_run = newest.get(entry.name)
        since = last_run or first_ever
        if since is None or at - since > entry.max_age:
            overdue.append(OverdueSweep(entry.name, last_run))
    return overdue
