"""The portal's own middleware, one module each; settings name them by this package."""

from .broken_text import RefuseBrokenText
from .errors import ShowDomainErrors
from .headers import PrivatePages
from .policy import RememberedPolicy
from .sessions import SessionRules

__all__ = ["PrivatePages", "RefuseBrokenText", "RememberedPolicy", "SessionRules", "ShowDomainErrors"]
