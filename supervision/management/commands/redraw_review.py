"""manage.py redraw_review: draws again, from the record or from a published population alone, and says whether it comes out the same."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from supervision import reviewing
from supervision.domain.draw import Drawn, draw, population_sha256, read_population
from supervision.models import CaseReview, ReviewFile


class Command(BaseCommand):
    help = (
        "重新抽取案卷：给出抽查编号的，与登记的抽取结果核对，不符时退出码为1；"
        "给出--population和--seed的，只凭公布的总体文件抽取并打印，不读数据库。"
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("number", nargs="?", default="", help="抽查编号，如AC20260001")
        parser.add_argument("--population", type=Path, metavar="FILE", help="公布的总体文件")
        parser.add_argument("--seed", default="", help="公布的种子")
        parser.add_argument("--percent", type=int, default=5, help="每层抽取的比例（%%）")
        parser.add_argument("--least", type=int, default=1, help="每层至少抽取几件")

    def handle(self, *args, number: str = "", population: Path | None = None, **options):
        if population is not None:
            self._from_file(population, **options)
        elif number:
            self._from_record(number)
        else:
            raise CommandError("请给出抽查编号，或者--population和--seed。")

    def _from_file(self, path: Path, *, seed: str, percent: int, least: int, **_):
        if not seed:
            raise CommandError("请给出公布的种子（--seed）。")
        try:
            entries = read_population(path.read_text(encoding="utf-8"))
            drawn = draw(entries, seed=seed, percent=percent, least=least)
        except OSError as error:
            raise CommandError(f"读不到总体文件 {path}；请核对路径。") from error
        except ValueError as error:
            raise CommandError(f"总体文件不可用：“{str(error)[:60]}”；每行应为受理编号,层，编号不重复。") from error
        self.stdout.write(f"总体 {len(entries)} 件，哈希 {population_sha256(entries)}")
        self._show(drawn)

    def _from_record(self, number: str):
        review = CaseReview.objects.filter(number=number, drawn_at__isnull=False).first()
        if review is None:
            raise CommandError(f"没有已经抽取的抽查{number}；请核对编号。")
        entries = reviewing.frozen_population(review)
        if population_sha256(entries) != review.population_sha256:
            raise CommandError("核对不符：总体与公布的哈希不一致。")
        drawn = draw(entries, seed=review.seed, percent=review.percent, least=review.least)
        self._show(drawn)
        on_record = set(ReviewFile.objects.filter(review=review).values_list("case__number", "rank"))
        if on_record != {(one.entry.number, one.rank) for one in drawn}:
            raise CommandError("核对不符：登记的抽中案卷与按种子重新抽取的不一致。")
        self.stdout.write(f"核对一致：总体{len(entries)}件，抽中{len(drawn)}件。")

    def _show(self, drawn: list[Drawn]):
        for one in drawn:
            self.stdout.write(f"{one.entry.number}\t{one.entry.stratum}\t{one.rank}")
