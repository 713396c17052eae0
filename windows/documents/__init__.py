"""文书: the kinds of paper a case produces, what each must say, and the complete inputs of one."""

from .compose import STATUS_PATH, VERIFY_PATH, compose, printed_facts, require_complete
from .kinds import DocumentKind, certificate_kind, has_certificate, seal_kind_on

__all__ = [
    "DocumentKind",
    "STATUS_PATH",
    "VERIFY_PATH",
    "certificate_kind",
    "compose",
    "has_certificate",
    "printed_facts",
    "require_complete",
    "seal_kind_on",
]
