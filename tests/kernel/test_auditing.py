"""The audit chain: one writer, nothing removed unseen, and personal data read only with a purpose on record."""

import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from laiyang_approval.kernel.audit_digest import check_audit_digest, read_audit_digest, write_audit_digest
from laiyang_approval.kernel.auditing import AuditAction, AuditFilter, audit_page, record, reveal, verify_audit
from laiyang_approval.kernel.errors import InvalidInput, NotPermitted
from laiyang_approval.kernel.models import AuditRecord
from laiyang_approval.kernel.models.append_only import AppendOnlyError
from laiyang_approval.kernel.roles import Role
from tests.engines import refusing_triggers_lifted

from .staff import MORNING, person


@pytest.fixture
def ten_records(db):
    for number in range(10):
        record(
            AuditAction.LOGIN,
            actor=None,
            at=MORNING + timedelta(minutes=number),
            object_ref=f"user:{number}",
            address="10.0.3.17",
            detail={"号": [number, None, "甲"]},
        )


def test_records_stand_in_one_chain(ten_records):
    rows = list(AuditRecord.objects.order_by("sequence"))
    assert [row.sequence for row in rows] == list(range(1, 11))
    assert rows[0].prev_hash == "0" * 64
    assert all(later.prev_hash == earlier.hash for earlier, later in zip(rows, rows[1:], strict=False))
    assert (verify_audit().records, verify_audit().broken_at) == (10, None)


def test_a_record_goes_with_the_act_that_is_rolled_back_and_leaves_no_hole(ten_records):
    class Refused(Exception):
        pass

    with pytest.raises(Refused), transaction.atomic():
        record(AuditAction.REVEAL, actor=None, at=MORNING, object_ref="case:1")
        raise Refused
    assert record(AuditAction.LOGOUT, actor=None, at=MORNING).sequence == 11
    assert verify_audit().broken_at is None


def test_an_act_without_a_name_is_not_recorded(db):
    with pytest.raises(ValueError, match="peeked"):
        record("peeked", actor=None, at=MORNING)
    assert not AuditRecord.objects.exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("10.0.3.17", "10.0.3.17"),
        ("::ffff:10.0.3.17", "10.0.3.17"),
        ("FE80::0001%eth0", "fe80::1"),
        ("not an address", None),
        (None, None),
    ],
)
def test_addresses_stand_as_the_database_gives_them_back(db, given, kept):
    record(AuditAction.LOGIN, actor=None, at=MORNING, address=given)
    assert AuditRecord.objects.get().address == kept
    assert verify_audit().broken_at is None


def test_python_refuses_to_change_or_delete_a_record(ten_records):
    row = AuditRecord.objects.get(sequence=4)
    row.result = "refused"
    with pytest.raises(AppendOnlyError):
        row.save()
    with pytest.raises(AppendOnlyError):
        row.delete()
    with pytest.raises(AppendOnlyError):
        AuditRecord.objects.filter(sequence=4).update(result="refused")
    with pytest.raises(AppendOnlyError):
        AuditRecord.objects.all().delete()
    assert verify_audit().records == 10


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE kernel_auditrecord SET purpose = 'x' WHERE sequence = 4",
        "DELETE FROM kernel_auditrecord WHERE sequence = 4",
    ],
)
def test_the_database_refuses_to_change_or_delete_a_record(ten_records, statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify_audit().records == 10


#: What somebody with the owner's rights on the database could do, and where it shows.
FORGERIES = [
    ("an address changed", "UPDATE kernel_auditrecord SET address = '10.9.9.9' WHERE sequence = 4", 4),
    ("another person blamed", "UPDATE kernel_auditrecord SET object_ref = 'user:99' WHERE sequence = 1", 1),
    ("a record removed", "DELETE FROM kernel_auditrecord WHERE sequence = 6", 6),
    ("the first removed", "DELETE FROM kernel_auditrecord WHERE sequence = 1", 1),
    ("the last two cut off", "DELETE FROM kernel_auditrecord WHERE sequence > 8", 9),
    ("the algorithm renamed", "UPDATE kernel_auditrecord SET alg = 'none' WHERE sequence = 3", 3),
    ("one hash replaced", "UPDATE kernel_auditrecord SET hash = prev_hash WHERE sequence = 5", 5),
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("forgery", "statement", "named"), FORGERIES, ids=[row[0] for row in FORGERIES])
def test_a_forged_trail_names_the_first_broken_record(forgery, statement, named, ten_records):
    with refusing_triggers_lifted(connection), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify_audit().broken_at == named


@pytest.mark.django_db(transaction=True)
def test_two_records_swapped_show(ten_records):
    with refusing_triggers_lifted(connection), connection.cursor() as cursor:
        for statement in (
            "UPDATE kernel_auditrecord SET sequence = 100 WHERE sequence = 3",
            "UPDATE kernel_auditrecord SET sequence = 3 WHERE sequence = 4",
            "UPDATE kernel_auditrecord SET sequence = 4 WHERE sequence = 100",
        ):
            cursor.execute(statement)
    assert verify_audit().broken_at == 3


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_make_no_fork(transactional_db):
    failures = []

    def write():
        try:
            for _ in range(8):
                record(AuditAction.LOGIN_FAILED, actor=None, at=MORNING, address="10.0.3.17")
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (verify_audit().records, verify_audit().broken_at) == (64, None)


def test_reading_in_clear_is_on_record_with_its_purpose(db):
    clerk = person("chuangkou", Role.WINDOW_CLERK)
    before = AuditRecord.objects.count()
    reveal(
        actor=clerk,
        at=MORNING,
        object_ref="case:37068220260303001",
        purpose="  电话核对 申请人身份 ",
        address="10.0.3.17",
        fields=["phone", "id_number"],
    )
    row = AuditRecord.objects.order_by("sequence").last()
    assert (AuditRecord.objects.count() - before, row.action, row.actor, row.purpose, row.detail) == (
        1,
        "reveal",
        clerk,
        "电话核对 申请人身份",
        {"fields": ["id_number", "phone"]},
    )


@pytest.mark.parametrize("purpose", ["", "   ", "看看", "长" * 201])
def test_reading_in_clear_without_a_purpose_is_refused_and_leaves_nothing(db, purpose):
    with pytest.raises(InvalidInput, match="须写明目的"):
        reveal(actor=None, at=MORNING, object_ref="case:1", purpose=purpose, address=None, fields=["phone"])
    assert not AuditRecord.objects.exists()


def test_only_the_audit_officer_reads_the_trail(ten_records):
    with pytest.raises(NotPermitted, match="审计管理员"):
        audit_page(person("xitong", Role.SYSTEM_OFFICER), AuditFilter())


def test_pages_of_the_trail_follow_one_another_at_a_constant_cost(db, django_assert_num_queries):
    reader = person("shenji", Role.AUDIT_OFFICER)
    already = AuditRecord.objects.count()
    for number in range(120):
        record(AuditAction.LOGIN_FAILED, actor=None, at=MORNING, object_ref=f"user:{number}")
    assert reader.roles
    seen, before = [], None
    for _ in range(3):
        with django_assert_num_queries(1):
            rows, before = audit_page(reader, AuditFilter(), before=before)
        seen += [row.sequence for row in rows]
    assert before is None
    assert seen == list(range(120 + already, 0, -1))


def test_the_trail_is_found_by_act_person_object_address_and_day(db):
    reader = person("shenji", Role.AUDIT_OFFICER)
    clerk = person("chuangkou", Role.WINDOW_CLERK)
    last_year = MORNING - timedelta(days=400)
    record(AuditAction.REVEAL, actor=clerk, at=last_year, object_ref="case:7", purpose="核对身份", address="10.0.3.9")

    def found(**wanted):
        return [row.object_ref for row in audit_page(reader, AuditFilter(**wanted))[0]]

    assert found(action="reveal") == ["case:7"]
    assert found(actor="chuangkou", object_ref="case:7") == ["case:7"]
    assert found(actor="测试chuangkou", action="reveal") == ["case:7"]
    assert found(address="::ffff:10.0.3.9") == ["case:7"]
    assert found(until=last_year + timedelta(days=1)) == ["case:7"]
    assert "case:7" not in found(since=MORNING)
    assert found(action="export") == []


# ---- the file outside the database


@pytest.mark.django_db(transaction=True)
def test_an_end_cut_off_with_its_counter_is_found_by_yesterday_s_file_only(ten_records, tmp_path, capsys):
    digest = write_audit_digest(at=MORNING, folder=tmp_path)
    with refusing_triggers_lifted(connection), connection.cursor() as cursor:
        cursor.execute("DELETE FROM kernel_auditrecord WHERE sequence > 7")
        cursor.execute("UPDATE kernel_numberseries SET last = 7 WHERE series = 'audit'")
    assert verify_audit().broken_at is None
    assert check_audit_digest(digest) == "2026-03-03时共有10条记录，现第10号不存在"
    with pytest.raises(CommandError, match="现第10号不存在"):
        call_command("verify_audit", digest=digest)


def test_days_of_the_file_are_chained_and_a_second_run_changes_nothing(ten_records, tmp_path):
    first = write_audit_digest(at=MORNING, folder=tmp_path)
    second = write_audit_digest(at=MORNING + timedelta(days=1), folder=tmp_path)
    before = second.read_text()
    assert write_audit_digest(at=MORNING + timedelta(days=1), folder=tmp_path).read_text() == before
    assert read_audit_digest(second).previous == read_audit_digest(first).digest
    assert (check_audit_digest(first), check_audit_digest(second)) == ("", "")


@pytest.mark.parametrize("text", ["{}", "[]", "no json", '{"day": "2026-03-03"}'])
def test_an_edited_file_is_said_to_be_unusable(ten_records, tmp_path, text):
    digest = write_audit_digest(at=MORNING, folder=tmp_path)
    digest.write_text(text)
    with pytest.raises(CommandError, match="摘要文件不可用"):
        call_command("verify_audit", digest=digest)


def test_a_file_with_another_number_of_records_does_not_add_up(ten_records, tmp_path):
    digest = write_audit_digest(at=MORNING, folder=tmp_path)
    digest.write_text(digest.read_text().replace('"records": 10', '"records": 9'))
    with pytest.raises(ValueError, match="被改动"):
        check_audit_digest(digest)


def test_the_command_says_what_it_read(ten_records, tmp_path, capsys):
    call_command("verify_audit", digest=write_audit_digest(at=MORNING, folder=tmp_path))
    assert capsys.readouterr().out == "查验通过：10条审计记录完整、未被改动。\n"
