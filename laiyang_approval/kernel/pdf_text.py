"""Reads the text, the fonts and the attachments of a finished PDF, as any other program would. Knows nothing of Django."""

import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf

_CHARACTER_MAP = re.compile(rb"<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>")
_PAGE_NUMBER = re.compile(r"—\d+—")


@dataclass(frozen=True)
class PdfReading:
    """What a finished PDF shows and carries; ``pages`` holds the text of each page in the order it was drawn."""

    pages: tuple[str, ...]
    fonts: frozenset[str]
    attachments: int

    @property
    def text(self) -> str:
        return "\n".join(self.pages)


def read_pdf(content: bytes) -> PdfReading:
    """The reading of ``content``. Text comes through the ToUnicode maps of the embedded fonts, never from our own inputs."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        maps: dict[tuple[int, int], dict[bytes, str]] = {}
        fonts: set[str] = set()
        pages = tuple("".join(_drawn_text(page.obj, maps, fonts)) for page in pdf.pages)
        attachments = len(pdf.attachments) + ("/OpenAction" in pdf.Root) + ("/JavaScript" in pdf.Root.get("/Names", {}))
        for page in pdf.pages:
            attachments += sum(1 for note in page.obj.get("/Annots", []) if note.get("/Subtype") == "/FileAttachment")
    return PdfReading(pages=pages, fonts=frozenset(fonts), attachments=attachments)


def _drawn_text(
    drawing: pikepdf.Object, maps: dict[tuple[int, int], dict[bytes, str]], fonts: set[str]
) -> Iterator[str]:
    """The strings a page, or a form drawn on it, shows."""
    resources = drawing.get("/Resources", {})
    known = resources.get("/Font", {})
    forms = resources.get("/XObject", {})
    characters: dict[bytes, str] = {}
    for operands, operator in pikepdf.parse_content_stream(drawing, "Tf Tj TJ Do ET"):
        match str(operator):
            case "Tf":
                font = known[str(operands[0])]
                key = font.objgen
                if key not in maps:
                    maps[key] = _character_map(font)
                    fonts.add(str(font["/BaseFont"]).lstrip("/").partition("+")[2])
                characters = maps[key]
            case "Tj":
                yield _decoded(bytes(operands[0]), characters)
            case "TJ":
                for part in operands[0]:
                    if isinstance(part, pikepdf.String):
                        yield _decoded(bytes(part), characters)
            case "ET":
                yield " "
            case "Do":
                form = forms[str(operands[0])]
                if form.get("/Subtype") == "/Form":
                    yield from _drawn_text(form, maps, fonts)


def _character_map(font: pikepdf.Object) -> dict[bytes, str]:
    source = font["/ToUnicode"].read_bytes()
    return {bytes.fromhex(code.decode()): _utf16(text) for code, text in _CHARACTER_MAP.findall(source)}


def _utf16(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be", errors="replace")


def _decoded(string: bytes, characters: dict[bytes, str]) -> str:
    return "".join(characters.get(string[at : at + 2], "\ufffd") for at in range(0, len(string), 2))


def comparable(text: str) -> str:
    """``text`` as two readings of it are compared: compatibility forms folded, blanks and invisible characters left out."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(
        character
        for character in folded
        if not character.isspace()
        and unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
        and not 0xFE00 <= ord(character) <= 0xFE0F
        and not 0xE0100 <= ord(character) <= 0xE01EF
    )


def shown_text(reading: PdfReading) -> str:
    """The comparable text of all pages in one piece, page numbers left out: a sentence may run over the end of a page."""
    return "".join(_PAGE_NUMBER.sub("", comparable(page)) for page in reading.pages)


def missing_facts(reading: PdfReading, facts: list[str]) -> list[str]:
    """Those of ``facts`` that a reader of the document would not find."""
    shown = shown_text(reading)
    return [fact for fact in facts if comparable(fact) not in shown]
