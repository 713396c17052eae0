"""The process that opens uploaded files (control C8): without Django, keys or database; every file in a copy of its own.

``uploads`` starts it and asks it by lines of JSON (``serve``). It never opens a file itself: for each it makes a copy of itself
with caps on time and memory. Whatever a file does to the libraries that read it, it does to that copy, and is then refused.
"""

import json
import logging
import os
import re
import resource
import select
import signal
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from time import monotonic

import filetype
import pikepdf
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from .errors import InvalidInput
from .zip_checks import PackageKind, check_package

CPU_SECONDS = 5
MEMORY_BYTES = 512 * 1024 * 1024
#: What an image re-encoded may take on disk.
WRITTEN_BYTES = 200 * 1024 * 1024

MAX_PDF_PAGES = 2_000
MAX_PDF_OBJECTS = 200_000
MAX_PDF_DEPTH = 100
MAX_PDF_INFLATED = 300 * 1024 * 1024
#: From this size on a stream that is no picture may not have been packed more tightly than the ratio.
SUSPICIOUS_BYTES, SUSPICIOUS_RATIO = 8 * 1024 * 1024, 200
#: What may stand behind the last %%EOF: line ends and a scanner's padding.
MAX_PDF_TAIL = 2048

MAX_PIXELS = 40_000_000
MAX_SIDE = 30_000
JPEG_QUALITY = 90
_CHUNK = 256 * 1024


class FileKind(StrEnum):
    """Kinds of file taken; the value is the extension they are stored under."""

    PDF = "pdf"
    JPG = "jpg"
    PNG = "png"
    DOCX = "docx"
    XLSX = "xlsx"
    OFD = "ofd"


MEDIA_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.JPG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.OFD: "application/ofd",
}
# An office file whose first member is an unusual one, and every OFD, looks like any zip file.
_SNIFFED = {kind: {media_type} for kind, media_type in MEDIA_TYPES.items()}
for _kind in (FileKind.DOCX, FileKind.XLSX, FileKind.OFD):
    _SNIFFED[_kind] |= {"application/zip", *(MEDIA_TYPES[k] for k in (FileKind.DOCX, FileKind.XLSX))}

_WRONG_KIND = "文件内容与扩展名不符；请用原软件另存为正确的格式后再上传。"
_BROKEN_PDF = "PDF文件已损坏，无法打开；请重新生成或重新扫描后再上传。"
_LOCKED_PDF = "PDF文件设有密码或权限限制；请另存为不加密的PDF后再上传。"
_ACTIVE_PDF = "PDF文件中含有脚本、附件或可执行的动作；请重新打印或扫描成普通PDF后再上传。"
_COMPLEX_PDF = "PDF文件结构过于复杂或解压后过大；请重新打印或扫描成普通PDF后再上传。"
_MIXED = "文件中混有其他格式的内容；请用原软件重新另存后再上传。"
_BROKEN_IMAGE = "图片已损坏或不完整，无法打开；请重新拍摄或扫描后再上传。"
_LARGE_IMAGE = f"图片尺寸过大（最多{MAX_PIXELS // 10_000}万像素）；请缩小后再上传。"

_ACTIVE_KEYS = frozenset(
    {
        "/JS",
        "/JavaScript",
        "/XFA",
        "/EF",
        "/EmbeddedFiles",
        "/RichMedia",
        "/RichMediaContent",
        "/Collection",
        "/OnInstantiate",
    }
)
_ACTIVE_NAMES = frozenset(
    {
        "/JavaScript", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/RichMediaExecute", "/Rendition",
        "/Movie", "/Sound", "/Screen", "/3D", "/GoToE", "/GoToR", "/GoTo3DView", "/ImportData", "/SubmitForm", "/FileAttachment",
    }
)  # fmt: skip
#: What may happen by itself when a document or page is opened.
_HARMLESS_ACTIONS = frozenset({"/GoTo", "/Named"})
_PICTURE_CODECS = frozenset({"/DCTDecode", "/DCT", "/JPXDecode", "/CCITTFaxDecode", "/CCF", "/JBIG2Decode"})
_NAMING_KEYS = ("/S", "/Type", "/Subtype")
_MARKUP = re.compile(rb"<\s*(?:!doctype|html|script|svg|body|iframe|\?php)", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """What a file is: its media type, the pages of a PDF, and whether a cleaned copy was written beside it."""

    media_type: str
    pages: int | None = None
    rewritten: bool = False


def inspect(kind: FileKind, source: Path, target: Path) -> Finding:
    """What the file is; images are decoded and written anew to ``target``, without camera data.

    Raises InvalidInput with one Chinese sentence for a file that is not what its name says, is damaged, locked, too large
    when opened, or acts.
    """
    with source.open("rb") as file:
        sniffed = filetype.guess_mime(file.read(8192))
    if sniffed not in _SNIFFED[kind]:
        raise InvalidInput(_WRONG_KIND)
    if kind is FileKind.PDF:
        return Finding(MEDIA_TYPES[kind], pages=_check_pdf(source))
    if kind in {FileKind.JPG, FileKind.PNG}:
        _rewrite_image(kind, source, target)
        return Finding(MEDIA_TYPES[kind], rewritten=True)
    check_package(source.read_bytes(), PackageKind(kind.value))
    return Finding(MEDIA_TYPES[kind])


# PDF


def _check_pdf(source: Path) -> int:
    """The number of pages of a PDF that only shows; raises InvalidInput otherwise."""
    data = source.read_bytes()
    if not data.startswith(b"%PDF-"):
        raise InvalidInput(_WRONG_KIND)
    tail = data[data.rfind(b"%%EOF") + 5 :] if b"%%EOF" in data else data
    if (
        _MARKUP.search(data[:4096])
        or len(tail.strip(b"\r\n\t \x00")) > 0
        or len(tail) > MAX_PDF_TAIL
        or zipfile.is_zipfile(source)
    ):
        raise InvalidInput(_MIXED if b"%%EOF" in data else _BROKEN_PDF)
    try:
        with pikepdf.open(source, suppress_warnings=True, inherit_page_attributes=False) as pdf:
            if pdf.is_encrypted:
                raise InvalidInput(_LOCKED_PDF)
            pages = len(pdf.pages)
            if not 0 < pages <= MAX_PDF_PAGES:
                raise InvalidInput(_BROKEN_PDF if not pages else _COMPLEX_PDF)
            _check_objects(pdf)
            return pages
    except pikepdf.PasswordError:
        raise InvalidInput(_LOCKED_PDF) from None
    except (pikepdf.PdfError, pikepdf.DependencyError, ValueError, TypeError, KeyError, RuntimeError):
        raise InvalidInput(_BROKEN_PDF) from None


def _check_objects(pdf: pikepdf.Pdf) -> None:
    """Every object of the file, those packed in object streams too, whether a page leads to it or not."""
    inflated = 0
    _check_object(pdf.trailer)
    for number, thing in enumerate(pdf.objects):
        if number > MAX_PDF_OBJECTS:
            raise InvalidInput(_COMPLEX_PDF)
        _check_object(thing)
        if isinstance(thing, pikepdf.Stream):
            inflated += _inflated_size(thing)
            if inflated > MAX_PDF_INFLATED:
                raise InvalidInput(_COMPLEX_PDF)


def _check_object(thing: pikepdf.Object) -> None:
    """Looks through one indirect object and what stands directly in it; what it refers to is looked at in its own turn."""
    pending: list[tuple[object, int]] = [(thing, 0)]
    while pending:
        current, depth = pending.pop()
        if depth > MAX_PDF_DEPTH:
            raise InvalidInput(_COMPLEX_PDF)
        if isinstance(current, pikepdf.Array):
            pending += [(each, depth + 1) for each in current if _has_parts(each)]
        elif isinstance(current, (pikepdf.Dictionary, pikepdf.Stream)):
            keys = set(current.keys())
            if keys & _ACTIVE_KEYS:
                raise InvalidInput(_ACTIVE_PDF)
            if any(str(current.get(key)) in _ACTIVE_NAMES for key in keys & set(_NAMING_KEYS)):
                raise InvalidInput(_ACTIVE_PDF)
            if isinstance(current, pikepdf.Stream) and "/F" in keys:  # its content stands in another file
                raise InvalidInput(_ACTIVE_PDF)
            if "/OpenAction" in keys:
                _check_automatic(current["/OpenAction"])
            if "/AA" in keys and isinstance(current["/AA"], pikepdf.Dictionary):
                for _event, action in current["/AA"].items():
                    _check_automatic(action)
            pending += [(value, depth + 1) for _key, value in current.items() if _has_parts(value)]


def _check_automatic(action: object) -> None:
    if isinstance(action, pikepdf.Dictionary) and str(action.get("/S")) not in _HARMLESS_ACTIONS:
        raise InvalidInput(_ACTIVE_PDF)


def _has_parts(value: object) -> bool:
    return isinstance(value, (pikepdf.Array, pikepdf.Dictionary)) and not value.is_indirect


def _inflated_size(stream: pikepdf.Stream) -> int:
    """Bytes the stream unpacks to, counted without keeping them; pictures may not be larger than they say."""
    filters = stream.get("/Filter")
    names = [str(name) for name in filters] if isinstance(filters, pikepdf.Array) else [str(filters)] if filters else []
    picture = str(stream.get("/Subtype")) == "/Image"
    if picture and int(stream.get("/Width", 0)) * int(stream.get("/Height", 0)) > 4 * MAX_PIXELS:
        raise InvalidInput(_COMPLEX_PDF)
    raw = stream.read_raw_bytes()
    pieces: Iterator[bytes] = iter((raw,))
    for name in names:
        if name in _PICTURE_CODECS:
            break  # bounded by the picture's own size
        if name not in {"/FlateDecode", "/Fl"}:
            return len(stream.read_bytes())  # within this process's memory, or not at all
        pieces = _flate(pieces)
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MAX_PDF_INFLATED:
            raise InvalidInput(_COMPLEX_PDF)
    if not picture and size > SUSPICIOUS_BYTES and size > SUSPICIOUS_RATIO * max(len(raw), 1):
        raise InvalidInput(_COMPLEX_PDF)
    return size


def _flate(pieces: Iterator[bytes]) -> Iterator[bytes]:
    inflater = zlib.decompressobj()
    try:
        for piece in pieces:
            pending = piece
            while pending and not inflater.eof:
                yield inflater.decompress(pending, _CHUNK)
                pending = inflater.unconsumed_tail
    except zlib.error:
        return  # cut off or damaged: what a reader shows of it is what came so far


# Pictures


# Pillow's readers let many exceptions through for a crafted file; none of them is a fault of ours.
_PICTURE_FAULTS = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    LookupError,
    EOFError,
    AttributeError,
    struct.error,
    zlib.error,
)


def _rewrite_image(kind: FileKind, source: Path, target: Path) -> None:
    """Decodes the picture whole and writes its pixels anew: camera data, comments and anything behind it are gone."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(source, formats=["JPEG" if kind is FileKind.JPG else "PNG"]) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
                raise InvalidInput(_LARGE_IMAGE)
            picture.load()
            ImageOps.exif_transpose(picture, in_place=True)
            pixels = _plain_pixels(kind, picture)
            pixels.info.clear()
            if kind is FileKind.JPG:
                pixels.save(target, "JPEG", quality=JPEG_QUALITY)
            else:
                pixels.save(target, "PNG", compress_level=6 if width * height < 4_000_000 else 1)
    except Image.DecompressionBombError:
        raise InvalidInput(_LARGE_IMAGE) from None
    except _PICTURE_FAULTS:
        raise InvalidInput(_BROKEN_IMAGE) from None


def _plain_pixels(kind: FileKind, picture: Image.Image) -> Image.Image:
    if kind is FileKind.JPG:
        return picture if picture.mode in {"L", "RGB"} else picture.convert("RGB")
    if "transparency" in picture.info:
        return picture.convert("RGBA")
    if picture.mode in {"1", "L", "P", "RGB", "RGBA", "LA"}:
        return picture
    return picture.convert("L" if picture.mode.startswith(("I", "F")) else "RGB")


# The processes


def limit_process() -> None:
    """Afterwards this process ends itself before it takes more than its share of time, memory or disk."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN_BYTES, WRITTEN_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)


def serve() -> None:
    """Opens one file after the other until its input ends: a request is a line of JSON, the answer another.

    {"finding": …}, {"refused": sentence}, or {"ended": how} when the file was too much for the process that opened it.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    logging.disable(logging.CRITICAL)
    for line in sys.stdin.buffer:
        answer = _ask_a_process(**json.loads(line))
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


def _ask_a_process(kind: str, source: str, target: str, seconds: float) -> dict:
    """The answer of a fresh copy of this process, which ends with the file it opened."""
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        try:
            os.close(reading)
            limit_process()
            os.write(writing, json.dumps(_answer(FileKind(kind), Path(source), Path(target))).encode())
        finally:
            os._exit(0)
    os.close(writing)
    said = _read_until(reading, monotonic() + seconds)
    os.close(reading)
    if said is None:
        os.kill(process, signal.SIGKILL)
    _process, status = os.waitpid(process, 0)
    try:
        return json.loads(said or b"")
    except ValueError:
        return {"ended": status}


def _answer(kind: FileKind, source: Path, target: Path) -> dict:
    try:
        return {"finding": asdict(inspect(kind, source, target))}
    except InvalidInput as refusal:
        return {"refused": refusal.message}
    except (MemoryError, RecursionError):
        return {"refused": "文件打开时占用的内存过大；请精简内容或重新扫描后再上传。"}


def _read_until(handle: int, deadline: float) -> bytes | None:
    """What came until the other end was closed; None when the time is up before."""
    waiting, said = select.poll(), b""
    waiting.register(handle, select.POLLIN)
    while waiting.poll(max(0.0, deadline - monotonic()) * 1000):
        piece = os.read(handle, 65_536)
        if not piece:
            return said
        said += piece
    return None
