"""签名: the Standard Webhooks form, made by its own library; the age is judged against the time given. Pure."""

import base64
import hmac
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime

from standardwebhooks import Webhook

KEY_BYTES = 32
_PREFIX = "v1,"
#: So many signatures of one header are looked at; a sender that rotates its key sends two.
_MOST_SIGNATURES = 5


def new_key() -> str:
    """A fresh signing key in the form both sides write it down."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def sign(key: str, *, message_id: str, at: datetime, body: str) -> dict[str, str]:
    """The three headers that go with ``body``."""
    return {
        "Webhook-Id": message_id,
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": Webhook(key).sign(message_id, at, body),
    }


def is_genuine(
    keys: Iterable[str], *, message_id: str, timestamp: str, signature: str, body: str, at: datetime, tolerance: int
) -> bool:
    """Whether one of ``keys`` signed exactly this, no more than ``tolerance`` seconds before or after ``at``.

    Only ``v1`` counts, whatever else the header names: the algorithm is ours to choose, not the sender's (T6).
    """
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11):
        return False
    seconds = int(timestamp)
    if abs(at.timestamp() - seconds) > tolerance:
        return False
    sent_at = datetime.fromtimestamp(seconds, tz=UTC)
    given = [one for one in signature.split(" ")[:_MOST_SIGNATURES] if one.startswith(_PREFIX) and one.isascii()]
    genuine = False
    for key in keys:
        expected = Webhook(key).sign(message_id, sent_at, body)
        for one in given:
            genuine |= hmac.compare_digest(expected, one)
    return genuine
