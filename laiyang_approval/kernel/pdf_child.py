"""The process that makes PDFs (control C9): long-lived, without Django, keys or network, with caps on memory and time.

``Engine`` is also used in this process by tests and benches. As a program it answers requests on its standard input,
one at a time, until the input ends: a frame is a length (8 bytes) and JSON; an answer may be followed by the PDF's bytes.
"""

import gc
import hashlib
import json
import logging
import os
import resource
import signal
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from .pdf_fonts import SYSTEM_FAMILIES, DocumentFont, document_fonts
from .pdf_text import missing_facts, read_pdf

_FRAME = struct.Struct("!Q")
_NOTDEF = ".notdef glyph"


class RenderFailed(Exception):
    """The document was not made, or is not what was asked for; ``kind`` is one of fetch, glyph, font, fact, attachment."""

    def __init__(self, kind: str, detail: str):
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail


@dataclass(frozen=True)
class Rendered:
    """A finished document: its bytes and what a reader finds in it."""

    content: bytes
    pages: int
    text: str
    fonts: tuple[str, ...]


class _Complaints(logging.Handler):
    """What WeasyPrint says while it works on one document."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


class Engine:
    """WeasyPrint with one font configuration, a fetcher without network and style sheets read once."""

    def __init__(self, licensed_folder: Path | None = None, *, prepared: bool = True):
        # The one import inside a function (house rule 5): it takes a second, and only makers of PDFs need it.
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

        fonts = document_fonts(licensed_folder) if prepared else []

        class FontFetcher(URLFetcher):
            def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
                return URLFetcherResponse(url, fonts[int(url.removeprefix("font:"))].content)

        self._weasyprint = weasyprint
        # A BaseException: "except Exception" would let it end the process.
        self._fatal = FatalURLFetchingError
        self._fetcher = URLFetcher(allowed_protocols={"data"}, fail_on_errors=True)
        self._font_config = FontConfiguration()
        # Reading the rules registers the fonts with the configuration, once for all documents.
        weasyprint.CSS(string=_face_rules(fonts), font_config=self._font_config, url_fetcher=FontFetcher())
        self._families = {family.replace(" ", "-") for family in (*SYSTEM_FAMILIES, *(font.family for font in fonts))}
        self._sheets: dict[str, Any] = {}

    def render(self, html: str, *, stylesheets: list[str], must_contain: list[str]) -> Rendered:
        """The PDF of ``html``: equal inputs give equal bytes. Raises RenderFailed when a gate closes."""
        complaints = _Complaints()
        log = logging.getLogger("weasyprint")
        log.addHandler(complaints)
        try:
            content = self._weasyprint.HTML(string=html, url_fetcher=self._fetcher).write_pdf(
                stylesheets=[self._sheet(stylesheets)], font_config=self._font_config
            )
        except self._fatal as error:
            raise RenderFailed("fetch", "the document asks for something outside itself") from error
        finally:
            log.removeHandler(complaints)
        self._judge(complaints.records)
        reading = read_pdf(content)
        strangers = sorted(font for font in reading.fonts if not self._is_ours(font))
        if strangers:
            raise RenderFailed("font", f"printed in {', '.join(strangers)}")
        if reading.attachments:
            raise RenderFailed("attachment", f"{reading.attachments} attachments or actions")
        if missing := missing_facts(reading, must_contain):
            raise RenderFailed("fact", f"not readable in the document: {' | '.join(missing)[:300]}")
        return Rendered(content, len(reading.pages), reading.text, tuple(sorted(reading.fonts)))

    def _judge(self, records: list[logging.LogRecord]) -> None:
        glyphs = [record for record in records if _NOTDEF in str(record.msg)]
        if glyphs:
            raise RenderFailed("glyph", ", ".join(sorted({f"U+{record.args[1]:04X}" for record in glyphs})))
        if errors := [record for record in records if record.levelno >= logging.ERROR]:
            # WeasyPrint goes on without what it could not load; an official document may not.
            raise RenderFailed("fetch", type(errors[0].args).__name__ + f", {len(errors)} complaints")

    def _sheet(self, paths: list[str]) -> Any:
        """The style sheets as one, which is matched faster than several; read again only when a file has changed."""
        text = "\n".join(Path(path).read_text(encoding="utf-8") for path in paths)
        key = hashlib.sha256(text.encode()).hexdigest()
        if key not in self._sheets:
            self._sheets[key] = self._weasyprint.CSS(
                string=text, font_config=self._font_config, url_fetcher=self._fetcher
            )
        return self._sheets[key]

    def _is_ours(self, font: str) -> bool:
        return any(font == family or font.startswith(f"{family}-") for family in self._families)


def _face_rules(fonts: list[DocumentFont]) -> str:
    return "".join(
        f'@font-face {{ font-family: "{font.family}"; src: url(font:{number}) }}' for number, font in enumerate(fonts)
    )


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next frame, or None where the stream ended."""
    head = stream.read(_FRAME.size)
    if len(head) < _FRAME.size:
        return None
    (length,) = _FRAME.unpack(head)
    body = stream.read(length)
    return body if len(body) == length else None


def write_frame(stream: BinaryIO, body: bytes) -> None:
    """Afterwards ``body`` is on its way as one frame."""
    stream.write(_FRAME.pack(len(body)) + body)
    stream.flush()


def _limit_memory(megabytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (128 << 20, 128 << 20))


def _limit_cpu(seconds: int) -> None:
    """From now on ``seconds`` more of processor time; then the kernel ends this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))


def _answer(engine: Engine, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    try:
        done = engine.render(request["html"], stylesheets=request["stylesheets"], must_contain=request["must_contain"])
    except RenderFailed as failure:
        return {"failed": failure.kind, "detail": failure.detail}, b""
    except MemoryError:
        return {"failed": "memory", "detail": "the document needs too much memory"}, b""
    except Exception as error:  # a fault in one document must not be one of the next
        return {"failed": "crash", "detail": type(error).__name__}, b""
    return {"pages": done.pages, "text": done.text, "fonts": done.fonts}, done.content


def main() -> None:
    """Answers until standard input ends, which it does when the parent is gone.

    Not prctl(PR_SET_PDEATHSIG): that follows the thread that started us, and a web server's threads come and go.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    options = json.loads(sys.argv[1])
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr  # whatever a library prints must not get between the frames
    _limit_memory(options["memory_megabytes"])
    engine = Engine(Path(options["fonts_folder"]) if options["fonts_folder"] else None)
    while (frame := read_frame(requests)) is not None:
        _limit_cpu(options["cpu_seconds"])
        head, content = _answer(engine, json.loads(frame))
        write_frame(answers, json.dumps(head).encode())
        write_frame(answers, content)
        gc.collect()


if __name__ == "__main__":
    main()
