"""The chain of events tells: every change inside a case, and with the digest outside the database every cut."""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.factories import cases as make
from windows.commands.verifying import check_chains, check_digest, newest_digest, write_digest
from windows.models import Case, CaseEvent


def tamper(sql: str, *values) -> None:
    """Raw SQL of somebody with the keys of the database: the triggers are taken away first, and put back."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(sql, values)
            cursor.execute("SET session_replication_role = DEFAULT")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'windows_caseevent'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(sql, values)
        for _, definition in triggers:
            cursor.execute(definition)


@pytest.fixture
def two_cases(people):
    return make.granted(people), make.accepted(people)


def test_untouched_chains_hold(two_cases):
    assert check_chains() is None


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("UPDATE windows_caseevent SET kind = 'refused' WHERE case_id = %s AND sequence = 6", "事件内容与哈希不符"),
        ("UPDATE windows_caseevent SET actor_id = NULL WHERE case_id = %s AND sequence = 2", "事件内容与哈希不符"),
        ("UPDATE windows_caseevent SET at = recorded_at WHERE case_id = %s AND sequence = 1", "事件内容与哈希不符"),
        ("DELETE FROM windows_caseevent WHERE case_id = %s AND sequence = 3", "事件缺失"),
        ("DELETE FROM windows_caseevent WHERE case_id = %s AND sequence = 6", "末尾事件缺失"),
        ("UPDATE windows_caseevent SET prev_hash = hash WHERE case_id = %s AND sequence = 4", "与前一事件的哈希不衔接"),
    ],
)
def test_every_change_inside_a_case_is_named(two_cases, sql, message):
    case, _ = two_cases
    tamper(sql, case.pk)
    finding = check_chains()
    assert (finding.case_number, finding.message) == (case.number, message)


def test_a_rewritten_chain_is_found_by_the_digest_of_the_day(two_cases, tmp_path):
    case, _ = two_cases
    digest = write_digest(at=datetime(2026, 3, 2, 16, 0, tzinfo=UTC), folder=tmp_path)
    assert digest.cases == 2
    assert check_digest(digest.path) is None
    # The last event goes, and the case's head is set back: the chain alone no longer shows it.
    last = CaseEvent.objects.get(case=case, sequence=5)
    tamper("DELETE FROM windows_caseevent WHERE case_id = %s AND sequence = 6", case.pk)
    Case.objects.filter(pk=case.pk).update(event_count=5, last_event_hash=last.hash)
    assert check_chains() is None
    finding = check_digest(digest.path)
    assert (finding.case_number, finding.sequence, finding.message) == (case.number, 6, "事件与摘要不符")


def test_a_case_that_vanished_whole_is_found_by_the_digest(two_cases, tmp_path):
    _, case = two_cases
    digest = write_digest(at=datetime(2026, 3, 2, 16, 0, tzinfo=UTC), folder=tmp_path)
    lines = digest.path.read_text().splitlines()
    vanished = json.loads(lines[1])
    vanished[0] = "LY260302999990"
    digest.path.write_text("\n".join([lines[0], json.dumps(vanished), *lines[2:]]) + "\n")
    assert check_digest(digest.path).message == "摘要中的办件在数据库中不存在"


def test_digests_are_chained_from_day_to_day(two_cases, tmp_path):
    first = write_digest(at=datetime(2026, 3, 2, 16, 0, tzinfo=UTC), folder=tmp_path)
    second = write_digest(at=datetime(2026, 3, 3, 16, 0, tzinfo=UTC), folder=tmp_path)
    head = json.loads(second.path.read_text().splitlines()[0])
    tail = json.loads(first.path.read_text().splitlines()[-1])
    assert head["previous"] == tail["digest"]
    assert newest_digest(tmp_path) == second.path


def test_an_edited_digest_file_does_not_add_up(two_cases, tmp_path):
    digest = write_digest(at=datetime(2026, 3, 2, 16, 0, tzinfo=UTC), folder=tmp_path)
    lines = digest.path.read_text().splitlines()
    digest.path.write_text("\n".join([lines[0], lines[2], lines[1], lines[3]]) + "\n")
    with pytest.raises(ValueError, match="逐行哈希与末行不符"):
        check_digest(digest.path)


def test_the_command_says_so_and_exits_1(two_cases, tmp_path):
    out = StringIO()
    call_command("verify_cases", stdout=out)
    assert out.getvalue() == "查验通过：2件办件的事件链完整，时限与事件一致。\n"
    case, _ = two_cases
    tamper("DELETE FROM windows_caseevent WHERE case_id = %s AND sequence = 3", case.pk)
    with pytest.raises(CommandError, match=f"办件{case.number}第3号事件，事件缺失") as failure:
        call_command("verify_cases", stdout=StringIO())
    assert failure.value.returncode == 1
