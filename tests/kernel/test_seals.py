"""Which seal may stand on a paper that day, and what it looks like (domain reference 1.9, traps 13 and 20)."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import date
from math import pi

import pytest
from PIL import Image

from laiyang_approval.kernel.commands.organisations import load_organisations
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.models import Department, Seal
from laiyang_approval.kernel.pdf_child import Engine
from laiyang_approval.kernel.qr import QUIET_ZONE, absolute_url, qr_matrix, qr_svg
from laiyang_approval.kernel.seals import DrawnSeal, seal_on, seal_svg


@dataclass(frozen=True)
class Term:
    """When a seal of the tests is used."""

    start: date
    end: date | None = None
    sealed_up: date | None = None


@pytest.fixture
def department(db):
    return Department.objects.create(
        code="T1",
        name="莱阳市试验局",
        short_name="市试验局",
        document_word="莱试",
        valid_from=date(2000, 1, 1),
    )


def seal_of(department: Department, term: Term, kind: str = Seal.Kind.APPROVAL) -> Seal:
    return Seal.objects.create(
        department=department,
        kind=kind,
        ring_text=department.name,
        centre_text="行政审批专用章",
        in_use_from=term.start,
        in_use_to=term.end,
        sealed_up_on=term.sealed_up,
    )


def test_a_seal_is_valid_from_its_first_to_its_last_day(department):
    seal = seal_of(department, Term(date(2018, 1, 1), date(2018, 12, 25)))
    assert seal_on(department, Seal.Kind.APPROVAL, date(2018, 1, 1)) == seal
    assert seal_on(department, Seal.Kind.APPROVAL, date(2018, 12, 25)) == seal
    for day in (date(2017, 12, 31), date(2018, 12, 26)):
        with pytest.raises(DomainError):
            seal_on(department, Seal.Kind.APPROVAL, day)


def test_a_sealed_up_seal_is_refused_from_that_day_and_the_message_names_it(department):
    seal = seal_of(department, Term(date(2010, 5, 1), None, sealed_up=date(2018, 12, 26)))
    assert seal_on(department, Seal.Kind.APPROVAL, date(2018, 12, 25)) == seal
    for day, named in ((date(2018, 12, 26), "2018年12月26日的文书"), (date(2018, 12, 27), "2018年12月27日的文书")):
        with pytest.raises(DomainError) as refused:
            seal_on(department, Seal.Kind.APPROVAL, day)
        assert "莱阳市试验局的行政审批专用章已于2018年12月26日封存" in refused.value.message
        assert named in refused.value.message
        assert refused.value.article == "莱政发〔2018〕18号"


def test_a_seal_out_of_use_names_its_last_day(department):
    seal_of(department, Term(date(2010, 5, 1), date(2018, 12, 31)), Seal.Kind.INTAKE)
    with pytest.raises(DomainError) as refused:
        seal_on(department, Seal.Kind.INTAKE, date(2019, 3, 5))
    assert "受理专用章已于2018年12月31日停用，2019年3月5日的文书不能使用" in refused.value.message
    assert refused.value.article == "行政许可法第三十二条第二款"


def test_a_body_without_such_a_seal_names_the_day(department):
    seal_of(department, Term(date(2010, 5, 1)), Seal.Kind.INTAKE)
    with pytest.raises(DomainError) as refused:
        seal_on(department, Seal.Kind.OFFICIAL, date(2026, 3, 2))
    assert "莱阳市试验局在2026年3月2日没有启用的公章" in refused.value.message


def test_the_newer_of_two_valid_seals_is_taken(department):
    seal_of(department, Term(date(2018, 1, 1)))
    newer = seal_of(department, Term(date(2024, 1, 1)))
    assert seal_on(department, Seal.Kind.APPROVAL, date(2026, 3, 2)) == newer
    assert seal_on(department, Seal.Kind.APPROVAL, date(2023, 12, 31)) != newer


def test_the_bureaus_seals_begin_with_its_powers(db):
    load_organisations()
    bureau = Department.objects.get(code="SP")
    for kind in Seal.Kind:
        assert seal_on(bureau, kind, date(2018, 12, 26)).department == bureau
        with pytest.raises(DomainError, match="2018年12月25日"):
            seal_on(bureau, kind, date(2018, 12, 25))


def test_the_picture_says_sample_and_imitates_no_emblem():
    svg = seal_svg(DrawnSeal("莱阳市行政审批服务局", "受理专用章"))
    assert re.findall(r"<text [^>]*>(.)</text>", svg) == list("莱阳市行政审批服务局")
    assert ">样章</text>" in svg and "样章　无法律效力" in svg and ">受理专用章</text>" in svg
    assert set(re.findall(r"<(\w+)", svg)) == {"svg", "g", "circle", "text"}
    assert "style" not in svg and "href" not in svg and "textPath" not in svg


@pytest.mark.parametrize("count", range(2, 41))
def test_characters_along_the_ring_never_touch(count):
    svg = seal_svg(DrawnSeal("局" * count))
    placed = re.findall(r'y="(\d+)" font-size="(\d+)" text-anchor="middle" transform="rotate\(([-\d.]+)', svg)
    size = int(placed[0][1])
    angles = [float(angle) for _, _, angle in placed]
    inner = 100 - int(placed[0][0])  # the baseline, where neighbours stand closest
    step = angles[1] - angles[0]
    assert len(placed) == count
    assert angles[-1] - angles[0] <= 264.1 and abs(angles[0] + angles[-1]) < 0.1
    assert step / 180 * pi * inner >= size * 0.93  # the em box; strokes end inside it
    assert size >= 7


def test_markup_in_a_seals_name_stays_text():
    svg = seal_svg(DrawnSeal('<"', "</svg><script>"))
    assert "<script" not in svg and "&lt;/svg&gt;" in svg


@pytest.mark.browser
def test_the_seal_stands_inside_its_ring_in_a_browser(browser):
    page = browser.new_page(viewport={"width": 400, "height": 444})
    page.set_content(f'<body style="margin:0;width:400px">{seal_svg(DrawnSeal("莱阳市行政审批服务局"))}</body>')
    boxes = page.eval_on_selector_all(
        "text",
        "found => found.slice(0, 10).map(text => { const b = text.getBoundingClientRect(); return [b.x, b.y, b.width, b.height] })",
    )
    page.close()
    middles = [(x + width / 2 - 200, y + height / 2 - 200) for x, y, width, height in boxes]
    assert len(middles) == 10
    assert all(130 < (x * x + y * y) ** 0.5 < 176 for x, y in middles)
    assert middles[0][0] < 0 < middles[-1][0]


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="needs poppler-utils")
def test_the_printed_qr_code_has_every_module_in_place(tmp_path, settings):
    settings.PUBLIC_BASE_URL = "https://sp.laiyang.example"
    address = absolute_url("/verify/Q2hvb3NlIGEgdG9rZW4tMTI4/")
    assert address == "https://sp.laiyang.example/verify/Q2hvb3NlIGEgdG9rZW4tMTI4/"
    (tmp_path / "page.css").write_text("@page { size: 50mm; margin: 0 } .qr { width: 50mm; height: 50mm }")
    done = Engine().render(
        f"<html><body style='margin:0'>{qr_svg(address, label='核验')}</body></html>",
        stylesheets=[str(tmp_path / "page.css")],
        must_contain=[],
    )
    (tmp_path / "qr.pdf").write_bytes(done.content)
    subprocess.run(["pdftoppm", "-png", "-gray", "-r", "300", tmp_path / "qr.pdf", tmp_path / "qr"], check=True)
    image = Image.open(next(tmp_path.glob("qr*.png"))).convert("L")
    expected = qr_matrix(address)
    module = image.width / len(expected)
    seen = [
        [image.getpixel((int((x + 0.5) * module), int((y + 0.5) * module))) < 128 for x in range(len(expected))]
        for y in range(len(expected))
    ]
    assert seen == expected
    assert not any(any(row) for row in expected[:QUIET_ZONE])


def test_a_qr_code_carries_its_label_as_text_only():
    svg = qr_svg("https://a.example/", label='"><script>alert(1)</script>')
    assert "<script" not in svg
