"""manage.py load_catalogue: the shipped catalogue into the database; may be run again at any time."""

from django.core.management.base import BaseCommand, CommandError

from laiyang_approval.kernel.errors import DomainError
from matters.commands.catalogue import load_catalogue


class Command(BaseCommand):
    help = "载入重建的事项目录（fixtures/catalogue）；已有的事项不改动，可重复运行。"

    def handle(self, *args, **options):
        try:
            added = load_catalogue()
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"新增 {added} 项" if added else "已是最新，没有新增")
