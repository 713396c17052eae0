"""manage.py reconcile_transfer [--on DAY]: proves 133 = 103 + 30 and 19, and that batches, catalogue and competence agree."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError

from laiyang_approval.kernel import clock
from transfers import queries


class Command(BaseCommand):
    help = "核对划转批次的数量（133=103+30、15/11/4、关联19），以及批次、目录和职权是否一致；有差异时退出码为 1。"

    def add_arguments(self, parser):
        parser.add_argument("--on", default="", help="哪一天，如 2018-12-26；默认今天")

    def handle(self, *args, on: str = "", **options):
        try:
            day = date.fromisoformat(on) if on else clock.today()
        except ValueError:
            raise CommandError("日期应写作2018-12-26的形式。") from None
        for line in queries.figures_on(day):
            verdict = "相符" if line.agrees else f"不符，应为 {line.expected}"
            self.stdout.write(f"{line.label}：{line.actual}（{verdict}；{line.source}）")
        found = queries.differences_on(day)
        for sentence in found:
            self.stderr.write(sentence)
        if found:
            self.stderr.write(f"{day.isoformat()} 有 {len(found)} 处差异。")
            raise SystemExit(1)
        self.stdout.write(f"{day.isoformat()} 批次、目录和职权一致。")
