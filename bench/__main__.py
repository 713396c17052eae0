"""python -m bench: loads what is missing, measures, prints one table of ratios."""

import argparse
import os
import sys
import tempfile

import django


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="cases to measure with (1000, 100000)")
    parser.add_argument("only", nargs="*", help="W1 W2 W3 W4 W6 W7; all if none")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "laiyang_approval.settings")
    os.environ.setdefault("PORTAL_VAR_DIR", tempfile.mkdtemp(prefix="portal-bench-"))
    os.environ.setdefault("PORTAL_LOG_LEVEL", "ERROR")
    django.setup()

    from django.core.management import call_command
    from django.db import connection

    from laiyang_approval.kernel import clock
    from windows.demo.bulk import load_cases
    from windows.models import Case

    from . import due_dates, letters, pages, sweep

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("bootstrap", demo=True, stdout=open(os.devnull, "w"))  # noqa: SIM115
    lacking = options.count - Case.objects.count()
    if lacking > 0:
        load_cases(
            count=lacking,
            at=clock.now(),
            progress=lambda done: print(f"\r载入 {done}/{lacking}", end="", file=sys.stderr),
        )
        print(file=sys.stderr)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    label = f"{connection.vendor}，{Case.objects.count()}件"
    work = {
        "W1": lambda: [pages.status_lookup(label)],
        "W2": lambda: [pages.register(label)],
        "W3": lambda: [pages.inbox(label)],
        "W4": lambda: sweep.sweep(label),
        "W6": letters.run,
        "W7": due_dates.run,
    }
    print(f"{'工作':<44}{'本门户':>10}{'下限':>10}{'比值':>8}{'合格':>7}{'目标':>7}")
    missed = 0
    for name, run in work.items():
        if options.only and name not in options.only:
            continue
        for row in run():
            is_good = row.ratio <= row.good
            missed += not is_good
            print(
                f"{row.name:<44}{row.ours:>10.3f}{row.bare:>10.3f}{row.ratio:>8.2f}{row.good:>7}{row.moonshot:>7}  {'✓' if is_good else '✕'}",
                flush=True,
            )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
