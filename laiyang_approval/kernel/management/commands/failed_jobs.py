"""manage.py failed_jobs [--again ID ...|--again all]: what no worker could do, and sending it off again."""

from django.core.management.base import BaseCommand, CommandError

from laiyang_approval.kernel import clock
from laiyang_approval.kernel.jobs import failed_jobs, try_again


class Command(BaseCommand):
    help = "列出须人工处理的后台任务；排除原因后用 --again 重新执行。"

    def add_arguments(self, parser):
        parser.add_argument("--again", nargs="+", metavar="ID", help="任务编号，或 all（全部）")

    def handle(self, *args, again: list[str] | None = None, **options):
        failed = list(failed_jobs())
        if not again:
            for job in failed:
                self.stdout.write(f"{job.pk}\t{job.kind}\t{job.key}\t已试{job.attempts}次\t{job.last_error}")
            self.stdout.write(f"须人工处理的任务：{len(failed)}")
            return
        known = {str(job.pk): job.pk for job in failed}
        wanted = list(known) if again == ["all"] else again
        if unknown := [each for each in wanted if each not in known]:
            raise CommandError(f"没有须人工处理的任务 {'、'.join(unknown)}；请先不带参数运行，查看编号。")
        sent = sum(try_again(known[each], at=clock.now()) for each in wanted)
        self.stdout.write(f"已重新执行：{sent}")
