"""What must be there before the portal serves: tables, data, static files. One process, because starting Django takes time."""

import sys

import django
from django.conf import settings
from django.core.management import CommandError, call_command


def main() -> int:
    """Makes everything that is missing and says so step by step; 1 when a step could not be done, with the reason."""
    django.setup()
    steps = [
        ("数据库", "migrate", {"interactive": False, "verbosity": 0}),
        ("基础数据", "bootstrap", {}) if settings.PRODUCTION else ("基础数据和演示办件", "bootstrap", {"demo": True}),
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
    if not settings.PRODUCTION:
        sys.stdout.write("\n演示账号 demo accounts（仅限演示环境 demo only）:\n")
        call_command("demo_accounts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
