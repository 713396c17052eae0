"""manage.py create_security_officer: the first account of a new installation, from which all others are made."""

from django.core.management.base import BaseCommand, CommandError

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.commands.people import create_first_officer
from laiyang_approval.kernel.errors import DomainError


class Command(BaseCommand):
    help = "在还没有安全管理员的系统中建立第一个安全管理员账号；初始密码只显示一次，首次登录须修改。"

    def add_arguments(self, parser):
        parser.add_argument("username", help="登录名")
        parser.add_argument("name", help="姓名")

    def handle(self, *args, username: str, name: str, **options):
        try:
            user, password = create_first_officer(username=username, display_name=name, at=clock.now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"已建立安全管理员 {user.username}，初始密码：{password}")
