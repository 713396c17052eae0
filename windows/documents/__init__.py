"""文书: the kinds of paper a case produces, what each must say, and the complete inputs of one."""

from .compose import STATUS_PATH, VERIFY_PATH, compose, compose_advice, printed_facts, require_complete
from .kinds import (
    GRANTING,
    REFUSING,
    SERVED,
    TAKING_BACK,
    DocumentKind,
    certificate_kind,
    has_certificate,
    seal_kind_on,
)

__all__ = [
    "DocumentKind",
    "GRANTING",
    "REFUSING",
    "SERVED",
    "STATUS_PATH",
    "TAKING_BACK",
    "VERIFY_PATH",
    "certificate_kind",
    "compose",
    "compose_advice",
    "has_certificate",
    "printed_facts",
    "require_complete",
    "seal_kind_on",
]
