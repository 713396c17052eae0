"""manage.py load_cases --count N: many made-up cases, for measuring."""

import sys
from time import monotonic

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from laiyang_approval.kernel import clock
from windows.demo.bulk import load_cases


class Command(BaseCommand):
    help = "成批载入虚构办件（事件链、时限、编号均与逐件办理一致），用于压力测试；生产环境拒绝。"

    def add_arguments(self, parser):
        parser.add_argument("--count", type=int, default=1000, help="件数，默认1000")
        parser.add_argument("--seed", type=int, default=2018, help="随机种子，默认2018")

    def handle(self, *args, count: int, seed: int, **options):
        if settings.PRODUCTION:
            raise CommandError("生产环境不载入虚构办件。")
        if not 1 <= count <= 2_000_000:
            raise CommandError("件数须在1至2000000之间。")
        started = monotonic()

        def progress(done: int) -> None:
            share = done / count
            bar = "█" * int(30 * share) + "░" * (30 - int(30 * share))
            self.stderr.write(f"\r{bar} {done}/{count}  {monotonic() - started:.0f}s", ending="")
            self.stderr.flush()

        made = load_cases(
            count=count, at=clock.now(), seed=seed, progress=progress if sys.stderr.isatty() else lambda done: None
        )
        self.stdout.write(f"已载入{made}件，用时{monotonic() - started:.1f}秒。")
