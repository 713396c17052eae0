"""The PDF engine: true glyphs, true facts, nothing fetched, nothing attached, one capped child (controls C9, T8, T9)."""

import io
import os
import shutil
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from time import monotonic, sleep

import pikepdf
import pytest
import weasyprint

from laiyang_approval.kernel import pdf
from laiyang_approval.kernel.pdf import PdfFailure, render_pdf, stop_child
from laiyang_approval.kernel.pdf_child import Engine, RenderFailed
from laiyang_approval.kernel.pdf_fonts import common_characters, document_fonts, prepared_copy
from laiyang_approval.kernel.pdf_text import PdfReading, comparable, missing_facts, read_pdf

STYLES = [str(Path(__file__).parents[2] / "static/css/print/document.css")]

needs_poppler = pytest.mark.skipif(shutil.which("pdffonts") is None, reason="needs poppler-utils")


@pytest.fixture(scope="module")
def engine():
    return Engine()


@pytest.fixture(scope="module", autouse=True)
def _no_child_left():
    yield
    stop_child()


@pytest.fixture
def pages(tmp_path, settings):
    """Writes one-page templates of its own; returns the function that does."""
    settings.TEMPLATES = [
        settings.TEMPLATES[0] | {"DIRS": [tmp_path], "OPTIONS": settings.TEMPLATES[0]["OPTIONS"] | {"builtins": []}}
    ]

    def write(body: str) -> str:
        name = f"page{len(list(tmp_path.glob('page*.html')))}.html"
        (tmp_path / name).write_text(html(body))
        return name

    return write


@pytest.fixture
def canary():
    """A web server on the loopback that counts who calls."""
    calls: list[str] = []

    class Counter(BaseHTTPRequestHandler):
        def do_GET(self):
            calls.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Counter)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    server.calls = calls
    server.address = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    thread.join()


def html(body: str) -> str:
    return f'<html lang="zh-CN"><title>页</title><body>{body}</body></html>'


def draw(engine: Engine, body: str, *facts: str):
    return engine.render(html(body), stylesheets=STYLES, must_contain=list(facts))


def hostile(address: str, secret: Path) -> str:
    return (
        f'<img src="{address}/img"><img src="file://{secret}"><link rel="attachment" href="file://{secret}">'
        f'<link rel="stylesheet" href="{address}/css"><style>@import url({address}/import);'
        f"body {{ background: url({address}/background) }} @font-face {{ font-family: x; src: url({address}/font) }}"
        f'</style><object data="{address}/object"></object><embed src="{address}/embed">'
        f'<svg><image href="{address}/svg"/></svg><a rel="attachment" href="file://{secret}">准予</a>'
    )


def test_the_same_inputs_give_the_same_bytes_in_any_process(engine, pages):
    page = pages("<h1>受理通知书</h1><p>莱阳市行政审批服务局</p>")
    first, second = render_pdf(page, {}), render_pdf(page, {})
    stop_child()
    third = render_pdf(page, {})
    here = draw(engine, "<h1>受理通知书</h1><p>莱阳市行政审批服务局</p>")
    assert first.content == second.content == third.content == here.content
    assert len(first.sha256) == 64 and first.pages == 1


@needs_poppler
def test_rare_characters_of_names_print_as_themselves(engine, tmp_path):
    names = ["张䶮", "王㛃", "李𬭎", "𠮷田", "欧阳喆", "买买提·阿不都"]
    done = draw(engine, "".join(f"<p>{name}</p>" for name in names), *names)
    (tmp_path / "a.pdf").write_bytes(done.content)
    shown = subprocess.run(["pdftotext", tmp_path / "a.pdf", "-"], capture_output=True, text=True, check=True).stdout
    assert [line for line in shown.splitlines() if line in names] == names
    listed = subprocess.run(["pdffonts", tmp_path / "a.pdf"], capture_output=True, text=True, check=True).stdout
    fonts = {line.split()[0].partition("+")[2] for line in listed.splitlines()[2:]}
    assert fonts == {"Document-Song", "Noto-Serif-CJK-SC"} == set(done.fonts)


def test_a_common_letter_needs_no_whole_font(engine):
    assert draw(engine, "<p>准予行政许可决定书〔2026〕第0001号 — 1 — 12:30</p>").fonts == ("Document-Song",)


def test_a_character_without_glyph_stops_the_document(engine):
    with pytest.raises(RenderFailed) as refused:
        draw(engine, "<p>王\U0010fffd伟</p>")
    assert (refused.value.kind, refused.value.detail) == ("glyph", "U+10FFFD")


def test_a_font_that_is_not_ours_stops_the_document(engine, tmp_path):
    (tmp_path / "other.css").write_text("p { font-family: 'DejaVu Sans' }")
    with pytest.raises(RenderFailed) as refused:
        engine.render(html("<p>DejaVu</p>"), stylesheets=[*STYLES, str(tmp_path / "other.css")], must_contain=[])
    assert refused.value.kind == "font"
    assert "DejaVu-Sans" in refused.value.detail


def test_a_fact_that_is_hidden_stops_the_document(pages):
    page = pages("<h1>不予行政许可决定书</h1>{% if shown %}<p>{{ name }}</p>{% endif %}")
    facts = ["不予行政许可决定书", "莱阳市梨乡人家餐饮有限公司"]
    assert render_pdf(page, {"name": facts[1], "shown": True}, must_contain=facts).pages == 1
    with pytest.raises(PdfFailure) as refused:
        render_pdf(page, {"name": facts[1], "shown": False}, must_contain=facts)
    assert refused.value.kind == "fact" and refused.value.is_lasting
    assert "没有用印" in refused.value.message


def test_a_fact_may_run_over_the_end_of_a_page(engine):
    long = "本机关经审查认为申请材料齐全符合法定形式" * 120
    done = draw(engine, f"<p>{long}</p>", long)
    assert done.pages > 2


def test_unlike_writings_of_one_character_are_compared_alike():
    reading = PdfReading(pages=("莱阳市（1）— 1 —", "张　伟"), fonts=frozenset(), attachments=0)
    assert missing_facts(reading, ["莱阳市(1)张伟", "王伟"]) == ["王伟"]
    assert comparable("⼭东\u200b省") == "山东省"


def test_markup_in_a_value_is_printed_not_obeyed(pages, canary, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("内部")
    page = pages("<h1>不予行政许可决定书</h1><p>{{ name }}</p>")
    text = hostile(canary.address, secret)
    done = render_pdf(page, {"name": text}, must_contain=["不予行政许可决定书", text])
    assert canary.calls == []
    assert read_pdf(done.content).attachments == 0
    assert "</style>" in done.text


def test_a_template_that_asks_for_the_network_is_refused_and_nothing_is_fetched(engine, canary, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("内部")
    with pytest.raises(RenderFailed) as refused:
        draw(engine, hostile(canary.address, secret))
    assert refused.value.kind == "fetch"
    assert canary.calls == []


def test_the_same_page_with_the_default_fetcher_fetches_and_attaches(canary, tmp_path):
    """The control: without our fetcher the two tests above would find something."""
    secret = tmp_path / "secret.txt"
    secret.write_text("内部")
    content = weasyprint.HTML(string=html(hostile(canary.address, secret))).write_pdf()
    assert {"/img", "/css", "/import", "/background"} <= set(canary.calls)
    assert read_pdf(content).attachments >= 1


def test_the_child_has_caps_and_none_of_our_keys(pages, monkeypatch):
    stop_child()
    monkeypatch.setenv("SECRET_KEY", "must-not-be-handed-on")
    render_pdf(pages("<p>页</p>"), {})
    process = pdf._child._process
    limits = Path(f"/proc/{process.pid}/limits").read_text()
    memory = next(line for line in limits.splitlines() if line.startswith("Max address space"))
    assert str(pdf.MEMORY_MEGABYTES << 20) in memory
    cpu = next(line for line in limits.splitlines() if line.startswith("Max cpu time"))
    assert int(cpu.split()[3]) <= pdf.CPU_SECONDS + 60
    environment = Path(f"/proc/{process.pid}/environ").read_bytes()
    assert b"SECRET_KEY" not in environment and b"DATABASE_URL" not in environment and b"PORTAL" not in environment


def test_a_killed_child_is_replaced(pages):
    page = pages("<p>页</p>")
    expected = render_pdf(page, {}).sha256
    first = pdf._child._process.pid
    os.kill(first, signal.SIGKILL)
    pdf._child._process.wait()
    assert render_pdf(page, {}).sha256 == expected
    assert pdf._child._process.pid != first


def test_a_child_that_hangs_is_given_up_and_replaced(pages, monkeypatch):
    page = pages("<p>页</p>")
    render_pdf(page, {})
    hanging = pdf._child._process
    os.kill(hanging.pid, signal.SIGSTOP)
    monkeypatch.setattr(pdf, "TIMEOUT_SECONDS", 0.3)
    with pytest.raises(PdfFailure) as failed:
        render_pdf(page, {})
    assert failed.value.kind == "child" and not failed.value.is_lasting
    assert hanging.poll() is not None
    monkeypatch.undo()
    assert render_pdf(page, {}).pages == 1


def test_a_document_that_takes_too_much_processor_time_ends_the_child_only(pages, monkeypatch):
    stop_child()
    monkeypatch.setattr(pdf, "CPU_SECONDS", 1)
    rows = "<p>" + "本机关经审查认为申请材料齐全符合法定形式" * 60_000 + "</p>"
    with pytest.raises(PdfFailure) as failed:
        render_pdf(pages(rows), {})
    assert failed.value.kind in {"child", "memory"}
    stop_child()
    monkeypatch.undo()
    assert render_pdf(pages("<p>页</p>"), {}).pages == 1


def test_a_child_starts_afresh_after_its_share_of_documents(pages, monkeypatch):
    page = pages("<p>页</p>")
    stop_child()
    monkeypatch.setattr(pdf, "DOCUMENTS_PER_CHILD", 2)
    render_pdf(page, {})
    first = pdf._child._process.pid
    render_pdf(page, {})
    render_pdf(page, {})
    assert pdf._child._process.pid != first


def test_prepared_fonts_hold_the_common_characters_and_are_small():
    fonts = document_fonts(None)
    assert [font.family for font in fonts] == ["Document Song", "Document Title", "Document Hei"]
    assert all(700_000 < len(font.content) < 4_000_000 for font in fonts)
    assert {ord(character) for character in "莱阳市喆〔〕—·№①"} - common_characters() == {ord("喆")}


def test_without_the_font_cutter_whole_fonts_are_used():
    done = draw(Engine(prepared=False), "<p>准予行政许可</p>", "准予行政许可")
    assert done.fonts == ("Noto-Serif-CJK-SC",)


def test_the_bureaus_own_fonts_come_first(engine, tmp_path):
    sans = prepared_copy(Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"), common_characters())
    (tmp_path / "fangsong.otf").write_bytes(sans)
    body = "<p>准予行政许可</p>"
    own = draw(Engine(tmp_path), body, "准予行政许可")
    assert own.fonts == ("Document-Song",)
    assert own.content != draw(engine, body).content


def test_pages_carry_the_number_outside_and_the_paper_is_a4(engine):
    done = draw(engine, "<p>" + "页" * 1500 + "</p>")
    reading = read_pdf(done.content)
    assert [page.strip().endswith(f"— {number} —") for number, page in enumerate(reading.pages, 1)] == [True] * 3
    with pikepdf.open(io.BytesIO(done.content)) as file:
        width, height = (float(size) for size in file.pages[0].mediabox[2:])
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (210, 297)
    # 28 characters a line, 22 lines a page (GB/T 9704-2012); the first line is indented by two.
    assert reading.pages[1].count("页") == 28 * 22


def test_the_child_ends_with_its_parent(tmp_path):
    """A worker that is killed outright leaves no child behind."""
    script = (
        "import django; django.setup()\n"
        "from laiyang_approval.kernel import pdf\n"
        "child = pdf._child._running()\n"
        "print(child.pid, flush=True)\n"
        "import time; time.sleep(60)\n"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "PORTAL_VAR_DIR": str(tmp_path)}
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment, text=True)
    child = Path(f"/proc/{int(parent.stdout.readline())}")
    assert child.exists()
    parent.kill()
    parent.wait()
    deadline = monotonic() + 20
    while child.exists() and "\nState:\tZ" not in child.joinpath("status").read_text() and monotonic() < deadline:
        sleep(0.05)
    assert not child.exists() or "\nState:\tZ" in child.joinpath("status").read_text()
