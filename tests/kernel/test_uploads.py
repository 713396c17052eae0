"""The upload gate as a whole: hostile files leave nothing behind, good ones come back as they were (C8, R20, T11, T12)."""

import hashlib
import os
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from laiyang_approval.kernel import uploads
from laiyang_approval.kernel.errors import DomainError, InvalidInput
from laiyang_approval.kernel.models import AuditRecord, BusinessRule, StoredFile
from laiyang_approval.kernel.rules import forget_cached_rules, load_business_rules
from laiyang_approval.kernel.uploads import (
    FileDamaged,
    attachment_response,
    clean_file_name,
    discard_upload,
    keep_upload,
    open_stored,
    serve_stored,
    stage_upload,
    store_upload,
    sweep_orphan_files,
)
from tests.corpus.files import GOOD, HOSTILE, docx, jpg, jpg_with_camera_data, pdf

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.FILES_DIR = tmp_path / "files"
    load_business_rules()
    return settings.FILES_DIR / "uploads"


def upload(name: str = "材料.pdf", data: bytes | None = None, content_type: str = "application/pdf"):
    return SimpleUploadedFile(name, pdf() if data is None else data, content_type)


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def assert_nothing_kept(folder: Path) -> None:
    assert StoredFile.objects.count() == 0
    assert files_in(folder) == []


@pytest.mark.slow
@pytest.mark.parametrize("sample", HOSTILE, ids=str)
def test_a_hostile_file_leaves_nothing_behind(sample, folder):
    file = upload(sample.name, sample.make())
    started = perf_counter()
    with pytest.raises(InvalidInput) as refusal:
        store_upload(file, actor=None, at=AT)
    assert perf_counter() - started < 5
    assert refusal.value.message.endswith("。")
    assert_nothing_kept(folder)


@pytest.mark.slow
@pytest.mark.parametrize("sample", GOOD, ids=str)
def test_a_good_file_is_kept_under_a_random_name(sample, folder):
    data = sample.make()
    stored = store_upload(upload(sample.name, data, "text/html"), actor=None, at=AT)
    kept = open_stored(stored)
    assert files_in(folder) == [stored.storage_name]
    assert (stored.size, stored.sha256) == (len(kept), hashlib.sha256(kept).hexdigest())
    if not sample.name.lower().endswith(("jpg", "jpeg", "png")):
        assert kept == data
    assert len(stored.original_name) <= 200 and "/" not in stored.original_name and "\\" not in stored.original_name
    assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{32}\.(pdf|jpg|png|docx|xlsx|ofd)", stored.storage_name)
    assert stored.scan == StoredFile.Scan.NOT_CONFIGURED


def test_a_file_comes_back_as_it_was(folder):
    data = pdf(pages=3)
    stored = store_upload(upload("申请书.pdf", data), actor=None, at=AT)
    assert open_stored(StoredFile.objects.get()) == data
    assert (stored.original_name, stored.media_type, stored.pages, stored.uploaded_at) == (
        "申请书.pdf",
        "application/pdf",
        3,
        AT,
    )
    place = folder / stored.storage_name
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_one_refused_file_says_what_to_do(folder):
    with pytest.raises(InvalidInput, match="^文件内容与扩展名不符；请用原软件另存为正确的格式后再上传。$"):
        store_upload(upload(data=b"<html>"), actor=None, at=AT)
    assert_nothing_kept(folder)


def test_a_photo_is_kept_without_camera_data():
    stored = store_upload(upload("照片.jpg", jpg_with_camera_data()), actor=None, at=AT)
    kept = open_stored(stored)
    assert b"SecretCamera" not in kept and b"<?php" not in kept
    assert stored.media_type == "image/jpeg"


def test_the_size_is_a_rule_of_the_bureau_and_counted_while_reading(folder):
    BusinessRule.objects.filter(key="upload_max_mb").update(value="1")
    forget_cached_rules()

    class Endless(SimpleUploadedFile):
        read_so_far = 0

        def chunks(self, chunk_size=None):
            while True:
                self.read_so_far += chunk_size
                yield b"%PDF" + b"\0" * (chunk_size - 4)

    file = Endless("a.pdf", b"%PDF")
    file.size = 3  # what it claims
    with pytest.raises(InvalidInput, match="^文件超过1MB；请压缩或拆分后再上传。$"):
        store_upload(file, actor=None, at=AT)
    assert file.read_so_far < 2 * 1024 * 1024
    assert_nothing_kept(folder)


def test_the_limit_is_that_of_the_day():
    assert uploads.rule_int("upload_max_mb", AT.date()) == 50


@pytest.fixture
def opener_that(monkeypatch):
    """Replaces what is done with a file in its process."""
    running = []

    def start(deed: str) -> None:
        code = (
            f"{uploads._SERVE}import os, time\n"
            f"def inspect(kind, source, target):\n    {deed}\n"
            "checks.inspect, checks.CPU_SECONDS = inspect, 1\n"
            "checks.serve()"
        )
        running.append(uploads._Openers(code))
        monkeypatch.setattr(uploads, "_openers", running[0])

    yield start
    for openers in running:
        openers.stop()


UNSEEN = "^文件无法安全打开（可能已损坏或过于复杂）；请重新生成或扫描后再上传。$"


@pytest.mark.parametrize(
    ("deed", "sentence"),
    [
        ("time.sleep(60)", UNSEEN),
        ("exec('while True: pass')", UNSEEN),
        ("os.abort()", UNSEEN),
        ("1 / 0", UNSEEN),
        ("os.kill(os.getppid(), 9)", UNSEEN),
        ("bytearray(2**31)", "^文件打开时占用的内存过大"),
        ("inspect(kind, source, target)", "^文件打开时占用的内存过大"),
    ],
)
def test_a_file_too_much_for_its_process_is_refused(deed, sentence, folder, opener_that, monkeypatch):
    """Whatever a file does to the libraries that open it, it does to a process of its own."""
    monkeypatch.setattr(uploads, "INSPECTION_SECONDS", 3)
    opener_that(deed)
    for _time in range(2):
        with pytest.raises(InvalidInput, match=sentence):
            store_upload(upload(), actor=None, at=AT)
    assert_nothing_kept(folder)


def test_after_a_bad_file_the_next_good_one_is_taken(folder, opener_that):
    opener_that(
        "os.kill(os.getppid(), 9) if b'bad' in source.read_bytes() else None; return checks.Finding('application/pdf', 1)"
    )
    with pytest.raises(InvalidInput, match=UNSEEN):
        store_upload(upload(data=b"bad"), actor=None, at=AT)
    assert store_upload(upload(data=b"good"), actor=None, at=AT).pages == 1


def test_the_process_that_opens_files_has_none_of_our_keys(monkeypatch, folder, opener_that):
    monkeypatch.setenv("SECRET_KEY", "the-secret-of-the-portal")
    opener_that("raise checks.InvalidInput(' '.join(sorted(os.environ)) + str('django' in sys.modules))")
    with pytest.raises(InvalidInput) as refusal:
        store_upload(upload(), actor=None, at=AT)
    assert "SECRET" not in refusal.value.message and "PORTAL" not in refusal.value.message
    assert refusal.value.message.endswith("False")


def test_files_of_several_people_are_opened_beside_each_other(folder):
    (folder / "incoming").mkdir(parents=True)
    places = [folder / "incoming" / f"{number}" for number in range(1, 13)]
    for number, place in enumerate(places, 1):
        place.write_bytes(pdf(pages=number))
    with ThreadPoolExecutor(6) as people:
        found = list(people.map(lambda place: uploads._inspect("pdf", place, place), places))
    assert [finding["pages"] for finding in found] == list(range(1, 13))


def test_a_file_takes_no_new_program(folder):
    store_upload(upload(), actor=None, at=AT)
    started = perf_counter()
    for _time in range(5):
        store_upload(upload(), actor=None, at=AT)
    assert (perf_counter() - started) / 5 < 0.3  # a fresh Python with its libraries takes longer


def test_a_full_disk_is_said_in_words(folder, monkeypatch):
    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads.os, "fsync", full)
    with pytest.raises(InvalidInput, match="存储空间不足"):
        store_upload(upload(), actor=None, at=AT)
    monkeypatch.undo()
    assert files_in(folder) == []


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_leaves_a_file_that_the_sweep_removes(folder):
    staged = stage_upload(upload(), at=AT)
    assert StoredFile.objects.count() == 0
    with pytest.raises(RuntimeError), transaction.atomic():
        keep_upload(staged, actor=None, at=AT)
        raise RuntimeError("the act failed")
    assert StoredFile.objects.count() == 0
    assert len(files_in(folder)) == 1
    _make_older(folder, hours=2)
    assert sweep_orphan_files(at=_now()) == 1
    assert_nothing_kept(folder)
    assert sweep_orphan_files(at=_now()) == 0


def test_the_sweep_leaves_what_is_in_use_or_new(folder):
    staged = stage_upload(upload(), at=AT)
    stored = store_upload(upload(), actor=None, at=_now() - timedelta(days=6))
    assert sweep_orphan_files(at=_now()) == 0
    assert StoredFile.objects.get() == stored
    assert sorted(files_in(folder)) == sorted([f"incoming/{staged.path.name}", stored.storage_name])
    _make_older(folder, hours=2)
    assert sweep_orphan_files(at=_now()) == 1  # the staged one
    assert files_in(folder) == [stored.storage_name]


@pytest.mark.django_db(transaction=True)
def test_a_row_nobody_uses_goes_after_a_week(folder):
    store_upload(upload(), actor=None, at=_now() - timedelta(days=8))
    assert sweep_orphan_files(at=_now()) == 1
    assert_nothing_kept(folder)


@pytest.mark.django_db(transaction=True)
def test_a_discarded_file_is_gone_after_the_commit(folder):
    stored = store_upload(upload(), actor=None, at=AT)
    with transaction.atomic():
        discard_upload(stored)
        assert len(files_in(folder)) == 1
    assert_nothing_kept(folder)


@pytest.mark.parametrize("damage", ["altered", "shortened", "gone", "swapped"])
def test_bytes_altered_on_disk_are_never_given_out_and_it_is_on_record(damage, folder):
    stored, other = (store_upload(upload(data=pdf(pages=number)), actor=None, at=AT) for number in (1, 2))
    place = folder / stored.storage_name
    match damage:
        case "altered":
            data = bytearray(place.read_bytes())
            data[100] ^= 1
            place.write_bytes(data)
        case "shortened":
            place.write_bytes(place.read_bytes()[:-1])
        case "gone":
            place.unlink()
        case "swapped":
            os.replace(folder / other.storage_name, place)
    for give in (open_stored, serve_stored):
        with pytest.raises(FileDamaged, match="校验值不符"):
            give(stored)
    record = AuditRecord.objects.last()
    assert (record.object_ref, record.result) == (f"file:{stored.pk}", "broken")
    assert AuditRecord.objects.count() == 2


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "aa/../../x.pdf", "aa/" + "0" * 32 + ".html", ""])
def test_a_storage_name_that_is_not_ours_opens_nothing(name):
    with pytest.raises(FileDamaged):
        open_stored(StoredFile(storage_name=name, size=1, sha256="0" * 64))


# Virus scan


def scan_clean(path: Path) -> bool:
    return path.stat().st_size > 0


def scan_infected(path: Path) -> bool:
    return False


def scan_broken(path: Path) -> bool:
    raise ConnectionRefusedError("clamd")


def scan_confused(path: Path):
    return "OK"


def test_a_file_scanned_clean_is_kept(settings):
    settings.UPLOAD_SCANNER = f"{__name__}.scan_clean"
    stored = store_upload(upload(), actor=None, at=AT)
    assert stored.scan == StoredFile.Scan.CLEAN
    assert open_stored(stored)


@pytest.mark.parametrize(
    ("scanner", "sentence"),
    [
        ("scan_infected", "没有通过病毒检查"),
        ("scan_broken", "查毒服务暂时不可用"),
        ("scan_confused", "没有通过病毒检查"),
        ("scan_missing", "查毒服务暂时不可用"),
    ],
)
def test_an_error_is_not_clean(scanner, sentence, settings, folder):
    settings.UPLOAD_SCANNER = f"{__name__}.{scanner}"
    with pytest.raises(InvalidInput, match=sentence):
        store_upload(upload(), actor=None, at=AT)
    assert_nothing_kept(folder)


def test_older_files_are_scanned_when_first_asked_for(settings):
    stored = store_upload(upload(), actor=None, at=AT)
    settings.UPLOAD_SCANNER = f"{__name__}.scan_broken"
    with pytest.raises(DomainError, match="暂不能打开"):
        open_stored(stored)
    settings.UPLOAD_SCANNER = f"{__name__}.scan_clean"
    assert open_stored(stored)
    assert StoredFile.objects.get().scan == StoredFile.Scan.CLEAN


@pytest.mark.parametrize("state", [StoredFile.Scan.INFECTED, StoredFile.Scan.ERROR, StoredFile.Scan.PENDING])
def test_a_file_not_found_clean_is_not_given_out(state):
    stored = store_upload(upload(), actor=None, at=AT)
    stored.scan = state
    with pytest.raises(DomainError, match="没有通过病毒检查"):
        serve_stored(stored)


# Giving out


def test_a_download_cannot_act_as_a_page_of_ours():
    stored = store_upload(upload("材料“一”.docx", docx()), actor=None, at=AT)
    for inline in (False, True):
        response = serve_stored(stored, inline=inline)
        assert response["Content-Disposition"] == (
            "attachment; filename*=utf-8''%E6%9D%90%E6%96%99%E2%80%9C%E4%B8%80%E2%80%9D.docx"
        )
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert response["Cache-Control"] == "private, no-store"
        assert response.content == open_stored(stored)


def test_pictures_and_pdf_may_be_looked_at_inside_our_pages():
    picture = serve_stored(store_upload(upload("a.jpg", jpg()), actor=None, at=AT), inline=True)
    assert picture["Content-Disposition"].startswith("inline")
    assert picture["Content-Security-Policy"].startswith("sandbox")
    assert picture["Content-Type"] == "image/jpeg"
    document = serve_stored(store_upload(upload(), actor=None, at=AT), inline=True)
    assert document["Content-Type"] == "application/pdf"
    assert "default-src 'none'" in document["Content-Security-Policy"]
    assert "script" not in document["Content-Security-Policy"]
    assert document["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize(
    "name", ['a".pdf', "a\r\nSet-Cookie: x=1.pdf", "a\x00.pdf", "../../a.pdf", "\u202efdp.pdf", ""]
)
def test_no_name_escapes_from_the_header(name):
    header = attachment_response(b"x", name, "application/pdf")["Content-Disposition"]
    assert "\r" not in header and "\n" not in header and "\x00" not in header and ".." not in header
    assert header.startswith("attachment; filename")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("申请书.pdf", "申请书.pdf"),
        ("C:\\Users\\张\\材料.pdf", "材料.pdf"),
        ("/etc/passwd.pdf", "passwd.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\x00.pdf\x00", "a.pdf"),
        ("  a.pdf. ", "a.pdf"),
        ("𠮷田·䶮.pdf", "𠮷田·䶮.pdf"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
        ("..", ""),
        ("", ""),
    ],
)
def test_a_file_name_is_only_data(typed, kept):
    assert clean_file_name(typed) == kept


def _now() -> datetime:
    return datetime.now(UTC)


def _make_older(folder: Path, *, hours: int) -> None:
    past = (_now() - timedelta(hours=hours)).timestamp()
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (past, past))
