"""报文: the body of a push as it is stored and sent: written once, byte for byte, and never built again. Pure."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

#: The version of the fields; a body of an older version stays as it is.
PAYLOAD_VERSION = 1


@dataclass(frozen=True)
class Body:
    """正文: canonical JSON and its hash."""

    text: str
    sha256: str


def body_of(fields: dict[str, Any]) -> Body:
    """The canonical form of ``fields``: keys in order, no blanks, UTF-8; the same fields always give the same bytes."""
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Body(text, sha256_of(text.encode()))


def sha256_of(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def names_us(answer: bytes, message_id: str) -> bool:
    """Whether the receiver's answer is a JSON object that names our message: nothing else counts as received (T24)."""
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and said.get("id") == message_id
