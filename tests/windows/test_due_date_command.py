"""``manage.py due_date``: what it prints, and its one clear line when it is asked wrongly."""

import csv
import io
import json
import os
import subprocess
import sys
import time
from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from laiyang_approval.kernel.commands.calendars import activate_version, load_calendar
from laiyang_approval.kernel.models import CalendarNotice, Department, User, UserRole
from laiyang_approval.kernel.roles import Role

pytestmark = pytest.mark.django_db
GOLDEN = settings.BASE_DIR / "fixtures" / "golden" / "deadlines.csv"


def asked(*arguments: str) -> str:
    out = io.StringIO()
    call_command("due_date", *arguments, stdout=out)
    return out.getvalue().strip()


def refused(*arguments: str) -> str:
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("due_date", *arguments, stdout=out)
    assert error.value.returncode == 2
    assert out.getvalue() == ""
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        ("--accepted 2026-03-02 --days 20", "2026-03-30"),
        ("--accepted 2026-03-02 --days 20 --extend 10", "2026-04-14"),
        ("--accepted 2026-03-02 --days 20 --suspend 2026-03-09/2026-03-20", "2026-04-13"),
        (
            "--accepted 2026-03-02 --days 20 --suspend 2026-03-05/2026-03-09 --suspend 2026-03-18/2026-03-25",
            "2026-04-09",
        ),
        ("--accepted 2026-03-02 --days 20 --suspend 2026-03-25/", "OPEN"),
        ("--accepted 2026-12-21 --days 20", "CALENDAR_MISSING"),
        ("--accepted 2026-08-05 --days 60 --unit calday", "2026-10-08"),
        ("--accepted 2026-04-01 --days 6 --unit month", "2026-10-08"),
        ("--accepted 2024-02-29 --days 1 --unit year_fixed", "2025-02-28"),
        ("--accepted 2026-05-12 --days 7 --unit workday_before", "2026-04-29"),
        ("--accepted 2026-10-31 --days 30 --unit calday_before", "2026-10-01"),
        ("--accepted 2026-03-09T16:30:00Z --days 20", "2026-04-08"),
        ("--accepted 2026-03-06T23:50:00+08:00 --days 20", "2026-04-03"),
        ("--accepted 2026-03-06T23:50 --days 20", "2026-04-03"),
        ("--accepted 2026-10-03 --days 0", "2026-10-03"),
    ],
)
def test_prints_the_date_or_why_there_is_none(arguments, printed):
    assert asked(*arguments.split()) == printed


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("--days 20", "请给出--accepted"),
        ("--accepted 2026-03-02", "请给出--days"),
        ("--accepted 2026-3-2 --days 20", "日期“2026-3-2”不对"),
        ("--accepted 2026-02-30 --days 20", "日期“2026-02-30”不对"),
        ("--accepted 20260302 --days 20", "日期“20260302”不对"),
        ("--accepted 2026-03-02T25:00:00Z --days 20", "不对"),
        ("--accepted 2026-03-02 --days twenty", "--days“twenty”不对"),
        ("--accepted 2026-03-02 --days=-1", "--days“-1”不对"),
        ("--accepted 2026-03-02 --days 1.5", "--days“1.5”不对"),
        ("--accepted 2026-03-02 --days 99999", "0至9999"),
        ("--accepted 2026-03-02 --days ２０", "--days“２０”不对"),
        ("--accepted 2026-03-02 --days 20 --unit hour", "--unit“hour”不对；可用workday"),
        ("--accepted 2026-03-02 --days 20 --extend x", "--extend“x”不对"),
        ("--accepted 2026-03-02 --days 20 --suspend 2026-03-09", "应为起/止"),
        ("--accepted 2026-03-02 --days 20 --suspend /2026-03-09", "日期“”不对"),
        ("--accepted 2026-03-02 --days 20 --suspend 2026-03-09/2026-03-08", "止日早于起日"),
        ("--accepted 2026-03-02 --days 1 --unit year_fixed --suspend 2026-03-09/2026-03-10", "不能暂停"),
        ("--accepted 2026-03-02 --days 9999 --unit year_fixed", "超出公元9999年"),
        ("--accepted 0001-01-05 --days 30 --unit calday_before", "超出公元9999年"),
        ("--accepted 2026-03-02 --days 20 --banana", "unrecognized arguments: --banana"),
        ("--batch no-such-file.csv", "读不了文件"),
        ("--batch x.csv --days 3", "--batch不能与--days同时使用"),
    ],
)
def test_one_clear_line_for_what_was_asked_wrongly(arguments, line):
    assert line in refused(*arguments.split())


def test_json_carries_the_ledger():
    found = json.loads(asked("--accepted", "2026-02-27", "--days", "2", "--json"))
    assert found == {
        "due": "2026-03-02",
        "ledger": [
            {"date": "2026-02-27", "kind": "trigger", "counted": None, "article": "民法典第二百零一条"},
            {"date": "2026-02-28", "kind": "makeup", "counted": 1, "article": "行政许可法第八十二条"},
            {"date": "2026-03-01", "kind": "weekend", "counted": None, "article": "行政许可法第八十二条"},
            {"date": "2026-03-02", "kind": "workday", "counted": 2, "article": "行政许可法第八十二条"},
        ],
    }


@pytest.mark.parametrize(
    ("arguments", "due"),
    [
        ("--accepted 2026-03-02 --days 20 --suspend 2026-03-25/", "OPEN"),
        ("--accepted 2026-12-21 --days 20", "CALENDAR_MISSING"),
    ],
)
def test_json_says_why_there_is_no_date(arguments, due):
    assert json.loads(asked(*arguments.split(), "--json"))["due"] == due


def test_the_ledger_is_listed_day_by_day_and_the_date_stands_last():
    lines = asked("--accepted", "2026-02-27", "--days", "2", "--ledger").splitlines()
    assert lines[1].split() == ["2026-02-28", "makeup", "1", "行政许可法第八十二条", "春节调休上班"]
    assert lines[-1] == "2026-03-02"
    assert len(lines) == 5


def test_a_batch_of_the_golden_file_gives_the_golden_dates():
    golden = list(csv.DictReader(GOLDEN.open(encoding="utf-8", newline="")))
    assert asked("--batch", str(GOLDEN)).splitlines() == [f"{row['id']},{row['expected_due_date']}" for row in golden]
    assert len(golden) == 67


def test_a_batch_of_ten_thousand_rows_takes_seconds(tmp_path):
    heading, *rows = GOLDEN.read_text(encoding="utf-8").splitlines()
    many = tmp_path / "many.csv"
    many.write_text("\n".join([heading, *(rows * 150)[:10_000]]), encoding="utf-8")
    start = time.perf_counter()
    lines = asked("--batch", str(many)).splitlines()
    assert time.perf_counter() - start < 5
    assert len(lines) == 10_000
    assert lines[67] == "G01,2018-12-26"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("id,accepted_at\nA,2026-03-02\n", "缺少列limit_days"),
        ("", "缺少列id、accepted_at、limit_days"),
        ("id,accepted_at,limit_days\nA,2026-03-02,20\nB,2026-03-32,20\n", "第3行（B）：日期“2026-03-32”不对"),
        ("id,accepted_at,limit_days,unit\nA,2026-03-02,20,hours\n", "第2行（A）：unit“hours”不对"),
        (
            "id,accepted_at,limit_days,suspensions\nA,2026-03-02,20,2026-03-09\n",
            "第2行（A）：不计入的期间“2026-03-09”不对",
        ),
        ("id,accepted_at,limit_days\nA,2026-03-02\n", "第2行（A）：limit_days“”不对"),
    ],
)
def test_a_faulty_file_prints_nothing_but_the_row_that_is_wrong(tmp_path, content, line):
    file = tmp_path / "rows.csv"
    file.write_text(content, encoding="utf-8")
    assert line in refused("--batch", str(file))


def test_a_file_that_is_no_utf8_is_refused(tmp_path):
    file = tmp_path / "rows.csv"
    file.write_bytes("id,accepted_at,limit_days,reason\nA,2026-03-02,20,春节\n".encode("gb18030"))
    assert "不是UTF-8的CSV" in refused("--batch", str(file))


def test_columns_that_may_be_missing_and_a_byte_order_mark(tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text("\ufeffid,accepted_at,limit_days\nA,2026-03-02,20\n", encoding="utf-8")
    assert asked("--batch", str(file)) == "A,2026-03-30"


def test_the_active_version_of_the_database_is_the_one_that_counts():
    at = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    load_calendar()
    body = Department.objects.create(code="SP", name="莱阳市行政审批服务局", valid_from=date(2018, 12, 26))
    officer = User.objects.create_user("xitong", display_name="纪维正", department=body, password_changed_at=at)
    UserRole.objects.create(user=officer, role=Role.SYSTEM_OFFICER)
    assert asked("--accepted", "2020-01-20", "--days", "10") == "2020-02-11"
    activate_version(CalendarNotice.objects.get(year=2020, version=1), actor=officer, at=at)
    assert asked("--accepted", "2020-01-20", "--days", "10") == "2020-02-07"


def _in_a_shell(tmp_path, *arguments: str) -> subprocess.CompletedProcess:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    } | {"PORTAL_MODE": "development", "PORTAL_VAR_DIR": str(tmp_path / "var")}
    return subprocess.run(
        [sys.executable, "manage.py", "due_date", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_from_the_shell_without_any_database(tmp_path):
    done = _in_a_shell(tmp_path, "--accepted", "2026-03-02", "--days", "20")
    assert (done.returncode, done.stdout, done.stderr) == (0, "2026-03-30\n", "")
    assert not list((tmp_path / "var").glob("*.sqlite3"))


def test_from_the_shell_a_wrong_argument_is_one_line_and_status_2(tmp_path):
    for arguments in (["--accepted", "heute", "--days", "20"], ["--accepted", "2026-03-02", "--tage", "20"]):
        wrong = _in_a_shell(tmp_path, *arguments)
        assert (wrong.returncode, wrong.stdout) == (2, "")
        assert wrong.stderr.count("\n") == 1
