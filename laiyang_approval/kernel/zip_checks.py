"""Whether a zipped office file holds what it says and nothing that acts: .docx, .xlsx, .ofd (control C8). Pure.

The directory of a zip file is a claim; everything is counted on the bytes themselves. XML is read with DTDs forbidden.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from enum import StrEnum
from io import BytesIO
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from .errors import InvalidInput


class PackageKind(StrEnum):
    """Zipped kinds of file taken here."""

    DOCX = "docx"
    XLSX = "xlsx"
    OFD = "ofd"


MAX_MEMBERS = 2_000
MAX_INFLATED_BYTES = 100 * 1024 * 1024
MAX_XML_DEPTH = 256

_CHUNK = 64 * 1024
#: Sizes may follow a member's body; nothing else may stand between two members.
_DESCRIPTOR_BYTES = 24
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_MAIN_PART = {
    PackageKind.DOCX: "word/document.xml",
    PackageKind.XLSX: "xl/workbook.xml",
    PackageKind.OFD: "OFD.xml",
}
_XML_SUFFIXES = ("xml", "rels", "vml")
_MEDIA_SUFFIXES = (
    "png",
    "jpg",
    "jpeg",
    "gif",
    "bmp",
    "tif",
    "tiff",
    "emf",
    "wmf",
    "wdp",
    "svg",
    "jb2",
    "ttf",
    "otf",
    "odttf",
)
_OFD_SUFFIXES = ("esl", "dat")
_PRINTER_SETTINGS = re.compile(r"(?:xl|word)/printerSettings/printerSettings[0-9]+\.bin")
_CODE = re.compile(r"vbaProject|vbaData|macrosheets|/activeX|/ctrlProps", re.IGNORECASE)
_CODE_TYPES = re.compile(
    r"macroEnabled|vbaProject|activeX|ms-excel\.(?:sheet\.binary|intlmacrosheet|macrosheet)", re.IGNORECASE
)
_ACTING_RELATIONS = re.compile(
    r"/(?:vbaProject|oleObject|package|control|activeXControlBinary|attachedTemplate|aFChunk|subDocument|frame|"
    r"connections|externalLink(?:Path)?|xlMacrosheet|xlIntlMacrosheet|webextension|webextensiontaskpanes|attachedToolbars)\Z",
    re.IGNORECASE,
)
_FIELD_CODES = re.compile(r"\s*(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|EMBED)\b", re.IGNORECASE)
_ACTING_ELEMENTS = frozenset({"ddeLink", "oleLink", "webPr", "dbPr", "altChunk", "control", "OLEObject", "oleObject"})

_BROKEN = "文件已损坏或不完整，无法打开；请用原软件重新另存后再上传。"
_NOT_PACKAGE = "文件内容与扩展名不符；请用原软件另存为正确的格式后再上传。"
_BOMB = "文件解压后过大或结构异常；请精简内容后再上传。"
_MACRO = "文件中含有宏或控件；请另存为不含宏的文件，或转成PDF后再上传。"
_EMBEDDED = "文件中嵌入了其他文件；请去掉嵌入的对象，或转成PDF后再上传。"
_EXTERNAL = "文件引用了外部内容（外部模板、图片或数据链接）；请断开链接后另存，或转成PDF后再上传。"
_ENTITY = "文件中含有不允许的文档类型声明；请用原软件重新另存后再上传。"
_NAMES = "文件内部的名称或结构异常；请用原软件重新另存后再上传。"


def check_package(data: bytes, kind: PackageKind) -> None:
    """Raises InvalidInput with one sentence unless ``data`` is a sound office file without macros, links or objects."""
    members = _members(data)
    names = {member.filename for member in members}
    if _MAIN_PART[kind] not in names or (kind is not PackageKind.OFD and "[Content_Types].xml" not in names):
        raise InvalidInput(_NOT_PACKAGE)
    inflated = 0
    for member in members:
        if member.is_dir():
            continue
        suffix = _check_name(member.filename, kind)
        read = _XmlCheck(member.filename).feed if suffix in _XML_SUFFIXES else None
        for chunk in _inflate(data, member):
            inflated += len(chunk)
            if inflated > MAX_INFLATED_BYTES:
                raise InvalidInput(_BOMB)
            if read:
                read(chunk)
        if read:
            read(b"")


def _members(data: bytes) -> list[zipfile.ZipInfo]:
    """The directory, if it covers the file from its first byte to its last, without overlaps, doubles or tricks."""
    if not data.startswith(b"PK\x03\x04"):
        raise InvalidInput(_NOT_PACKAGE)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members, comment, directory = archive.infolist(), archive.comment, archive.start_dir
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OverflowError, UnicodeDecodeError):
        raise InvalidInput(_BROKEN) from None
    if len(members) > MAX_MEMBERS:
        raise InvalidInput(_BOMB)
    # Another program may find another directory: in front of the first member, or behind the last byte read here.
    if (
        comment
        or data.rfind(b"PK\x05\x06") != len(data) - 22
        or min((m.header_offset for m in members), default=1) != 0
    ):
        raise InvalidInput(_NAMES)
    seen: set[str] = set()
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.filename.lower() in seen or not end <= member.header_offset <= end + _DESCRIPTOR_BYTES:
            raise InvalidInput(_NAMES)
        seen.add(member.filename.lower())
        if member.flag_bits & 0x41:
            raise InvalidInput("文件设有密码；请取消密码后再上传。")
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise InvalidInput(_NAMES)
        end = _body_start(data, member) + member.compress_size
    if not end <= directory <= end + _DESCRIPTOR_BYTES:
        raise InvalidInput(_NAMES)
    return members


def _body_start(data: bytes, member: zipfile.ZipInfo) -> int:
    header = data[member.header_offset : member.header_offset + _LOCAL_HEADER.size]
    if len(header) < _LOCAL_HEADER.size:
        raise InvalidInput(_BROKEN)
    signature, _version, _flags, method, _time, _date, _crc, _packed, _size, name_length, extra_length = (
        _LOCAL_HEADER.unpack(header)
    )
    start = member.header_offset + _LOCAL_HEADER.size
    name = data[start : start + name_length]
    if signature != b"PK\x03\x04" or method != member.compress_type:
        raise InvalidInput(_BROKEN)
    if name != member.orig_filename.encode("utf-8" if member.flag_bits & 0x800 else "cp437", "replace"):
        raise InvalidInput(_NAMES)
    body = start + name_length + extra_length
    if body + member.compress_size > len(data):
        raise InvalidInput(_BROKEN)
    return body


def _check_name(name: str, kind: PackageKind) -> str:
    """The suffix of an allowed member name; raises InvalidInput for a path that leads elsewhere or an unknown kind."""
    if name.startswith(("/", "\\")) or "\\" in name or "\x00" in name or ":" in name or ".." in name.split("/"):
        raise InvalidInput(_NAMES)
    if _CODE.search(f"/{name}"):
        raise InvalidInput(_MACRO)
    suffix = name.rsplit("/", 1)[-1].rsplit(".", 1)[-1].lower() if "." in name else ""
    if suffix in _XML_SUFFIXES or suffix in _MEDIA_SUFFIXES or _PRINTER_SETTINGS.fullmatch(name):
        return suffix
    if kind is PackageKind.OFD and suffix in _OFD_SUFFIXES:
        return suffix
    raise InvalidInput(_EMBEDDED)


def _inflate(data: bytes, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member's bytes in pieces, counted as they come; raises InvalidInput when they are not what the directory says."""
    start = _body_start(data, member)
    packed = data[start : start + member.compress_size]
    crc = size = 0
    for chunk in _stored(packed) if member.compress_type == zipfile.ZIP_STORED else _deflated(packed):
        size += len(chunk)
        crc = zlib.crc32(chunk, crc)
        if size > MAX_INFLATED_BYTES:
            raise InvalidInput(_BOMB)
        yield chunk
    if size != member.file_size or crc != member.CRC:
        raise InvalidInput(_NAMES)


def _stored(packed: bytes) -> Iterator[bytes]:
    for start in range(0, len(packed), _CHUNK):
        yield packed[start : start + _CHUNK]


def _deflated(packed: bytes) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-15)
    pending = packed
    try:
        while not inflater.eof:
            chunk = inflater.decompress(pending, _CHUNK)
            pending = inflater.unconsumed_tail
            if not chunk and not pending and not inflater.eof:
                raise InvalidInput(_BROKEN)
            yield chunk
    except zlib.error:
        raise InvalidInput(_BROKEN) from None
    if inflater.unused_data:
        raise InvalidInput(_NAMES)


class _XmlCheck(ContentHandler):
    """Reads one XML member piece by piece; raises InvalidInput at the first thing that acts or reaches outside."""

    def __init__(self, name: str):
        super().__init__()
        self.relations = name.endswith(".rels")
        self.types = name == "[Content_Types].xml"
        self.depth = 0
        self.in_field = False
        self.field = ""
        self._parser = DefusedExpatParser(forbid_dtd=True)
        self._parser.setContentHandler(self)
        self._started = False

    def feed(self, chunk: bytes) -> None:
        try:
            if chunk:
                self._parser.feed(chunk)
                self._started = True
            elif self._started:
                self._parser.close()
            else:
                raise InvalidInput(_BROKEN)
        except DefusedXmlException:
            raise InvalidInput(_ENTITY) from None
        except (SAXException, ValueError, LookupError):
            raise InvalidInput(_BROKEN) from None

    def startElement(self, name, attrs):
        self.depth += 1
        if self.depth > MAX_XML_DEPTH:
            raise InvalidInput(_BOMB)
        local = name.rsplit(":", 1)[-1]
        if local in _ACTING_ELEMENTS:
            raise InvalidInput(_EMBEDDED)
        if self.relations and local == "Relationship":
            _check_relation(attrs.get("Type", ""), attrs.get("TargetMode", ""), attrs.get("Target", ""))
        if self.types and _CODE_TYPES.search(attrs.get("ContentType", "")):
            raise InvalidInput(_MACRO)
        if local == "fldSimple":
            _check_field("".join(value for key, value in attrs.items() if key.rsplit(":", 1)[-1] == "instr"))
        self.in_field = local == "instrText"
        if local == "fldChar":
            # A field's code may be cut into many runs; it is whole between "begin" and "separate".
            _check_field(self.field)
            self.field = ""

    def endElement(self, name):
        self.depth -= 1
        self.in_field = False

    def characters(self, content):
        if self.in_field:
            self.field = (self.field + content)[-4096:]

    def endDocument(self):
        _check_field(self.field)


def _check_field(code: str) -> None:
    if _FIELD_CODES.match(code):
        raise InvalidInput(_EXTERNAL)


def _check_relation(kind: str, mode: str, target: str) -> None:
    if _ACTING_RELATIONS.search(kind):
        raise InvalidInput(_MACRO if "vba" in kind.lower() or "macro" in kind.lower() else _EXTERNAL)
    if mode.lower() == "external" and not kind.endswith("/hyperlink"):
        raise InvalidInput(_EXTERNAL)
    if mode.lower() != "external" and re.match(r"(?:[a-z][a-z0-9+.-]*:|\\\\|//)", target, re.IGNORECASE):
        raise InvalidInput(_EXTERNAL)
