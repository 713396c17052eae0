"""What must be there before the portal serves: tables, data, static files. One process, because starting Django takes time."""

import sys
from datetime import datetime

import django
from django.conf import settings
from django.core.management import CommandError, call_command

django.setup()  # before anything that reads a table is imported

from .celery import app, recurring_work  # noqa: E402
from .kernel import clock  # noqa: E402
from .kernel.scheduling import overdue_sweeps  # noqa: E402


def main() -> int:
    """Makes everything that is missing and says so step by step; 1 when a step could not be done, with the reason."""
    steps = [
        ("数据库", "migrate", {"interactive": False, "verbosity": 0}),
        ("基础数据", "bootstrap", {}) if settings.PRODUCTION else ("基础数据和演示办件", "bootstrap", {"demo": True}),
        ("案卷评查项", "load_review_checklist", {}),
        ("静态文件", "collectstatic", {"interactive": False, "verbosity": 0}),
    ]
    for number, (label, command, options) in enumerate(steps, start=1):
        sys.stdout.write(f"[{number}/{len(steps)}] {label} {command} …\n")
        sys.stdout.flush()
        try:
            call_command(command, **options)
        except CommandError as error:
            sys.stderr.write(f"{error}\n“{label}”没有完成。The step {command} failed.\n")
            return 1
    catch_up(clock.now())
    if not settings.PRODUCTION:
        sys.stdout.write("\n演示账号 demo accounts（仅限演示环境 demo only）:\n")
        call_command("demo_accounts")
    return 0


def catch_up(at: datetime) -> None:
    """Afterwards the recurring work that was due while the portal stood still has run once, so that it starts well.

    What fails has left its reason in its SweepRun, where /health/ready finds it; the portal starts all the same.
    """
    app.loader.import_default_modules()
    tasks = {entry.name: entry.task for entry in recurring_work()}
    for sweep in overdue_sweeps(at, recurring_work()):
        try:
            app.tasks[tasks[sweep.name]]()
        except Exception as error:
            sys.stderr.write(f"定时工作 {sweep.name} 没有完成，稍后自动再做：{type(error).__name__}。\n")


if __name__ == "__main__":
    sys.exit(main())
