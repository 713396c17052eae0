"""manage.py reconcile_catalogue: proves 133 = 103 + 30, 19, 15/11/4 and 47, and counts what is still 待核实."""

from django.core.management.base import BaseCommand

from laiyang_approval.kernel import clock
from matters import queries
from matters.domain.reconciliation import reconcile


class Command(BaseCommand):
    help = "核对事项目录的数量（133=103+30、关联19、暂缓15/11/4、进驻47），统计待核实内容；不符时退出码为 1。"

    def handle(self, *args, **options):
        lines = reconcile(queries.catalogue_counts())
        for line in lines:
            verdict = "相符" if line.agrees else f"不符，应为 {line.expected}"
            self.stdout.write(f"{line.label}：{line.actual}（{verdict}；{line.source}）")
        report = queries.verification_report(clock.today())
        self.stdout.write(f"重建的事项：{report.reconstructed} / {report.matters}")
        self.stdout.write(f"待核实内容：{report.unknown_total} 处，涉及 {report.matters_with_unknown} 个事项")
        for name, count in report.unknown_by_field.items():
            self.stdout.write(f"　{name}：{count}")
        self.stdout.write(f"日期待核实的后续变化：{report.changes_without_day}")
        self.stdout.write(f"没有现行版本的事项：{report.without_edition}")
        wrong = [line for line in lines if not line.agrees]
        if wrong or report.not_reconstructed_but_unknown:
            for code in report.not_reconstructed_but_unknown:
                self.stderr.write(f"{code} 已标为正式附件，但仍有待核实内容")
            if wrong:
                self.stderr.write(f"有 {len(wrong)} 个数量与文件不符；请核对事项目录。")
            raise SystemExit(1)
        self.stdout.write("数量与文件相符。")
