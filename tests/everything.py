"""What ``./test`` ends in: the house's checks, the suite on SQLite, the suite on PostgreSQL and Redis, one closing line."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from .servers import NoServer, postgres, redis_server
from .skips import NEEDS_POSTGRES

TOP = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

#: Production as the deploy check wants to see it; no server is asked.
PRODUCTION = {
    "PORTAL_MODE": "production",
    "SECRET_KEY": "k7Qe2v9Zp4Lm8Xs1Rt6Yw3Ua5Bd0Cf_Gh-JnKoMi2Ne4Pl6Tr8Vs1Wx",
    "PORTAL_FIELD_KEY": "bm90LWEtcmVhbC1rZXktYnV0LW91ci1vd24tMDAwMDE=",
    "ALLOWED_HOSTS": "spj.laiyang.example",
    "DATABASE_URL": "postgres://portal@db.laiyang.example/portal",
    "REDIS_URL": "redis://redis.laiyang.example/0",
}
HOUSE_CHECKS = {
    "ruff check": ([str(BIN / "ruff"), "check", "."], {}),
    "ruff format": ([str(BIN / "ruff"), "format", "--check", "."], {}),
    "arrows (import-linter)": ([str(BIN / "lint-imports"), "--no-cache"], {}),
    "deploy check": ([sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
    "migrations complete": (
        [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
        {"PORTAL_MODE": "test"},
    ),
}


#: What would choose an engine, a mode or other settings behind the back of a part of the run.
CHOICES = {"DATABASE_URL", "REDIS_URL", "PORTAL_MODE", "DJANGO_SETTINGS_MODULE"}


@dataclass
class Tally:
    """What has been counted so far, over all parts of the run."""

    passed: int = 0
    failed: int = 0
    skipped: Counter = field(default_factory=Counter)
    engines: list[str] = field(default_factory=list)


def say(text: str) -> None:
    print(text, flush=True)


def environment(**changes: str) -> dict[str, str]:
    """Ours without CHOICES; those are named for each part of the run."""
    ours = {name: value for name, value in os.environ.items() if name not in CHOICES}
    return ours | changes


def house_checks(tally: Tally, var_dir: Path) -> None:
    def run(check: tuple[list[str], dict[str, str]]) -> subprocess.CompletedProcess:
        command, changes = check
        ours = environment(PORTAL_VAR_DIR=str(var_dir), **changes)
        return subprocess.run(command, cwd=TOP, env=ours, capture_output=True, text=True)

    with ThreadPoolExecutor(2) as both_cores:
        results = list(both_cores.map(run, HOUSE_CHECKS.values()))
    for label, result in zip(HOUSE_CHECKS, results, strict=True):
        say(f"{'ok  ' if result.returncode == 0 else 'FAIL'} {label}")
        if result.returncode:
            tally.failed += 1
            say(result.stdout + result.stderr)
        else:
            tally.passed += 1


def suite(tally: Tally, label: str, arguments: list[str], var_dir: Path, **engines: str) -> None:
    """Runs pytest once; a run that ends without its own account counts as one failure."""
    say(f"\n=== {label} ===")
    summary_path = var_dir / "summary.json"
    summary_path.unlink(missing_ok=True)
    changes = {"PORTAL_VAR_DIR": str(var_dir), "PORTAL_TEST_SUMMARY": str(summary_path), **engines}
    started = time.monotonic()
    # The cache of failures would differ by engine. One process more than cores: a third of the time they wait, for a browser,
    # a server or a worker.
    processes = str((os.cpu_count() or 1) + 1)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-n",
        processes,
        "--dist",
        "worksteal",
        "-p",
        "no:cacheprovider",
        *arguments,
    ]
    status = subprocess.run(command, cwd=TOP, env=environment(**changes)).returncode
    if not summary_path.exists():
        tally.failed += 1
        say(f"pytest ended with status {status} and no account")
        return
    summary = json.loads(summary_path.read_text(encoding="utf-8"))
    tally.passed += summary["passed"]
    tally.failed += summary["failed"] + (status not in (0, 1, 5) and not summary["failed"])
    for reason, number in summary["skipped"].items():
        tally.skipped[f"{label.split()[0]}: {reason}"] += number
    tally.engines.append(label)
    say(f"{label}: {time.monotonic() - started:.0f} s")


def main(arguments: list[str]) -> int:
    fast = "--fast" in arguments
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leave by the ordinary way out, past every clean-up
    arguments = [argument for argument in arguments if argument != "--fast"]
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="portal-test-") as folder, contextlib.ExitStack() as stack:
        var_dir = Path(folder)
        house_checks(tally, var_dir)
        sqlite_only = ["-m", "not slow and not browser"] if fast else []
        suite(tally, "SQLite + embedded broker", [*sqlite_only, *arguments], var_dir)
        if fast:
            tally.skipped["--fast: PostgreSQL + Redis, browser, slow tests"] += 1
        else:
            try:
                engines = {
                    "DATABASE_URL": stack.enter_context(postgres()),
                    "REDIS_URL": stack.enter_context(redis_server()),
                }
            except NoServer as error:
                say(f"\n=== PostgreSQL + Redis: left out, {error} ===")
                tally.skipped[f"PostgreSQL + Redis: {error}"] += 1
                tally.failed += bool(os.environ.get("REQUIRE_ENGINES"))
            else:
                # Pages are looked at once, and what cannot reach a database cannot depend on the engine.
                suite(
                    tally,
                    "PostgreSQL + Redis (all that reaches a database)",
                    ["-m", "not browser and not once", *arguments],
                    var_dir,
                    **engines,
                )
                tally.skipped.pop(f"SQLite: {NEEDS_POSTGRES}", None)  # just run
    skipped = "; ".join(f"{number} × {reason}" for reason, number in sorted(tally.skipped.items())) or "none"
    say(f"\nengines: {', '.join(tally.engines) or 'none'}. skipped: {skipped}.")
    say(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
