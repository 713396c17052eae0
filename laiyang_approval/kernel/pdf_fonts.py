"""The fonts of official documents: which families a page may use, and small prepared copies that print fast.

A whole Chinese font costs some 70 ms a document, because the PDF writer walks through all its 65,535 glyphs. A copy
with the characters of GB 2312 is made in 0.1 s when a render process starts (HarfBuzz, nothing is stored) and stands
first in the style sheet; every rarer character comes from the whole font behind it. Knows nothing of Django.
"""

import ctypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

#: Families the style sheets name, and the system family each stands for; ``pick`` finds the face of simplified Chinese.
BODY, BOLD, HEI = "Document Song", "Document Title", "Document Hei"
SYSTEM_FAMILIES = ("Noto Serif CJK SC", "Noto Sans CJK SC")

#: Where Debian's fonts-noto-cjk and its kin put the files.
_FONT_FOLDERS = (Path("/usr/share/fonts/opentype/noto"), Path("/usr/share/fonts/noto-cjk"), Path("/usr/share/fonts"))
_SYSTEM_FILES = {
    BODY: ("NotoSerifCJK-Regular.ttc", "Noto Serif CJK SC"),
    BOLD: ("NotoSerifCJK-Bold.ttc", "Noto Serif CJK SC"),
    HEI: ("NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"),
}
#: Names of the bureau's licensed fonts in DOCUMENT_FONTS_DIR (仿宋、小标宋、黑体); whole files, any of .ttf .otf.
_LICENSED_STEMS = {BODY: "fangsong", BOLD: "xiaobiaosong", HEI: "heiti"}

#: Rows of GB 2312: symbols and the 3,755 hanzi of level 1 end with the first, the 3,008 of level 2 with the second.
_LAST_ROW_OF_LEVEL_1, _LAST_ROW = 0xD7, 0xF7
#: Headings are few words of ours and the names of bodies: level 1 will do. Names of people stand in the body.
_LAST_ROWS = {BODY: _LAST_ROW, BOLD: _LAST_ROW_OF_LEVEL_1, HEI: _LAST_ROW_OF_LEVEL_1}

_FACE_OF_SIMPLIFIED_CHINESE = 2  # JP, KR, SC, TC, HK in every Noto CJK collection
_SUBSET_NO_HINTING, _SUBSET_DESUBROUTINIZE, _SUBSET_DROP_TABLES = 0x1, 0x4, 3
_TABLES_NOT_NEEDED = (b"GSUB", b"GPOS", b"BASE", b"VORG", b"vhea", b"vmtx")


class FontMissing(Exception):
    """A font the documents need is not installed."""


@dataclass(frozen=True)
class DocumentFont:
    """One family of the style sheets and the bytes behind it."""

    family: str
    content: bytes


@cache
def common_characters(last_row: int = _LAST_ROW) -> frozenset[int]:
    """Code points of GB 2312 (by default all 6,763 hanzi and its symbols), Latin, and general punctuation."""
    points = set(range(0x20, 0x7F)) | set(range(0xA0, 0x180)) | set(range(0x2010, 0x2050)) | set(range(0x2460, 0x2470))
    for high in range(0xA1, last_row + 1):
        for low in range(0xA1, 0xFF):
            points.update(map(ord, bytes((high, low)).decode("gb2312", errors="ignore")))
    return frozenset(points - {0xFFFD})


def document_fonts(licensed_folder: Path | None) -> list[DocumentFont]:
    """The licensed fonts the bureau supplied, and for the rest a prepared copy of Noto; raises FontMissing without Noto."""
    fonts = []
    for family, (file_name, _) in _SYSTEM_FILES.items():
        licensed = _licensed_file(licensed_folder, _LICENSED_STEMS[family])
        if licensed is not None:
            fonts.append(DocumentFont(family, licensed.read_bytes()))
            continue
        content = prepared_copy(_system_file(file_name), common_characters(_LAST_ROWS[family]))
        if content is not None:
            fonts.append(DocumentFont(family, content))
    return fonts


def _licensed_file(folder: Path | None, stem: str) -> Path | None:
    if folder is None:
        return None
    return next((path for suffix in (".ttf", ".otf") if (path := folder / f"{stem}{suffix}").is_file()), None)


def _system_file(name: str) -> Path:
    for folder in _FONT_FOLDERS:
        if (folder / name).is_file():
            return folder / name
    raise FontMissing(f"{name} is not installed (Debian package fonts-noto-cjk)")


def prepared_copy(path: Path, points: frozenset[int]) -> bytes | None:
    """The simplified Chinese face of ``path`` with the characters ``points`` only; None where HarfBuzz cannot cut it."""
    try:
        harfbuzz, subset = _libraries()
    except OSError:
        return None
    blob = harfbuzz.hb_blob_create_from_file(str(path).encode())
    face = harfbuzz.hb_face_create(blob, _FACE_OF_SIMPLIFIED_CHINESE)
    wanted = subset.hb_subset_input_create_or_fail()
    cut = None
    try:
        characters = subset.hb_subset_input_unicode_set(wanted)
        for point in points:
            harfbuzz.hb_set_add(characters, point)
        dropped = subset.hb_subset_input_set(wanted, _SUBSET_DROP_TABLES)
        for tag in _TABLES_NOT_NEEDED:
            harfbuzz.hb_set_add(dropped, int.from_bytes(tag, "big"))
        subset.hb_subset_input_set_flags(wanted, _SUBSET_NO_HINTING | _SUBSET_DESUBROUTINIZE)
        cut = subset.hb_subset_or_fail(face, wanted)
        if not cut:
            return None
        length = ctypes.c_uint()
        result = harfbuzz.hb_face_reference_blob(cut)
        content = ctypes.string_at(harfbuzz.hb_blob_get_data(result, ctypes.byref(length)), length.value)
        harfbuzz.hb_blob_destroy(result)
        return content or None
    finally:
        if cut:
            harfbuzz.hb_face_destroy(cut)
        subset.hb_subset_input_destroy(wanted)
        harfbuzz.hb_face_destroy(face)
        harfbuzz.hb_blob_destroy(blob)


@cache
def _libraries() -> tuple[ctypes.CDLL, ctypes.CDLL]:
    """HarfBuzz and its subsetter, which the PDF writer needs anyway; raises OSError where they are not installed."""
    harfbuzz, subset = ctypes.CDLL("libharfbuzz.so.0"), ctypes.CDLL("libharfbuzz-subset.so.0")
    pointer, number = ctypes.c_void_p, ctypes.c_uint
    signatures = (
        (harfbuzz.hb_blob_create_from_file, pointer, [ctypes.c_char_p]),
        (harfbuzz.hb_blob_destroy, None, [pointer]),
        (harfbuzz.hb_blob_get_data, pointer, [pointer, ctypes.POINTER(number)]),
        (harfbuzz.hb_face_create, pointer, [pointer, number]),
        (harfbuzz.hb_face_destroy, None, [pointer]),
        (harfbuzz.hb_face_reference_blob, pointer, [pointer]),
        (harfbuzz.hb_set_add, None, [pointer, ctypes.c_uint32]),
        (subset.hb_subset_input_create_or_fail, pointer, []),
        (subset.hb_subset_input_destroy, None, [pointer]),
        (subset.hb_subset_input_unicode_set, pointer, [pointer]),
        (subset.hb_subset_input_set, pointer, [pointer, ctypes.c_int]),
        (subset.hb_subset_input_set_flags, None, [pointer, number]),
        (subset.hb_subset_or_fail, pointer, [pointer, pointer]),
    )
    for function, result, arguments in signatures:
        function.restype, function.argtypes = result, arguments
    return harfbuzz, subset
