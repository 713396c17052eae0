"""The portal's own middleware, one module each; settings name them by this package."""

from .broken_text import RefuseBrokenText

__all__ = ["RefuseBrokenText"]
