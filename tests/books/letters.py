"""docs/letters.md: every kind of letter as it is printed, with the provisions it cites. ``python -m tests.books.letters`` writes it anew."""

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

TOP = Path(__file__).resolve().parents[2]
BOOK = TOP / "docs" / "letters.md"
PICTURES = TOP / "docs" / "letters"
#: Dots an inch: a page of A4 is then 579 pixels wide, and its text can be read.
RESOLUTION = 70

SEALS = {"official": "机关印章", "approval": "行政审批专用章", "intake": "受理专用章", None: "—"}


def written() -> str:
    """The whole of docs/letters.md, for the pictures that stand in docs/letters."""
    from windows.documents import DocumentKind

    lines = [
        "# Every letter, as printed",
        "",
        "One sample of each kind, rendered from `tests/windows/letter_samples.json` by the portal's own printing; people, numbers and seals",
        "are made up, and the seals say so. Made by `python -m tests.books.letters`. That a letter's text equals its record and its fonts are",
        "the intended ones is tested in `tests/windows/test_documents.py`, for every kind.",
        "",
        "| 种类 | 文书 | 用印 | 引用 | |",
        "|---|---|---|---|---|",
        *(_line(kind) for kind in sorted(DocumentKind)),
        "",
    ]
    return "\n".join(lines)


def _line(kind) -> str:
    from tests.factories.letters import sample

    _, snapshot = sample(kind)
    seal = SEALS[kind.spec.seal_kind] + ("（依规则可用审批专用章）" if kind.spec.seal_by_rule else "")
    cites = "；".join(sorted(set(snapshot["meta"]["cite"].values()))) or "—"
    pages = " ".join(f"![{kind} page {page}](letters/{kind}-{page}.png)" for page in range(1, pages_of(kind) + 1))
    return f"| {kind} | {kind.spec.title} | {seal} | {cites} | {pages} |"


def pages_of(kind: str) -> int:
    """How many pages of this kind have their picture."""
    return len(list(PICTURES.glob(f"{kind}-[0-9].png")))


def take_pictures(*kinds: str) -> None:
    """Afterwards every page of each kind's sample stands in docs/letters, in few colours."""
    from tests.factories.letters import sample
    from windows.rendering import render_snapshot

    PICTURES.mkdir(exist_ok=True)
    for kind in kinds:
        for old in PICTURES.glob(f"{kind}-[0-9].png"):
            old.unlink()
        with tempfile.TemporaryDirectory() as folder:
            letter = Path(folder) / "letter.pdf"
            letter.write_bytes(render_snapshot(*sample(kind)).content)
            subprocess.run(["pdftoppm", "-r", str(RESOLUTION), "-png", letter, Path(folder) / "page"], check=True)
            for number, page in enumerate(sorted(Path(folder).glob("page-*.png")), start=1):
                with Image.open(io.BytesIO(page.read_bytes())) as full:
                    full.convert("RGB").quantize(32).save(PICTURES / f"{kind}-{number}.png", optimize=True)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    os.environ.setdefault("PORTAL_MODE", "test")
    django.setup()
    from laiyang_approval.kernel.pdf import stop_child
    from windows.documents import DocumentKind

    take_pictures(*(sys.argv[1:] or [kind.value for kind in DocumentKind]))
    stop_child()
    BOOK.write_text(written(), encoding="utf-8")
