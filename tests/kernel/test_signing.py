"""PDF signatures: whole, changed, appended to; whose key; which keys are refused."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest

from laiyang_approval.kernel import signing
from laiyang_approval.kernel.errors import DomainError
from laiyang_approval.kernel.signing import TEST_NAME, check_signature, make_test_key, sign_pdf

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def one_page() -> bytes:
    with pikepdf.new() as file:
        file.add_blank_page()
        buffer = io.BytesIO()
        file.save(buffer, deterministic_id=True)
    return buffer.getvalue()


@pytest.fixture
def key(settings, tmp_path) -> Path:
    path = tmp_path / "signing" / "key.p12"
    settings.SIGNING_KEY_FILE, settings.SIGNING_TEST_KEY_FILE, settings.SIGNING_KEY_PASSWORD = "", str(path), "geheim"
    signing._signer.cache_clear()
    yield path
    signing._signer.cache_clear()


def test_the_embedded_default_signs_in_a_name_that_says_test(key):
    signed = sign_pdf(one_page(), reason="准予行政许可决定书")
    assert signed.signer == TEST_NAME
    assert signed.content.startswith(one_page())
    checked = check_signature(signed.content)
    assert (checked.is_whole, checked.signer) == (True, signed.signer)
    assert key.stat().st_mode & 0o777 == 0o600


def test_one_changed_byte_breaks_the_signature(key):
    content = bytearray(sign_pdf(one_page(), reason="x").content)
    content[12] ^= 1
    assert check_signature(bytes(content)).is_whole is False


def test_bytes_added_after_signing_are_not_covered(key):
    content = sign_pdf(one_page(), reason="x").content
    assert check_signature(content + b"\n% more").is_whole is False


def test_a_file_without_signature_has_none(key):
    assert check_signature(one_page()) is None


def test_two_who_make_the_key_at_once_leave_one(key):
    make_test_key(key, at=AT)
    first = key.read_bytes()
    make_test_key(key, at=AT)
    assert key.read_bytes() == first
    assert [path.name for path in key.parent.iterdir()] == ["key.p12"]


def test_without_a_key_production_leaves_the_letter_as_it_is(settings):
    settings.SIGNING_KEY_FILE = settings.SIGNING_TEST_KEY_FILE = ""
    signed = sign_pdf(b"%PDF-1.7", reason="x")
    assert (signed.content, signed.signer) == (b"%PDF-1.7", "")


def test_a_key_others_can_read_is_refused(key):
    make_test_key(key, at=AT)
    key.chmod(0o640)
    with pytest.raises(DomainError, match="权限过宽"):
        sign_pdf(one_page(), reason="x")


def test_a_key_that_is_not_there_or_does_not_open_is_told(key, settings, tmp_path):
    settings.SIGNING_KEY_FILE = str(tmp_path / "none.p12")
    with pytest.raises(DomainError, match="签名密钥文件不存在"):
        sign_pdf(one_page(), reason="x")
    make_test_key(key, at=AT)
    settings.SIGNING_KEY_FILE, settings.SIGNING_KEY_PASSWORD = str(key), "wrong"
    with pytest.raises(DomainError, match="打不开"):
        sign_pdf(one_page(), reason="x")
