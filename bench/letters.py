"""W6: one letter, as the portal makes it, beside WeasyPrint as its tutorial shows it, in the same run.

Both make the same acceptance notice (D06: two pages, table, seal and QR code as SVG). Ours also reads the finished file
again and looks for every fact in it; the bare limit does not. CPU of this process, best of interleaved rounds.
"""

import json
from pathlib import Path
from time import process_time
from typing import NamedTuple

import weasyprint
from django.conf import settings
from django.template.loader import render_to_string

from laiyang_approval.kernel.pdf_child import Engine
from laiyang_approval.kernel.qr import qr_svg
from laiyang_approval.kernel.seals import DrawnSeal, seal_svg
from windows.documents import DocumentKind, printed_facts

HERE = Path(__file__).parent
GOOD, MOONSHOT = 0.55, 0.33
ROUNDS = 12


class Row(NamedTuple):
    """One line of the report; ``ours`` and ``bare`` in milliseconds of CPU a letter."""

    name: str
    ours: float
    bare: float
    ratio: float
    good: float
    moonshot: float


def run() -> list[Row]:
    """The measured rows of W6."""
    kind, snapshot = DocumentKind.D06, json.loads((HERE / "letter_sample.json").read_text(encoding="utf-8"))
    sheets = [Path(settings.BASE_DIR) / "static/css/print" / name for name in kind.spec.stylesheets]
    engine = Engine()
    facts = printed_facts(snapshot)

    def page() -> str:
        letter, meta = snapshot["print"], snapshot["meta"]
        return render_to_string(
            kind.spec.template,
            {
                "letter": letter,
                "meta": meta,
                "seal": seal_svg(DrawnSeal(**letter["seal"])),
                "qr": qr_svg(meta["verify_url"], label="核验二维码"),
            },
        )

    def ours() -> bytes:
        return engine.render(page(), stylesheets=[str(sheet) for sheet in sheets], must_contain=facts).content

    styles = "".join(sheet.read_text(encoding="utf-8") for sheet in sheets).replace("table-layout: fixed;", "")

    def bare() -> bytes:
        return weasyprint.HTML(string=page().replace("</head>", f"<style>{styles}</style></head>")).write_pdf()

    best = {ours: float("inf"), bare: float("inf")}
    for made in (ours, bare):
        made()
    for _ in range(ROUNDS):
        for made in best:
            start = process_time()
            made()
            best[made] = min(best[made], (process_time() - start) * 1000)
    return [
        Row("W6 文书（一份，含印章、二维码和复核）", best[ours], best[bare], best[ours] / best[bare], GOOD, MOONSHOT)
    ]
