"""manage.py demo_accounts: the demo accounts by role, for whoever started ./run."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from laiyang_approval.kernel.models import User
from laiyang_approval.kernel.roles import Role
from windows.demo.people import ACCOUNTS, demo_password


class Command(BaseCommand):
    help = "列出演示账号；生产环境没有演示账号。"

    def handle(self, *args, **options):
        if settings.PRODUCTION:
            raise CommandError("生产环境没有演示账号。")
        there = set(User.objects.values_list("username", flat=True))
        for account in ACCOUNTS:
            if account.username in there:
                roles = "、".join(Role(role).label for role in account.roles)
                self.stdout.write(f"  {account.username:<12} {account.name}　{roles}")
        self.stdout.write(f"  密码都是 {demo_password()}")
