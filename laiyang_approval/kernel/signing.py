"""PDF signatures (PAdES): for those who check a letter without the portal. Validity on our own pages is the record's.

The key comes from configuration (PKCS#12). Without one the embedded default makes itself a test key that says so in its name;
production without a key leaves letters unsigned rather than signing them with a key nobody vouches for.
"""

import io
import os
import stat
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from . import clock
from .errors import DomainError

#: The name of the key the portal makes itself: nobody can take its signature for the bureau's.
TEST_NAME = "莱阳审批门户 测试签名（样章 无法律效力）"
_FIELD = "PortalSignature"
_TEST_KEY_YEARS = 10


@dataclass(frozen=True)
class Signed:
    """签名后的文件: the bytes, and in whose name they are signed ("" where no key is configured)."""

    content: bytes
    signer: str


@dataclass(frozen=True)
class Checked:
    """签名检查: ``is_whole`` is true only if nothing was changed and nothing was added after signing."""

    signer: str
    is_whole: bool


def sign_pdf(content: bytes, *, reason: str) -> Signed:
    """``content`` with a PAdES signature that allows no later change, or as it is where no key is configured.

    Raises DomainError when the configured key cannot be used.
    """
    path = _key_path()
    if path is None:
        return Signed(content, "")
    signer = _signer(path)
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    about = signers.PdfSignatureMetadata(
        field_name=_FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        reason=reason,
    )
    signed = signers.sign_pdf(writer, about, signer=signer)
    return Signed(signed.getvalue(), signer.subject_name)


def check_signature(content: bytes) -> Checked | None:
    """What the signature of a letter of ours says; None without one. Trusts the configured key's own certificate alone."""
    path = _key_path()
    reader = PdfFileReader(io.BytesIO(content))
    if path is None or not reader.embedded_signatures:
        return None
    signer = _signer(path)
    trust = ValidationContext(trust_roots=[signer.signing_cert], allow_fetching=False)
    status = validate_pdf_signature(reader.embedded_signatures[-1], signer_validation_context=trust)
    # Bytes appended later leave the signature intact: only a signature over the entire file counts.
    is_whole = status.bottom_line and status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    return Checked(signer.subject_name, is_whole)


def _key_path() -> Path | None:
    if settings.SIGNING_KEY_FILE:
        return Path(settings.SIGNING_KEY_FILE)
    if settings.SIGNING_TEST_KEY_FILE:
        path = Path(settings.SIGNING_TEST_KEY_FILE)
        if not path.exists():
            make_test_key(path, at=clock.now())
        return path
    return None


@cache
def _signer(path: Path) -> signers.SimpleSigner:
    if not path.is_file():
        raise DomainError("签名密钥文件不存在，文书暂时不能签名；请系统管理员检查SIGNING_KEY_FILE。")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise DomainError("签名密钥文件的权限过宽，其他账号可以读取；请系统管理员改为仅门户账号可读（600）后再试。")
    password = settings.SIGNING_KEY_PASSWORD.encode() or None
    signer = signers.SimpleSigner.load_pkcs12(str(path), passphrase=password)
    if signer is None:
        raise DomainError("签名密钥文件打不开；请系统管理员检查文件和SIGNING_KEY_PASSWORD。")
    return signer


def make_test_key(path: Path, *, at: datetime) -> None:
    """Afterwards ``path`` holds a self-made key whose certificate says that it is a test's; two makers leave one whole file."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, TEST_NAME)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=366 * _TEST_KEY_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_cert_sign=True,
                crl_sign=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    password = settings.SIGNING_KEY_PASSWORD.encode()
    sealed = pkcs12.serialize_key_and_certificates(
        b"portal", key, certificate, None, BestAvailableEncryption(password) if password else NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    unfinished.touch(mode=0o600)
    unfinished.write_bytes(sealed)
    try:
        os.link(unfinished, path)
    except FileExistsError:
        return
    finally:
        unfinished.unlink()
