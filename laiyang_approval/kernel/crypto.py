"""Personal data at rest and codes given to people (controls C3 and C12); all keys come from outside the database.

From each master key (PORTAL_FIELD_KEY, and PORTAL_FIELD_KEY_OLD for keys that may still be read) three keys are derived
by HKDF-SHA-256: one encrypts columns (AES-256-GCM, random 96-bit nonce), one makes blind indexes, one the HMAC of query
codes. Encrypting moves to a new master key at once; indexes and query codes stay on the oldest one listed, because an
index under another key would no longer find anybody (docs/adr).
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

#: Letters of query codes: no 0/O, no 1/I/L; 31 of them, so that 8 carry 39 bits.
QUERY_CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
QUERY_CODE_LENGTH = 8

_PREFIX = "e1"
_NONCE_BYTES = 12
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_CODE_SEPARATORS = str.maketrans("", "", " -\t\u00a0")


class Undecipherable(Exception):
    """A stored value that cannot be read: its key is not configured, it was altered, or it was copied from another column."""


def _derive(master: bytes, info: bytes, length: int = 32) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=info).derive(master)


@lru_cache(maxsize=8)
def _master_keys(current: str, older: tuple[str, ...]) -> tuple[bytes, ...]:
    masters = []
    for text in (current, *older):
        try:
            master = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ImproperlyConfigured("PORTAL_FIELD_KEY must be base64") from error
        if len(master) < 32:
            raise ImproperlyConfigured("PORTAL_FIELD_KEY must be at least 32 random bytes in base64")
        masters.append(master)
    return tuple(masters)


def _configured() -> tuple[bytes, ...]:
    return _master_keys(settings.FIELD_KEY, tuple(getattr(settings, "FIELD_KEYS_OLD", ())))


@lru_cache(maxsize=8)
def _ciphers(masters: tuple[bytes, ...]) -> dict[str, AESGCM]:
    """Cipher by key id, the current one first."""
    return {
        _derive(master, b"laiyang key id", 4).hex(): AESGCM(_derive(master, b"laiyang fields")) for master in masters
    }


@lru_cache(maxsize=8)
def _index_key(master: bytes, info: bytes) -> bytes:
    return _derive(master, info)


def check_field_key() -> None:
    """Raises ImproperlyConfigured unless every configured field key is usable; for the checks at start."""
    _ciphers(_configured())


def encrypt_text(clear: str, column: str) -> str:
    """``clear`` under the current key, readable only as a value of ``column`` ("app.model.field")."""
    key_id, cipher = next(iter(_ciphers(_configured()).items()))
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = cipher.encrypt(nonce, clear.encode("utf-8"), column.encode("ascii"))
    return f"{_PREFIX}.{key_id}.{base64.urlsafe_b64encode(nonce + sealed).decode('ascii')}"


def decrypt_text(stored: str, column: str) -> str:
    """The clear text of a value written by encrypt_text for the same column; raises Undecipherable."""
    try:
        prefix, key_id, body = stored.split(".")
        raw = base64.b64decode(body, altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise Undecipherable(f"{column}: not a value of an encrypted column") from None
    cipher = _ciphers(_configured()).get(key_id)
    if prefix != _PREFIX or cipher is None:
        raise Undecipherable(f"{column}: key {key_id[:8]!r} is not configured")
    try:
        return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], column.encode("ascii")).decode("utf-8")
    except (InvalidTag, ValueError):
        raise Undecipherable(f"{column}: altered, or from another column") from None


def is_under_current_key(stored: str) -> bool:
    """Whether a stored value needs no re-encryption after a change of keys."""
    return stored.startswith(f"{_PREFIX}.{next(iter(_ciphers(_configured())))}.")


def _keyed_digest(info: bytes, *parts: str) -> str:
    key = _index_key(_configured()[-1], info)
    message = "".join(f"{len(part)}:{part}" for part in parts).encode("utf-8", "surrogatepass")
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def blind_index(value: str, purpose: str) -> str:
    """64 hex digits, equal for equal values of one purpose, and telling nothing without the key.

    ``value`` is taken as it is: pass it in its one written form (see id_codes.check_id).
    """
    return _keyed_digest(b"laiyang blind index", purpose, value)


def new_query_code() -> str:
    """A fresh query code for a citizen to type: 8 letters without look-alikes, 39 bits."""
    return "".join(secrets.choice(QUERY_CODE_LETTERS) for _ in range(QUERY_CODE_LENGTH))


def query_code_hmac(code: str) -> str:
    """What is stored of a query code; lower case, full-width letters, spaces and hyphens make no difference.

    A keyed hash and not a slow one: checking must stay cheap, the limits on attempts do the rest (control C3).
    """
    folded = code[:64].translate(_FULL_WIDTH).translate(_CODE_SEPARATORS).upper()
    return _keyed_digest(b"laiyang query code", folded)


def same_digest(one: str, other: str) -> bool:
    """Whether two digests are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def new_token() -> str:
    """A fresh token for a QR code: 128 random bits in 22 characters that are safe in a URL."""
    return secrets.token_urlsafe(16)


def token_digest(token: str) -> str:
    """What is stored of a token: its SHA-256 (enough from 112 random bits up, ASVS 6.5.2)."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
