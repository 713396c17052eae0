"""manage.py verify_cases: names the first broken event or missing case and exits 1."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from windows.commands.verifying import Finding, check_chains, check_clocks, check_digest
from windows.models import Case


class Command(BaseCommand):
    help = "查验全部办件事件的哈希链；--digest 另与数据库外的每日摘要核对。有不符时退出码为1。"

    def add_arguments(self, parser):
        parser.add_argument("--digest", type=Path, metavar="FILE", help="每日摘要文件（cases-日期.jsonl）")

    def handle(self, *args, digest: Path | None = None, **options):
        finding = check_chains() or check_clocks()
        if finding is None and digest is not None:
            if not digest.is_file():
                raise CommandError(f"没有找到摘要文件 {digest}；请核对路径。")
            try:
                finding = check_digest(digest)
            except ValueError as error:
                raise CommandError(f"摘要文件不可用：{error}。") from error
        if finding is not None:
            raise CommandError(_sentence(finding))
        self.stdout.write(f"查验通过：{Case.objects.count()}件办件的事件链完整，时限与事件一致。")


def _sentence(finding: Finding) -> str:
    place = f"办件{finding.case_number}" + (f"第{finding.sequence}号事件" if finding.sequence else "")
    return f"查验不通过：{place}，{finding.message}。"
