"""What a telephone reads from a printed letter: the codes of the finished PDF, drawn as pixels, hold the addresses of its snapshot."""

import shutil
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from laiyang_approval.kernel.pdf import stop_child
from tests.factories.letters import sample
from windows.rendering import render_snapshot

#: The receipt, with its second code for the status page; a notice; a decision; a certificate.
KINDS = ("D01", "D06", "D11", "D13")

pytestmark = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="needs poppler-utils")


@pytest.fixture(scope="module", autouse=True)
def _no_child_left():
    yield
    stop_child()


def read_codes(pdf: bytes, folder: Path) -> set[str]:
    """The texts of all QR codes on its pages, as an office printer's resolution shows them."""
    (folder / "letter.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-png", "-gray", "-r", "200", folder / "letter.pdf", folder / "page"], check=True)
    found = set()
    for page in folder.glob("page-*.png"):
        with Image.open(page) as image:
            found |= {code.text for code in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)}
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_s_codes_open_the_addresses_it_names(kind, tmp_path):
    spec, snapshot = sample(kind)
    addresses = {snapshot["meta"]["verify_url"], snapshot["meta"]["status_url"]} - {""}
    assert read_codes(render_snapshot(spec, snapshot).content, tmp_path) == addresses
    assert all(address.startswith("http") for address in addresses)


def test_the_receipt_has_two_codes():
    _, snapshot = sample("D01")
    assert "/verify/" in snapshot["meta"]["verify_url"]
    assert "/status/#" in snapshot["meta"]["status_url"]


def test_control_another_address_is_told_apart(tmp_path):
    spec, snapshot = sample("D06")
    named = snapshot["meta"]["verify_url"]
    snapshot["meta"]["verify_url"] = named[:-2] + "x/"
    assert named not in read_codes(render_snapshot(spec, snapshot).content, tmp_path)
