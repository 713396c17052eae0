"""Files people upload, good and hostile, made by code so that nothing dangerous lies in the repository."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from openpyxl import Workbook
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image, ImageDraw


@dataclass(frozen=True)
class Sample:
    """A file as a browser sends it; ``reason`` is part of the sentence it is refused with ("" for a good one)."""

    situation: str
    name: str
    make: Callable[[], bytes]
    reason: str = ""

    def __str__(self) -> str:
        return self.situation


# Builders


def pdf(change: Callable[[Pdf], None] = lambda document: None, pages: int = 1, **save) -> bytes:
    document = Pdf.new()
    for number in range(pages):
        document.add_blank_page(page_size=(595, 842))
        document.pages[-1].Contents = document.make_stream(f"BT /F1 12 Tf 72 700 Td (page {number}) Tj ET".encode())
    change(document)
    out = BytesIO()
    document.save(out, **save)
    return out.getvalue()


def _javascript(code: str = "app.alert(1)") -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String(code))


def _open_action(action: Dictionary) -> Callable[[Pdf], None]:
    def change(document: Pdf) -> None:
        document.Root.OpenAction = action

    return change


def _annotation(**members) -> Callable[[Pdf], None]:
    def change(document: Pdf) -> None:
        note = Dictionary(Type=Name.Annot, Rect=Array([0, 0, 100, 100]), **members)
        document.pages[0].Annots = document.make_indirect(Array([document.make_indirect(note)]))

    return change


def _named_javascript(document: Pdf) -> None:
    tree = Dictionary(Names=Array([String("a"), document.make_indirect(_javascript())]))
    document.Root.Names = document.make_indirect(Dictionary(JavaScript=document.make_indirect(tree)))


def _unreached_javascript(document: Pdf) -> None:
    document.pages[0].PieceInfo = document.make_indirect(Dictionary(A=Dictionary(B=Array([_javascript()]))))


def _embedded_file(document: Pdf) -> None:
    document.attachments["a.exe"] = pikepdf.AttachedFileSpec(document, b"MZ", filename="a.exe")


def _xfa(document: Pdf) -> None:
    document.Root.AcroForm = Dictionary(Fields=Array(), XFA=document.make_stream(b"<xdp:xdp/>"))


def _bomb(layers: int) -> Callable[[Pdf], None]:
    def change(document: Pdf) -> None:
        data = b"\0" * (64 * 1024 * 1024)
        for _ in range(layers):
            data = zlib.compress(data, 9)
        stream = Stream(document, data)
        stream.Filter = Array([Name.FlateDecode] * layers)
        document.pages[0].Contents = document.make_indirect(stream)

    return change


def _external_stream(document: Pdf) -> None:
    stream = document.make_stream(b"")
    stream.F = Dictionary(Type=Name.Filespec, F=String("/etc/passwd"))
    document.pages[0].Contents = stream


def _page_action(document: Pdf) -> None:
    document.pages[0].AA = Dictionary(O=Dictionary(S=Name.URI, URI=String("http://tracker.invalid/")))


def _escaped_name() -> bytes:
    plain = pdf(_open_action(_javascript()), object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return plain.replace(b"/JavaScript", b"/#4aavaScript").replace(b"/JS ", b"/#4aS ")


def _scanned(document: Pdf) -> None:
    picture = Stream(document, jpg())
    picture.Type, picture.Subtype = Name.XObject, Name.Image
    picture.Width, picture.Height = 120, 80
    picture.ColorSpace, picture.BitsPerComponent, picture.Filter = Name.DeviceRGB, 8, Name.DCTDecode
    document.pages[0].Resources = Dictionary(XObject=Dictionary(Im0=document.make_indirect(picture)))


def _form(document: Pdf) -> None:
    field = document.make_indirect(Dictionary(FT=Name.Tx, T=String("name"), V=String("某人")))
    document.Root.AcroForm = Dictionary(Fields=Array([field]))


def _white_scan(document: Pdf) -> None:
    """A blank page scanned at 300 dpi: packs a thousandfold, and is still what it says."""
    picture = Stream(document, zlib.compress(b"\xff" * (2480 * 3508 * 3)))
    picture.Type, picture.Subtype = Name.XObject, Name.Image
    picture.Width, picture.Height = 2480, 3508
    picture.ColorSpace, picture.BitsPerComponent, picture.Filter = Name.DeviceRGB, 8, Name.FlateDecode
    document.pages[0].Resources = Dictionary(XObject=Dictionary(Im0=document.make_indirect(picture)))


def _drawing(mode: str = "RGB", size: tuple[int, int] = (120, 80)) -> Image.Image:
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).rectangle((0, 0, 40, 20), fill="red")
    return picture.convert(mode)


def image(kind: str, mode: str = "RGB", size: tuple[int, int] = (120, 80), **save) -> bytes:
    out = BytesIO()
    _drawing(mode, size).save(out, kind, **save)
    return out.getvalue()


def jpg(**save) -> bytes:
    return image("JPEG", **save)


def jpg_with_camera_data() -> bytes:
    """Lies on its side, and tells where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn right
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (36.0, 58.0, 42.0)
    return jpg(exif=exif, comment=b"<?php system($_GET[0]); ?>")


def sixteen_bit_png() -> bytes:
    out = BytesIO()
    Image.new("I;16", (20, 10), 40_000).save(out, "PNG")
    return out.getvalue()


def png_of_size(width: int, height: int) -> bytes:
    """A tiny file that claims a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpg_of_size(width: int, height: int) -> bytes:
    data = bytearray(jpg())
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>{0}</Types>'
)
_RELS = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{0}</Relationships>'
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_WORD = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{0}</w:body></w:document>'
_DTD = '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w>&x;</w>'
_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><w>&j;</w>"
)


def relation(kind: str, target: str, mode: str = "") -> str:
    return f'<Relationship Id="r1" Type="{_KIND}{kind}" Target="{target}"{f" TargetMode={chr(34)}{mode}{chr(34)}" if mode else ""}/>'


def package(members: dict[str, bytes | str], *, stored: bool = False) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx(
    extra: dict[str, bytes | str] | None = None, *, types: str = "", relations: str = "", body: str = "<w:p/>"
) -> bytes:
    members = {
        "[Content_Types].xml": _TYPES.format(types),
        "_rels/.rels": _RELS.format(relation("officeDocument", "word/document.xml")),
        "word/document.xml": _WORD.format(body),
        "word/_rels/document.xml.rels": _RELS.format(relations),
    }
    return package(members | (extra or {}))


def xlsx(extra: dict[str, bytes | str] | None = None) -> bytes:
    book = Workbook()
    book.active.append(["名称", "数量"])
    out = BytesIO()
    book.save(out)
    if not extra:
        return out.getvalue()
    with zipfile.ZipFile(BytesIO(out.getvalue())) as old:
        return package({name: old.read(name) for name in old.namelist()} | extra)


def ofd(extra: dict[str, bytes | str] | None = None) -> bytes:
    members = {
        "OFD.xml": '<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"/>',
        "Doc_0/Document.xml": '<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"/>',
        "Doc_0/Pages/Page_0/Content.xml": '<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"/>',
    }
    return package(members | (extra or {}))


def _lying_directory() -> bytes:
    """The directory claims 932 bytes where 16 MiB are packed."""
    data = bytearray(docx({"word/media/a.png": b"\0" * 16 * 1024 * 1024}))
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", 932)
    data[place + 16 : place + 20] = struct.pack("<I", zlib.crc32(b"\0" * 932))
    return bytes(data)


def _two_names() -> bytes:
    """Another program reads the local name, which differs from the directory's."""
    data = docx({"word/media/aaaaaa.png": b"x"})
    return data.replace(b"word/media/aaaaaa.png", b"../../../tmp/evil.png", 1)


def _doubled() -> bytes:
    out = BytesIO(docx())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("WORD/document.xml", _WORD.format(""))
    return out.getvalue()


def _locked_zip() -> bytes:
    data = bytearray(docx())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(mark, place + 4)
    return bytes(data)


def _cut_field() -> str:
    runs = "".join(f"<w:r><w:instrText>{part}</w:instrText></w:r>" for part in ("D", "DEA", "UTO c:\\\\x"))
    return f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}<w:r><w:fldChar w:fldCharType="separate"/></w:r></w:p>'


_EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000
_HYPERLINK = relation("hyperlink", "https://www.laiyang.gov.cn/", "External")

GOOD = [
    Sample("a plain PDF", "申请书.pdf", pdf),
    Sample("a PDF of many pages", "图纸.PDF", lambda: pdf(pages=60)),
    Sample("a PDF with packed objects", "a.pdf", lambda: pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate)),
    Sample("a linearised PDF", "a.pdf", lambda: pdf(linearize=True)),
    Sample("a PDF with a link", "a.pdf", lambda: pdf(_annotation(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("https://www.gov.cn/"))))),
    Sample("a PDF that opens at a page", "a.pdf", lambda: pdf(_open_action(Dictionary(S=Name.GoTo, D=Array([0, Name.Fit]))))),
    Sample("a PDF form without scripts", "a.pdf", lambda: pdf(_form)),
    Sample("a scanned PDF", "扫描件.pdf", lambda: pdf(_scanned)),
    Sample("a blank page scanned", "a.pdf", lambda: pdf(_white_scan)),
    Sample("a JPEG", "照片.jpg", jpg),
    Sample("a grey JPEG", "a.JPEG", lambda: image("JPEG", "L")),
    Sample("a CMYK JPEG", "a.jpg", lambda: image("JPEG", "CMYK")),
    Sample("a JPEG with camera data", "a.jpg", jpg_with_camera_data),
    Sample("a PNG with transparency", "a.png", lambda: image("PNG", "RGBA")),
    Sample("a PNG with a palette", "a.png", lambda: image("PNG", "P")),
    Sample("a black and white PNG", "a.png", lambda: image("PNG", "1")),
    Sample("a 16-bit PNG", "a.png", sixteen_bit_png),
    Sample("a document", "委托书.docx", docx),
    Sample("a document with a link", "a.docx", lambda: docx(relations=_HYPERLINK)),
    Sample("a document with a picture", "a.docx", lambda: docx({"word/media/image1.jpeg": jpg()})),
    Sample("a document with a page field", "a.docx", lambda: docx(body='<w:p><w:fldSimple w:instr=" PAGE "/></w:p>')),
    Sample("a table", "清单.xlsx", xlsx),
    Sample("a layout file", "证照.ofd", ofd),
    Sample("a layout file with a seal", "a.ofd", lambda: ofd({"Doc_0/Signs/Sign_0/SignedValue.dat": b"\x30\x00", "Doc_0/Signs/Sign_0/Seal.esl": b"\x30\x00"})),
    Sample("a name with folders in it", "C:\\Users\\张\\材料.pdf", pdf),
    Sample("a very long name", "长" * 250 + ".pdf", pdf),
]  # fmt: skip

_KINDS = "只能上传"
_NOT_THAT = "内容与扩展名不符"
_ACTS = "脚本、附件或可执行的动作"
_LINKS = "引用了外部内容"

HOSTILE = [
    Sample("a page called PDF", "a.pdf", lambda: _HTML, _NOT_THAT),
    Sample("a drawing with a script called PNG", "a.png", lambda: _SVG, _NOT_THAT),
    Sample("a program called PDF", "a.pdf", lambda: b"MZ" + b"\0" * 500, _NOT_THAT),
    Sample("a program called DOCX", "a.docx", lambda: b"MZ" + b"\0" * 500, _NOT_THAT),
    Sample("a script called JPG", "a.jpg", lambda: b"<?php system($_GET[0]);", _NOT_THAT),
    Sample("the test virus called PDF", "a.pdf", lambda: _EICAR, _NOT_THAT),
    Sample("a GIF called PNG", "a.png", lambda: image("GIF"), _NOT_THAT),
    Sample("a JPEG called PNG", "a.png", jpg, _NOT_THAT),
    Sample("a table called document", "a.docx", xlsx, _NOT_THAT),
    Sample("any zip called document", "a.docx", lambda: package({"a.txt": "x"}), _NOT_THAT),
    Sample("an old document called new", "a.docx", lambda: _OLE, _NOT_THAT),
    Sample("an old document", "a.doc", lambda: _OLE, _KINDS),
    Sample("a page", "a.html", lambda: _HTML, _KINDS),
    Sample("a drawing", "a.svg", lambda: _SVG, _KINDS),
    Sample("a program", "a.exe", lambda: b"MZ", _KINDS),
    Sample("a PDF by its middle name", "a.pdf.exe", pdf, _KINDS),
    Sample("a PDF turned round by an override", "a\u202efdp.exe", pdf, _KINDS),
    Sample("an archive", "a.zip", lambda: package({"a": "x"}), _KINDS),
    Sample("a document with macros by name", "a.docm", docx, _KINDS),
    Sample("no extension", "pdf", pdf, _KINDS),
    Sample("only an extension", ".pdf", pdf, _KINDS),
    Sample("a full-width extension", "a.ｐｄｆ", pdf, _KINDS),
    Sample("nothing in it", "a.pdf", lambda: b"", "文件是空的"),
    Sample("a script on opening", "a.pdf", lambda: pdf(_open_action(_javascript())), _ACTS),
    Sample("a script with a written-out name", "a.pdf", _escaped_name, _ACTS),
    Sample("a script in the names", "a.pdf", lambda: pdf(_named_javascript), _ACTS),
    Sample("a script in packed objects", "a.pdf", lambda: pdf(_named_javascript, object_stream_mode=pikepdf.ObjectStreamMode.generate), _ACTS),
    Sample("a script no page leads to", "a.pdf", lambda: pdf(_unreached_javascript), _ACTS),
    Sample("a program to start", "a.pdf", lambda: pdf(_annotation(Subtype=Name.Link, A=Dictionary(S=Name.Launch, F=String("cmd.exe")))), _ACTS),
    Sample("an address called on opening", "a.pdf", lambda: pdf(_open_action(Dictionary(S=Name.URI, URI=String("http://x.invalid")))), _ACTS),
    Sample("an address called by a page", "a.pdf", lambda: pdf(_page_action), _ACTS),
    Sample("another document on a share", "a.pdf", lambda: pdf(_annotation(Subtype=Name.Link, A=Dictionary(S=Name.GoToR, F=String("\\\\x\\y")))), _ACTS),
    Sample("a form that sends itself", "a.pdf", lambda: pdf(_annotation(Subtype=Name.Widget, A=Dictionary(S=Name.SubmitForm, F=String("http://x.invalid")))), _ACTS),
    Sample("an attached program", "a.pdf", lambda: pdf(_embedded_file), _ACTS),
    Sample("an attachment on a page", "a.pdf", lambda: pdf(_annotation(Subtype=Name.FileAttachment)), _ACTS),
    Sample("moving pictures", "a.pdf", lambda: pdf(_annotation(Subtype=Name.RichMedia)), _ACTS),
    Sample("a dynamic form", "a.pdf", lambda: pdf(_xfa), _ACTS),
    Sample("a portfolio", "a.pdf", lambda: pdf(lambda d: d.Root.__setitem__("/Collection", Dictionary())), _ACTS),
    Sample("content in another file", "a.pdf", lambda: pdf(_external_stream), _ACTS),
    Sample("a locked PDF", "a.pdf", lambda: pdf(encryption=pikepdf.Encryption(user="a", owner="b")), "密码或权限"),
    Sample("a PDF with restrictions", "a.pdf", lambda: pdf(encryption=pikepdf.Encryption(user="", owner="b")), "密码或权限"),
    Sample("a PDF bomb in two layers", "a.pdf", lambda: pdf(_bomb(2)), "解压后过大"),
    Sample("a PDF bomb in one layer", "a.pdf", lambda: pdf(_bomb(1)), "解压后过大"),
    Sample("half a PDF", "a.pdf", lambda: pdf()[:300], "已损坏"),
    Sample("a PDF without pages", "a.pdf", lambda: pdf(pages=0), "已损坏"),
    Sample("only the head of a PDF", "a.pdf", lambda: b"%PDF-1.7\n%%EOF", "已损坏"),
    Sample("a PDF that is also a page", "a.pdf", lambda: pdf() + _HTML, "混有其他格式"),
    Sample("a PDF that begins as a page", "a.pdf", lambda: pdf().replace(b"\n", b"\n%<html><script>alert(1)</script>\n", 1), "混有其他格式"),
    Sample("a PDF that is also an archive", "a.pdf", lambda: pdf() + package({"a": "x"}), "混有其他格式"),
    Sample("a pixel flood as JPEG", "a.jpg", lambda: jpg_of_size(60_000, 60_000), "尺寸过大"),
    Sample("a pixel flood as PNG", "a.png", lambda: png_of_size(50_000, 50_000), "尺寸过大"),
    Sample("a very long strip", "a.png", lambda: png_of_size(40_000, 1), "尺寸过大"),
    Sample("half a JPEG", "a.jpg", lambda: jpg()[:400], "图片已损坏"),
    Sample("half a PNG", "a.png", lambda: image("PNG")[:-40], "图片已损坏"),
    Sample("a document with macros", "a.docx", lambda: docx({"word/vbaProject.bin": b"x"}), "宏或控件"),
    Sample("a document typed as one with macros", "a.docx", lambda: docx(types='<Override PartName="/word/document.xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'), "宏或控件"),
    Sample("a document with a control", "a.docx", lambda: docx({"word/activeX/activeX1.xml": "<a/>"}), "宏或控件"),
    Sample("a template from elsewhere", "a.docx", lambda: docx(relations=relation("attachedTemplate", "http://x.invalid/a.dotm", "External")), _LINKS),
    Sample("a picture from elsewhere", "a.docx", lambda: docx(relations=relation("image", "http://x.invalid/a.png", "External")), _LINKS),
    Sample("a picture from elsewhere, said to be inside", "a.docx", lambda: docx(relations=relation("image", "file://x/a.png")), _LINKS),
    Sample("a page inside a document", "a.docx", lambda: docx(relations=relation("aFChunk", "afchunk.xml")), _LINKS),
    Sample("a data link cut into pieces", "a.docx", lambda: docx(body=_cut_field()), _LINKS),
    Sample("a data link in one piece", "a.docx", lambda: docx(body='<w:p><w:fldSimple w:instr="DDE cmd"/></w:p>'), _LINKS),
    Sample("an object in a document", "a.docx", lambda: docx({"word/embeddings/oleObject1.bin": b"x"}), "嵌入"),
    Sample("a program in a document", "a.docx", lambda: docx({"word/media/a.exe": b"MZ"}), "嵌入"),
    Sample("an entity that reads a file", "a.docx", lambda: docx({"word/footnotes.xml": _DTD}), "文档类型声明"),
    Sample("a million laughs", "a.docx", lambda: docx({"word/footnotes.xml": _LAUGHS}), "文档类型声明"),
    Sample("an entity in UTF-16", "a.docx", lambda: docx({"word/footnotes.xml": _DTD.replace('"1.0"', '"1.0" encoding="utf-16"').encode("utf-16")}), "文档类型声明"),
    Sample("broken XML", "a.docx", lambda: docx({"word/footnotes.xml": "<a>"}), "已损坏"),
    Sample("XML nested without end", "a.docx", lambda: docx({"word/footnotes.xml": "<a>" * 5000 + "</a>" * 5000}), "解压后过大或结构异常"),
    Sample("a zip bomb", "a.docx", lambda: docx({"word/media/a.png": b"\0" * 120 * 1024 * 1024}), "解压后过大"),
    Sample("a directory that lies", "a.docx", _lying_directory, "结构异常"),
    Sample("a member with two names", "a.docx", _two_names, "结构异常"),
    Sample("a member twice", "a.docx", _doubled, "结构异常"),
    Sample("a member that climbs out", "a.docx", lambda: docx({"../../a.xml": "<a/>"}), "结构异常"),
    Sample("a member with a drive", "a.docx", lambda: docx({"C:/a.xml": "<a/>"}), "结构异常"),
    Sample("too many members", "a.docx", lambda: docx({f"word/media/{n}.png": b"" for n in range(2500)}), "解压后过大"),
    Sample("a document with a password", "a.docx", _locked_zip, "密码"),
    Sample("a document behind a page", "a.docx", lambda: _HTML + docx(), _NOT_THAT),
    Sample("a document before a page", "a.docx", lambda: docx() + _HTML, "结构异常"),
    Sample("half a document", "a.docx", lambda: docx()[:-30], "已损坏"),
    Sample("a table with a link to data", "a.xlsx", lambda: xlsx({"xl/externalLinks/externalLink1.xml": "<externalLink><ddeLink/></externalLink>"}), "嵌入"),
    Sample("a table linked to another", "a.xlsx", lambda: xlsx({"xl/externalLinks/_rels/externalLink1.xml.rels": _RELS.format(relation("externalLinkPath", "http://x.invalid/a.xlsx", "External"))}), _LINKS),
    Sample("a table that asks a database", "a.xlsx", lambda: xlsx({"xl/connections.xml": '<connections><connection><dbPr command="x"/></connection></connections>'}), "嵌入"),
    Sample("a table with old macros", "a.xlsx", lambda: xlsx({"xl/macrosheets/sheet1.xml": "<a/>"}), "宏或控件"),
    Sample("a table with an entity", "a.xlsx", lambda: xlsx({"xl/comments1.xml": _DTD}), "文档类型声明"),
    Sample("a layout file with a program", "a.ofd", lambda: ofd({"Doc_0/Attachs/a.exe": b"MZ"}), "嵌入"),
    Sample("a layout file with an entity", "a.ofd", lambda: ofd({"Doc_0/Res.xml": _DTD}), "文档类型声明"),
    Sample("a document called layout file", "a.ofd", docx, _NOT_THAT),
]  # fmt: skip
