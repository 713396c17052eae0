"""QR codes as inline SVG, for pages and for documents; and the addresses they hold."""

import segno
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

#: Modules of white around the symbol (ISO/IEC 18004 asks for four).
QUIET_ZONE = 4


def absolute_url(path: str) -> str:
    """The address of ``path`` as a citizen's telephone reaches it (setting PUBLIC_BASE_URL)."""
    return f"{settings.PUBLIC_BASE_URL}{path}"


def qr_matrix(text: str) -> list[list[bool]]:
    """The modules of the symbol for ``text``, quiet zone included; True is dark. Error correction level M or better."""
    code = segno.make(text, error="m", micro=False)
    return [[bool(module) for module in row] for row in code.matrix_iter(border=QUIET_ZONE)]


def qr_svg(text: str, *, label: str) -> SafeString:
    """An inline SVG of the QR code for ``text``; ``label`` is what a screen reader says."""
    rows = qr_matrix(text)
    # One stroke a run of dark modules: a fifth of the commands of filled squares, and so of the time to print them.
    path = "".join(f"M{x} {y}.5h{length}" for y, row in enumerate(rows) for x, length in _runs(row))
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}"'
        ' shape-rendering="crispEdges"><rect width="{0}" height="{0}" fill="#fff"/><path d="{2}" stroke="#000" stroke-width="1"/></svg>',
        len(rows),
        label,
        path,
    )


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Start and length of each run of dark modules."""
    runs, start = [], None
    for x, dark in enumerate([*row, False]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            runs.append((start, x - start))
            start = None
    return runs
