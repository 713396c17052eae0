"""PDF documents: a template and its values in, bytes that were read again and found true out (control C9).

Nothing here fetches anything: the template carries its seal and QR code as inline SVG, the style sheets are our own
files, the fonts are the system's or the bureau's. A long-lived child process does the work (``pdf_child``).
"""

import atexit
import hashlib
import json
import os
import select
import subprocess
import sys
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from .errors import DomainError
from .pdf_child import Engine, Rendered, RenderFailed, write_frame
from .pdf_fonts import FontMissing

#: One document may take so long on the wall, and so much processor time and memory.
TIMEOUT_SECONDS, CPU_SECONDS, MEMORY_MEGABYTES = 60, 30, 1024
#: After so many documents the child starts afresh, whatever a library has kept.
DOCUMENTS_PER_CHILD = 500

#: Style sheets under static/css/print/ that every printed document has.
STYLESHEETS = ("document.css",)

#: Failures that come back whenever the same document is made again; the rest may be bad luck.
_LASTING = {"fetch", "glyph", "font", "fact", "attachment"}

_SENTENCES = {
    "glyph": "文书中有字体里没有的字，暂时不能生成；请系统管理员补充字体后重新生成。",
    "font": "文书所用字体没有安装完整，暂时不能生成；请系统管理员检查字体后重新生成。",
    "fact": "生成的文书与登记内容不一致，没有用印；请系统管理员检查。",
}


class PdfFailure(DomainError):
    """文书不能生成: no document was made. ``is_lasting`` tells whether trying again with the same inputs could help."""

    status = 503

    def __init__(self, kind: str, detail: str):
        super().__init__(_SENTENCES.get(kind, "文件暂时不能生成，请稍后再试；仍不成功的，请联系系统管理员。"))
        self.kind = kind
        self.detail = detail

    @property
    def is_lasting(self) -> bool:
        return self.kind in _LASTING

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"


@dataclass(frozen=True)
class PdfResult:
    """A finished document; ``text`` is what was read out of ``content`` again, ``fonts`` the embedded families."""

    content: bytes
    sha256: str
    pages: int
    text: str
    fonts: tuple[str, ...]


def render_pdf(
    template_name: str,
    context: dict[str, Any],
    *,
    must_contain: list[str] | tuple[str, ...] = (),
    stylesheets: tuple[str, ...] = STYLESHEETS,
) -> PdfResult:
    """The PDF of the template; equal inputs give equal bytes on machines with the same fonts and libraries.

    Every string of ``must_contain`` stands in the document as a reader sees it. Raises PdfFailure when one does not,
    when a character has no glyph, when a font is missing, or when the template asks for anything outside itself.
    """
    html = render_to_string(template_name, context)
    sheets = [str(Path(settings.BASE_DIR) / "static" / "css" / "print" / name) for name in stylesheets]
    facts = [str(fact) for fact in must_contain if fact]
    try:
        if settings.PDF_IN_PROCESS:
            done = _own_engine().render(html, stylesheets=sheets, must_contain=facts)
        else:
            done = _child.render(html, stylesheets=sheets, must_contain=facts)
    except RenderFailed as failure:
        raise PdfFailure(failure.kind, failure.detail) from failure
    except FontMissing as failure:
        raise PdfFailure("font", str(failure)) from failure
    return PdfResult(done.content, hashlib.sha256(done.content).hexdigest(), done.pages, done.text, done.fonts)


@cache
def _own_engine() -> Engine:
    return Engine(_fonts_folder())


def _fonts_folder() -> Path | None:
    return Path(settings.DOCUMENT_FONTS_DIR) if settings.DOCUMENT_FONTS_DIR else None


class _Child:
    """One render process, started when first needed, replaced when it dies, hangs or has made enough documents."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen | None = None
        self._owner = 0
        self._made = 0

    def render(self, html: str, *, stylesheets: list[str], must_contain: list[str]) -> Rendered:
        request = json.dumps({"html": html, "stylesheets": stylesheets, "must_contain": must_contain}).encode()
        with self._lock:
            process = self._running()
            try:
                write_frame(process.stdin, request)
                deadline = monotonic() + TIMEOUT_SECONDS
                head = json.loads(_frame_before(deadline, process))
                content = _frame_before(deadline, process)
            except (OSError, TimeoutError, EOFError, ValueError) as error:
                self.stop()
                raise RenderFailed("child", f"the render process gave no answer ({type(error).__name__})") from error
            self._made += 1
            if self._made >= DOCUMENTS_PER_CHILD:
                self.stop()
        if "failed" in head:
            raise RenderFailed(head["failed"], head["detail"])
        return Rendered(content, head["pages"], head["text"], tuple(head["fonts"]))

    def _running(self) -> subprocess.Popen:
        if self._owner != os.getpid():
            # After a fork the pipes belong to the parent.
            self._process, self._owner = None, os.getpid()
        if self._process is None or self._process.poll() is not None:
            self._process, self._made = self._started(), 0
        return self._process

    @staticmethod
    def _started() -> subprocess.Popen:
        folder = _fonts_folder()
        options = {
            "fonts_folder": str(folder) if folder else "",
            "memory_megabytes": MEMORY_MEGABYTES,
            "cpu_seconds": CPU_SECONDS,
        }
        # The child works on what citizens wrote: it gets none of the keys that stand in our environment.
        handed_on = {name: value for name, value in os.environ.items() if name in _HANDED_ON}
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "laiyang_approval.kernel.pdf_child", json.dumps(options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=settings.BASE_DIR,
            env=handed_on | {"PYTHONIOENCODING": "utf-8"},
        )

    def stop(self) -> None:
        """Afterwards no child of this process runs."""
        if self._process is None or self._owner != os.getpid():
            return
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            pipe.close()
        self._process.wait()
        self._process = None


_HANDED_ON = {"PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "XDG_CACHE_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH"}


def _frame_before(deadline: float, process: subprocess.Popen) -> bytes:
    """The next frame of the child; raises TimeoutError past ``deadline``, EOFError when the child is gone."""
    answers = select.poll()
    answers.register(process.stdout, select.POLLIN)

    def exactly(length: int) -> bytes:
        got = bytearray()
        while len(got) < length:
            if not answers.poll(max(0.0, deadline - monotonic()) * 1000):
                raise TimeoutError
            piece = os.read(process.stdout.fileno(), min(1 << 20, length - len(got)))
            if not piece:
                raise EOFError
            got += piece
        return bytes(got)

    return exactly(int.from_bytes(exactly(8), "big"))


_child = _Child()
atexit.register(_child.stop)


def stop_child() -> None:
    """Afterwards the render process of this process is gone; the next document starts another."""
    _child.stop()
