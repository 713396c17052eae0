"""manage.py load_review_checklist: the items files are reviewed by; may be run again at any time."""

from django.core.management.base import BaseCommand

from supervision.commands.review_checklist import load_review_checklist


class Command(BaseCommand):
    help = "载入案卷评查项（fixtures/review_checklist.csv）。可重复运行；已有的不变。"

    def handle(self, *args, **options):
        added = load_review_checklist()
        self.stdout.write(f"  评查项 … 新增 {added}" if added else "  评查项 … 已有")
