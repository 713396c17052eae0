"""The upload gate and the only way to uploaded bytes (control C8, threats T11, T12 and T16).

A file is taken in two steps. ``stage_upload`` reads, opens and scans it and touches no table, so that nothing slow happens inside a
transaction; ``keep_upload`` gives it its row. ``store_upload`` does both: call it before the transaction of the act.
Files lie under random names outside every folder a web server serves; their original name is only data.
"""

import atexit
import hashlib
import json
import logging
import os
import queue
import re
import secrets
import select
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.module_loading import import_string

from . import clock
from .auditing import AuditAction, AuditResult, record
from .errors import DomainError, InvalidInput
from .models import StoredFile, User
from .rules import rule_int

log = logging.getLogger(__name__)

#: Extension typed → kind it is stored as.
EXTENSIONS = {"pdf": "pdf", "jpg": "jpg", "jpeg": "jpg", "png": "png", "docx": "docx", "xlsx": "xlsx", "ofd": "ofd"}
#: For ``accept`` of file inputs.
ACCEPT = ",".join(f".{extension}" for extension in EXTENSIONS)
NAME_LENGTH = 200

#: Longest time one file may take (seconds); its process has its own, shorter limit of CPU time.
INSPECTION_SECONDS = 20

#: Staged files and files without a row are somebody's act in progress for so long; then they are nobody's.
KEEP_STAGED = timedelta(hours=1)
KEEP_UNUSED = timedelta(days=7)

_CHUNK = 256 * 1024
_STORED_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}\.[a-z]{3,4}")
_INLINE = {"application/pdf", "image/jpeg", "image/png"}
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

_REFUSED_UNSEEN = "文件无法安全打开（可能已损坏或过于复杂）；请重新生成或扫描后再上传。"


class FileDamaged(DomainError):
    """文件校验不符: the bytes on disk are not those that were uploaded, or are gone; the audit trail says so."""

    status = 409


@dataclass(frozen=True)
class StagedUpload:
    """A file that passed the gate and has no row yet."""

    path: Path
    kind: str
    original_name: str
    media_type: str
    size: int
    sha256: str
    pages: int | None
    scan: str


def uploads_dir() -> Path:
    """Where uploaded files lie; made when missing."""
    folder = Path(settings.FILES_DIR) / "uploads"
    (folder / "incoming").mkdir(parents=True, exist_ok=True)
    return folder


# Taking a file in


def store_upload(file: UploadedFile, *, actor: User | None, at: datetime) -> StoredFile:
    """Afterwards the file lies under a random name, synced to disk, and has its row; pictures without their camera data.

    Call it before the transaction of the act. Raises InvalidInput with one Chinese sentence for a file that is not taken;
    then nothing of it is left.
    """
    staged = stage_upload(file, at=at)
    try:
        return keep_upload(staged, actor=actor, at=at)
    except BaseException:
        staged.path.unlink(missing_ok=True)
        raise


def stage_upload(file: UploadedFile, *, at: datetime) -> StagedUpload:
    """The file, read, opened and scanned, in a temporary place; touches no table but the rules. Raises InvalidInput."""
    name = clean_file_name(file.name or "")
    kind = EXTENSIONS.get(_extension(name))
    if kind is None:
        raise InvalidInput("只能上传PDF、JPG、PNG、DOCX、XLSX、OFD文件；请另存为其中一种格式后再上传。")
    limit = rule_int("upload_max_mb", clock.local_date(at))
    with _staging_paths(kind) as (source, target):
        _receive(file, source, limit)
        finding = _inspect(kind, source, target)
        final = target if finding["rewritten"] else source
        size, sha256 = _measure(final)
        scan = scan_file(final)
        kept = final.with_name(f"{secrets.token_hex(16)}.staged")
        os.rename(final, kept)
    return StagedUpload(kept, kind, name, finding["media_type"], size, sha256, finding["pages"], scan)


def keep_upload(staged: StagedUpload, *, actor: User | None, at: datetime) -> StoredFile:
    """Afterwards the staged file is in its lasting place and, if the caller's transaction commits, has its row.

    Should that transaction roll back, the file is nobody's and goes with the next sweep.
    """
    token = secrets.token_hex(16)
    storage_name = f"{token[:2]}/{token}.{staged.kind}"
    place = uploads_dir() / storage_name
    place.parent.mkdir(exist_ok=True)
    os.rename(staged.path, place)
    _sync_folder(place.parent)
    try:
        with transaction.atomic():
            return StoredFile.objects.create(
                storage_name=storage_name,
                original_name=staged.original_name,
                media_type=staged.media_type,
                size=staged.size,
                sha256=staged.sha256,
                pages=staged.pages,
                scan=staged.scan,
                uploaded_by=actor,
                uploaded_at=at,
            )
    except BaseException:
        place.unlink(missing_ok=True)
        raise


def discard_upload(stored: StoredFile) -> None:
    """Afterwards the row of a file whose act did not take effect is gone, and after commit the file.

    Raises ProtectedError for a file that belongs to something.
    """
    place = _place_of(stored)
    stored.delete()
    transaction.on_commit(lambda: place.unlink(missing_ok=True))


def clean_file_name(name: str) -> str:
    """The name a person gave the file, without folders and without what cannot be printed, at most 200 characters."""
    last = re.split(r"[/\\]", name[-4 * NAME_LENGTH :])[-1]
    last = "".join("" if unicodedata.category(letter) in _UNPRINTABLE else letter for letter in last).strip(" .")
    stem, dot, extension = last.rpartition(".")
    if len(last) > NAME_LENGTH and dot and len(extension) < 10:
        return f"{stem[: NAME_LENGTH - len(extension) - 1]}.{extension}"
    return last[:NAME_LENGTH]


def _extension(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if stem and dot and extension.isascii() else ""


@contextmanager
def _staging_paths(kind: str) -> Iterator[tuple[Path, Path]]:
    """Two fresh places in the folder of incoming files; what still lies there at the end is removed."""
    token = secrets.token_hex(16)
    folder = uploads_dir() / "incoming"
    source, target = folder / f"{token}.in", folder / f"{token}.{kind}"
    try:
        yield source, target
    finally:
        source.unlink(missing_ok=True)
        target.unlink(missing_ok=True)


def _receive(file: UploadedFile, place: Path, limit_mb: int) -> None:
    size = 0
    try:
        with place.open("xb") as out:
            os.chmod(place, 0o600)
            for chunk in file.chunks(_CHUNK):
                size += len(chunk)
                if size > limit_mb * 1024 * 1024:
                    raise InvalidInput(f"文件超过{limit_mb}MB；请压缩或拆分后再上传。")
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        log.error("upload not written error=%s", type(error).__name__)
        raise InvalidInput("服务器存储空间不足或不可用，文件没有保存；请稍后重试，或联系系统管理员。") from error
    if not size:
        raise InvalidInput("文件是空的；请检查后重新上传。")


def _inspect(kind: str, source: Path, target: Path) -> dict:
    """What the checking process says of the file; a process that ends otherwise is a refusal."""
    answer = _openers.ask({"kind": kind, "source": str(source), "target": str(target), "seconds": INSPECTION_SECONDS})
    if "refused" in answer:
        raise InvalidInput(answer["refused"])
    if "finding" not in answer:
        log.warning("upload check ended status=%s kind=%s", answer.get("ended"), kind)
        raise InvalidInput(_REFUSED_UNSEEN)
    return answer["finding"]


def _measure(path: Path) -> tuple[int, str]:
    """Size and hash of the file as it lies on disk, after it was synced."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _Opener:
    """One process of ``upload_checks.serve``; started when first needed, replaced when it is gone."""

    def __init__(self, code: str):
        self._code = code
        self._process: subprocess.Popen | None = None
        self._owner = 0

    def ask(self, request: dict) -> dict:
        """Its answer; {"ended": …} when it gave none, after which it is gone."""
        try:
            process = self._running()
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            waiting = select.poll()
            waiting.register(process.stdout, select.POLLIN)
            # It keeps the time itself; this is for the case that it cannot.
            if not waiting.poll((request["seconds"] + 5) * 1000):
                raise TimeoutError
            return json.loads(process.stdout.readline())
        except (OSError, ValueError) as error:
            self.stop()
            return {"ended": type(error).__name__}

    def _running(self) -> subprocess.Popen:
        if self._owner != os.getpid():  # after a fork the pipes belong to the parent
            self._process, self._owner = None, os.getpid()
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter and module
                [sys.executable, "-I", "-B", "-c", self._code, str(settings.BASE_DIR)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PATH": os.defpath, "LANG": "C.UTF-8"},  # none of our keys
            )
        return self._process

    def stop(self) -> None:
        """Afterwards no process of this one runs."""
        if self._process is None or self._owner != os.getpid():
            return
        self._process.kill()
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()
        self._process = None


class _Openers:
    """Opens at most two files at once in one server process: each may take half a gigabyte."""

    def __init__(self, code: str, count: int = 2):
        self._free: queue.LifoQueue[_Opener] = queue.LifoQueue()
        self._all = [_Opener(code) for _ in range(count)]
        for opener in self._all:
            self._free.put(opener)

    def ask(self, request: dict) -> dict:
        opener = self._free.get()
        try:
            return opener.ask(request)
        finally:
            self._free.put(opener)

    def stop(self) -> None:
        for opener in self._all:
            opener.stop()


# The package is entered by the side: its own __init__ would start Celery and Django, which have no business there.
_SERVE = """
import sys, types
package = types.ModuleType("laiyang_approval")
package.__path__ = [sys.argv[1] + "/laiyang_approval"]
sys.modules["laiyang_approval"] = package
import laiyang_approval.kernel.upload_checks as checks
"""
_openers = _Openers(_SERVE + "checks.serve()")
atexit.register(_openers.stop)


# Virus scan


def scan_file(path: Path) -> str:
    """The scan state of a file that may be kept; raises InvalidInput when it is infected or could not be scanned.

    ``settings.UPLOAD_SCANNER`` names a function (path) → True for clean, False for infected. It fails closed: an error is
    not clean.
    """
    scanner = getattr(settings, "UPLOAD_SCANNER", "")
    if not scanner:
        return StoredFile.Scan.NOT_CONFIGURED
    try:
        clean = import_string(scanner)(path)
    except Exception as error:  # whatever a scanner raises, the file was not scanned
        log.error("scanner failed error=%s", type(error).__name__)
        raise InvalidInput("查毒服务暂时不可用，文件没有保存；请稍后重新上传。") from error
    if clean is not True:
        raise InvalidInput("文件没有通过病毒检查，没有保存；请查杀病毒后换一个文件上传。")
    return StoredFile.Scan.CLEAN


def _require_scanned(stored: StoredFile) -> None:
    """Files from before there was a scanner are scanned when they are first asked for."""
    if stored.scan == StoredFile.Scan.CLEAN:
        return
    if stored.scan == StoredFile.Scan.NOT_CONFIGURED:
        try:
            state = scan_file(_place_of(stored))
        except InvalidInput:
            raise DomainError("文件没有通过病毒检查，暂不能打开；请联系系统管理员。") from None
        if state != stored.scan:
            StoredFile.objects.filter(pk=stored.pk).update(scan=state)
            stored.scan = state
        return
    raise DomainError("文件没有通过病毒检查，不能打开；请联系系统管理员。")


# Giving a file out


def _place_of(stored: StoredFile) -> Path:
    if not _STORED_NAME.fullmatch(stored.storage_name):
        raise FileDamaged("文件的存储记录异常，不能打开；请联系系统管理员。")
    return uploads_dir() / stored.storage_name


def open_stored(stored: StoredFile) -> bytes:
    """The bytes that were uploaded, compared with their hash. The caller has checked who may see them.

    Raises FileDamaged, with an audit record, when they are gone or altered; DomainError when they are not scanned clean.
    """
    place = _place_of(stored)
    try:
        data = place.read_bytes()
    except OSError:
        data = None
    if data is None or len(data) != stored.size or hashlib.sha256(data).hexdigest() != stored.sha256:
        log.critical("stored file %s file=%s", "missing" if data is None else "altered", stored.pk)
        record(
            AuditAction.DOWNLOAD_FILE,
            actor=None,
            at=clock.now(),
            object_ref=f"file:{stored.pk}",
            result=AuditResult.BROKEN,
            detail={"reason": "missing" if data is None else "altered"},
        )
        raise FileDamaged("文件与上传时的校验值不符，不能打开；请联系系统管理员核查。")
    _require_scanned(stored)
    return data


def serve_stored(stored: StoredFile, *, inline: bool = False) -> HttpResponse:
    """The file as a download, or for PDF and pictures with ``inline`` as a view inside our own pages.

    Nothing in it can act as a page of ours: fixed type, nosniff, sandbox. Raises as open_stored.
    """
    shown = inline and stored.media_type in _INLINE
    response = attachment_response(
        open_stored(stored), stored.original_name, stored.media_type, as_attachment=not shown
    )
    if shown and stored.media_type == "application/pdf":
        # A browser's own PDF viewer does not start in a sandbox; scripts in PDFs were refused at the gate.
        response["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; base-uri 'none'; "
            "form-action 'none'; frame-ancestors 'self'"
        )
    if shown:
        response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def attachment_response(data: bytes, name: str, media_type: str, *, as_attachment: bool = True) -> HttpResponse:
    """Bytes as a file of their own: never guessed at, never cached, never part of our pages' origin."""
    response = HttpResponse(data, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment, clean_file_name(name) or "file")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'self'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


# Sweeping


def sweep_orphan_files(*, at: datetime) -> int:
    """Afterwards no file is left that belongs to nothing: staged long ago, without a row, or with a row nobody uses.

    Returns how many files were removed. Running it twice changes nothing.
    """
    removed = _remove_unused_rows(at - KEEP_UNUSED)
    folder = uploads_dir()
    removed += sum(_remove_if_older(path, at - KEEP_STAGED) for path in (folder / "incoming").iterdir())
    for shelf in folder.glob("[0-9a-f][0-9a-f]"):
        names = {f"{shelf.name}/{path.name}" for path in shelf.iterdir()}
        known = set(StoredFile.objects.filter(storage_name__in=names).values_list("storage_name", flat=True))
        removed += sum(_remove_if_older(folder / name, at - KEEP_STAGED) for name in sorted(names - known))
    return removed


def _remove_unused_rows(before: datetime) -> int:
    unused = StoredFile.objects.filter(uploaded_at__lt=before)
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete:
            using = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            unused = unused.filter(~Exists(using))
    count = 0
    for stored in unused:
        try:
            with transaction.atomic():
                discard_upload(stored)
        except ProtectedError:  # somebody has begun to use it since
            continue
        count += 1
    return count


def _remove_if_older(path: Path, before: datetime) -> bool:
    try:
        if path.stat().st_mtime >= before.timestamp():
            return False
        path.unlink()
    except FileNotFoundError:  # another sweep was faster
        return False
    return True
