"""manage.py verify_audit: names the first audit record that does not stand as written and exits 1."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from laiyang_approval.kernel.audit_digest import check_audit_digest
from laiyang_approval.kernel.auditing import verify_audit


class Command(BaseCommand):
    help = "查验审计链；--digest 另与数据库外的每日摘要核对。有不符时退出码为1。"

    def add_arguments(self, parser):
        parser.add_argument("--digest", type=Path, metavar="FILE", help="每日摘要文件（audit-日期.json）")

    def handle(self, *args, digest: Path | None = None, **options):
        check = verify_audit()
        if check.broken_at is not None:
            raise CommandError(f"查验不通过：第{check.broken_at}号审计记录{check.reason}，之前{check.records}条完整。")
        if digest is not None:
            self._compare(digest)
        self.stdout.write(f"查验通过：{check.records}条审计记录完整、未被改动。")

    @staticmethod
    def _compare(digest: Path) -> None:
        if not digest.is_file():
            raise CommandError(f"没有找到摘要文件 {digest}；请核对路径。")
        try:
            finding = check_audit_digest(digest)
        except ValueError as error:
            raise CommandError(f"摘要文件不可用：{error}。") from error
        if finding:
            raise CommandError(f"查验不通过：{finding}。")
