"""The case file: complete, in archive order; one byte changed anywhere names the part."""

import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from laiyang_approval.kernel.errors import DomainError, NotPermitted
from laiyang_approval.kernel.jobs import run_due_jobs
from laiyang_approval.kernel.models import AuditRecord
from laiyang_approval.kernel.pdf import stop_child
from tests.factories import cases as make
from windows.case_file import export_case_file, verify
from windows.models import Letter

AT = make.days_later(1)


@pytest.fixture(scope="module", autouse=True)
def _renderer():
    yield
    stop_child()


@pytest.fixture
def exported(people, settings, tmp_path) -> Path:
    settings.FILES_DIR = tmp_path / "files"
    case = make.delivered(people)
    run_due_jobs(at=AT)
    archive = export_case_file(case.number, actor=people.reviewer, at=AT)
    assert archive.file_name == f"案卷{case.number}.zip"
    place = tmp_path / "case.zip"
    place.write_bytes(archive.content)
    return place


def titles(place: Path) -> list[str]:
    with zipfile.ZipFile(place) as archive:
        return [part["title"].partition(" ")[0] for part in json.loads(archive.read(verify.INDEX))["parts"]]


def test_the_whole_case_stands_in_archive_order_and_the_file_verifies(exported):
    assert titles(exported) == [
        "准予行政许可决定书", "食品经营许可证", "送达回证", "申请材料接收凭证", "受理通知书",
        "审查意见", "时限台账", "办件事件", "核验程序",
    ]  # fmt: skip
    assert verify.findings(exported) == []
    assert AuditRecord.objects.filter(action="export").count() == 1


def test_the_verifier_inside_runs_alone_and_names_what_changed(exported, tmp_path):
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(exported) as archive:
        archive.extractall(folder)

    def run() -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-I", str(folder / "verify.py"), str(folder)], capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout.strip()

    assert run() == (0, "案卷完整，各部分与导出时一致。")
    ledger = folder / "ledger.json"
    ledger.write_bytes(ledger.read_bytes() + b" ")
    (folder / "extra.txt").write_text("x")
    assert run() == (1, "ledger.json：内容被改动（时限台账）\nextra.txt：目录中没有这一部分")
    ledger.unlink()
    assert run()[1].startswith("ledger.json：缺失（时限台账）")


def test_one_byte_changed_in_any_part_names_the_part(exported, tmp_path):
    with zipfile.ZipFile(exported) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    forged = tmp_path / "forged.zip"
    for name, content in parts.items():
        for place in (0, len(content) // 2, len(content) - 1):
            changed = bytearray(content)
            changed[place] ^= 1
            forged.write_bytes(verify.pack(parts | {name: bytes(changed)}))
            named = verify.findings(forged)
            assert named and named[0].startswith(f"{name}："), (name, place, named)


def test_one_byte_changed_anywhere_in_the_archive_is_found(exported, tmp_path):
    whole = exported.read_bytes()
    forged = tmp_path / "forged.zip"
    for place in range(0, len(whole), max(1, len(whole) // 211)):
        changed = bytearray(whole)
        changed[place] ^= 1
        forged.write_bytes(bytes(changed))
        assert verify.findings(forged) != [], place


def test_an_event_left_out_with_its_hashes_made_new_breaks_the_chain(exported, tmp_path):
    with zipfile.ZipFile(exported) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    events = json.loads(parts[verify.EVENTS])
    del events[2]
    seal = json.loads(parts[verify.SEAL])
    assert verify.chain_findings(events, seal["case"], seal["last_event_hash"]) == [
        "events.json：第3个事件与前后不衔接"
    ]
    assert verify.chain_findings(events[:2], seal["case"], seal["last_event_hash"]) == ["events.json：末事件与封签不符"]


def test_while_a_letter_is_being_made_nothing_is_exported(people):
    case = make.accepted(people)
    with pytest.raises(DomainError, match="还有文书没有生成（申请材料接收凭证、受理通知书）"):
        export_case_file(case.number, actor=people.reviewer, at=AT)
    assert (AuditRecord.objects.filter(action="export").count(), Letter.objects.count()) == (0, 2)


def test_a_clerk_may_not_export_and_the_page_answers_with_the_file(people, client, settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    case = make.in_review(people)
    run_due_jobs(at=make.MONDAY + timedelta(hours=2))
    with pytest.raises(NotPermitted):
        export_case_file(case.number, actor=people.clerk, at=AT)
    client.force_login(people.reviewer)
    answer = client.post(f"/cases/{case.number}/case-file/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert "verify.py" in archive.namelist()
