"""Hash chains: each record carries the hash of the one before, so that a change anywhere shows (control C5). Pure."""

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

ALGORITHM = "sha256"
GENESIS = "0" * 64


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def canonical_json(data: Any) -> bytes:
    """The one byte form of ``data``: sorted keys, no blanks, UTF-8, instants in UTC with microseconds."""
    return _ENCODER.encode(data).encode()


def link(previous_hash: str, record: Any) -> str:
    """The hash of ``record`` standing after ``previous_hash`` (64 hex digits)."""
    return hashlib.sha256(previous_hash.encode() + canonical_json(record)).hexdigest()
