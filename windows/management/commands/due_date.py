"""期限计算: the clock from the command line, one case or a file of them."""

import csv
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import partial
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, OperationalError, connection

from laiyang_approval.kernel.calendars import current_calendar, shipped_calendar
from laiyang_approval.kernel.clock import SHANGHAI, local_date
from laiyang_approval.kernel.errors import CalendarMissing
from laiyang_approval.kernel.working_days import WorkCalendar
from windows.domain.clock import SUSPENDABLE, ClockResult, Limit, Suspension, Unit, due_date, run_clock

#: More than any limit of any law; a typing mistake beyond it.
LARGEST = 9999
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_WHOLE = re.compile(r"\d{1,4}")
NEEDED_COLUMNS = ("id", "accepted_at", "limit_days")


class Command(BaseCommand):
    help = (
        "按工作日历计算届满日：打印日期、OPEN（暂停中）或CALENDAR_MISSING（放假安排未公布）。"
        "放假安排取自数据库中的现行版本；数据库尚未建立时取随附的fixtures/calendar。参数有误时退出码为2。"
    )
    requires_system_checks = []

    def create_parser(self, prog_name, subcommand, **kwargs):
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.error = partial(_refuse_arguments, parser)  # one line instead of the usage
        return parser

    def add_arguments(self, parser):
        parser.add_argument(
            "--accepted", metavar="日期", help="触发日：2026-03-02，或带时区的时刻2026-03-02T09:30:00+08:00"
        )
        parser.add_argument("--days", metavar="N", help="期限，整数")
        parser.add_argument("--unit", metavar="单位", default=Unit.WORKDAY.value, help="、".join(Unit))
        parser.add_argument(
            "--suspend", metavar="S/E", action="append", default=[], help="不计入的期间，可重复；S/ 为尚未恢复"
        )
        parser.add_argument("--extend", metavar="N", default="0", help="延长，与期限同单位")
        parser.add_argument("--ledger", action="store_true", help="逐日列出")
        parser.add_argument("--json", action="store_true", help="以JSON输出，含逐日台账")
        parser.add_argument("--batch", metavar="FILE.csv", help="按文件逐行计算，打印id,due；列同golden/deadlines.csv")

    def handle(self, *args, **options):
        if options["batch"] is not None:
            given = [name for name in ("accepted", "days", "suspend", "ledger", "json") if options[name]]
            if given:
                raise _refusal(f"--batch不能与--{given[0]}同时使用。")
            self._batch(Path(options["batch"]))
            return
        for name in ("accepted", "days"):
            if options[name] is None:
                raise _refusal(f"请给出--{name}，或用--batch计算文件；用法见manage.py due_date --help。")
        limit, suspensions, extension = _period(
            options["days"],
            options["unit"],
            options["suspend"],
            options["extend"],
            names=("--days", "--unit", "--extend"),
        )
        trigger = _trigger(options["accepted"])
        try:
            result = run_clock(trigger, limit, self._calendar(), suspensions=suspensions, extension=extension)
        except OverflowError as error:
            raise _refusal("算出的日期超出公元9999年；请核对期限。") from error
        self._print(result, as_json=options["json"], with_ledger=options["ledger"])

    def _print(self, result: ClockResult, *, as_json: bool, with_ledger: bool) -> None:
        if as_json:
            ledger = [
                {"date": day.date.isoformat(), "kind": day.kind, "counted": day.counted, "article": day.article}
                for day in result.ledger
            ]
            self.stdout.write(json.dumps({"due": str(result), "ledger": ledger}, ensure_ascii=False))
            return
        if with_ledger:
            for day in result.ledger:
                counted = "-" if day.counted is None else str(day.counted)
                self.stdout.write(f"{day.date}  {day.kind:<11} {counted:>4}  {day.article}  {day.note}".rstrip())
        self.stdout.write(str(result))

    def _batch(self, path: Path) -> None:
        """Prints ``id,due`` for each row of the file; nothing when a row cannot be understood."""
        try:
            with path.open(encoding="utf-8-sig", newline="") as source:
                reader = csv.DictReader(source)
                missing = [name for name in NEEDED_COLUMNS if name not in (reader.fieldnames or ())]
                if missing:
                    raise _refusal(f"文件{path.name}缺少列{'、'.join(missing)}。")
                found = list(_rows_due(reader, self._calendar()))
        except OSError as error:
            raise _refusal(f"读不了文件{path}：{error.strerror}。") from error
        except (UnicodeDecodeError, csv.Error) as error:
            raise _refusal(f"文件{path.name}不是UTF-8的CSV；请另存后再试。") from error
        csv.writer(self.stdout, lineterminator="\n").writerows(found)

    def _calendar(self) -> WorkCalendar:
        """The calendar of the database; that of the shipped files while there is no database, or none in it."""
        settings = connection.settings_dict
        if (
            connection.vendor == "sqlite"
            and not Path(settings["NAME"]).exists()
            and "mode=memory" not in str(settings["NAME"])
        ):
            return shipped_calendar()  # asking would leave an empty file behind
        try:
            connection.ensure_connection()
        except OperationalError:
            self.stderr.write("数据库连接不上，按随附的放假安排计算。")
            return shipped_calendar()
        try:
            return current_calendar()
        except (DatabaseError, CalendarMissing):
            return shipped_calendar()


def _refuse_arguments(parser, message: str) -> None:
    line = f"due_date: 参数有误：{message}；用法见manage.py due_date --help。"
    if parser.called_from_command_line:
        parser.exit(2, f"{line}\n")
    raise CommandError(line, returncode=2)


def _refusal(sentence: str) -> CommandError:
    return CommandError(sentence, returncode=2)


def _rows_due(rows: Iterable[Mapping[str, str]], calendar: WorkCalendar) -> Iterable[tuple[str, str]]:
    for number, row in enumerate(rows, start=2):
        try:
            limit, suspensions, extension = _period(
                row["limit_days"],
                row.get("unit") or Unit.WORKDAY.value,
                [part for part in (row.get("suspensions") or "").split(";") if part.strip()],
                row.get("extension") or "0",
                names=("limit_days", "unit", "extension"),
            )
            yield row["id"], _due_text(_trigger(row["accepted_at"]), limit, calendar, suspensions, extension)
        except CommandError as error:
            raise _refusal(f"第{number}行（{row['id']}）：{error}") from error
        except OverflowError as error:
            raise _refusal(f"第{number}行（{row['id']}）：算出的日期超出公元9999年；请核对期限。") from error


def _due_text(
    trigger: date, limit: Limit, calendar: WorkCalendar, suspensions: list[Suspension], extension: int
) -> str:
    try:
        due = due_date(trigger, limit, calendar, suspensions, extension)
    except CalendarMissing:
        return "CALENDAR_MISSING"
    return "OPEN" if due is None else due.isoformat()


def _period(
    value: str, unit: str, suspend: list[str], extend: str, *, names: tuple[str, str, str]
) -> tuple[Limit, list[Suspension], int]:
    if unit not in set(Unit):
        raise _refusal(f"{names[1]}“{unit}”不对；可用{'、'.join(Unit)}。")
    limit = Limit(_whole(value, names[0]), Unit(unit))
    suspensions = [_suspension(text) for text in suspend]
    if suspensions and limit.unit not in SUSPENDABLE:
        raise _refusal(f"期限单位{unit}不能暂停；只有{'、'.join(one for one in Unit if one in SUSPENDABLE)}可以。")
    return limit, suspensions, _whole(extend, names[2])


def _whole(text: str | None, name: str) -> int:
    text = (text or "").strip()
    if not (text.isascii() and _WHOLE.fullmatch(text)):
        raise _refusal(f"{name}“{text}”不对；应为0至{LARGEST}的整数。")
    return int(text)


def _trigger(text: str | None) -> date:
    """A date, or the date in Shanghai of a moment (K8); a moment without a zone is Shanghai's."""
    text = (text or "").strip()
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
        if _DATE.match(text) and len(text) > len("2026-03-02T"):
            moment = datetime.fromisoformat(text)
            return local_date(moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI))
    except (ValueError, OverflowError):
        pass
    raise _refusal(f"日期“{text}”不对；应为2026-03-02，或2026-03-02T09:30:00+08:00。")


def _suspension(text: str) -> Suspension:
    start, slash, end = text.strip().partition("/")
    if not slash:
        raise _refusal(f"不计入的期间“{text}”不对；应为起/止，如2026-03-09/2026-03-20，未恢复的写2026-03-25/。")
    first, last = _trigger(start), _trigger(end) if end.strip() else None
    if last is not None and last < first:
        raise _refusal(f"不计入的期间“{text}”止日早于起日。")
    return Suspension(first, last)
