"""manage.py bootstrap [--demo]: everything the portal needs before its first day; may be run again at any time."""

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.commands.calendars import load_calendar
from laiyang_approval.kernel.commands.organisations import load_departments, load_remedy_routes, load_seals
from laiyang_approval.kernel.laws import load_law_records
from laiyang_approval.kernel.rules import load_business_rules
from matters.commands.catalogue import load_catalogue
from windows.commands.provisions import load_stop_provisions
from windows.demo.cases import load_demo_cases
from windows.demo.people import load_demo_accounts
from windows.tasks import sweep


class Command(BaseCommand):
    help = "载入机关、救济途径、样章、放假安排、业务规则和事项目录；--demo 另建演示账号和演示办件。可重复运行。"

    def add_arguments(self, parser):
        parser.add_argument("--demo", action="store_true", help="另建演示账号和演示办件（生产环境拒绝）")

    def handle(self, *args, demo: bool = False, **options):
        if demo and settings.PRODUCTION:
            raise CommandError("生产环境不建演示账号和演示办件；请去掉 --demo。")
        self._step("机关", load_departments)
        self._step("救济途径", load_remedy_routes)
        self._step("印章（样章）", load_seals)
        self._step("放假安排", load_calendar)
        self._step("业务规则", load_business_rules)
        self._step("法律条文", load_law_records)
        self._step("事项目录", load_catalogue)
        self._step("停止计时规定", load_stop_provisions)
        for label, load in self._steps_above("STEPS"):
            self._step(label, load)
        if demo:
            self._step("演示账号", load_demo_accounts)
            self._step("演示办件", lambda: load_demo_cases(at=clock.now()))
            for label, load in self._steps_above("DEMO_STEPS"):
                self._step(label, load)
        # From this run on /health/ready counts: recurring work that has never run is missed once its time has passed.
        self._step("首次巡检", sweep)

    def _steps_above(self, name: str) -> Iterator[tuple[str, Callable[[], object]]]:
        """What apps above this one name in their ``bootstrap.py``: arrows point down, so they are not imported here."""
        for config in apps.get_app_configs():
            if find_spec(f"{config.name}.bootstrap"):
                yield from getattr(import_module(f"{config.name}.bootstrap"), name, ())

    def _step(self, label: str, load: Callable[[], object]) -> None:
        self.stdout.write(f"  {label} …", ending="")
        self.stdout.flush()
        added = load()
        self.stdout.write(" 完成" if added is None else f" 新增 {added}" if added else " 已有")
