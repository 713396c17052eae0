"""python -m bench: loads what is missing, measures, prints one table of ratios; with two counts also what did not grow."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterable

import django

SIZED = ("W1", "W2", "W3", "W4")
ONCE = ("W6", "W7")


def _counts(text: str) -> list[int]:
    return sorted({int(count) for count in text.split(",")})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--count", type=_counts, default=[1000], help="cases to measure with: 1000, or one after the other: 1000,100000"
    )
    parser.add_argument("only", nargs="*", choices=[*SIZED, *ONCE, []], help="which of these; all if none")
    options = parser.parse_args()
    wanted = options.only or [*SIZED, *ONCE]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "laiyang_approval.settings")
    os.environ.setdefault("PORTAL_VAR_DIR", tempfile.mkdtemp(prefix="portal-bench-"))
    os.environ.setdefault("PORTAL_LOG_LEVEL", "ERROR")
    django.setup()

    from django.core.management import call_command

    from . import due_dates, letters, pages, sweep
    from .harness import Row

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("bootstrap", demo=True, stdout=open(os.devnull, "w"))  # noqa: SIM115
    sized: dict[str, Callable[[str], Iterable[Row]]] = {
        "W1": lambda label: [pages.status_lookup(label)],
        "W2": lambda label: [pages.register(label)],
        "W3": lambda label: [pages.inbox(label)],
        "W4": sweep.sweep,
    }
    once = {"W6": letters.run, "W7": due_dates.run}
    print(f"{'工作':<44}{'本门户':>10}{'下限':>10}{'比值':>8}{'合格':>8}{'目标':>8}")
    missed, inboxes = 0, []
    for count in options.count if set(wanted) & set(SIZED) else []:
        label = _with_cases(count)
        for name in filter(wanted.__contains__, SIZED):
            rows = list(sized[name](label))
            missed += _tell(rows)
            inboxes += rows if name == "W3" else []
    if len(inboxes) > 1:
        # What the work is divided by grows as little: ratios to the bare limit are compared, for times move with the machine.
        few, many = inboxes[0], inboxes[-1]
        name = f"W3 比值 {options.count[-1]}件 / {options.count[0]}件"
        missed += _tell([Row(name, many.ratio, few.ratio, many.ratio / few.ratio, good=1.2, moonshot=1.15)])
    for name in filter(wanted.__contains__, ONCE):
        missed += _tell(once[name]())
    return 1 if missed else 0


def _with_cases(count: int) -> str:
    """Afterwards at least ``count`` cases stand; returns how a row of the table names them."""
    from django.db import connection

    from laiyang_approval.kernel import clock
    from windows.demo.bulk import load_cases
    from windows.models import Case

    lacking = count - Case.objects.count()
    if lacking > 0:
        load_cases(
            count=lacking,
            at=clock.now(),
            # Another seed for each size: the same would draw the same spread again.
            seed=count,
            progress=lambda done: print(f"\r载入 {done}/{lacking}", end="", file=sys.stderr),
        )
        print(file=sys.stderr)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return f"{connection.vendor}，{Case.objects.count()}件"


def _tell(rows: Iterable) -> int:
    """Prints the rows as they come; returns how many miss what is good."""
    missed = 0
    for row in rows:
        is_good = row.ratio <= row.good
        missed += not is_good
        print(
            f"{row.name:<44}{row.ours:>10.3f}{row.bare:>10.3f}{row.ratio:>8.2f}{row.good:>8.2g}{row.moonshot:>8.2g}  {'✓' if is_good else '✕'}",
            flush=True,
        )
    return missed


if __name__ == "__main__":
    sys.exit(main())
